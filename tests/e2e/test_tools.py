"""The browser tests' own tools find what they are there to find."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.client import Client
from tests.e2e.conftest import watched_page


def test_axe_works_under_the_strict_policy(app: Flask, page: Page, axe: Callable[[Page], None]) -> None:
    client = app.test_client()
    assert isinstance(client, Client)
    assert "unsafe" not in client.get("/sign-up").headers["Content-Security-Policy"]
    page.goto("/sign-up")
    expect(page.locator("h1")).to_be_visible()
    axe(page)
    page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        axe(page)


def test_an_error_in_the_browser_is_noticed(new_context: Callable[..., BrowserContext]) -> None:
    def break_page() -> None:
        with watched_page(new_context()) as page:
            page.goto("/sign-up")
            with page.expect_event("pageerror"):
                page.evaluate("setTimeout(() => { throw new Error('broken') })")

    with pytest.raises(AssertionError, match="broken"):
        break_page()


def test_a_phone_shows_a_page_without_scrolling_sideways(phone: Page, axe: Callable[[Page], None]) -> None:
    phone.goto("/sign-up")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    axe(phone)
