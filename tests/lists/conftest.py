"""A room that the application does not have: a library, into which books are imported."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.audit.operations import record
from recruitment.lists import imports, pages, parsers, uploads
from recruitment.lists.declaration import Column, Fault, ListDeclaration, Sound
from recruitment.lists.imports import Ground, Import, Look
from recruitment.lists.parsers import Wrong
from recruitment.people.models import Role, User
from tests import factories
from tests.client import Client
from tests.pages import sign_in, upload
from workflows.terms import Reason, Refused


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    pages: int
    number: str = ""


def _no_atlas(sound: Sound[Book]) -> Iterator[Fault]:
    for number, row in sound:
        if row.title == "地图册":
            yield Fault(number, "title", Wrong("地图册不收"))
        if row.pages > 900:
            yield Fault(number, "pages", Wrong("页数很多", "请核对"), doubt=True)


BOOKS: ListDeclaration[Book] = ListDeclaration(
    "书目",
    (
        Column("title", "书名", parsers.text(40), unique=True),
        Column("pages", "页数", parsers.whole(1, 2000)),
        Column(
            "number",
            "书号",
            parsers.code(r"[0-9]{18}", "应为 18 位数字"),
            required=False,
            absent_ok=True,
            get=lambda row: row.number,
        ),
        Column("note", "备注", parsers.text(40), required=False, absent_ok=True, get=lambda row: ""),
    ),
    build=lambda values: Book(values["title"], values["pages"], values["number"]),
    check=_no_atlas,
)


class Shelf:
    """Where the books go: records of access, as any table of the database would do."""

    closed = False
    present = 0
    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def look(self, ground: Ground, rows: Sequence[Book]) -> Look:
        return Look({"present": self.present})

    def put(self, ground: Ground, rows: Sequence[Book]) -> Mapping[str, Any]:
        for row in rows:
            record(
                ground.session,
                ground.person,
                "book",
                at=ground.now,
                subject_kind="book",
                subject_id=row.title,
            )
        ground.session.flush()
        self.meanwhile()
        if self.closed:
            raise Refused([Reason("closed", "书架已满。")])
        return {"pages": sum(row.pages for row in rows)}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def site(make_app: Callable[..., Flask], shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with one import more."""
    monkeypatch.setattr(imports, "IMPORTS", dict(imports.IMPORTS))
    for module in (pages, uploads):
        monkeypatch.setattr(module, "IMPORTS", imports.IMPORTS)
    app = make_app(staff_second_factor=False)
    app.extensions["clock"] = lambda: factories.NOW
    room = Blueprint("library", __name__)
    # This is all that a room has to do.
    pages.register(
        room,
        Import(
            name="library.books",
            address="/admin/books/import",
            title="导入书目",
            roles=(Role.ADMIN,),
            table=BOOKS,
            apply=shelf.put,
            look=shelf.look,
        ),
    )
    app.register_blueprint(room)
    return app


@pytest.fixture
def admin(session: Session) -> User:
    return factories.staff(session, Role.ADMIN, name="罗管理")


@pytest.fixture
def browser(site: Flask, session: Session, admin: User) -> Client:
    return sign_in(site, session, admin)


def table(*rows: Sequence[object], header: Sequence[str] = ("书名", "页数")) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def send(browser: Client, content: bytes, name: str = "书目.csv") -> TestResponse:
    page = browser.get("/admin/books/import")
    return browser.submit(page, "上传并试读", {"table": upload(content, name)})
