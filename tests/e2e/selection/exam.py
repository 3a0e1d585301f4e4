"""Seats, tickets, marks, the order of the written exam, rechecks and a substitution."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from recruitment.demo import stages, stages_exam
from tests.e2e.selection.story import Story, fill_in, minute, reads

ABSENT, TIED = (3, 9), (2, 3)
FAILED, SUBSTITUTE = (0, 2), (0, 6)


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
        story.upload(admin, story.csv("考点.csv", [header, "绵阳市,三台县,1,三台中学,学府路1号,1-3,25"]))
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
    """Two people read the same sheet; the order is published, with a tie at the cut."""
    ground = story.ground
    story.turn(225)
    places = story.tickets()

    def marks(ticket: str, titles: list[str]) -> dict[str, str]:
        place = places[ticket]
        given = ("缺考", "缺考") if place == ABSENT else stages_exam.written_marks(*place)
        return dict(zip(titles[1:], given, strict=True))

    with story.admin() as admin:
        admin.page.goto(f"/admin/calls/{story.slug}")
        admin.press("进入考试")
        story.stage(admin, "笔试成绩")
        sheet = story.download(admin, "下载.*登记表")
        fill_in(sheet, marks)
    for person in (ground.admin, ground.second):
        with story.as_(person) as reader:
            story.stage(reader, "笔试成绩")
            story.upload(reader, sheet)
            reader.look("试读结果")
            reader.press("确认我的录入")
            reader.axe(reader.page)
    story.turn(220)
    with story.admin() as admin:
        story.stage(admin, "排名")
        admin.press("计算名次")
        admin.axe(admin.page)
        admin.press("公布")
        admin.axe(admin.page)
    states = story.states()
    # Three for one opening, and a fourth who is tied with the last.
    assert [states[2, place] for place in range(5)] == ["shortlisted"] * 4 + ["reserve"]
    assert states[ABSENT] == "eliminated"
    assert sum(state == "shortlisted" for state in states.values()) == 6 + 6 + 4 + 6 + 3 + 3 + 3
    with story.cadre(TIED) as cadre:
        story.own_stage(cadre, "成绩和名次")
        cadre.look("成绩和名次")
        reads(cadre.page, "与另外 1 人并列第 3 名", "入闱")
    with story.visitor() as anybody:
        anybody.page.goto(f"/calls/{story.slug}")
        anybody.follow("笔试成绩和名次")
        anybody.axe(anybody.page)


def recheck(story: Story) -> None:
    """Somebody fails the recheck; the next by the written order is called up, agrees and is rechecked."""
    ground = story.ground
    story.turn(200)
    name = story.name(SUBSTITUTE)
    with story.as_(ground.county) as reviewer:
        page = reviewer.page
        reviewer.follow("资格复审")
        reviewer.look("资格复审")
        reviewer.follow(story.name(FAILED), page.locator("main"))
        reviewer.look("资格复审")
        box = page.locator("details", has_text="资格复审不合格")
        box.locator("summary").focus()
        page.keyboard.press("Enter")
        reviewer.type("原因", "任职文件原件与填写的时间不一致。", box)
        reviewer.press("资格复审不合格", box)
        reviewer.follow("空缺和递补")
        reviewer.look("空缺和递补")
        reads(page, name)
        reviewer.press("通知递补")
        reviewer.axe(page)
    assert story.states()[SUBSTITUTE] == "called_up"
    story.turn(199)
    with story.cadre(SUBSTITUTE) as cadre:
        story.own_stage(cadre, "确认是否递补")
        cadre.look("轮到您递补")
        cadre.press("同意递补")
        cadre.axe(cadre.page)
        reads(cadre.page, "进入资格复审")
    story.turn(196)
    # Everybody else brings the papers that they applied with.
    for reviewer_ in (ground.county, story.staff[stages.AUTONOMOUS], story.staff[stages.NEIGHBOUR]):
        with story.as_(reviewer_) as reviewer:
            reviewer.follow("资格复审")
            waiting = reviewer.page.locator("main tbody a")
            while waiting.count():
                reviewer.follow(waiting.first.inner_text(), reviewer.page.locator("main"))
                reviewer.press("资格复审合格")
            reads(reviewer.page, "这里现在没有考生")
    assert len(story.in_state("rechecked")) == 31
    assert story.in_state("recheck_failed") == {FAILED}
    assert SUBSTITUTE in story.in_state("rechecked")
