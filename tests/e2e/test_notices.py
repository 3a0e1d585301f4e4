"""Pages about notices in a browser: "did she get it?" by keyboard, and every page on a phone with long names."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.notices import tasks
from recruitment.notices.models import Delivery, Dispatch, Notice
from recruitment.people.models import Role, User
from tests import factories
from tests.conftest import Clock
from tests.instance import eventually
from tests.notices.conftest import change_settings
from workflows.schema import outbox

Axe = Callable[[Page], None]
LONG = "阿卜杜热西提·阿卜杜克热木·买买提明江"


@pytest.fixture(autouse=True)
def today(app: Flask, clock: Clock) -> None:
    clock.set(factories.NOW)
    change_settings(app, staff_second_factor=False)


def refused(session: Session, name: str, **chosen: object) -> Application:
    """Somebody who was refused, and to whom the mail about it was sent."""
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner)
    made = factories.application(session, owner=owner, state="refused", **chosen)  # type: ignore[arg-type]
    session.commit()
    decided = session.scalars(sa.select(outbox.c.id).where(outbox.c.recipient == owner.id)).all()
    for row in decided:
        tasks.publish(str(row))

    def published() -> bool:
        # The worker may have taken one first; then it is there once the worker is done.
        session.rollback()
        return set(session.scalars(sa.select(Notice.outbox_id))) >= set(decided)

    eventually(published)
    return made


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in")
    page.locator("main input:visible").first.fill(user.email)
    page.locator("main input[type=password]").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


class Keys:
    """Somebody without a mouse; counts what a mouse would click."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def follow(self, words: str) -> None:
        link = self.page.locator("main").get_by_role("link", name=words).first
        expect(link).to_be_visible()
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if link.evaluate("element => element === document.activeElement"):
                break
        else:
            pytest.fail(f"Tab never comes to “{words}” on {self.page.url}")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.clicks += 1


def test_a_reviewer_answers_in_three_clicks_whether_she_got_it(page: Page, session: Session) -> None:
    refused(session, "王芳")
    notice = session.scalars(sa.select(Notice).where(Notice.template == "application.refused")).one()
    notice.read_at = factories.NOW
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    session.commit()
    sign_in(page, reviewer)
    page.goto("/review/?state=refused")
    keys = Keys(page)
    keys.follow("王芳")
    keys.follow("看通知")
    expect(page.locator("main")).to_contain_text("已读")
    keys.follow("资格审核未通过")
    assert keys.clicks == 3
    for words in ("本人打开", "2026-11-22 12:00:00", "对方服务器已接收", "任职时间不够。"):
        expect(page.locator("main")).to_contain_text(words)


def test_an_admin_answers_it_from_the_call_by_typing_a_name(page: Page, session: Session) -> None:
    made = refused(session, "王芳")
    admin = factories.staff(session, Role.ADMIN)
    session.commit()
    sign_in(page, admin)
    page.goto(f"/admin/calls/{made.call.slug}")
    keys = Keys(page)
    keys.follow("通知送达")
    box = page.get_by_label("姓名或回执号")
    box.focus()
    page.keyboard.type("王芳")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.clicks += 1
    expect(page.locator("main")).to_contain_text("已发出，站内信未读")
    keys.follow("资格审核未通过")
    assert keys.clicks == 3
    expect(page.locator("main")).to_contain_text("本人打开")
    expect(page.locator("main")).to_contain_text("还没有")


@pytest.mark.parametrize("size", ["phone", "page"])
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_every_page_fits_and_has_no_barrier(
    request: pytest.FixtureRequest, session: Session, axe: Axe, size: str, filled: bool
) -> None:
    page: Page = request.getfixturevalue(size)
    admin = factories.staff(session, Role.ADMIN, name=LONG)
    call = factories.call(session)
    session.commit()
    addresses = [
        f"/admin/calls/{call.slug}/notices",
        f"/admin/calls/{call.slug}/reminders",
        "/admin/deliveries",
        "/admin/deliveries/letters",
        "/admin/deliveries/dispatches",
        "/admin/notices/texts",
        "/admin/notices/texts/application.returned",
    ]
    if filled:
        made = refused(session, LONG, of=call)
        factories.application(session, call, state="draft")
        dispatch = Dispatch(
            workflow="application",
            released_at=factories.NOW,
            label="县级初审通过",
            total=120,
            touched_at=factories.NOW,
        )
        session.add(dispatch)
        failed = session.scalars(sa.select(Delivery).limit(1)).one()
        failed.status, failed.failed_at = "failed", factories.NOW
        failed.last_error = "550 5.1.1 <" + "a" * 90 + "@test.example>: Recipient address rejected"
        session.flush()
        session.commit()
        addresses += [
            f"/notices/of/{made.id}",
            f"/notices/{session.scalars(sa.select(Notice.outbox_id).limit(1)).one()}",
            f"/admin/deliveries/{failed.id}",
            f"/admin/deliveries/dispatches/{dispatch.id}",
        ]
    sign_in(page, admin)
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.wait_for_load_state()
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], address
        axe(page)
