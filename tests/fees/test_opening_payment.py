"""Opening payment: when it may be, whom it reaches, and that a killed run goes on."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.fees import operations, queries
from recruitment.people.models import Role
from tests import factories
from tests.fees import paying
from tests.fees.paying import OPENED, PLAN
from workflows.terms import Refused


def test_payment_is_opened_once_everybody_has_their_answer(session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    factories.application(session, call, state="submitted")
    paying.closed(session, call)

    with pytest.raises(Refused) as refused:
        operations.open_payment(session, call, admin, OPENED)
    assert [reason.code for reason in refused.value.reasons] == ["no_fee_plan", "reviews_waiting"]
    operations.save_plan(session, call, admin, PLAN | {"closes_at": OPENED})
    with pytest.raises(Refused) as refused:
        operations.open_payment(session, call, admin, OPENED)
    assert [reason.code for reason in refused.value.reasons] == ["fees_over", "reviews_waiting"]


def test_amounts_are_fixed_when_payment_is_opened(session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call, _ = paying.call_with(session, 1, admin)

    with pytest.raises(Refused, match="fees_opened"):
        operations.save_plan(session, call, admin, PLAN | {"per_subject": Decimal(1)})
    with pytest.raises(Refused, match="fees_opened"):
        operations.open_payment(session, call, admin, OPENED)


def test_the_qualified_are_asked_in_chunks_and_nobody_twice(session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    for _ in range(3):
        factories.application(session, call, state="qualified")
    paying.closed(session, call)
    operations.save_plan(session, call, admin, PLAN)
    assert operations.enrol_chunk(session, call.id, OPENED) == 0, "payment is not open yet"
    operations.open_payment(session, call, admin, OPENED)
    session.commit()
    assert queries.with_unasked(session) == [call.id]

    numbers = [operations.enrol_chunk(session, call.id, OPENED, limit=2) for _ in range(3)]

    assert numbers == [2, 1, 0]
    assert queries.with_unasked(session) == []
    assert queries.standing(session, call, OPENED).by_state == {"awaiting_fee": 3}


def test_a_call_that_asks_nothing_confirms_at_once(session: Session) -> None:
    _, [candidate] = paying.call_with(session, 1, per_subject=Decimal(0))

    assert candidate.state == "confirmed"


def test_who_is_asked_late_has_time_of_their_own(session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    for _ in range(2):
        factories.application(session, call, state="qualified")
    paying.closed(session, call)
    operations.save_plan(session, call, admin, PLAN)
    operations.open_payment(session, call, admin, OPENED)
    late = paying.DUE - timedelta(hours=1)

    operations.enrol_chunk(session, call.id, OPENED, limit=1)
    operations.enrol_chunk(session, call.id, late)

    candidates = session.scalars(sa.select(Candidate).order_by(Candidate.created_at))
    due = [part.due_at for row in candidates if (part := queries.part_of(session, row))]
    assert due == [paying.DUE, late + timedelta(hours=48)]
