"""Reminders of a return, the fee, and the admission ticket: who still has it to do, and nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import operations as exam
from recruitment.exam import venue_operations
from recruitment.exam.models import ExamSeat
from recruitment.fees import operations as fees
from recruitment.fees.models import Waiver
from recruitment.notices import tasks as notice_tasks
from recruitment.notices.models import Notice
from recruitment.people.models import Role, User
from recruitment.people.uploads import store_image
from recruitment.reminders.models import Reminder
from recruitment.workflow import fire
from tests import factories
from tests.exam import conftest as exams
from tests.fees import paying
from tests.reminders.conftest import Run, at


def text(session: Session, notice: str) -> Notice:
    """The notice of the first reminder of a kind, as it reached the inbox."""
    for row in session.scalars(sa.select(Reminder.outbox_id)).all():
        notice_tasks.publish(str(row))
    found = session.scalars(sa.select(Notice).where(Notice.template == notice)).first()
    assert found is not None
    return found


def test_a_return_is_recalled_at_half_its_time_and_in_the_last_hours(session: Session, run: Run) -> None:
    factories.application(session, state="returned")
    session.commit()
    assert run("2026-11-23 11:59") == []
    assert run("2026-11-23 12:00") == ["return_half"]
    said = text(session, "reminder.return_unanswered").body
    assert "请上传盖章的任职证明。" in said
    assert "2026年11月24日（星期二）12:00前" in said
    assert run("2026-11-24 08:00") == ["return_last"]
    assert run("2026-11-24 12:00") == []


def test_a_short_time_to_answer_has_one_reminder(session: Session, run: Run) -> None:
    call = factories.call(session, correction_hours=8)
    factories.application(session, call, state="returned")
    session.commit()
    assert run("2026-11-22 16:00") == ["return_half"]
    assert run("2026-11-22 19:59") == []


def test_a_return_that_was_answered_is_not_recalled(session: Session, run: Run) -> None:
    application = factories.application(session, state="returned")
    applications.submit(session, application, application.owner.actor(), factories.NOW + timedelta(hours=1))
    session.commit()
    assert run("2026-11-23 12:00") == []


def test_the_fee_is_recalled_until_it_is_paid(session: Session, run: Run) -> None:
    call, (payer, idle) = paying.call_with(session, 2)
    session.commit()
    assert run("2026-12-06 07:59") == []
    assert run("2026-12-06 08:00") == ["fee_first", "fee_first"]
    said = text(session, "reminder.fee_unpaid").body
    assert "报名费100.00元" in said
    assert "2026年12月08日（星期二）08:00前" in said
    paying.pay(session, call, paying.paid(payer), now=at("2026-12-06 10:00"))
    session.commit()
    assert run("2026-12-07 19:00") == ["fee_last"]
    last = session.scalars(sa.select(Reminder).where(Reminder.rule == "fee_last")).one()
    assert last.subject_id == idle.id


def test_a_fee_deadline_moved_for_one_person_moves_their_reminder(session: Session, run: Run) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call, (later, usual) = paying.call_with(session, 2, admin)
    fees.extend(
        session,
        call,
        admin,
        paying.OPENED,
        closes_at=at("2026-12-10 18:00"),
        reason="银行故障",
        user_id=later.owner_id,
    )
    session.commit()
    assert run("2026-12-06 08:00") == ["fee_first"]
    assert run("2026-12-08 18:00") == ["fee_first"]
    deadlines = dict(session.execute(sa.select(Reminder.subject_id, Reminder.deadline)).all())
    assert deadlines == {usual.id: at("2026-12-08 08:00"), later.id: at("2026-12-10 18:00")}


def test_who_asks_to_be_let_off_the_fee_is_not_urged(session: Session, run: Run) -> None:
    call, (candidate,) = paying.call_with(session, 1)
    owner = candidate.owner
    photo = store_image(session, owner.id, factories.image(), "证明.png")
    session.add(
        Waiver(
            call_id=call.id,
            user_id=owner.id,
            candidate_id=candidate.id,
            kind="最低生活保障家庭成员",
            document_id=photo.id,
            requested_at=paying.OPENED,
        )
    )
    session.commit()
    assert run("2026-12-06 08:00") == []


@pytest.fixture
def seated(session: Session, run: Run) -> tuple[Call, list[Candidate]]:
    """Three who may sit the exam; tickets can be printed until 2026-12-12 12:00."""
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session, admin.actor())
    exams.save_plan(session, call, admin)
    venue_operations.replace_venues(session, call, admin, [exams.venue_row()], factories.NOW)
    made = [factories.candidate(session, call) for _ in range(3)]
    exam.assign_seats(session, call, admin, "815", factories.NOW)
    exam.release_tickets(session, call, admin, factories.NOW)
    session.commit()
    return call, made


def test_a_ticket_is_recalled_unless_printed_or_given_up(
    session: Session, seated: tuple[Call, list[Candidate]], run: Run
) -> None:
    _call, (printer, gone, idle) = seated
    session.execute(
        sa.update(ExamSeat).where(ExamSeat.candidate_id == printer.id).values(printed_at=factories.NOW)
    )
    owner = session.get_one(User, gone.owner_id)
    fire(session, gone, "give_up", actor=owner.actor(), now=factories.NOW + timedelta(hours=1))
    session.commit()
    assert run("2026-12-11 11:59") == []
    assert run("2026-12-11 12:00") == ["ticket"]
    assert session.scalars(sa.select(Reminder.subject_id)).one() == idle.id
    said = text(session, "reminder.ticket_unprinted").body
    assert "2026年12月12日（星期六）12:00前" in said
    assert "笔试2026年12月19日（星期六）09:00开始" in said
