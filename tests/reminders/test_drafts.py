"""Whoever chose a position and did not hand in is reminded in time, once, and not at night."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.calls import operations as calls
from recruitment.calls.models import Call
from recruitment.database import db
from recruitment.notices import tasks as notice_tasks
from recruitment.notices.commands import notices
from recruitment.notices.models import Notice
from recruitment.people.models import Role
from recruitment.reminders import operations, queries
from recruitment.reminders.models import Reminder, ReminderSetting, ReminderTimes
from recruitment.reminders.rules import rules
from tests import factories
from tests.conftest import Clock
from tests.reminders.conftest import Run, at
from workflows.schema import outbox


@pytest.fixture
def call(session: Session) -> Call:
    """Registration closes on 2026-12-02 at 08:00, a Wednesday."""
    return factories.call(session)


def begun(session: Session, call: Call, county: str = factories.COUNTY) -> Application:
    """An unsent application. When it was begun is the database's clock's business, so it is set."""
    made = factories.application(session, call, state="draft", county_code=county)
    made.created_at = factories.NOW
    session.commit()
    return made


@pytest.fixture
def draft(session: Session, call: Call) -> Application:
    return begun(session, call)


def extend(session: Session, call: Call, until: str, **whom: Any) -> None:
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    calls.extend(session, call, admin, factories.NOW, closes_at=at(until), reason="系统拥堵", **whom)
    session.commit()


def publish(session: Session) -> None:
    for row in session.scalars(sa.select(Reminder.outbox_id).where(Reminder.missed.is_(None))).all():
        notice_tasks.publish(str(row))


def raised(session: Session) -> int | None:
    return session.scalar(
        sa.select(sa.func.count()).select_from(outbox).where(outbox.c.notice == "reminder.draft_unsent")
    )


def records(session: Session) -> int | None:
    return session.scalar(sa.select(sa.func.count(Reminder.id)))


def test_two_days_before_and_on_the_last_evening(draft: Application, run: Run) -> None:
    assert run("2026-11-30 07:59") == []
    assert run("2026-11-30 08:00") == ["draft_first"]
    assert run("2026-11-30 08:05") == []
    assert run("2026-12-01 18:59") == []
    assert run("2026-12-01 19:00") == ["draft_last"]
    for later in ("2026-12-01 22:00", "2026-12-02 04:00", "2026-12-02 07:59", "2026-12-02 08:00"):
        assert run(later) == []


def test_what_the_night_held_up_goes_in_the_morning_or_not_at_all(draft: Application, run: Run) -> None:
    assert run("2026-11-30 22:00") == []
    assert run("2026-12-01 08:00") == ["draft_first"]
    # Nothing ran all evening: at night nobody is disturbed, and at 08:00 it is over.
    assert run("2026-12-01 21:00") == []
    assert run("2026-12-02 08:00") == []


def test_after_a_standstill_one_reminder_is_enough(draft: Application, run: Run) -> None:
    assert run("2026-12-01 19:30") == ["draft_last"]


def test_the_text_says_until_when_what_to_do_why_and_whom_to_call(
    session: Session, draft: Application, run: Run, smtp: list[EmailMessage]
) -> None:
    run("2026-12-01 19:00")
    publish(session)
    notice = session.scalars(sa.select(Notice).where(Notice.template == "reminder.draft_unsent")).one()
    assert "2026年12月02日（星期三）08:00" in notice.subject
    for words in (
        "2026年12月02日（星期三）08:00",
        "点“提交报名”",
        "招考公告",
        "028-5550-0000",
        # The evening before a deadline in the morning: nobody answers the telephone any more.
        "从现在到截止，咨询电话都没有人接",
    ):
        assert words in notice.body
    assert notice.subject_id == draft.id
    assert notice.user_id == draft.owner_id


@pytest.mark.parametrize("whom", ["everyone", "county", "person"])
def test_a_moved_deadline_is_the_person_s_own(
    session: Session, call: Call, draft: Application, run: Run, whom: str
) -> None:
    scopes: dict[str, dict[str, Any]] = {
        "everyone": {},
        "county": {"county_code": draft.area_code},
        "person": {"user_id": draft.owner_id},
    }
    other = begun(session, call, factories.OTHER_COUNTY)
    extend(session, call, "2026-12-04 18:00", **scopes[whom])
    everyone = whom == "everyone"
    assert run("2026-11-30 08:00") == ([] if everyone else ["draft_first"])
    assert run("2026-12-02 18:00") == ["draft_first"] * (2 if everyone else 1)
    deadlines = dict(session.execute(sa.select(Reminder.subject_id, Reminder.deadline)).all())
    assert deadlines[draft.id] == at("2026-12-04 18:00")
    assert deadlines[other.id] == at("2026-12-04 18:00" if everyone else "2026-12-02 08:00")
    assert "draft_last" in run("2026-12-04 14:00")


def test_a_deadline_moved_far_is_told_again_and_one_moved_a_little_is_not(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    assert run("2026-11-30 08:00") == ["draft_first"]
    extend(session, call, "2026-12-02 20:00")
    assert run("2026-11-30 20:00") == [], "half a day later is no news"
    assert run("2026-12-01 08:00") == []
    extend(session, call, "2026-12-05 08:00")
    assert run("2026-12-03 08:00") == ["draft_first"]
    assert run("2026-12-04 19:00") == ["draft_last"]


def test_a_text_that_leaves_late_names_the_deadline_that_holds_then(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    run("2026-11-30 08:00")
    extend(session, call, "2026-12-05 08:00")
    publish(session)
    notice = session.scalars(sa.select(Notice).where(Notice.template == "reminder.draft_unsent")).one()
    assert "2026年12月05日（星期六）08:00" in notice.body
    assert "12月02日" not in notice.body


def test_who_handed_in_or_gave_up_is_left_in_peace(session: Session, call: Call, run: Run) -> None:
    for state in ("submitted", "withdrawn"):
        factories.application(session, call, state=state).created_at = factories.NOW
    session.commit()
    assert run("2026-11-30 08:00") == []
    assert run("2026-12-01 19:00") == []


def test_a_reminder_on_its_way_stops_when_the_person_withdraws(
    session: Session, draft: Application, run: Run, clock: Clock, smtp: list[EmailMessage]
) -> None:
    assert run("2026-11-30 08:00") == ["draft_first"]
    applications.withdraw(session, draft, draft.owner.actor(), at("2026-11-30 08:01"))
    session.commit()
    clock.set(at("2026-11-30 08:02"))
    publish(session)
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0
    row = session.execute(sa.select(outbox).where(outbox.c.notice == "reminder.draft_unsent")).one()
    assert row.outcome == "overtaken"
    assert row.cancelled_at == at("2026-11-30 08:02")
    assert smtp == []


def test_no_reminder_of_a_call_that_takes_nobody_or_to_a_closed_account(
    session: Session, call: Call, draft: Application, run: Run
) -> None:
    draft.owner.active = False
    session.commit()
    assert run("2026-11-30 08:00") == []
    draft.owner.active = True
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    calls.advance(session, call, "cancel", admin, factories.NOW, reason="不再招录")
    session.commit()
    assert run("2026-11-30 08:05") == []


def test_who_began_after_the_moment_of_the_reminder_knows(
    session: Session, draft: Application, run: Run
) -> None:
    draft.created_at = at("2026-11-30 08:01")
    session.commit()
    assert run("2026-11-30 09:00") == []
    assert run("2026-12-01 19:00") == ["draft_last"]


def test_a_call_sets_its_own_times(session: Session, call: Call, draft: Application, run: Run) -> None:
    admin = factories.staff(session, Role.ADMIN)
    mark = {"call_id": call.id, "updated_by": admin.id, "updated_at": factories.NOW}
    night = {"quiet_from": time(23), "quiet_until": time(3), "evening": time(22)}
    session.add(ReminderTimes(**mark, **night, office_from=time(9), office_until=time(17)))
    session.add(ReminderSetting(**mark, rule="draft_first", enabled=False))
    session.add(ReminderSetting(**mark, rule="draft_last", lead_minutes=300))
    session.commit()
    assert run("2026-11-30 08:00") == []
    assert run("2026-12-02 02:59") == []
    assert run("2026-12-02 03:00") == ["draft_last"]


def test_many_workers_at_once_remind_everybody_once(session: Session, app: Flask, call: Call) -> None:
    for _ in range(12):
        begun(session, call)
    now = at("2026-11-30 08:00")

    def work(_: int) -> int:
        with app.app_context():
            decided = operations.remind(db.session, rules()["draft_first"], now)
            db.session.commit()
            return len(decided)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 12
    assert records(session) == raised(session) == 12


def test_a_decision_that_is_rolled_back_leaves_neither_record_nor_notice(
    session: Session, draft: Application
) -> None:
    assert operations.remind(session, rules()["draft_first"], at("2026-11-30 08:00"))
    session.rollback()
    assert records(session) == raised(session) == 0


def test_a_dry_run_says_who_would_get_what_and_reminds_nobody(session: Session, draft: Application) -> None:
    rows = queries.every_due(session, at("2026-11-30 19:30"))
    assert [(row.rule.name, row.name) for row in rows] == [("draft_first", draft.owner.name)]
    assert queries.every_due(session, at("2026-11-30 21:30")) == [], "at night nobody"
    assert [row.planned_at for row in queries.plan(session, factories.NOW, call_id=draft.call_id)] == [
        at("2026-11-30 08:00"),
        at("2026-12-01 19:00"),
    ]
    assert records(session) == 0


def test_the_command_lists_and_changes_nothing(
    session: Session, draft: Application, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.notices.commands.create_app", lambda: app)
    name = draft.owner.name
    # The command closes the connections of its application when it ends.
    session.rollback()
    answer = CliRunner().invoke(notices, ["reminders", "--at", "2026-11-30T08:00", "--dry-run"])
    assert answer.exit_code == 0, answer.output
    assert f"draft_first\t{name}" in answer.output
    assert "2026年12月02日（星期三）08:00" in answer.output
    assert records(session) == 0
    assert CliRunner().invoke(notices, ["reminders", "--at", "2026-11-30T08:00"]).exit_code == 2
