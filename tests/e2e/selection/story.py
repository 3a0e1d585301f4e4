"""The call of the story, its clock, and whoever of its people sits down at a browser of their own.

Sixty people applied for eight positions: ``story.owners[position, place]``, places in the order of their marks.
Whatever happened before the story begins (dossiers, applications, reviews) is the earlier call of the demo.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy.orm import Session

from recruitment import workflow_tasks
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.demo import stages
from recruitment.demo.accounts import portraits, staff
from recruitment.demo.fill import into_inboxes
from recruitment.demo.stages_ground import Play
from recruitment.people.models import Role, User
from recruitment.people.passwords import hash_password
from tests import factories
from tests.conftest import Clock
from tests.e2e.conftest import watched_page
from tests.e2e.test_stories import Person, without_second_factor

Axe = Callable[[Page], None]
Place = tuple[int, int]


class Story:
    """The call, and whoever of its people sits down at a browser of their own."""

    def __init__(
        self,
        app: Flask,
        ground: Play,
        staff: dict[str, User],
        contexts: Callable[..., BrowserContext],
        axe: Axe,
        clock: Clock,
        folder: Path,
    ) -> None:
        self.app, self.ground, self.staff = app, ground, staff
        self.contexts, self.axe, self.clock, self.folder = contexts, axe, clock, folder

    @property
    def slug(self) -> str:
        return self.ground.call.slug

    @property
    def session(self) -> Session:
        return self.ground.session

    def codes(self) -> list[str]:
        return [position.code for position in self.ground.positions]

    def name(self, place: Place) -> str:
        return self.ground.owners[place].name

    def turn(self, days: int, hour: int = 9) -> datetime:
        """So many days before the present; deadlines that have passed by then ring."""
        moment = self.ground.at(days, hour)
        self.clock.set(moment)
        workflow_tasks.run_timers()
        self.session.expire_all()
        return moment

    @contextmanager
    def visitor(self, width: int = 1280) -> Iterator[Person]:
        """Somebody who is not signed in."""
        with watched_page(self.contexts(viewport={"width": width, "height": 900})) as page:
            yield Person(page, self.axe)

    @contextmanager
    def as_(self, user: User, width: int = 1280) -> Iterator[Person]:
        login = user.email
        assert login is not None
        with self.visitor(width) as person:
            # The page to sign in at is checked in the other stories; here it would be fifty times.
            person.page.goto("/sign-in")
            person.field("身份证号、手机号或邮箱").fill(login)
            person.field("密码").fill(factories.PASSWORD)
            person.press("登录")
            yield person

    @contextmanager
    def cadre(self, place: Place) -> Iterator[Person]:
        """Somebody who applied, on a phone, on the page of their own candidacy."""
        with self.as_(self.ground.owners[place], 360) as person:
            person.page.goto(f"/candidates/{self.candidate(place).id}")
            yield person

    def admin(self, width: int = 1280) -> AbstractContextManager[Person]:
        return self.as_(self.ground.admin, width)

    def stage(self, person: Person, label: str) -> None:
        """From the call to the page of one of its stages, by the link that is there for it."""
        person.page.goto(f"/admin/calls/{self.slug}")
        person.follow(f"^{label}$", person.page.get_by_role("navigation", name="各环节"))
        person.look(label)

    def own_stage(self, person: Person, label: str) -> None:
        """From a cadre's own page to that of a stage."""
        person.look("考试与录用")
        person.follow(f"^{label}$", person.page.locator("main"))

    def download(self, person: Person, label: str, within: Locator | None = None) -> Path:
        """Follow a link or press a button that hands out a file."""
        name = re.compile(label)
        area = within or person.page.locator("main")
        either = area.get_by_role("link", name=name).or_(area.get_by_role("button", name=name)).first
        with person.page.expect_download() as waiting:
            either.focus()
            person.page.keyboard.press("Enter")
        path = self.folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    def upload(self, person: Person, path: Path) -> None:
        """Choose a file, send it to the dry run, and look at what that says."""
        person.page.locator("main input[type=file]").set_input_files(path)
        person.press("上传并试读")

    def csv(self, name: str, rows: Sequence[str]) -> Path:
        path = self.folder / name
        path.write_text("\n".join(rows), "utf-8")
        return path

    def tickets(self) -> dict[str, Place]:
        """Whose ticket it is."""
        self.session.rollback()
        rows = self.ground.candidates().items()
        return {row.ticket_number: place for place, row in rows if row.ticket_number}

    def candidate(self, place: Place) -> Candidate:
        self.session.rollback()
        return self.ground.candidates()[place]

    def states(self) -> dict[Place, str]:
        self.session.rollback()
        return {key: row.state for key, row in self.ground.candidates().items()}

    def in_state(self, state: str) -> set[Place]:
        return {place for place, now in self.states().items() if now == state}

    def wait(self, page: Page, done: Callable[[], bool]) -> None:
        """The worker comes to it in a moment."""
        for _ in range(150):
            self.session.rollback()
            if done():
                return
            page.wait_for_timeout(200)
        pytest.fail("the worker did not come to it")


def fill_in(path: Path, answer: Callable[[str, list[str]], Mapping[str, str]]) -> None:
    """Fill in a sheet that names people by their ticket number.

    Args:
        path: a template as it was downloaded.
        answer: of a ticket number and the titles of the columns, what goes below which title.
    """
    book = load_workbook(path)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if row[0].value == "准考证号")
    columns = {str(cell.value): cell.column or 0 for cell in head}
    for row in sheet.iter_rows(min_row=(head[0].row or 0) + 1):
        if row[0].value and row[0].row:
            for title, value in answer(str(row[0].value), list(columns)).items():
                sheet.cell(row[0].row, columns[title]).value = value
    book.save(path)


def minute(moment: datetime) -> str:
    """As a field of date and time takes it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def reads(within: Page | Locator, *words: str) -> None:
    """All of this stands there to be read."""
    area = within.locator("main") if isinstance(within, Page) else within
    for word in words:
        expect(area).to_contain_text(word)


def begin(
    app: Flask,
    session: Session,
    contexts: Callable[..., BrowserContext],
    axe: Axe,
    clock: Clock,
    folder: Path,
) -> Story:
    """Registration is over and everybody has been found qualified."""
    without_second_factor(app)
    factories.load_areas(session)
    password = hash_password(factories.PASSWORD)
    people = staff(session, password, factories.NOW)
    photos = portraits(session, people["admin@kaolu.example"])
    clock.set(factories.NOW)
    for area in (stages.AUTONOMOUS, stages.NEIGHBOUR):
        people[area] = factories.staff(session, Role.COUNTY_REVIEWER, area)
        people[area].email_confirmed_at = factories.NOW
    ground = stages.registered(session, people, password, photos, factories.NOW)
    # Nobody is sent what was told before the story begins.
    into_inboxes(session, factories.NOW)
    session.commit()
    return Story(app, ground, people, contexts, axe, clock, folder)
