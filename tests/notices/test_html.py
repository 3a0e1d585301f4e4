"""The HTML of a mail: the same words as the text, deadline and action first, and nothing to fetch."""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from recruitment.database import db
from recruitment.notices import catalogue
from recruitment.notices.catalogue import Kind
from recruitment.notices.render import Text, render
from recruitment.people.models import Role
from tests import factories
from tests.client import Client
from tests.notices.conftest import change_settings
from tests.notices.test_texts import NAMES
from tests.people.people import Account, sign_in

# Elements and attributes that make a mail program fetch or run something.
FETCHES = {"img", "link", "script", "iframe", "object", "embed", "video", "audio", "source", "form", "base"}


class Page(HTMLParser):
    """What a mail program sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def words(html: str) -> str:
    body = html.split("<body", 1)[1]
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", "<body" + body)))


@pytest.fixture
def kind(app: Flask, request: pytest.FixtureRequest) -> Kind:
    with app.app_context():
        return catalogue.kinds()[request.param]


def made(app: Flask, kind: str, **facts: object) -> Text:
    with app.app_context():
        return render(kind, {**catalogue.kinds()[kind].sample, **facts})


@pytest.mark.parametrize("kind", NAMES, indirect=True)
def test_it_says_what_the_text_says_and_fetches_nothing(app: Flask, kind: Kind) -> None:
    text = made(app, kind.name)
    page = Page(text.body_html)
    assert text.body_html.startswith('<!doctype html>\n<html lang="zh-CN">')
    shown = words(text.body_html)
    for line in text.body.splitlines():
        assert re.sub(r"\s", "", line.removeprefix("- ")) in shown
    assert not FETCHES & set(page.tags)
    assert page.attributes <= {"lang", "charset", "name", "content", "style", "href"}
    assert "url(" not in text.body_html
    assert page.tags.count("h1") == 1
    assert all(address.startswith(("https://kaolu.example/", "tel:")) for address in page.addresses)


@pytest.mark.parametrize("kind", NAMES, indirect=True)
def test_what_has_to_be_done_by_when_stands_before_the_salutation(app: Flask, kind: Kind) -> None:
    text = made(app, kind.name)
    first = text.body_html.split("您好：")[0]
    # What somebody may do who wants to is not what has to be done.
    must = text.body.replace("如果要撤回，请", "")
    for deadline in re.findall(r"请(?:您)?在(\d{4}年\d\d月\d\d日（星期.）(?:\d\d:\d\d)?)前", must):
        assert deadline in first, "the deadline is not among what a mail shows first"
        assert re.search(r"<a href=[^>]+>[去查]", first), "and there is no button"


def test_without_a_deadline_there_is_no_empty_place_for_it(app: Flask) -> None:
    late = made(app, "application.refused", may_choose_again=False)
    assert "改报" not in late.body_html
    assert "查看原因" in late.body_html
    assert "缴费截止时间" not in made(app, "candidate.fee_due", amount="", due="").body_html
    assert "体检报到时间" not in made(app, "candidate.to_medical", plan=None).body_html


def test_another_body_by_hand_stands_without_what_the_template_said_first(app: Flask) -> None:
    text = made(app, "application.returned", replaced="请不用补正了。")
    assert "补正截止" not in text.body_html
    assert "去补正材料" not in text.body_html
    assert "请不用补正了。" in text.body_html


def test_what_somebody_typed_is_words_and_no_link(app: Flask) -> None:
    typed = (
        '<b onclick="x">看</b> https://evil.example/a https://kaolu.example.evil.example/ javascript:alert(1)'
    )
    text = made(app, "application.refused", explanation=typed)
    page = Page(text.body_html)
    assert "b" not in page.tags
    assert "onclick" not in page.attributes
    assert not any("evil" in address or "javascript" in address for address in page.addresses)
    assert typed in unescape(re.sub(r"<[^>]+>", "", text.body_html))


def test_a_folder_may_have_an_html_of_its_own(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    own = '{% extends "notices/layout.html" %}{% block body %}<p>{{ name }}：另一种样子</p>{% endblock %}'
    app.jinja_loader = ChoiceLoader(
        [DictLoader({"notices/application.refused/body.html": own}), app.jinja_loader]  # type: ignore[list-item]
    )
    html = made(app, "application.refused", name="<王>").body_html
    assert "<p>&lt;王&gt;：另一种样子</p>" in html
    assert "咨询电话" in html
    assert "任职年限不足" not in html


def test_the_sample_page_frames_the_mail_and_nothing_runs_in_it(app: Flask, client: Client) -> None:
    change_settings(app, staff_second_factor=False)
    with app.app_context():
        user = factories.staff(db.session, Role.ADMIN)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)
    page = client.get("/admin/notices/texts/application.refused")
    assert 'src="/admin/notices/texts/application.refused/mail"' in page.get_data(as_text=True)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail = client.get("/admin/notices/texts/application.refused/mail")
    policy = mail.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert client.get("/admin/notices/texts/application.unknown/mail").status_code == 404
