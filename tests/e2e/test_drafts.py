"""Pages save themselves while somebody types, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from recruitment.people.models import User
from tests import factories

ADDRESS = "通信地址"
NOTE = "已恢复您上次未保存的内容"


@pytest.fixture
def owner(session: Session) -> User:
    user = factories.cadre(session)
    factories.dossier(session, user)
    session.commit()
    return user


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in?next=/dossier/identity")
    page.get_by_label("身份证号、手机号或邮箱").fill(user.email)
    page.get_by_label("密码").first.fill(factories.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/dossier/identity")


def test_what_is_typed_comes_back_without_pressing_anything(page: Page, owner: User) -> None:
    sign_in(page, owner)
    page.get_by_label(ADDRESS).fill("三台县某镇一号")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    page.reload()
    expect(page.get_by_label(ADDRESS)).to_have_value("三台县某镇一号")
    expect(page.get_by_text(NOTE)).to_be_visible()

    page.get_by_label(ADDRESS).fill("三台县某镇二号")
    # At once, before the three seconds are over. What a page sends as it is left, no driver sees: look again.
    page.goto("/dossier/")
    for _ in range(5):
        page.goto("/dossier/identity")
        if page.get_by_label(ADDRESS).input_value() == "三台县某镇二号":
            break
    expect(page.get_by_label(ADDRESS)).to_have_value("三台县某镇二号")

    page.get_by_role("button", name="放弃这些内容").click()
    expect(page.get_by_label(ADDRESS)).to_have_value("")


def test_an_expired_session_loses_nothing_and_the_next_person_sees_nothing(
    page: Page, owner: User, session: Session
) -> None:
    next_person = factories.cadre(session)
    factories.dossier(session, next_person)
    session.commit()
    sign_in(page, owner)
    page.get_by_label(ADDRESS).fill("只给本人看")
    page.context.clear_cookies()
    page.locator("main form[data-draft] .btn-primary").first.click()
    page.wait_for_url("**/sign-in")
    expect(page.get_by_text("您填写的内容已经保存")).to_be_visible()

    sign_in(page, next_person)
    expect(page.get_by_label(ADDRESS)).to_have_value("")
    page.get_by_role("button", name="退出", exact=True).click()

    sign_in(page, owner)
    expect(page.get_by_label(ADDRESS)).to_have_value("只给本人看")
