"""The self-check by keyboard on a phone, and the page of clauses."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import Clock
from tests.e2e.conftest import watched_page

SHOTS = os.environ.get("SHOTS")


def look(page: Page, axe: Callable[[Page], None], name: str) -> None:
    # A page can be read before its style sheets have come.
    page.wait_for_load_state()
    width = page.viewport_size
    assert width is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= width["width"], page.url
    axe(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width['width']}.png", full_page=True)


def fill(page: Page) -> None:
    main = page.locator("main")
    for group, values in (("出生日期", (1988, 5, 4)), ("从什么时候起", (2024, 1, 9))):
        box = main.get_by_role("group", name=re.compile(f"^{group}"))
        for label, value in zip(("年", "月", "日"), values, strict=True):
            box.get_by_label(label).fill(str(value))
    main.get_by_label("最高学历").select_option(label="高中")
    main.get_by_label("的职务").select_option("party_secretary")
    main.get_by_label("任职的县（市、区）").select_option(factories.COUNTY)
    main.get_by_label("没有", exact=True).check()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_self_check_on_any_screen_without_javascript(
    new_context: Callable[..., BrowserContext],
    session: Session,
    clock: Clock,
    axe: Callable[[Page], None],
    width: int,
) -> None:
    clock.set(factories.NOW)
    call = factories.call(session, title="四川省2026年定向考录乡镇公务员公告")
    factories.position(session, call, conditions={"years": 5}, conditions_text="任职满5年")
    session.commit()
    with watched_page(new_context(viewport={"width": width, "height": 800})) as page:
        page.goto("/check")
        look(page, axe, "form")
        page.get_by_role("button", name="查看结果").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(page, axe, "errors")
        fill(page)
        page.get_by_role("button", name="查看结果").click()
        expect(page.locator("h1")).to_have_text("自查结果")
        look(page, axe, "result")
        page.emulate_media(media="print")
        expect(page.get_by_text("改一改，再查")).to_be_hidden()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"print-{width}.png", full_page=True)
        page.emulate_media(media="screen")
        page.locator(".share-link").click()
        expect(page.locator("h1")).to_have_text("别人分享的自查结果")
        look(page, axe, "shared")
