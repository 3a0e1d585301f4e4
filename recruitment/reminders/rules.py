"""The reminders that there are."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from recruitment.applications.models import Application
from recruitment.calls.deadlines import NOT_TAKING, closes_at_sql
from recruitment.calls.models import Call
from recruitment.reminders.declaration import ReminderRule
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


@cache
def rules() -> dict[str, ReminderRule]:
    """Every rule by its name, in the order in which pages list them."""
    every = (
        ReminderRule(
            "draft_first",
            _l("报名没有提交：第一次提醒"),
            "reminder.draft_unsent",
            "application",
            unsent_drafts,
            followed_by="draft_last",
        ),
        ReminderRule(
            "draft_last",
            _l("报名没有提交：截止前最后提醒"),
            "reminder.draft_unsent",
            "application",
            unsent_drafts,
        ),
        ReminderRule(
            "return_half",
            _l("退回没有补正：时间过半提醒"),
            "reminder.return_unanswered",
            "application",
            unanswered_returns,
            share=Decimal("0.5"),
            followed_by="return_last",
        ),
        ReminderRule(
            "return_last",
            _l("退回没有补正：截止前最后提醒"),
            "reminder.return_unanswered",
            "application",
            unanswered_long_returns,
        ),
    )
    return {rule.name: rule for rule in every}
