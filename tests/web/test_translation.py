"""The English pages: a catalogue without gaps, and how a reader gets to them."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import frontend
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import refresh
from sqlalchemy.orm import Session

from recruitment.people.models import Letter, Role
from tests import factories
from tests.client import Client, heading, tree, words

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "recruitment" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Names, and examples of what to type, stay as they are.
KEPT = re.compile(r"“[^”]*”")


@cache
def extracted() -> frozenset[str]:
    """Every msgid of code, templates and workflows as they are now."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = frontend.parse_mapping_cfg(mapping)  # type: ignore[attr-defined]  # not in its stubs
    found = set()
    for _file, _line, message, _comments, _context in extract_from_dir(ROOT, methods, options):
        assert isinstance(message, str), f"plural forms are not expected: {message}"
        found.add(message)
    return frozenset(found)


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as text:
        return read_po(text, locale="en", abort_invalid=True)


def test_every_word_has_its_english() -> None:
    assert len(extracted()) > 1000
    empty = [words for words in extracted() if not (found := english().get(words)) or not found.string]
    assert not empty, f"run `make catalogue` and translate: {sorted(empty)}"
    assert not [message.id for message in english() if message.id and message.fuzzy]


def test_nothing_is_translated_that_is_not_said() -> None:
    assert not {str(message.id) for message in english() if message.id} - extracted()


def test_placeholders_survive_translation() -> None:
    for message in english():
        ours, theirs = str(message.id), str(message.string)
        assert sorted(PLACEHOLDER.findall(ours)) == sorted(PLACEHOLDER.findall(theirs)), ours
        # A stray sign would end in an error on the page.
        if PLACEHOLDER.search(ours):
            assert "%" not in PLACEHOLDER.sub("", theirs).replace("%%", ""), ours


def test_english_has_no_chinese_left() -> None:
    left = [m.string for m in english() if m.id and CHINESE.search(KEPT.sub("", str(m.string)))]
    assert not left


def language_of(client: Client, path: str = "/", **headers: str) -> str:
    page = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert "Cookie" in page.headers["Vary"]
    return str(tree(page).get("lang"))


@pytest.mark.parametrize("wanted", ["zh-CN,en;q=0.8", "en-US,en;q=0.9", "bo,fr;q=0.5", "not; a=header,,"])
@pytest.mark.usefixtures("session")
def test_without_a_choice_a_page_is_chinese(client: Client, wanted: str) -> None:
    assert language_of(client, Accept_Language=wanted) == "zh-CN"


def test_the_choice_at_the_foot_of_the_page_stays(client: Client) -> None:
    page = client.submit(client.get("/sign-in?next=/account"), "English")
    assert page.request.full_path == "/sign-in?next=/account"
    assert heading(page) == "Sign in"
    assert not CHINESE.search(words(tree(page)).replace("中文", ""))
    # It can be taken back.
    assert language_of(client) == "en"
    assert heading(client.submit(page, "中文")) == "登录"
    assert language_of(client) == "zh-CN"


@pytest.mark.parametrize(
    ("back", "place"),
    [
        ("/sign-in?next=%2Faccount", "/sign-in?next=%2Faccount"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/sign-in", "/"),
        ("/\\elsewhere.example", "/"),
        ("////elsewhere.example", "/"),
        ("http://[", "/"),
        ("/sign-out", "/"),
        ("/no-such-page", "/"),
        ("", "/"),
    ],
)
def test_the_choice_leads_nowhere_else(client: Client, back: str, place: str) -> None:
    answer = client.get("/language", query_string={"language": "en", "next": back})
    assert (answer.status_code, answer.location) == (302, place)


def test_an_unknown_language_is_not_remembered(client: Client) -> None:
    assert "Set-Cookie" not in client.get("/language?language=xx").headers
    client.set_cookie("language", "../../etc")
    assert language_of(client) == "zh-CN"


def test_a_call_is_shown_in_english(client: Client, session: Session) -> None:
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    factories.call(session, admin, slug="2026", title="2026", hotline="028-5550-0000")
    session.commit()
    # The fixture's context outlives the request and would keep its language.
    refresh()
    client.set_cookie("language", "en")
    page = client.get("/")
    shown = words(tree(page))
    assert "Position table" in shown
    assert "Applications are open until" in shown
    assert "报名" not in shown


@pytest.mark.usefixtures("session")
def test_what_is_sent_is_chinese(client: Client, app: Flask, session: Session) -> None:
    from recruitment.clock import now
    from recruitment.people import letters

    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        letter: Letter = letters.write(
            session, "li@example.com", "locked", now(), name="李四", url="https://example.com"
        )
        assert "密码" in str(letter.body)
    session.rollback()
