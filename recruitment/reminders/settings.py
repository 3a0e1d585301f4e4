"""What a call sets about its reminders: read with the defaults under it, written on record."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.clock import local
from recruitment.people.models import User
from recruitment.reminders.defaults import defaults
from recruitment.reminders.models import ReminderSetting, ReminderTimes
from recruitment.reminders.rules import rules

ACTION = "reminders.set"


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """Whether a rule reminds, and how many minutes before the deadline; none: by a share of the time."""

    enabled: bool
    lead_minutes: int | None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that holds for the reminders of one call."""

    quiet_from: time
    quiet_until: time
    evening: time
    office_from: time
    office_until: time
    rules: dict[str, RuleSetting]


TIMES = ("quiet_from", "quiet_until", "evening", "office_from", "office_until")


def settings_of(session: Session, call: Call, now: datetime) -> Settings:
    """What holds for a call, its own values over the defaults of the day."""
    usual = defaults(local(now).date())
    times = session.get(ReminderTimes, call.id) or usual
    own = {
        row.rule: row
        for row in session.scalars(sa.select(ReminderSetting).where(ReminderSetting.call_id == call.id))
    }
    found = {}
    for name, rule in rules().items():
        row = own.get(name)
        lead = None
        if rule.share is None:
            lead = (row.lead_minutes if row else None) or int(usual.leads[name].total_seconds() // 60)
        found[name] = RuleSetting(row.enabled if row else True, lead)
    own_times: dict[str, Any] = {name: getattr(times, name) for name in TIMES}
    return Settings(rules=found, **own_times)


def save(session: Session, call: Call, person: User, chosen: Settings, now: datetime) -> None:
    """Set a call's reminders. What has been sent stays sent; what is to come follows the new times."""
    mark = {"call_id": call.id, "updated_by": person.id, "updated_at": now}
    times = {name: getattr(chosen, name) for name in TIMES}
    session.execute(
        insert(ReminderTimes)
        .values(**mark, **times)
        .on_conflict_do_update(index_elements=["call_id"], set_={**times, **mark})
    )
    for name, setting in chosen.rules.items():
        values = {"enabled": setting.enabled, "lead_minutes": setting.lead_minutes}
        session.execute(
            insert(ReminderSetting)
            .values(**mark, rule=name, **values)
            .on_conflict_do_update(index_elements=["call_id", "rule"], set_={**values, **mark})
        )
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={
            **{name: f"{value:%H:%M}" for name, value in times.items()},
            "rules": {
                name: setting.lead_minutes if setting.enabled else 0 for name, setting in chosen.rules.items()
            },
        },
    )
    session.expire_all()
