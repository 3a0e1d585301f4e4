"""The product's worker, with one task more: the floor of the benches."""

from email import policy
from email.message import EmailMessage
from typing import Any

from celery import shared_task

from recruitment.app import create_app
from recruitment.notices import pool

FLOOR = "bench.mail"
SENDER = "no-reply@kaolu.example"
# About as long as a notice.
_text = EmailMessage()
_text["From"], _text["To"], _text["Subject"] = SENDER, "cadre@test.example", "资格审核未通过"
_text.set_content("您报考的职位没有通过资格审核。\n" * 12)
_text.add_alternative("<p>您报考的职位没有通过资格审核。</p>\n" * 12, subtype="html")
MAIL = _text.as_bytes(policy=policy.SMTP)


def _transaction(smtp: Any) -> None:
    smtp.mail(SENDER)
    smtp.rcpt("cadre@test.example")
    code, answer = smtp.data(MAIL)
    if code != 250:
        raise RuntimeError(answer)


@shared_task(name=FLOOR)
def floor() -> None:
    """One SMTP transaction on the kept connection, and nothing else."""
    with pool.connection(_url) as connection:
        connection.run(_transaction)


_app = create_app()
_url = _app.config["SETTINGS"].smtp_url
app = _app.extensions["celery"]
