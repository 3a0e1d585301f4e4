"""What the texts of reminders read beside the facts of what they are about."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calendar.queries import working_days
from recruitment.candidates.models import Candidate
from recruitment.clock import local
from recruitment.exam.models import ExamPlan, ExamSubject
from recruitment.fees.models import FeePlan
from recruitment.notices.context import about
from recruitment.people.models import User
from recruitment.reminders import phone, queries
from recruitment.reminders.defaults import defaults
from recruitment.reminders.models import ReminderTimes
from recruitment.reminders.rules import rules
from recruitment.selection.models import InterviewGroup, InterviewPosition
from recruitment.wording import moment


def facts(session: Session, row: sa.Row[Any], user: User) -> dict[str, Any]:
    """Until when, as it stands now, and when somebody answers the enquiry number."""
    reminder = queries.of_outbox(session, row.id)
    if reminder is None:
        raise LookupError(f"no reminder is on record for {row.notice!r}")
    deadline = queries.standing(session, reminder, row.created_at) or reminder.deadline
    times = session.get(ReminderTimes, reminder.call_id) or defaults(local(row.created_at).date())
    return {
        "deadline": moment(deadline),
        "phone_note": phone.note(
            working_days(session), times.office_from, times.office_until, row.created_at, deadline
        ),
    }


about(*dict.fromkeys(rule.notice for rule in rules().values()))(facts)


@about("reminder.fee_unpaid")
def _fee(session: Session, row: sa.Row[Any], user: User) -> dict[str, Any]:
    plan = session.scalars(
        sa.select(FeePlan)
        .join(Candidate, Candidate.call_id == FeePlan.call_id)
        .where(Candidate.id == row.subject_id)
    ).one()
    return {"amount": str(plan.amount)}


@about("reminder.ticket_unprinted")
def _exam(session: Session, row: sa.Row[Any], user: User) -> dict[str, Any]:
    starts = session.scalar(
        sa.select(sa.func.min(ExamSubject.starts_at))
        .join(ExamPlan, ExamPlan.id == ExamSubject.plan_id)
        .join(Candidate, Candidate.call_id == ExamPlan.call_id)
        .where(Candidate.id == row.subject_id)
    )
    return {"exam_starts": moment(starts) if starts else ""}


@about("reminder.interview")
def _interview(session: Session, row: sa.Row[Any], user: User) -> dict[str, Any]:
    group = session.scalars(
        sa.select(InterviewGroup)
        .join(InterviewPosition, InterviewPosition.group_id == InterviewGroup.id)
        .join(Candidate, Candidate.position_id == InterviewPosition.position_id)
        .where(Candidate.id == row.subject_id)
    ).one()
    return {"place": group.place}
