"""What a system admin may do about accounts, and what not even they may."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.database import db
from recruitment.people.models import Letter, Role, User
from tests.client import Client, heading
from tests.people.people import Account, id_number, make_account, sign_in

NUMBER = id_number()
STAFF = {"name": "李审核", "email": "li@org.example", "phone": "13900001234"}


@pytest.fixture
def admin(app: Flask, client: Client) -> Account:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], staff_second_factor=False)
    account = make_account(app, Role.SYSTEM_ADMIN, name="系统管理员")
    sign_in(client, account)
    return account


def text(page: TestResponse) -> str:
    return page.get_data(as_text=True)


def stored(app: Flask, account_id: object) -> User:
    with app.app_context():
        return db.session.get_one(User, account_id)


def records(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(
            sa.select(AccessRecord.action, AccessRecord.reason).order_by(AccessRecord.at)
        )
        return [(action, reason) for action, reason in rows]


def test_a_reviewer_gets_an_account_a_role_and_a_link(app: Flask, client: Client, admin: Account) -> None:
    form = STAFF | {"role": "county_reviewer", "area": "510722"}
    page = client.submit(client.get("/admin/users/new"), "开通账号", form)
    assert heading(page) == "李审核"
    assert "县级审核人 · 绵阳市三台县" in text(page)
    with app.app_context():
        letter = db.session.scalars(sa.select(Letter)).one()
        assert letter.subject == "您的工作账号已开通"
        assert letter.address == "li@org.example"
        path = (letter.body or "").split("http://localhost")[1].split()[0]
    client.post("/sign-out")
    page = client.submit(client.get(path), "保存新密码", {"password": "mountain 5 river"})
    assert "请用新密码登录" in text(page)
    assert records(app) == [("user.create", ""), ("grant.give", "")]


@pytest.mark.parametrize(
    ("role", "area", "words"),
    [
        ("county_reviewer", "510700", "不能授予这一级地区"),
        ("prefecture_reviewer", "510722", "不能授予这一级地区"),
        ("province_reviewer", "510722", "不能授予这一级地区"),
        ("cadre", "510000", "有效"),
        ("county_reviewer", "110101", "有效"),
        ("", "510722", "请选择职责"),
    ],
)
def test_a_role_that_does_not_fit_is_refused_with_nothing_done(
    app: Flask, client: Client, admin: Account, role: str, area: str, words: str
) -> None:
    page = client.get("/admin/users/new")
    page = client.submit(page, "开通账号", STAFF | {"role": role, "area": area})
    assert page.status_code == 422
    assert words in text(page)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 0


def test_managing_accounts_goes_with_no_other_role(app: Flask, client: Client, admin: Account) -> None:
    reviewer = make_account(app, Role.COUNTY_REVIEWER)
    page = client.get(f"/admin/users/{reviewer.id}")
    page = client.submit(page, "添加职责", {"role": "system_admin", "area": "510000"})
    assert "不能兼任" in text(page)
    assert stored(app, reviewer.id).roles == {Role.COUNTY_REVIEWER}


def test_nobody_manages_themself(app: Flask, client: Client, admin: Account) -> None:
    page = client.get(f"/admin/users/{admin.id}")
    assert "添加职责" not in text(page)
    token = text(page).split('name="csrf_token" value="')[1].split('"')[0]
    with app.app_context():
        grant_id = db.session.get_one(User, admin.id).grants[0].id
    for path, fields in (
        (f"/admin/users/{admin.id}/grants", {"role": "admin", "area": "510000"}),
        (f"/admin/users/{admin.id}/grants/{grant_id}/revoke", {}),
        (f"/admin/users/{admin.id}/act", {"act": "close", "reason": "x"}),
        (f"/admin/users/{admin.id}/correct", {"name": "王", "email": "w@org.example", "reason": "x"}),
    ):
        client.post(path, data=fields | {"csrf_token": token})
    user = stored(app, admin.id)
    assert (set(user.roles), user.active, user.name) == ({Role.SYSTEM_ADMIN}, True, "系统管理员")
    assert records(app) == []


def test_a_revoked_role_ends_with_the_next_page(app: Flask, client: Client, admin: Account) -> None:
    other = make_account(app, Role.SYSTEM_ADMIN, name="另一位")
    browser = app.test_client()
    assert isinstance(browser, Client)
    sign_in(browser, other)
    assert browser.get("/admin/users/").status_code == 200
    client.submit(client.get(f"/admin/users/{other.id}"), "收回系统管理员 四川省")
    assert browser.get("/admin/users/").status_code == 403


def test_every_act_needs_a_reason_and_leaves_it(app: Flask, client: Client, admin: Account) -> None:
    cadre = make_account(app, Role.CADRE, id_number=NUMBER, phone="13800001234")
    page = client.get(f"/admin/users/{cadre.id}")
    assert NUMBER not in text(page)
    page = client.submit(page, "办理", {"act": "reveal"})
    assert page.status_code == 422
    assert "请填写理由" in text(page)
    assert NUMBER not in text(page)
    assert records(app) == []
    page = client.submit(page, "办理", {"act": "reveal", "reason": "本人来电核对"})
    assert NUMBER in text(page)
    client.submit(client.get(f"/admin/users/{cadre.id}"), "办理", {"act": "close", "reason": "冒名注册"})
    assert not stored(app, cadre.id).active
    client.submit(client.get(f"/admin/users/{cadre.id}"), "办理", {"act": "open", "reason": "已核实"})
    assert stored(app, cadre.id).active
    assert records(app) == [
        ("id_number.unmask", "本人来电核对"),
        ("user.close", "冒名注册"),
        ("user.open", "已核实"),
    ]


def test_a_person_is_found_by_number_without_it_standing_in_an_address(
    app: Flask, client: Client, admin: Account
) -> None:
    cadre = make_account(app, Role.CADRE, id_number=NUMBER, phone="13800001234", name="卓玛拉姆")
    for number in (NUMBER, "138 0000 1234"):
        page = client.submit(client.get("/admin/users/"), "查找", {"words": number})
        assert page.request.path == f"/admin/users/{cadre.id}"
    page = client.submit(client.get("/admin/users/"), "查找", {"words": id_number(sequence=77)}, follow=False)
    assert id_number(sequence=77) not in page.headers["Location"]
    page = client.submit(client.get("/admin/users/"), "查找", {"words": "卓玛"})
    assert "卓玛拉姆" in text(page)
    assert text(page).count('scope="row"') == 1
    assert "卓玛拉姆" not in text(client.get("/admin/users/", query_string={"q": "%"}))


def test_the_list_goes_on_by_keys(app: Flask, client: Client, admin: Account) -> None:
    for number in range(52):
        make_account(app, Role.CADRE, name=f"测试{number:02d}")
    first = client.get("/admin/users/?q=测试")
    assert text(first).count('scope="row"') == 50
    url = text(first).split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(url)
    assert text(second).count('scope="row"') == 2
    assert "下一页" not in text(second)


def test_correcting_an_address_asks_to_confirm_it_again(app: Flask, client: Client, admin: Account) -> None:
    cadre = make_account(app, Role.CADRE, phone="13800001234")
    make_account(app, Role.CADRE, email="taken@test.example")
    page = client.get(f"/admin/users/{cadre.id}/correct")
    form = {"email": "taken@test.example", "reason": "本人持身份证办理"}
    page = client.submit(page, "保存更正", form)
    assert "另一个账号正在使用" in text(page)
    client.submit(page, "保存更正", form | {"email": "New@test.example"})
    user = stored(app, cadre.id)
    assert user.email == "new@test.example"
    assert user.email_confirmed_at is None
    with app.app_context():
        assert db.session.get_one(User, cadre.id).phone == "13800001234"


def test_what_is_searched_for_makes_no_address_that_browsers_refuse(
    app: Flask, client: Client, admin: Account
) -> None:
    page = client.submit(client.get("/admin/users/"), "查找", {"words": "长" * 9000}, follow=False)
    assert page.status_code == 302
    assert len(page.headers["Location"]) < 4000
