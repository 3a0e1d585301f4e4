"""A call from the closing of registration on, gone through by its people at their screens.

Sixty people on eight positions. The browser goes from the fee to the published order of the written exam, its rechecks
and one substitution; the stages after that (interview, medical, inspection, notice, objection, appeal, appointment)
are not yet part of this story.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from recruitment import workflow_tasks
from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.calls.models import Position
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.demo import stages, stages_exam
from recruitment.demo.accounts import portraits, staff
from recruitment.demo.fill import into_inboxes
from recruitment.demo.stages_ground import Play
from recruitment.fees import tasks
from recruitment.people.models import User
from recruitment.people.passwords import hash_password
from tests import factories
from tests.conftest import Clock
from tests.e2e.conftest import watched_page
from tests.e2e.test_stories import Person, without_second_factor

Axe = Callable[[Page], None]


class Story:
    """The call, and whoever of its people sits down at a browser of their own."""

    def __init__(
        self, ground: Play, contexts: Callable[..., BrowserContext], axe: Axe, clock: Clock, folder: Path
    ) -> None:
        self.ground, self.contexts, self.axe, self.clock, self.folder = ground, contexts, axe, clock, folder

    @property
    def slug(self) -> str:
        return self.ground.call.slug

    def turn(self, days: int, hour: int = 9) -> datetime:
        """So many days before the present; deadlines that have passed by then ring."""
        moment = self.ground.at(days, hour)
        self.clock.set(moment)
        workflow_tasks.run_timers()
        self.ground.session.expire_all()
        return moment

    @contextmanager
    def as_(self, user: User, width: int = 1280) -> Iterator[Person]:
        login = user.email
        assert login is not None
        with watched_page(self.contexts(viewport={"width": width, "height": 900})) as page:
            person = Person(page, self.axe)
            person.sign_in(login)
            yield person

    def upload(self, person: Person, name: str, rows: list[str]) -> None:
        """Choose a file and send it to the dry run."""
        path = self.folder / name
        path.write_text("\n".join(rows), "utf-8")
        person.page.locator("main input[type=file]").set_input_files(path)
        person.press("上传并试读")

    def states(self) -> dict[tuple[int, int], str]:
        self.ground.session.rollback()
        return {key: row.state for key, row in self.ground.candidates().items()}

    def wait(self, page: Page, done: Callable[[], bool]) -> None:
        """The worker comes to it in a moment."""
        for _ in range(150):
            self.ground.session.rollback()
            if done():
                return
            page.wait_for_timeout(200)
        pytest.fail("the worker did not come to it")


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def test_a_call_goes_from_the_fee_to_the_substitution(
    app: Flask,
    new_context: Callable[..., BrowserContext],
    session: Session,
    clock: Clock,
    axe: Axe,
    tmp_path: Path,
) -> None:
    without_second_factor(app)
    factories.load_areas(session)
    password = hash_password(factories.PASSWORD)
    people = staff(session, password, factories.NOW)
    photos = portraits(session, people["admin@kaolu.example"])
    clock.set(factories.NOW)
    ground = stages.registered(session, people, password, photos, factories.NOW)
    # Nobody is sent what was told before the story begins.
    into_inboxes(session, factories.NOW)
    session.commit()
    story = Story(ground, new_context, axe, clock, tmp_path)
    pay(story)
    open_positions(story)
    choose_again(story)
    seat(story)
    mark(story)
    recheck(story)


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
        story.upload(admin, "银行.csv", rows)
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
    left = dict(ground.session.execute(sa.select(Position.code, Position.openings)).tuples().all())
    assert [left[code] for code in codes] == [2, 2, 1, 2, 0, 1, 1, 1]
    assert [story.states()[4, place] for place in range(3)] == ["displaced"] * 3


def choose_again(story: Story) -> None:
    """Somebody whose position was cancelled takes another, is judged again, and does not pay again."""
    ground = story.ground
    story.turn(343)
    owner = ground.owners[4, 0]
    target = ground.positions[5]
    with story.as_(owner, 360) as cadre:
        page = cadre.page
        page.goto(f"/calls/{story.slug}/choose")
        cadre.look("选职位")
        choice = page.locator("main li, main tr, main section, main form").filter(has_text=target.code).last
        cadre.press("选这个职位", choice)
        cadre.look("核对并提交")
        cadre.tick("我已核对以上内容")
        cadre.press("提交报名")
        expect(page.locator("main")).to_contain_text(target.code)
    session = ground.session
    session.rollback()
    application = session.scalars(
        sa.select(Application).where(Application.owner_id == owner.id, Application.position_id == target.id)
    ).one()
    assert application.state == "submitted"
    at = ground.at(342)
    applications.decide(session, application, "pass", ground.county.actor(), at)
    applications.decide(session, application, "confirm", ground.prefecture.actor(), at)
    session.commit()
    story.turn(341)
    tasks.sweep()
    with story.as_(owner, 360) as cadre:
        story.wait(cadre.page, lambda: story.states()[4, 0] == "confirmed")


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
