"""Reminders of a return, the fee, the ticket, a consent and the interview: who has it to do, and nobody else."""

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
from recruitment.selection.models import InterviewGroup, InterviewPosition
from recruitment.selection.recheck import operations as recheck
from recruitment.workflow import fire
from tests import factories
from tests.exam import conftest as exams
from tests.fees import paying
from tests.reminders.conftest import Run, at
from tests.selection import stage


def text(session: Session, notice: str) -> Notice:
    """The notice of the first reminder of a kind, as it reached the inbox."""
    for row in session.scalars(sa.select(Reminder.outbox_id).where(Reminder.missed.is_(None))).all():
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


@pytest.fixture
def ranked(session: Session) -> tuple[stage.Exam, User]:
    """Four shortlisted or in reserve for one opening, and the county's reviewer."""
    made = stage.exam(session, (4,))
    marks = zip(made.tickets, ("90", "85", "80", "75"), strict=True)
    stage.enter_twice(session, made, {ticket: [mark, mark] for ticket, mark in marks})
    stage.publish(session, made)
    return made, factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)


def step(
    session: Session, ranked: tuple[stage.Exam, User], number: int, trigger: str, reason: str = ""
) -> None:
    made, reviewer = ranked
    candidate = made.candidates[made.tickets[number]]
    recheck.decide(session, candidate, trigger, reviewer, stage.LATER, reason=reason)


def test_a_substitute_who_does_not_answer_is_asked_once_more(
    session: Session, ranked: tuple[stage.Exam, User], run: Run
) -> None:
    step(session, ranked, 0, "fail_recheck", "学历证书与填报不一致。")
    step(session, ranked, 3, "call_up")
    session.commit()
    assert run("2026-11-23 13:59") == []
    assert run("2026-11-23 14:00") == ["consent"]
    assert "2026年11月24日（星期二）14:00前" in text(session, "reminder.consent_missing").body


def test_a_substitute_who_agreed_is_left_in_peace(
    session: Session, ranked: tuple[stage.Exam, User], run: Run
) -> None:
    step(session, ranked, 0, "fail_recheck", "学历证书与填报不一致。")
    step(session, ranked, 3, "call_up")
    fourth = ranked[0].candidates[ranked[0].tickets[3]]
    recheck.accept(session, fourth, fourth.owner, stage.LATER + timedelta(hours=1))
    session.commit()
    assert run("2026-11-23 14:00") == []


def test_the_interview_is_recalled_a_day_before_and_again_when_it_moves(
    session: Session, ranked: tuple[stage.Exam, User], run: Run
) -> None:
    made, _reviewer = ranked
    for number in (0, 1):
        step(session, ranked, number, "pass_recheck")
    group = InterviewGroup(
        call_id=made.call.id, name="第一组", begins_at=at("2026-12-10 08:30"), place="市委党校2号楼"
    )
    session.add(group)
    session.flush()
    first = made.candidates[made.tickets[0]]
    session.add(InterviewPosition(position_id=first.position_id, group_id=group.id))
    session.commit()
    assert run("2026-12-09 08:00") == []
    assert run("2026-12-09 08:30") == ["interview", "interview"]
    said = text(session, "reminder.interview").body
    assert "2026年12月10日（星期四）08:30" in said
    assert "市委党校2号楼" in said
    fire(session, first, "give_up", actor=first.owner.actor(), now=at("2026-12-09 09:00"))
    group.begins_at = at("2026-12-10 09:30")
    session.commit()
    assert run("2026-12-09 09:30") == ["interview"], "who relies on the old time is told the new one"
