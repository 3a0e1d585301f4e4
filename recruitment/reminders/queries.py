"""Who would get which reminder when: one query behind the sending, the dry run and the page."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from recruitment.applications.models import Application
from recruitment.candidates.models import Candidate
from recruitment.clock import local
from recruitment.people.models import User
from recruitment.reminders.declaration import ReminderRule
from recruitment.reminders.defaults import Defaults, defaults
from recruitment.reminders.models import Missed, Reminder, ReminderSetting, ReminderTimes
from recruitment.reminders.rules import rules
from recruitment.reminders.timing import Night, is_quiet, planned, wakes_at

PAGE = 50
# A reminder whose deadline was over before that is not looked for any more.
LOOKED_BACK = timedelta(days=3)
_COLUMNS = ("subject_id", "user_id", "call_id", "area_code", "version", "deadline", "planned_at")


def ahead(rule: ReminderRule, now: datetime) -> sa.Subquery:
    """Everybody whom the rule will remind if nothing changes, with ``planned_at`` and whether it is ``quiet`` now.

    Left out is whose deadline is over, and who :func:`_owed` leaves out.
    """
    found = _owed(rule, now)
    return sa.select(found).where(found.c.deadline > _at(now)).subquery(f"ahead_{rule.name}")


def missed(rule: ReminderRule, now: datetime) -> sa.Select[Any]:
    """Whom the rule should have reminded by now and never will, with ``missed``, the reason.

    Nothing ran when the reminder was due, and by now the deadline is over or will be before the night is. What
    lies further back than :data:`LOOKED_BACK` is history.
    """
    found = _owed(rule, now)
    row, moment = found.c, _at(now)
    over = row.deadline <= moment
    asleep = sa.and_(row.quiet, row.deadline <= row.wakes_at)
    return sa.select(
        *(row[name] for name in _COLUMNS),
        sa.case((over, str(Missed.OVER)), else_=str(Missed.NIGHT)).label("missed"),
    ).where(row.planned_at <= moment, row.deadline > moment - LOOKED_BACK, sa.or_(over, asleep))


def _at(now: datetime) -> sa.ColumnElement[datetime]:
    return sa.literal(now, sa.DateTime(timezone=True))


def _owed(rule: ReminderRule, now: datetime) -> sa.Subquery:
    """Everybody who waits and has not had this reminder, whether their deadline is ahead or just over.

    Left out is who has no account any more, who has had this reminder of this deadline, who was reminded so
    shortly before that the moved deadline is no news, whom the rule that follows reaches already, and who began
    only after the moment of the reminder.
    """
    moment = _at(now)
    usual = defaults(local(now).date())
    waiting = rule.waiting(moment).subquery("waiting")
    night = _night(usual)
    columns = waiting.c
    setting, following = aliased(ReminderSetting), aliased(ReminderSetting)
    follower = rules().get(rule.followed_by, rule)
    timed = (
        sa.select(
            waiting,
            _nominal(rule, waiting, setting, usual).label("nominal"),
            _nominal(follower, waiting, following, usual).label("next_nominal"),
            sa.and_(
                _reaches(follower, rule, waiting, moment), sa.func.coalesce(following.enabled, sa.true())
            ).label("followed"),
            night.quiet_from.label("quiet_from"),
            night.quiet_until.label("quiet_until"),
            night.evening.label("evening"),
        )
        .join(User, User.id == columns.user_id)
        .outerjoin(ReminderTimes, ReminderTimes.call_id == columns.call_id)
        .outerjoin(setting, sa.and_(setting.call_id == columns.call_id, setting.rule == rule.name))
        .outerjoin(following, sa.and_(following.call_id == columns.call_id, following.rule == follower.name))
        .where(User.active, sa.func.coalesce(setting.enabled, sa.true()))
        .subquery("timed")
    )
    night = Night(timed.c.quiet_from, timed.c.quiet_until, timed.c.evening)
    placed = sa.select(
        timed,
        planned(timed.c.nominal, timed.c.deadline, night).label("planned_at"),
        sa.and_(timed.c.followed, planned(timed.c.next_nominal, timed.c.deadline, night) <= moment).label(
            "overtaken"
        ),
        is_quiet(moment, night).label("quiet"),
        wakes_at(moment, night).label("wakes_at"),
    ).subquery("placed")
    row = placed.c
    return (
        sa.select(placed)
        .where(row.began_at <= row.planned_at, ~row.overtaken, ~_told(rule, row))
        .subquery(f"owed_{rule.name}")
    )


def _reaches(
    follower: ReminderRule, rule: ReminderRule, waiting: sa.Subquery, moment: Any
) -> sa.ColumnElement[bool]:
    """Whether the rule that follows will remind the same person, too."""
    if follower is rule:
        return sa.false()
    if follower.waiting is rule.waiting:
        return sa.true()
    theirs = follower.waiting(moment).subquery("theirs")
    return waiting.c.subject_id.in_(sa.select(theirs.c.subject_id))


def _night(usual: Defaults) -> Night:
    def value(column: Any, default: Any) -> Any:
        return sa.func.coalesce(column, sa.literal(default, sa.Time))

    return Night(
        value(ReminderTimes.quiet_from, usual.quiet_from),
        value(ReminderTimes.quiet_until, usual.quiet_until),
        value(ReminderTimes.evening, usual.evening),
    )


def _nominal(rule: ReminderRule, waiting: sa.Subquery, setting: Any, usual: Defaults) -> Any:
    columns = waiting.c
    if rule.share is not None:
        whole = sa.func.extract("epoch", columns.deadline - columns.began_at)
        return columns.began_at + sa.func.make_interval(0, 0, 0, 0, 0, 0, whole * rule.share)
    own = sa.func.make_interval(0, 0, 0, 0, 0, setting.lead_minutes)
    return columns.deadline - sa.func.coalesce(own, sa.literal(usual.leads[rule.name], sa.Interval))


def _told(rule: ReminderRule, row: Any) -> sa.ColumnElement[bool]:
    earlier = aliased(Reminder)
    known = [earlier.deadline == row.deadline]
    if not rule.retell:
        since = row.planned_at - earlier.planned_at
        # One that was missed told nobody anything: a deadline that moves after it is news.
        known.append(
            sa.and_(
                earlier.missed.is_(None),
                earlier.deadline < row.deadline,
                since + since < row.deadline - row.nominal,
            )
        )
    return sa.exists().where(earlier.rule == rule.name, earlier.subject_id == row.subject_id, sa.or_(*known))


def due(rule: ReminderRule, now: datetime) -> sa.Select[Any]:
    """Who is to be reminded now: planned for now or earlier, and nobody is asleep."""
    found = ahead(rule, now)
    return sa.select(*(found.c[name] for name in _COLUMNS)).where(
        found.c.planned_at <= _at(now), ~found.c.quiet
    )


def standing(session: Session, reminder: Reminder, now: datetime) -> datetime | None:
    """The deadline of what a reminder is about as it stands now; none: there is nothing left to remind of."""
    rule = rules().get(reminder.rule)
    if rule is None:
        return None
    waiting = rule.waiting(_at(now)).subquery()
    deadline: datetime | None = session.scalar(
        sa.select(waiting.c.deadline).where(
            waiting.c.subject_id == reminder.subject_id,
            waiting.c.user_id == reminder.user_id,
            waiting.c.deadline > now,
        )
    )
    return deadline


def of_outbox(session: Session, outbox_id: uuid.UUID) -> Reminder | None:
    """The reminder that a row of the outbox carries."""
    return session.scalar(sa.select(Reminder).where(Reminder.outbox_id == outbox_id))


def overtaken(session: Session, outbox_ids: Iterable[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    """Those rows of the outbox that remind of what has meanwhile been done, given up or missed."""
    reminders = session.scalars(sa.select(Reminder).where(Reminder.outbox_id.in_(list(outbox_ids)))).all()
    return {
        reminder.outbox_id
        for reminder in reminders
        if reminder.outbox_id and standing(session, reminder, now) is None
    }


@dataclass(frozen=True, slots=True)
class Ahead:
    """One reminder that is to come.

    Attributes:
        number: what people name the subject by: a receipt number; empty where there is none yet.
        late: planned for earlier and not sent, as it is night or nothing ran.
    """

    rule: ReminderRule
    name: str
    number: str
    subject_id: uuid.UUID
    application_id: uuid.UUID | None
    deadline: datetime
    planned_at: datetime
    late: bool


def _every(now: datetime, call_id: uuid.UUID | None, areas: Iterable[str], only_due: bool) -> sa.Subquery:
    """The reminders of all rules that are to come, or would leave at this very moment."""
    moment = _at(now)
    parts = []
    for rule in rules().values():
        found = ahead(rule, now)
        query = sa.select(
            sa.literal(rule.name).label("rule"), *(found.c[name] for name in _COLUMNS), found.c.quiet
        ).where(sa.or_(sa.false(), *(found.c.area_code.startswith(area) for area in areas)))
        if call_id:
            query = query.where(found.c.call_id == call_id)
        if only_due:
            query = query.where(found.c.planned_at <= moment, ~found.c.quiet)
        parts.append(query)
    return sa.union_all(*parts).subquery("every")


def plan(
    session: Session,
    now: datetime,
    *,
    call_id: uuid.UUID | None = None,
    areas: Iterable[str] = ("",),
    only_due: bool = False,
    limit: int | None = PAGE,
) -> list[Ahead]:
    """Who would get what, the earliest first, if nothing changes.

    Args:
        areas: prefixes of county codes within which.
        only_due: only those that would leave at this very moment.
    """
    every = _every(now, call_id, areas, only_due)
    rows = session.execute(
        sa.select(every, User.name, Application.receipt_number, Application.id.label("application_id"))
        .join(User, User.id == every.c.user_id)
        .outerjoin(Candidate, Candidate.id == every.c.subject_id)
        .outerjoin(
            Application, Application.id == sa.func.coalesce(Candidate.application_id, every.c.subject_id)
        )
        .order_by(every.c.planned_at, every.c.rule, every.c.subject_id)
        .limit(limit)
    )
    return [
        Ahead(
            rules()[row.rule],
            row.name,
            row.receipt_number or "",
            row.subject_id,
            row.application_id,
            row.deadline,
            row.planned_at,
            row.planned_at < now,
        )
        for row in rows
    ]


def counts(
    session: Session, now: datetime, call_id: uuid.UUID, areas: Iterable[str], *, only_due: bool = False
) -> dict[str, int]:
    """How many of :func:`plan` there are by rule."""
    every = _every(now, call_id, areas, only_due)
    rows = session.execute(sa.select(every.c.rule, sa.func.count().label("number")).group_by(every.c.rule))
    return {row.rule: row.number for row in rows}


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that was decided, with the name of who got it."""

    reminder: Reminder
    name: str
    rule: ReminderRule | None


def sent(session: Session, call_id: uuid.UUID, areas: Iterable[str], limit: int = PAGE) -> list[Sent]:
    """The reminders of a call, the newest first."""
    county = sa.func.coalesce(Application.area_code, Candidate.area_code)
    rows = session.execute(
        sa.select(Reminder, User.name)
        .join(User, User.id == Reminder.user_id)
        .outerjoin(Application, Application.id == Reminder.subject_id)
        .outerjoin(Candidate, Candidate.id == Reminder.subject_id)
        .where(Reminder.call_id == call_id, sa.or_(sa.false(), *(county.startswith(area) for area in areas)))
        .order_by(Reminder.created_at.desc(), Reminder.id)
        .limit(limit)
    )
    return [Sent(reminder, name, rules().get(reminder.rule)) for reminder, name in rows]


def every_due(session: Session, now: datetime) -> list[Ahead]:
    """All that would leave at this moment: what a dry run says."""
    return plan(session, now, only_due=True, limit=None)
