"""What every page has in common."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, abort
from sqlalchemy.orm import Session

from recruitment.database import db
from recruitment.people import access
from recruitment.people.models import Role
from tests import factories
from tests.client import Client, heading, tree, words
from tests.people.people import make_account, sign_in


@pytest.mark.parametrize("path", ["/", "/sign-in", "/no-such-page", "/static/app.css"])
def test_the_reader_is_protected(client: Client, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_for_this_site_and_not_for_scripts(make_app: Callable[..., Flask]) -> None:
    client = make_app(secure_cookies=True).test_client()
    answer = client.get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in cookie
    assert answer.headers["Strict-Transport-Security"]


def site_with_faults(make_app: Callable[..., Flask]) -> Client:
    app = make_app()
    app.testing = False
    pages = Blueprint("pages", __name__)

    @pages.route("/fault", methods=["GET", "POST"])
    @access.public
    def fault() -> str:
        raise RuntimeError("a secret of ours")

    @pages.get("/abort/<int:code>")
    @access.public
    def stop(code: int) -> str:
        abort(code)

    app.register_blueprint(pages)
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.mark.parametrize(
    ("code", "words_of_heading"),
    [
        (400, "无法处理这个请求"),
        (403, "您没有权限打开这个页面"),
        (404, "没有找到这个页面"),
        (413, "文件太大"),
        (429, "操作太频繁"),
        (503, "系统出了问题"),
    ],
)
def test_errors_are_said_in_plain_words(
    make_app: Callable[..., Flask], code: int, words_of_heading: str
) -> None:
    page = site_with_faults(make_app).get(f"/abort/{code}")
    assert page.status_code == code
    assert heading(page) == words_of_heading
    assert "回到首页" in page.get_data(as_text=True)


def test_a_fault_says_nothing_of_itself(make_app: Callable[..., Flask]) -> None:
    page = site_with_faults(make_app).get("/fault")
    assert (page.status_code, heading(page)) == (500, "系统出了问题")
    assert "secret" not in page.get_data(as_text=True)


def test_the_error_page_stands_when_the_database_does_not(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(database_url="postgresql://nobody@127.0.0.1:1/none")
    app.testing = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = "00000000-0000-0000-0000-000000000000"
    page = client.get("/account")
    assert (page.status_code, heading(page)) == (500, "系统出了问题")


def test_a_form_without_a_token_is_refused_in_plain_words(app: Flask, client: Client) -> None:
    sign_in(client, make_account(app, Role.CADRE))
    page = client.post("/account/sign-ins/end")
    assert (page.status_code, heading(page)) == (400, "页面已过期")


def test_a_file_beyond_measure_is_refused(app: Flask, client: Client) -> None:
    sign_in(client, make_account(app, Role.CADRE))
    answer = client.post(
        "/account/password", data=b"x" * 13 * 1024 * 1024, content_type="multipart/form-data; boundary=x"
    )
    assert (answer.status_code, heading(answer)) == (413, "文件太大")


@pytest.mark.parametrize("role", Role)
def test_everybody_is_shown_what_they_may_open_and_where_they_are(
    make_app: Callable[..., Flask], role: Role
) -> None:
    app = make_app(staff_second_factor=False)
    client = app.test_client()
    assert isinstance(client, Client)
    page = sign_in(client, make_account(app, role))
    (menu,) = (nav for nav in tree(page).iter("nav") if nav.get("aria-label") == "主导航")
    links = list(menu.iter("a"))
    here = [words(link) for link in links if link.get("aria-current") == "page"]
    assert len(here) == 1, "sign-in leads to the first entry"
    for link in links:
        assert client.get(link.get("href") or "").status_code == 200, words(link)


def test_what_is_open_to_everybody_stands_below_for_who_has_work_of_their_own(
    app: Flask, client: Client
) -> None:
    def menus() -> dict[str | None, list[str]]:
        page = tree(client.get("/account" if signed_in else "/sign-in"))
        return {nav.get("aria-label"): [words(link) for link in nav.iter("a")] for nav in page.iter("nav")}

    signed_in = False
    public = menus()["主导航"]
    sign_in(client, make_account(app, Role.CADRE))
    signed_in = True
    assert menus()["公开页面"] == public
    assert not set(menus()["主导航"]) & set(public)


def test_the_pages_of_a_call_say_where_one_is(make_app: Callable[..., Flask], session: Session) -> None:
    call = factories.call(session)
    session.commit()
    app = make_app(staff_second_factor=False)
    client = app.test_client()
    assert isinstance(client, Client)
    sign_in(client, make_account(app, Role.ADMIN))
    for path in ("fees", "exam/", "medical/", "notices"):
        page = client.get(f"/admin/calls/{call.slug}/{path}")
        (menu,) = (nav for nav in tree(page).iter("nav") if nav.get("aria-label") == "主导航")
        assert [words(link) for link in menu.iter("a") if link.get("aria-current")] == ["招考管理"], path


def test_no_page_asks_for_the_reader_more_than_once(app: Flask, client: Client) -> None:
    import sqlalchemy as sa

    sign_in(client, make_account(app, Role.CADRE))
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        client.get("/account/password")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    reads = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(reads) == 2, "the session with its user, and the grants"
