"""A call from the closing of registration to the appointment, gone through by its people at their screens.

Sixty people on eight positions: one position is reduced and one cancelled, whose first applicant chooses again, comes
first there, fails the inspection, appeals and is appointed; there are a tie at the cut, a substitution after the
recheck and one after the medical, a re-exam, and an objection upheld. What the pages say is asserted at each stage; a
deadline passes by turning the clock.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.e2e.selection import ending, exam, fees, interview, outcome
from tests.e2e.selection.story import begin


def test_a_call_goes_from_its_closing_to_the_appointment(
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
    outcome.examine(story)
    outcome.reexamine(story)
    outcome.inspect(story)
    outcome.appeal(story)
    ending.announce(story)
    ending.objection(story)
    ending.approve(story)
    ending.appoint(story)
    ending.prove(story)
