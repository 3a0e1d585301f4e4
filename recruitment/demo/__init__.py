"""A call in full swing, to look around in: accounts for every role and several hundred applications; and an earlier
call that has come as far as its public notices.

Everything is made through the same operations as in earnest, so that journal, verdicts and timers are real. Mail
of the made-up past is not sent; it stands in the inboxes only.
"""

from flask import Flask

PASSWORD = "kaolu-demo-2026"  # noqa: S105 - printed at every start, for the demo only

# role, login, password
ACCOUNTS = (
    ("村（社区）干部（资料已填好，可直接报名）", "ganbu@kaolu.example", PASSWORD),
    ("村（社区）干部（被退回补正）", "buzheng@kaolu.example", PASSWORD),
    ("村（社区）干部（资料未填）", "xinren@kaolu.example", PASSWORD),
    ("考生（有准考证和成绩，面试已完成）", "kaosheng@kaolu.example", PASSWORD),
    ("考生（初检不合格，可以申请复检）", "fujian@kaolu.example", PASSWORD),
    ("考生（正在公示）", "gongshi@kaolu.example", PASSWORD),
    ("县级审核人（三台县）", "xian@kaolu.example", PASSWORD),
    ("县级审核人（三台县，第二人）", "xian2@kaolu.example", PASSWORD),
    ("市级审核人（绵阳市）", "shi@kaolu.example", PASSWORD),
    ("省级审核人", "sheng@kaolu.example", PASSWORD),
    ("招录管理员", "admin@kaolu.example", PASSWORD),
    ("招录管理员（第二人，用于双人录入）", "admin2@kaolu.example", PASSWORD),
    ("监督人员", "jiandu@kaolu.example", PASSWORD),
    ("系统管理员", "system@kaolu.example", PASSWORD),
)


def load(app: Flask) -> bool:
    """Fill an empty database; ``False`` when there is something in it already."""
    from recruitment.demo.fill import fill

    with app.app_context():
        return fill()
