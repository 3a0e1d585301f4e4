"""Sign-up, sign-in, sign-out and forgotten passwords, as the person and as somebody else would try them."""

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pyotp
import pytest
import sqlalchemy as sa
from celery import Celery
from celery.signals import task_postrun
from flask import Flask
from werkzeug.test import TestResponse

from recruitment.database import db
from recruitment.people.letters import due
from recruitment.people.models import Letter, Role, User
from recruitment.people.tasks import send_letter
from recruitment.people.views import FORGOTTEN_SECONDS
from tests.client import Client, heading
from tests.conftest import Clock
from tests.people.people import Account, id_number, make_account, sign_in

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NUMBER = id_number()
FORM = {
    "name": "张测试",
    "id_number": NUMBER,
    "phone": "138 0000 1234",
    "email": "Zhang@Test.example",
    "password": "mountain 5 river",
}
WRONG = "账号或密码不对"


def text(page: TestResponse) -> str:
    return page.get_data(as_text=True)


def letters(app: Flask) -> list[Letter]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Letter).order_by(Letter.created_at)))


def link(letter: Letter) -> str:
    found = re.search(r"http\S+", letter.body or "")
    assert found
    return urlsplit(found[0]).path


def stored(app: Flask, email: str) -> User:
    with app.app_context():
        return db.session.scalars(sa.select(User).where(User.email == email)).one()


def test_a_cadre_signs_up_and_is_in(app: Flask, client: Client) -> None:
    page = client.submit(client.get("/sign-up"), "注册", FORM)
    assert page.status_code == 200
    assert "您已登录" in text(page)
    assert heading(client.get("/account")) == "我的账号"
    user = stored(app, "zhang@test.example")
    assert user.roles == {Role.CADRE}
    assert str(user.birth_date) == "1985-03-07"


def test_the_address_is_confirmed_beside_it(app: Flask, client: Client) -> None:
    client.submit(client.get("/sign-up"), "注册", FORM)
    assert "邮箱还没有验证" in text(client.get("/account"))
    (letter,) = letters(app)
    page = client.get(link(letter))
    assert stored(app, "zhang@test.example").email_confirmed_at is None, (
        "looking at the link confirms nothing"
    )
    client.submit(page, "是我的邮箱，确认")
    assert stored(app, "zhang@test.example").email_confirmed_at is not None
    assert "邮箱还没有验证" not in text(client.get("/account"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id_number", "53010219200508012X", "最后一位与前17位对不上"),
        ("id_number", "530102920508011", "15位"),
        ("id_number", "", "请填写身份证号"),
        ("id_number", "53010219201332011X", "出生日期"),
        ("phone", "12345", "11位"),
        ("phone", "abcdefghijk", "11位"),
        ("email", "zhang.example", "邮箱地址的格式不对"),
        ("email", "zhang@", "邮箱地址的格式不对"),
        ("name", "  ", "请填写姓名"),
        ("password", "abc12", "至少8位"),
        ("password", "abcdefghij", "字母和数字"),
        ("password", "password1", "太常见"),
        ("password", "a13800001234", "不要包含"),
        ("password", f"a{NUMBER}", "不要包含"),
        ("password", "aaaaaaaa1", "太多"),
    ],
)
def test_a_mistake_is_said_beside_its_field(
    app: Flask, client: Client, field: str, value: str, words: str
) -> None:
    page = client.submit(client.get("/sign-up"), "注册", FORM | {field: value})
    assert page.status_code == 422
    beside = text(page).split(f'id="{field}-error"')[1].split("</p>")[0]
    assert words in beside
    assert f'href="#{field}"' in text(page)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0


@pytest.mark.parametrize("field", ["id_number", "phone", "email"])
def test_a_second_account_is_refused_without_saying_which_number_has_one(
    app: Flask, client: Client, field: str
) -> None:
    make_account(app, Role.CADRE, id_number=NUMBER, phone="13800001234", email="zhang@test.example")
    other = {
        "name": "李测试",
        "id_number": id_number(sequence=3),
        "phone": "13900001234",
        "email": "li@test.example",
        "password": "mountain 5 river",
    }
    page = client.submit(client.get("/sign-up"), "注册", other | {field: FORM[field]})
    assert page.status_code == 422
    assert "不能注册新账号" in text(page)
    assert "-error" not in text(page).replace("error-summary", "")


@pytest.mark.parametrize(
    "identity",
    [
        "zhang@test.example",
        " ZHANG@test.example ",
        "13800001234",
        "+86 138 0000 1234",
        NUMBER,
        "１" + NUMBER[1:] if NUMBER[0] == "1" else NUMBER.lower(),
        f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ",
    ],
)
def test_any_of_the_three_names_signs_in(app: Flask, client: Client, identity: str) -> None:
    account = make_account(app, Role.CADRE, id_number=NUMBER, phone="13800001234", email="zhang@test.example")
    client.submit(client.get("/sign-in"), "登录", {"identity": identity, "password": account.password})
    assert heading(client.get("/account")) == "我的账号"


def test_a_stranger_and_a_wrong_password_get_the_same_answer(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    closed = make_account(app, Role.CADRE)
    with app.app_context():
        db.session.get_one(User, closed.id).active = False
        db.session.commit()
    answers = set()
    for identity, password in (
        ("nobody@test.example", account.password),
        (account.email, "wrong 12345"),
        (closed.email, closed.password),
    ):
        page = client.submit(client.get("/sign-in"), "登录", {"identity": identity, "password": password})
        assert page.status_code == 422
        answers.add(re.sub(r'(value|content)="[^"]*"', "", text(page)))
    assert len(answers) == 1


def test_an_account_rests_after_five_failures_and_comes_back(
    app: Flask, client: Client, clock: Clock
) -> None:
    clock.set(NOW)
    account = make_account(app, Role.CADRE)
    for _ in range(5):
        assert WRONG in text(sign_in(client, account, "wrong 12345"))
    assert WRONG in text(sign_in(client, account)), "even the right password waits"
    assert [letter.subject for letter in letters(app)] == ["账号多次输错密码，已暂时锁定"]
    clock.set(NOW + timedelta(minutes=2))
    assert WRONG not in text(sign_in(client, account))
    assert stored(app, account.email).failed_logins == 0


def test_many_guesses_at_one_account_are_stopped_for_every_address(app: Flask, client: Client) -> None:
    for number in range(20):
        page = client.get("/sign-in")
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{number}"
        client.submit(page, "登录", {"identity": "victim@test.example", "password": "guess"})
    client.environ_base["REMOTE_ADDR"] = "10.0.1.1"
    page = client.submit(
        client.get("/sign-in"), "登录", {"identity": " Victim@test.example", "password": "guess"}
    )
    assert page.status_code == 429
    assert heading(page) == "操作太频繁"
    account = make_account(app, Role.CADRE)
    assert WRONG not in text(sign_in(client, account)), "somebody else at that address goes on"


def test_signing_out_ends_the_session_also_in_a_copy_of_the_cookie(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    sign_in(client, account)
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.post("/sign-out")
    client.set_cookie("session", cookie.value)
    assert client.get("/account").status_code == 302


def test_signing_in_takes_nothing_over_from_before(app: Flask, client: Client) -> None:
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    client.get("/sign-in")
    with client.session_transaction() as before:
        token = before["csrf_token"]
    sign_in(client, make_account(app, Role.CADRE))
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != token


def test_a_session_ends_after_a_working_day(app: Flask, client: Client, clock: Clock) -> None:
    clock.set(NOW)
    sign_in(client, make_account(app, Role.CADRE))
    clock.set(NOW + timedelta(hours=11, minutes=59))
    assert client.get("/account").status_code == 200
    clock.set(NOW + timedelta(hours=12, minutes=1))
    assert client.get("/account").status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    sign_in(client, account)
    with app.app_context():
        db.session.get_one(User, account.id).active = False
        db.session.commit()
    assert client.get("/account").status_code == 302


def test_signed_in_pages_are_kept_by_nobody(app: Flask, client: Client) -> None:
    sign_in(client, make_account(app, Role.CADRE))
    assert client.get("/account").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "followed"),
    [
        ("/account/password", True),
        ("/account?x=1", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("javascript:alert(1)", False),
        ("/\n/evil.example", False),
    ],
)
def test_sign_in_leads_back_but_never_away(app: Flask, client: Client, path: str, followed: bool) -> None:
    account = make_account(app, Role.CADRE)
    page = client.get("/sign-in", query_string={"next": path})
    after = client.submit(
        page, "登录", {"identity": account.email, "password": account.password}, follow=False
    )
    assert (after.headers["Location"] == path) is followed
    assert "evil" not in after.headers["Location"]


def test_an_expired_sign_in_page_needs_one_more_press_and_keeps_the_name(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    page = client.get("/sign-in")
    client.delete_cookie("session")
    fields = {"identity": account.email, "password": account.password}
    page = client.submit(page, "登录", fields)
    assert "请再提交一次" in text(page)
    assert account.email in text(page)
    client.submit(page, "登录", fields)
    assert client.get("/account").status_code == 200


def ask_reset(client: Client, identity: str) -> TestResponse:
    return client.submit(client.get("/forgotten"), "发送链接", {"identity": identity})


def test_a_forgotten_password_is_replaced_by_mail(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    elsewhere = app.test_client()
    assert isinstance(elsewhere, Client)
    sign_in(elsewhere, account)
    ask_reset(client, account.email)
    path = link(letters(app)[0])
    page = client.submit(client.get(path), "保存新密码", {"password": "another 7 valley"})
    assert heading(page) == "登录"
    assert client.get(path).status_code == 404, "the link is spent"
    assert elsewhere.get("/account").status_code == 302, "other sessions have ended"
    assert WRONG in text(sign_in(client, account))
    assert WRONG not in text(sign_in(client, account, "another 7 valley"))


def test_asking_for_a_reset_tells_nobody_who_has_an_account(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE)
    pages = []
    for name in (account.email, "nobody@test.example"):
        began = time.monotonic()
        pages.append(ask_reset(client, name))
        assert time.monotonic() - began >= FORGOTTEN_SECONDS, "a quick answer would tell"
    known, unknown = pages
    assert text(known) == text(unknown)
    assert len(letters(app)) == 1


@pytest.mark.parametrize("token", ["x", "eyJhIjoxfQ.ZZ.ZZ"])
@pytest.mark.parametrize("page", ["/reset/", "/confirm/"])
def test_a_forged_link_opens_nothing(client: Client, page: str, token: str) -> None:
    answer = client.get(page + token)
    assert answer.status_code == 404
    assert heading(answer) == "链接已失效"


def test_a_link_to_confirm_does_not_reset_a_password(app: Flask, client: Client) -> None:
    client.submit(client.get("/sign-up"), "注册", FORM)
    (letter,) = letters(app)
    client.post("/sign-out")
    assert client.get(link(letter).replace("/confirm/", "/reset/")).status_code == 404


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(
    app: Flask, client: Client
) -> None:
    account = make_account(app, Role.CADRE)
    elsewhere = app.test_client()
    assert isinstance(elsewhere, Client)
    sign_in(elsewhere, account)
    sign_in(client, account)
    form = {"current_password": "wrong 12345", "password": "another 7 valley"}
    page = client.submit(client.get("/account/password"), "保存新密码", form)
    assert "现在的密码不对" in text(page)
    form["current_password"] = account.password
    page = client.submit(page, "保存新密码", form)
    assert heading(page) == "我的账号"
    assert elsewhere.get("/account").status_code == 302


def code_of(app: Flask, account: Account, moment: datetime) -> str:
    secret = stored(app, account.email).totp_secret
    assert secret
    return pyotp.TOTP(secret).at(moment)


def set_up_second_factor(app: Flask, client: Client, account: Account, moment: datetime) -> list[str]:
    page = client.submit(client.get("/account/second-factor"), "开始设置")
    page = client.submit(page, "开启", {"code": code_of(app, account, moment)})
    assert heading(page) == "请保存备用码"
    return re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", text(page))


def test_staff_set_up_a_second_factor_before_anything_else(app: Flask, client: Client, clock: Clock) -> None:
    clock.set(NOW)
    account = make_account(app, Role.SYSTEM_ADMIN)
    page = sign_in(client, account)
    assert heading(client.get("/admin/users/", follow_redirects=True)) == "开启两步验证"
    codes = set_up_second_factor(app, client, account, NOW)
    assert len(codes) == 8
    assert heading(client.get("/admin/users/")) == "账号管理"

    client.post("/sign-out")
    clock.set(NOW + timedelta(minutes=2))
    page = sign_in(client, account)
    assert heading(page) == "两步验证"
    assert client.get("/account").status_code == 302, "the password alone opens nothing"
    page = client.submit(page, "登录", {"code": "000000"})
    assert "验证码不对" in text(page)
    right = code_of(app, account, NOW + timedelta(minutes=2))
    client.submit(page, "登录", {"code": right})
    assert client.get("/account").status_code == 200

    client.post("/sign-out")
    page = client.submit(sign_in(client, account), "登录", {"code": right})
    assert "已经用过" in text(page), "no code is taken twice"
    client.submit(page, "登录", {"code": codes[0].upper().replace("-", " ")})
    assert client.get("/account").status_code == 200
    client.post("/sign-out")
    page = client.submit(sign_in(client, account), "登录", {"code": codes[0]})
    assert "已经用过" in text(page), "nor is a recovery code"


def test_wrong_codes_lock_the_account(app: Flask, client: Client, clock: Clock) -> None:
    clock.set(NOW)
    account = make_account(app, Role.CADRE)
    sign_in(client, account)
    set_up_second_factor(app, client, account, NOW)
    client.post("/sign-out")
    page = sign_in(client, account)
    for _ in range(5):
        page = client.submit(page, "登录", {"code": "123456"})
    later = NOW + timedelta(seconds=40)
    clock.set(later)
    page = client.submit(page, "登录", {"code": code_of(app, account, later)})
    assert "验证码不对" in text(page)


def test_seeing_ones_own_number_is_on_record(app: Flask, client: Client) -> None:
    account = make_account(app, Role.CADRE, id_number=NUMBER, phone="13800001234")
    sign_in(client, account)
    page = client.get("/account")
    assert NUMBER not in text(page)
    assert "13800001234" not in text(page)
    page = client.submit(page, "显示完整号码")
    assert NUMBER in text(page)
    with app.app_context():
        rows = db.session.execute(sa.text("SELECT action, subject_id FROM access_record")).all()
    assert rows == [("id_number.unmask", str(account.id))]


def test_a_letter_leaves_after_the_commit_and_is_forgotten(
    app: Flask, client: Client, celery_worker: Celery, smtp: list[EmailMessage]
) -> None:
    account = make_account(app, Role.CADRE)
    done = threading.Event()

    def note(**_: object) -> None:
        done.set()

    task_postrun.connect(note, sender=send_letter)
    ask_reset(client, account.email)
    assert done.wait(10)
    (mail,) = smtp
    assert mail["To"] == account.email
    assert "/reset/" in mail.get_content()
    with app.app_context():
        letter = db.session.scalars(sa.select(Letter)).one()
        assert (letter.body, letter.next_attempt_at) == (None, None)
        send_letter(str(letter.id))
    assert len(smtp) == 1, "a task that runs twice sends once"


def test_a_letter_is_tried_again_while_the_mail_server_is_away(
    make_app: Callable[..., Flask], clock: Clock, smtp: list[EmailMessage]
) -> None:
    away = make_app(smtp_url="smtp://127.0.0.1:1")
    away.extensions["clock"] = lambda: NOW
    account = make_account(away, Role.CADRE)
    browser = away.test_client()
    assert isinstance(browser, Client)
    ask_reset(browser, account.email)
    with away.app_context():
        letter = db.session.scalars(sa.select(Letter)).one()
        send_letter(str(letter.id))
        db.session.refresh(letter)
        assert letter.body
        assert letter.next_attempt_at == NOW + timedelta(minutes=1)
        assert due(db.session, NOW, 10) == []
        assert due(db.session, NOW + timedelta(minutes=1), 10) == [letter.id]
