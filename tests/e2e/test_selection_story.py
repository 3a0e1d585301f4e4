"""A call from the closing of registration on, gone through by its people at their screens.

Sixty people on eight positions. What the pages say is asserted at each stage; a deadline passes by turning the clock.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.e2e.selection import exam, fees, interview
from tests.e2e.selection.story import begin


def test_a_call_goes_from_the_fee_to_the_final_order(
    app: Flask,
    new_context: Callable[..., BrowserContext],
    session: Session,
    clock: Clock,
    axe: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    story = begin(app, session, new_context, axe, clock, tmp_path)
    fees.pay(story)
    fees.open_positions(story)
    fees.choose_again(story)
    exam.seat(story)
    exam.mark(story)
    exam.recheck(story)
    interview.plan(story)
    interview.marks(story)
