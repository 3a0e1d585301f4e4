"""Fees, the opening ratio, and the second choice of those whose position was cancelled."""

import sqlalchemy as sa

from recruitment.calls.models import Position
from recruitment.fees import tasks
from tests.e2e.selection.story import Story, minute, reads

DISPLACED = (4, 0)


def pay(story: Story) -> None:
    """Everybody is asked to pay; the bank's file comes; one has not paid, one has paid too late, one twice."""
    ground, address = story.ground, f"/admin/calls/{story.slug}/fees"
    story.turn(354)
    with story.as_(ground.admin) as admin:
        page = admin.page
        page.goto(f"{address}/plan")
        admin.look("收费标准")
        admin.field("缴费截止时间").fill(minute(ground.at(348, 17)))
        admin.press("保存")
        admin.look("缴费")
        admin.press("开始缴费")
        story.wait(page, lambda: sum(state == "awaiting_fee" for state in story.states().values()) == 60)

    rows = ["回执号,缴费金额,交易时间,流水号"]
    for number, (key, candidate) in enumerate(ground.candidates().items()):
        receipt = candidate.application.receipt_number
        at = ground.at(347 if key == (2, 8) else 350, 10, number % 60)
        if key != (3, 10):
            rows.append(f"{receipt},100.00,{at:%Y-%m-%d %H:%M:%S},YH{number:08d}")
        if key == (0, 5):
            rows.append(f"{receipt},100.00,{at:%Y-%m-%d %H:%M:%S},YH9{number:07d}")
    story.turn(347, 12)
    with story.as_(ground.admin) as admin:
        admin.page.goto(f"{address}/import")
        admin.look("导入银行缴费文件")
        story.upload(admin, story.csv("银行.csv", rows))
        admin.look("试读结果")
        admin.press("确认导入")
        admin.look("缴费")
    story.turn(345)
    states = story.states()
    assert {key for key, state in states.items() if state == "unpaid"} == {(3, 10), (2, 8)}
    assert sum(state == "confirmed" for state in states.values()) == 58


def open_positions(story: Story) -> None:
    """One position is reduced and one cancelled."""
    ground = story.ground
    story.turn(344)
    with story.as_(ground.admin) as admin:
        admin.page.goto(f"/admin/calls/{story.slug}/opening")
        admin.look("开考")
        admin.field("改报截止时间").fill(minute(ground.at(340, 17)))
        admin.press("确认方案")
        admin.axe(admin.page)
    ground.session.rollback()
    codes = [position.code for position in ground.positions]
    left = dict(ground.session.execute(sa.select(Position.code, Position.openings)).all())
    assert [left[code] for code in codes] == [2, 2, 1, 2, 0, 1, 1, 1]
    assert [story.states()[4, place] for place in range(3)] == ["displaced"] * 3


def choose_again(story: Story) -> None:
    """Somebody whose position was cancelled takes another, is judged again, and does not pay again."""
    ground = story.ground
    story.turn(343)
    owner, target = ground.owners[DISPLACED], ground.positions[5]
    with story.as_(owner, 360) as cadre:
        page = cadre.page
        page.goto(f"/calls/{story.slug}/choose")
        cadre.look("选职位")
        choice = page.locator("main li, main tr, main section, main form").filter(has_text=target.code).last
        cadre.press("选这个职位", choice)
        cadre.look("核对并提交")
        cadre.tick("我已核对以上内容")
        cadre.press("提交报名")
        reads(page, "报名已提交", target.organ)
    story.turn(342)
    for person, step in ((ground.county, "县级初审通过"), (ground.prefecture, "市级确认合格")):
        with story.as_(person) as reviewer:
            reviewer.look("报名审核")
            reviewer.follow(owner.name, reviewer.page.locator("main"))
            reviewer.press(step)
    story.turn(341)
    tasks.sweep()
    with story.as_(owner, 360) as cadre:
        story.wait(cadre.page, lambda: story.states()[DISPLACED] == "confirmed")
