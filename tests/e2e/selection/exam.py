"""Seats, tickets, marks, the order of the written exam, rechecks and a substitution."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from recruitment.candidates.models import Candidate
from recruitment.demo import stages_exam
from tests.e2e.selection.story import Story, minute


def seat(story: Story) -> None:
    """Venues by file, seats by the seed, tickets for everybody."""
    ground, address = story.ground, f"/admin/calls/{story.slug}/exam"
    story.turn(300)
    day = ground.at(250)
    with story.as_(ground.admin) as admin:
        page = admin.page
        page.goto(f"{address}/plan")
        admin.look("考试安排")
        for number, hours in enumerate((0, 5)):
            row = page.get_by_role("group", name=re.compile("科目")).nth(number)
            admin.field("开始时间", row).fill(minute(day + timedelta(hours=hours)))
            admin.field("结束时间", row).fill(minute(day + timedelta(hours=hours + 2)))
        admin.field("准考证打印开始").fill(minute(ground.at(270)))
        admin.field("准考证打印结束").fill(minute(ground.at(249)))
        admin.press("保存")
        page.goto(f"{address}/venues/import")
        admin.look("导入考点考场表")
        header = "市（州）,县（市、区）,考点编号,考点名称,考点地址,考场号,座位数"
        story.upload(admin, "考点.csv", [header, "绵阳市,三台县,1,三台中学,学府路1号,1-3,25"])
        admin.look("试读结果")
        admin.press("确认导入")
        page.goto(f"{address}/seats")
        admin.look("座位")
        admin.type("随机种子", "20251122")
        admin.press("编排座位")
        admin.press("发放准考证")
        admin.axe(page)
    ground.session.rollback()
    numbers = [row.ticket_number for row in ground.candidates().values() if row.state == "confirmed"]
    assert len(set(numbers)) == len(numbers) == 56
    assert all(numbers)
    story.turn(265)
    with story.as_(ground.owners[1, 2], 360) as cadre:
        mine = ground.candidates()[1, 2]
        cadre.page.goto(f"/candidates/{mine.id}")
        cadre.axe(cadre.page)
        cadre.follow("准考证", cadre.page.locator("main"))
        expect(cadre.page.locator("main")).to_contain_text(str(mine.ticket_number))
        cadre.axe(cadre.page)


def mark(story: Story) -> None:
    """Two people read the same marks; the order is published, with a tie at the cut."""
    ground, address = story.ground, f"/admin/calls/{story.slug}"
    story.turn(225)
    rows = ["准考证号,行测,申论"]
    for key, candidate in ground.candidates().items():
        if candidate.state == "confirmed":
            first, second = ("缺考", "缺考") if key == (3, 9) else stages_exam.written_marks(*key)
            rows.append(f"{candidate.ticket_number},{first},{second}")
    for person in (ground.admin, ground.second):
        with story.as_(person) as reader:
            reader.page.goto(f"{address}/marks")
            reader.look("笔试成绩")
            story.upload(reader, "成绩.csv", rows)
            reader.look("核对成绩录入")
            reader.press("确认我的录入")
            reader.axe(reader.page)
    with story.as_(ground.admin) as admin:
        admin.page.goto(f"{address}/ranking/written")
        admin.press("计算名次")
        admin.axe(admin.page)
        admin.press("公布")
        admin.axe(admin.page)
    states = story.states()
    # Three for one opening, and a fourth who is tied with the last.
    assert [states[2, place] for place in range(5)] == ["shortlisted"] * 4 + ["reserve"]
    assert states[3, 9] == "eliminated"
    assert sum(state == "shortlisted" for state in states.values()) == 6 + 6 + 4 + 6 + 3 + 3 + 3
    with story.as_(ground.owners[2, 3], 360) as cadre:
        cadre.page.goto(f"/candidates/{ground.candidates()[2, 3].id}/scores")
        cadre.look("成绩和名次")
        expect(cadre.page.locator("main")).to_contain_text("并列")


def recheck(story: Story) -> None:
    """Somebody fails the recheck; the next by the written order is called up, agrees and is rechecked."""
    ground = story.ground
    story.turn(200)
    people = ground.candidates()
    failed, substitute = people[0, 2], people[0, 6]
    name = ground.owners[0, 6].name
    with story.as_(ground.county) as reviewer:
        page = reviewer.page
        page.goto(f"/recheck/{failed.id}")
        reviewer.look("资格复审")
        box = page.locator("details", has_text="资格复审不合格")
        box.locator("summary").focus()
        page.keyboard.press("Enter")
        reviewer.type("原因", "任职文件原件与填写的时间不一致。", box)
        reviewer.press("资格复审不合格", box)
        page.goto("/recheck/substitutes")
        reviewer.look("空缺和递补")
        expect(page.locator("main")).to_contain_text(name)
        reviewer.press("通知递补")
        reviewer.axe(page)
    assert story.states()[0, 6] == "called_up"
    story.turn(199)
    with story.as_(ground.owners[0, 6], 360) as cadre:
        cadre.page.goto(f"/candidates/{substitute.id}/substitution")
        cadre.look("轮到您递补")
        cadre.press("同意递补")
        cadre.axe(cadre.page)
    assert story.states()[0, 6] == "shortlisted"
    with story.as_(ground.county) as reviewer:
        reviewer.page.goto(f"/recheck/{substitute.id}")
        reviewer.press("资格复审合格")
    assert story.states()[0, 6] == "rechecked"
    assert ground.session.get_one(Candidate, failed.id).state == "recheck_failed"
