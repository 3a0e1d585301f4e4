"""What could not leave in time leaves late where that is of use, and else is on record with the reason."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment import workflow_tasks
from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.calls.models import Call
from recruitment.notices.models import Notice
from recruitment.people.models import Role
from recruitment.reminders.models import Missed, Reminder, ReminderSetting
from tests import factories, pages
from tests.conftest import Clock
from tests.reminders.conftest import Run, at
from tests.reminders.test_drafts import begun, extend, publish
from workflows.schema import outbox


@pytest.fixture
def call(session: Session) -> Call:
    """Registration closes on 2026-12-02 at 08:00, a Wednesday."""
    return factories.call(session)


@pytest.fixture
def draft(session: Session, call: Call) -> Application:
    return begun(session, call)


def missed(session: Session) -> list[tuple[str, str | None]]:
    session.expire_all()
    rows = session.execute(
        sa.select(Reminder.rule, Reminder.missed).where(Reminder.missed.is_not(None)).order_by(Reminder.rule)
    )
    return [(row.rule, row.missed) for row in rows]


def test_an_evening_without_workers_before_a_deadline_in_the_early_morning_is_on_record(
    session: Session, draft: Application, run: Run
) -> None:
    assert run("2026-11-30 08:00") == ["draft_first"]
    assert run("2026-12-01 18:55") == []
    # Nothing runs from 19:00 to 21:00.
    assert run("2026-12-01 21:05") == []
    assert missed(session) == [("draft_last", Missed.NIGHT)]
    kept = session.scalars(sa.select(Reminder).where(Reminder.missed.is_not(None))).one()
    assert (kept.user_id, kept.deadline) == (draft.owner_id, at("2026-12-02 08:00"))
    assert (kept.planned_at, kept.created_at) == (at("2026-12-01 19:00"), at("2026-12-01 21:05"))
    for later in ("2026-12-01 21:10", "2026-12-02 07:55", "2026-12-02 08:00", "2026-12-02 08:05"):
        assert run(later) == []
    assert len(missed(session)) == 1
    told = session.scalars(sa.select(outbox.c.notice).where(outbox.c.notice.startswith("reminder."))).all()
    assert told == ["reminder.draft_unsent"], "only the first was ever raised"


def test_what_is_late_leaves_in_the_morning_while_the_deadline_is_ahead(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    extend(session, call, "2026-12-02 08:30")
    run("2026-11-30 09:00")
    assert run("2026-12-01 21:05") == []
    assert missed(session) == []
    assert run("2026-12-02 07:55") == []
    assert run("2026-12-02 08:00") == ["draft_last"]
    publish(session)
    last = session.scalars(sa.select(Notice).order_by(Notice.decided_at.desc())).first()
    assert last is not None
    assert "2026年12月02日（星期三）08:30" in last.subject


def test_a_standstill_over_the_deadline_is_noted_before_the_deadline_takes_its_effect(
    session: Session, draft: Application, run: Run, clock: Clock
) -> None:
    assert run("2026-11-30 08:00") == ["draft_first"]
    # The first that runs again is the task that fires deadlines.
    clock.set(at("2026-12-02 11:00"))
    workflow_tasks.run_timers()
    session.expire_all()
    assert session.get_one(Application, draft.id).state == "lapsed"
    assert missed(session) == [("draft_last", Missed.OVER)]
    assert run("2026-12-02 11:05") == []
    assert len(missed(session)) == 1


def test_a_standstill_over_the_weekend(session: Session, call: Call, draft: Application, run: Run) -> None:
    extend(session, call, "2026-12-07 08:00")
    assert run("2026-12-04 20:00") == []
    # Saturday and Sunday nothing runs; on Monday at 07:00 it is still night, and at 08:00 it is over.
    assert run("2026-12-07 07:00") == []
    assert missed(session) == [("draft_last", Missed.NIGHT)], "the first is overtaken by the last"


def test_a_deadline_extended_in_the_night_is_reminded_of_anew(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    run("2026-11-30 08:00")
    run("2026-12-01 21:05")
    assert missed(session) == [("draft_last", Missed.NIGHT)]
    extend(session, call, "2026-12-02 12:00")
    assert run("2026-12-02 07:55") == []
    assert run("2026-12-02 08:00") == ["draft_last"]
    assert missed(session) == [("draft_last", Missed.NIGHT)], "what was missed stays on record"


def test_reminders_keep_to_the_clock_over_a_weekend_and_say_that_nobody_answers(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    extend(session, call, "2026-12-07 08:00")
    assert run("2026-12-05 07:55") == []
    assert run("2026-12-05 08:00") == ["draft_first"], "a Saturday"
    publish(session)
    notice = session.scalars(sa.select(Notice).where(Notice.template == "reminder.draft_unsent")).one()
    assert "2026年12月07日（星期一）08:00" in notice.body
    assert "咨询电话都没有人接" in notice.body
    assert run("2026-12-06 18:55") == []
    assert run("2026-12-06 19:00") == ["draft_last"], "a Sunday evening"
    assert missed(session) == []


def test_reminders_over_new_year_do_not_guess_who_answers_the_telephone(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    extend(session, call, "2027-01-04 08:00")
    assert run("2027-01-01 20:00") == []
    assert run("2027-01-02 08:00") == ["draft_first"]
    assert run("2027-01-03 19:00") == ["draft_last"]
    publish(session)
    for notice in session.scalars(sa.select(Notice).where(Notice.template == "reminder.draft_unsent")):
        assert "2027年01月04日（星期一）08:00" in notice.body
        assert "周末和节假日没有人接" in notice.body


@pytest.mark.parametrize("why", ["submitted", "withdrawn", "off", "closed", "late"])
def test_nobody_was_missed_who_was_not_to_be_reminded(
    session: Session, call: Call, draft: Application, run: Run, why: str
) -> None:
    owner = draft.owner.actor()
    if why == "submitted":
        applications.submit(session, draft, owner, factories.NOW)
    elif why == "withdrawn":
        applications.withdraw(session, draft, owner, factories.NOW)
    elif why == "off":
        for rule in ("draft_first", "draft_last"):
            session.add(
                ReminderSetting(
                    call_id=call.id,
                    rule=rule,
                    enabled=False,
                    lead_minutes=None,
                    updated_by=draft.owner_id,
                    updated_at=factories.NOW,
                )
            )
    elif why == "closed":
        draft.owner.active = False
    else:
        draft.created_at = at("2026-12-01 20:00")
    session.commit()
    for moment in ("2026-12-01 21:05", "2026-12-02 09:00"):
        assert run(moment) == []
    assert missed(session) == []


def test_an_admin_sees_whom_to_call(app: Flask, session: Session, draft: Application, run: Run) -> None:
    run("2026-12-01 21:05")
    admin = pages.sign_in(app, session, factories.staff(session, Role.ADMIN))
    shown = pages.text_of(admin.get(f"/admin/calls/{draft.call.slug}/reminders"))
    assert draft.owner.name in shown
    assert "没有发出" in shown
    assert "请打电话告知本人" in shown
    assert "原定2026年12月01日（星期二）19:00发" in shown
