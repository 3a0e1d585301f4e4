"""Nothing typed is ever lost, and never shown to anybody else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template_string
from flask.typing import ResponseReturnValue
from wtforms import DateField, FieldList, FormField, StringField, TextAreaField
from wtforms.validators import Optional

from recruitment.database import db
from recruitment.forms import DraftForm, Refusal, Required, Section, handle, typed
from recruitment.forms.models import FormDraft
from recruitment.people.access import signed_in
from recruitment.people.models import Role
from tests.client import Client, heading
from tests.people.people import Account, make_account, sign_in

PAGE = """
{% extends "layout/base.html" %}
{% from "layout/macros.html" import draft_note, error_summary, field, form_frame, section_rows, submit %}
{% set heading = "表" %}
{% block summary %}{{ error_summary(form) }}{% endblock %}
{% block content %}
  {{ draft_note(form) }}
  {% call form_frame(form) %}
    {{ field(form.opinion) }}
    {{ field(form.day) }}
    {% call(row) section_rows(form.rows, "任职", "再加一段") %}{{ field(row.form.place) }}{% endcall %}
    {{ submit("保存") }}
  {% endcall %}
{% endblock %}
"""


class Row(Section):
    place = StringField("地点", [Required()])


class Opinion(DraftForm):
    opinion = TextAreaField("意见", [Required()])
    day = DateField("日期", [Optional()])
    rows = FieldList(FormField(Row), label="任职", max_entries=3)


class Store:
    """What the form's operation wrote, and whether it says no."""

    def __init__(self) -> None:
        self.opinion = ""
        self.places: list[str] = []
        self.saved_at: datetime | None = None
        self.refusal: dict[str, str] = {}
        self.fault: Exception | None = None

    def save(self, form: Opinion) -> None:
        if self.fault:
            raise self.fault
        if self.refusal:
            raise Refusal(self.refusal)
        self.opinion = typed(form.opinion)
        self.places = [row["place"] for row in form.rows.data]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def site(make_app: Callable[..., Flask], store: Store) -> Flask:
    """The application with one page that holds such a form."""
    app = make_app()
    pages = Blueprint("pages", __name__)

    @pages.route("/page", methods=["GET", "POST"])
    @signed_in
    def page() -> ResponseReturnValue:
        form = Opinion.open("page", saved_at=store.saved_at, data={"opinion": store.opinion})
        outcome = handle(form, lambda: store.save(form))
        if outcome.done:
            return redirect("/page")
        return render_template_string(PAGE, form=form), outcome.status

    app.register_blueprint(pages)
    return app


@pytest.fixture
def person(site: Flask) -> Account:
    return make_account(site, Role.CADRE)


@pytest.fixture
def browser(site: Flask, person: Account) -> Client:
    client = site.test_client()
    assert isinstance(client, Client)
    sign_in(client, person)
    return client


def drafts(site: Flask, person: Account) -> list[dict[str, list[str]] | None]:
    """The fields of each of the person's drafts."""
    with site.app_context():
        return list(db.session.scalars(sa.select(FormDraft.data).where(FormDraft.user_id == person.id)))


def text(page: object) -> str:
    return page.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def test_an_invalid_submission_keeps_everything(browser: Client, person: Account) -> None:
    page = browser.submit(browser.get("/page"), "保存", {"day": "2026-13-40"})
    assert page.status_code == 422
    assert "请填写意见。" in text(page)
    assert 'href="#opinion"' in text(page)
    again = browser.get("/page")
    assert "已恢复您上次未保存的内容" in text(again)
    assert "2026-13-40" in text(again)


def test_a_save_closes_the_draft(site: Flask, browser: Client, store: Store, person: Account) -> None:
    page = browser.get("/page")
    browser.submit(page, "保存", {"opinion": ""})
    browser.submit(page, "保存", {"opinion": "同意"})
    assert store.opinion == "同意"
    assert drafts(site, person) == [None]
    assert "已恢复" not in text(browser.get("/page"))


def send_by_itself(browser: Client, page: object, **fields: str) -> object:
    owner = text(page).split('name="draft_owner"')[1].split('value="')[1].split('"')[0]
    return browser.post("/draft", data={"draft_owner": owner, **fields})


def test_a_page_saves_itself_and_comes_back(site: Flask, browser: Client, person: Account) -> None:
    answer = send_by_itself(browser, browser.get("/page"), opinion="打到一半")
    assert answer.get_json()["saved"] is True  # type: ignore[attr-defined]
    assert "打到一半" in text(browser.get("/page"))
    with site.app_context():
        assert "打到一半" not in db.session.execute(sa.text("SELECT data FROM form_draft")).scalar_one()


def test_a_late_automatic_save_does_not_bring_a_saved_form_back(browser: Client, store: Store) -> None:
    page = browser.get("/page")
    browser.submit(page, "保存", {"opinion": "同意"})
    send_by_itself(browser, page, opinion="同")
    assert "已恢复" not in text(browser.get("/page"))


def test_an_older_draft_gives_way_to_what_was_saved_since(browser: Client, store: Store) -> None:
    send_by_itself(browser, browser.get("/page"), opinion="旧的")
    store.opinion, store.saved_at = "后来在手机上改的", datetime.now(UTC) + timedelta(seconds=1)
    page = browser.get("/page")
    assert "后来在手机上改的" in text(page)
    assert "旧的" not in text(page)


def test_a_draft_is_thrown_away_on_request(browser: Client, store: Store) -> None:
    send_by_itself(browser, browser.get("/page"), opinion="不要了")
    page = browser.submit(browser.get("/page"), "放弃这些内容")
    assert heading(page) == "表"
    assert "不要了" not in text(page)


@pytest.mark.parametrize("how", ["the session ended", "the token is wrong"])
def test_what_was_sent_too_late_is_there_after_signing_in(
    browser: Client, person: Account, store: Store, how: str
) -> None:
    page = browser.get("/page")
    if how == "the session ended":
        browser.delete_cookie("session")
        after = browser.submit(page, "保存", {"opinion": "写了一小时"})
        assert heading(after) == "登录"
        assert "已经保存" in text(after)
        after = browser.submit(after, "登录", {"identity": person.email, "password": "correct horse 1"})
    else:
        after = browser.submit(page, "保存", {"opinion": "写了一小时", "csrf_token": "broken"})
    assert store.opinion == ""
    assert after.request.path == "/page"
    assert "写了一小时" in text(after)
    browser.submit(after, "保存")
    assert store.opinion == "写了一小时"


def test_on_a_shared_computer_a_form_stays_its_owners(
    site: Flask, browser: Client, person: Account, store: Store
) -> None:
    left_open = browser.get("/page")
    browser.post("/sign-out")
    sign_in(browser, make_account(site, Role.CADRE))
    after = browser.submit(left_open, "保存", {"opinion": "前一个人写的"})
    assert store.opinion == ""
    assert "前一个人写的" not in text(after)
    assert "前一个人写的" not in text(browser.get("/page"))
    (kept,) = drafts(site, person)
    assert kept is not None
    assert kept["opinion"] == ["前一个人写的"]


def test_after_an_expired_session_another_person_is_not_led_to_the_page(
    site: Flask, browser: Client, person: Account
) -> None:
    page = browser.get("/page")
    browser.delete_cookie("session")
    asked = browser.submit(page, "保存", {"opinion": "甲写的"})
    other = make_account(site, Role.CADRE)
    after = browser.submit(
        asked, "登录", {"identity": other.email, "password": "correct horse 1"}, follow=False
    )
    assert "/page" not in after.headers["Location"]


@pytest.mark.parametrize("token", ["", "forged", "eyJhIjoxfQ.ZZ.ZZ"])
def test_a_forged_owner_writes_nothing(site: Flask, browser: Client, person: Account, token: str) -> None:
    assert browser.post("/draft", data={"draft_owner": token, "opinion": "x"}).status_code == 400
    assert drafts(site, person) == []


def test_a_token_of_yesterday_writes_nothing(
    browser: Client, person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/page")
    monkeypatch.setattr("recruitment.forms.drafts.LIFETIME", timedelta(seconds=-1))
    answer = send_by_itself(browser, page, opinion="x")
    assert answer.status_code == 400  # type: ignore[attr-defined]


def test_an_operation_that_says_no_is_heard_beside_the_field(
    browser: Client, store: Store, person: Account
) -> None:
    store.refusal = {"opinion": "意见太短。", "": "已过截止时间。"}
    page = browser.submit(browser.get("/page"), "保存", {"opinion": "行"})
    assert page.status_code == 422
    assert text(page).count("意见太短。") == 2
    assert text(page).count("已过截止时间。") == 1
    assert ">行</textarea>" in text(page).replace("\r\n", "")


def test_even_a_fault_keeps_the_draft(browser: Client, store: Store, site: Flask) -> None:
    store.fault = RuntimeError("a fault of ours")
    site.testing = False
    page = browser.submit(browser.get("/page"), "保存", {"opinion": "不能丢"})
    assert page.status_code == 500
    assert heading(page) == "系统出了问题"
    assert "不能丢" in text(browser.get("/page"))


def test_rows_are_added_and_removed_without_javascript(browser: Client, store: Store) -> None:
    page = browser.submit(browser.get("/page"), "再加一段", {"opinion": "有"})
    page = browser.submit(page, "再加一段", {"rows-0-place": "甲村"})
    page = browser.submit(page, "再加一段", {"rows-1-place": "乙村"})
    assert "再加一段" not in text(page), "three is the most"
    page = browser.submit(page, "删除任职 1", {"rows-2-place": "丙村"})
    assert "甲村" not in text(page)
    page = browser.submit(page, "保存")
    assert store.places == ["乙村", "丙村"]
    assert store.opinion == "有"


def test_an_error_in_a_row_names_the_row(browser: Client) -> None:
    page = browser.submit(browser.get("/page"), "再加一段", {"opinion": "有"})
    page = browser.submit(page, "保存")
    assert page.status_code == 422
    assert "任职 1 · 地点" in text(page)
    assert 'href="#rows-0-place"' in text(page)


def test_the_first_button_saves_so_that_enter_never_removes_a_row(browser: Client) -> None:
    page = browser.submit(browser.get("/page"), "再加一段")
    form = text(page).split("data-draft=")[1]
    assert form.index("<button") < form.index("rows.remove")
    assert 'name="' not in form[form.index("<button") : form.index("</button>")]


def test_a_measureless_draft_is_refused(site: Flask, browser: Client, person: Account) -> None:
    answer = send_by_itself(browser, browser.get("/page"), opinion="长" * 450_000)
    assert answer.status_code == 413  # type: ignore[attr-defined]
    assert drafts(site, person) == []
