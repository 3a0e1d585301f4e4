"""Being put out, and an appointment cancelled, may be appealed against, as the pages say; a cancelled position not."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.appeals import operations, queries, restoring
from recruitment.appeals.kinds import kinds_of
from recruitment.appointments.models import Appointment
from recruitment.appointments.vocabulary import CANCEL_REASONS
from recruitment.bars import operations as bars
from recruitment.bars.models import Bar, Violation
from recruitment.bars.queries import zero_papers
from recruitment.candidates.models import Candidate
from recruitment.candidates.timeline import TEXTS
from recruitment.people.models import Role
from recruitment.workflow import engine, fire
from tests import factories, pages
from tests.appeals import filing
from tests.appeals.filing import LATER
from tests.conftest import Clock
from tests.factories import NOW
from tests.public_notice import board
from workflows.agreement import disagreements
from workflows.schema import event
from workflows.terms import Refused


def upheld(session: Session, candidate: Candidate, kind: str) -> None:
    found = queries.decisions(session, candidate.application, candidate)
    (decision,) = [item for item in found if item.kind == kind]
    made = filing.appeal(session, decision)
    _first, second = filing.ruled(session, made, "uphold")
    operations.decide(session, made, "release", second, LATER)
    session.refresh(candidate)


@pytest.mark.parametrize("state", TEXTS)
def test_a_page_speaks_of_an_appeal_only_where_there_is_one(state: str) -> None:
    if "申诉" in str(TEXTS[state][1]):
        assert kinds_of("candidate", state)
    if state == "displaced":
        assert not kinds_of("candidate", state)


def test_every_state_that_can_be_left_that_way_has_its_way_back() -> None:
    steps = engine().flows["candidate"].latest.transitions
    sources = {*steps["void"].sources, *steps["cancel_appointment"].sources}
    assert sources == {state for stood in restoring.STOOD.values() for state in stood}
    for state, stood in restoring.STOOD.items():
        assert steps[f"restore_{state}"].target == state
        assert ("cancelled" in steps[f"restore_{state}"].sources) == (
            bool(set(stood) & set(steps["cancel_appointment"].sources))
        )


@pytest.mark.parametrize("before", [state for stood in restoring.STOOD.values() for state in stood])
def test_one_comes_back_to_where_one_stood(session: Session, before: str) -> None:
    candidate = factories.candidate(session)
    board.stand(session, candidate, before)
    admin = factories.staff(session, Role.ADMIN)
    bars.record_violation(
        session, candidate.call, candidate, admin, NOW, NOW.date(),
        consequence="bar", facts="提供虚假证明", clause="第五条",
    )  # fmt: skip
    assert candidate.state == "void"
    assert (
        disagreements(engine(), session, "candidate", actor=filing.reviewer(session).actor(), now=LATER) == []
    )

    upheld(session, candidate, "void")

    (after,) = [state for state, stood in restoring.STOOD.items() if before in stood]
    assert candidate.state == after
    violation, bar = session.scalars(sa.select(Violation)).one(), session.scalars(sa.select(Bar)).one()
    assert violation.revoked_at == bar.revoked_at == LATER
    reviewer = filing.reviewer(session).actor()
    with pytest.raises(Refused):
        fire(session, candidate, "restore_confirmed", actor=reviewer, now=LATER, form={"reason": "再来"})


def test_a_cancelled_appointment_goes_on(session: Session) -> None:
    candidate = factories.candidate(session)
    board.stand(session, candidate, "probation")
    held = Appointment(
        candidate_id=candidate.id, reported_on=NOW.date(), probation_ends_on=NOW.date().replace(year=2027),
        reminds_on=NOW.date().replace(year=2027, month=10), service_ends_on=NOW.date().replace(year=2034),
        kind="village", post="书记", begun_by=filing.reviewer(session).id, begun_at=NOW,
        ended_on=NOW.date(),
    )  # fmt: skip
    session.add(held)
    by = factories.actor(filing.reviewer(session))
    form = {"code": next(iter(CANCEL_REASONS)), "explanation": "考核不合格"}
    fire(session, candidate, "cancel_appointment", actor=by, now=NOW, form=form)

    upheld(session, candidate, "cancellation")

    assert (candidate.state, held.ended_on) == ("probation", None)


def test_a_zeroed_paper_is_taken_back_with_a_reason(session: Session) -> None:
    candidate = factories.candidate(session)
    admin = factories.staff(session, Role.ADMIN)
    more: dict[str, Any] = {"facts": "提前翻卷", "clause": "第六条", "subject": "shenlun"}
    made = bars.record_violation(
        session, candidate.call, candidate, admin, NOW, NOW.date(), consequence="paper_zero", **more
    )
    with pytest.raises(Refused, match="理由"):
        bars.take_back(session, candidate.call, made, admin, LATER, reason=" ")
    bars.take_back(session, candidate.call, made, admin, LATER, reason="查无此事")
    assert zero_papers(session, candidate.call_id) == {}
    with pytest.raises(Refused, match="已经撤销"):
        bars.take_back(session, candidate.call, made, admin, LATER, reason="查无此事")
    again = bars.record_violation(
        session, candidate.call, candidate, admin, LATER, LATER.date(), consequence="paper_zero", **more
    )
    assert again.id != made.id


def test_the_cadres_page_leads_to_the_appeal(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    candidate = factories.candidate(session)
    admin = factories.staff(session, Role.ADMIN)
    bars.record_violation(
        session, candidate.call, candidate, admin, NOW, NOW.date(),
        consequence="void", facts="提供虚假证明", clause="第五条",
    )  # fmt: skip
    session.commit()
    cadre = pages.sign_in(app, session, candidate.owner)
    assert "可以申诉" in cadre.get(f"/candidates/{candidate.id}").text
    page = cadre.get(f"/candidates/{candidate.id}/appeals")
    page = cadre.submit(cadre.get(page.location), "提交申诉", {"text": "材料是真的"})
    assert "取消资格" in pages.text_of(page)
    assert session.scalar(sa.select(sa.func.count()).where(event.c.workflow == "appeal")) == 1
