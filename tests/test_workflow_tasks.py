"""The application's clock work: deadlines ring by themselves, and the journal is sealed."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from recruitment import workflow, workflow_tasks
from recruitment.applications import operations as applications
from recruitment.celery import configuration
from recruitment.people.models import User
from tests import factories
from tests.conftest import Clock
from workflows.schema import event, outbox, seal


def test_beat_knows_the_tasks() -> None:
    settings = configuration("redis://127.0.0.1:6379/0")
    planned = {entry["task"] for entry in settings["beat_schedule"].values()}
    assert {"workflow.run_timers", "workflow.seal"} <= planned
    assert settings["task_routes"]["workflow.run_timers"] == "sweeps"


def test_a_draft_lapses_after_registration_and_its_notice_is_queued(session: Session, clock: Clock) -> None:
    call = factories.call(session)
    draft = factories.application(session, of=call, state="draft")
    handed_in = factories.application(session, of=call, state="submitted")
    session.commit()
    queued: list[object] = []
    workflow.queue_after_commit(queued.extend)
    clock.set(factories.NOW)
    workflow_tasks.run_timers()
    session.expire_all()
    assert (draft.state, queued) == ("draft", [])
    clock.set(factories.NOW + timedelta(days=60))
    workflow_tasks.run_timers()
    session.expire_all()
    assert (draft.state, handed_in.state) == ("lapsed", "submitted")
    assert call.state == "registration_closed"
    lapsed = session.scalars(select(outbox.c.id).where(outbox.c.notice == "application.lapsed")).all()
    assert lapsed
    assert set(lapsed) <= set(queued)
    workflow_tasks.run_timers()
    assert session.scalar(select(func.count()).where(event.c.transition == "lapse_draft")) == 1


def test_notices_are_queued_by_the_commit_and_not_by_a_savepoint_before_it(session: Session) -> None:
    draft = factories.application(session, state="draft")
    assert draft.owner_id is not None
    session.commit()
    queued: list[object] = []
    workflow.queue_after_commit(queued.extend)
    owner = session.get_one(User, draft.owner_id)
    applications.submit(session, draft, owner.actor(), factories.NOW)
    with session.begin_nested():
        session.execute(select(1))
    assert queued == []
    session.commit()
    told = select(outbox.c.id).where(outbox.c.notice == "application.submitted")
    assert set(session.scalars(told)) <= set(queued)
    assert queued


def test_the_journal_is_sealed(session: Session, clock: Clock) -> None:
    factories.application(session)
    session.commit()
    clock.set(factories.NOW + timedelta(days=1))
    workflow_tasks.seal()
    made = session.execute(select(seal)).one()
    assert made.leaves == 2  # a call and an application
    assert made.sealed_at == factories.NOW + timedelta(days=1)
