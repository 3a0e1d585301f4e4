"""Who is waiting for what until when: the queries behind the reminders."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recruitment.applications.models import Application
from recruitment.calls.deadlines import NOT_TAKING, closes_at_sql
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam.models import ExamPlan, ExamSeat
from recruitment.fees.deadlines import of_candidate
from recruitment.fees.models import FeePlan, Waiver
from recruitment.selection.models import InterviewGroup, InterviewPosition
from workflows.schema import timer

Now = sa.ColumnElement[datetime]

# A time to answer that is shorter than this gets one reminder, at its half.
WORTH_A_SECOND = timedelta(hours=12)


def unsent_drafts(now: Now) -> sa.Select[Any]:
    """Who has chosen a position and not handed in, with the closing time that holds for them."""
    # The closing time looks the call up once more.
    owner, call = Application.__table__.c.owner_id, aliased(Call)
    return (
        sa.select(
            Application.id.label("subject_id"),
            owner.label("user_id"),
            Application.call_id,
            Application.area_code,
            Application.state_version.label("version"),
            Application.created_at.label("began_at"),
            closes_at_sql(Application.__table__.c.call_id, Application.__table__.c.area_code, owner).label(
                "deadline"
            ),
        )
        .join(call, call.id == Application.call_id)
        .where(Application.state == "draft", call.state.not_in(NOT_TAKING), call.registration_opens_at <= now)
    )


def unanswered_returns(now: Now) -> sa.Select[Any]:
    """Whose application was sent back for correction and has not come again."""
    owner = Application.__table__.c.owner_id
    return (
        sa.select(
            Application.id.label("subject_id"),
            owner.label("user_id"),
            Application.call_id,
            Application.area_code,
            Application.state_version.label("version"),
            timer.c.set_at.label("began_at"),
            timer.c.due_at.label("deadline"),
        )
        .join(
            timer,
            sa.and_(
                timer.c.workflow == "application",
                timer.c.subject_id == Application.id,
                timer.c.name == "correction_deadline",
                timer.c.ended_at.is_(None),
            ),
        )
        .join(Call, Call.id == Application.call_id)
        .where(Application.state == "returned", Call.state.not_in(NOT_TAKING))
    )


def unanswered_long_returns(now: Now) -> sa.Select[Any]:
    """The same where there was time enough for a second reminder."""
    return unanswered_returns(now).where(timer.c.due_at - timer.c.set_at >= WORTH_A_SECOND)


def _candidates(began_at: Any, deadline: Any, *states: str) -> sa.Select[Any]:
    """Candidates who stand in one of the states as far as they know, and whose call goes on."""
    return (
        sa.select(
            Candidate.id.label("subject_id"),
            Candidate.__table__.c.owner_id.label("user_id"),
            Candidate.call_id,
            Candidate.area_code,
            Candidate.state_version.label("version"),
            began_at.label("began_at"),
            deadline.label("deadline"),
        )
        .join(Call, Call.id == Candidate.call_id)
        .where(
            Candidate.state.in_(states),
            Candidate.public_state == Candidate.state,
            Call.state.not_in(NOT_TAKING),
        )
    )


def unpaid_fees(now: Now) -> sa.Select[Any]:
    """Who owes the fee of the exam, and has not asked to be let off it."""
    asks = sa.exists().where(
        Waiver.call_id == Candidate.call_id, Waiver.user_id == Candidate.owner_id, Waiver.decision.is_(None)
    )
    return (
        _candidates(Candidate.state_since, of_candidate(), "awaiting_fee")
        .join(FeePlan, FeePlan.call_id == Candidate.call_id)
        .where(FeePlan.opened_at <= now, FeePlan.per_subject > 0, ~asks)
    )


def unprinted_tickets(now: Now) -> sa.Select[Any]:
    """Who may sit the exam and has not opened the admission ticket, as long as tickets can be printed."""
    began = sa.func.greatest(ExamPlan.released_at, ExamPlan.tickets_from, Candidate.state_since)
    return (
        _candidates(began, ExamPlan.tickets_until, "confirmed")
        .join(ExamPlan, ExamPlan.call_id == Candidate.call_id)
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .where(ExamPlan.released_at <= now, ExamPlan.tickets_from <= now, ExamSeat.printed_at.is_(None))
    )


def missing_consents(now: Now) -> sa.Select[Any]:
    """Who was called up as a substitute and has not said yes or no."""
    return _candidates(timer.c.set_at, timer.c.due_at, "called_up").join(
        timer,
        sa.and_(
            timer.c.workflow == "candidate",
            timer.c.subject_id == Candidate.id,
            timer.c.name == "consent_deadline",
            timer.c.ended_at.is_(None),
        ),
    )


def coming_interviews(now: Now) -> sa.Select[Any]:
    """Who passed the recheck and is expected at an interview; its beginning is the deadline."""
    return (
        _candidates(Candidate.state_since, InterviewGroup.begins_at, "rechecked")
        .join(InterviewPosition, InterviewPosition.position_id == Candidate.position_id)
        .join(InterviewGroup, InterviewGroup.id == InterviewPosition.group_id)
    )
