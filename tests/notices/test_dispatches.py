"""Notices to many: in stretches, at a rate, watched, paused and resumed."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from recruitment.config import ConfigurationError
from recruitment.database import db
from recruitment.notices import attempts, carrying, dispatches, operations, pool, tasks
from recruitment.notices.buckets import Buckets, rates_of
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.people.models import Role, User
from recruitment.services import free_port
from recruitment.workflow import fire_many
from tests import factories
from tests.client import Client
from tests.conftest import Clock
from tests.notices.conftest import change_settings
from tests.notices.many import copies
from tests.notices.servers import Plan
from tests.people.people import Account, sign_in
from workflows.schema import outbox


@pytest.fixture
def many(app: Flask, plan: Plan) -> uuid.UUID:
    """A dispatch of 120 notices, its lanes not yet begun."""
    with app.app_context():
        return passed(120)


def passed(count: int) -> uuid.UUID:
    made = factories.application(db.session)
    reviewer = factories.staff(db.session, Role.COUNTY_REVIEWER, factories.COUNTY)
    ids = copies(db.session, made, count)
    db.session.execute(sa.delete(outbox))
    fired = fire_many(
        db.session,
        "application",
        "pass",
        ids,
        now=factories.NOW,
        actor=factories.actor(reviewer),
        form={"explanation": ""},
    )
    assert fired.moved == count
    db.session.commit()
    return db.session.scalars(sa.select(Dispatch.id)).one_or_none() or uuid.UUID(int=0)


def run(dispatch_id: uuid.UUID, stretches: int = 100) -> int:
    """Do stretches of one lane until it ends; returns how many it did."""
    generation = db.session.get_one(Dispatch, dispatch_id, populate_existing=True).generation
    for number in range(stretches):
        db.session.commit()
        stretch = dispatches.next_stretch(db.session, dispatch_id, generation, tasks.CHUNK, factories.NOW)
        db.session.commit()
        if stretch is None:
            return number
        ends = carrying.carry(db.session, stretch)
        further = dispatches.go_on(db.session, dispatch_id, ends, factories.NOW)
        db.session.commit()
        if not further:
            return number + 1
    return stretches


def progress(dispatch_id: uuid.UUID) -> dispatches.Progress:
    return dispatches.progress(db.session, db.session.get_one(Dispatch, dispatch_id, populate_existing=True))


def test_many_go_out_in_stretches_each_once(many: uuid.UUID, app: Flask, plan: Plan) -> None:
    with app.app_context():
        assert progress(many).percent == 0
        run(many, 1)
        assert len(plan.taken) == tasks.CHUNK
        assert progress(many).percent == 100 * tasks.CHUNK // 120
        run(many)
        assert progress(many) == dispatches.Progress(120, 120, 120, 0, 0, 0)
        assert progress(many).percent == 100
        assert db.session.get_one(Dispatch, many).finished_at == factories.NOW
        assert len({mail["Message-ID"] for mail in plan.taken}) == len(plan.taken) == 120


def test_few_go_one_by_one(app: Flask, plan: Plan) -> None:
    with app.app_context():
        assert passed(dispatches.FEW) == uuid.UUID(int=0)


def test_a_paused_dispatch_stands_still_and_goes_on_when_resumed(
    many: uuid.UUID, app: Flask, plan: Plan, client: Client
) -> None:
    change_settings(app, staff_second_factor=False)
    with app.app_context():
        run(many, 1)
        user = factories.staff(db.session, Role.ADMIN)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)
    page = client.get(f"/admin/deliveries/dispatches/{many}")
    assert "已完成41%" in page.get_data(as_text=True)
    page = client.submit(page, "暂停")
    with app.app_context():
        assert run(many) == 0
        tasks.sweep()
        assert len(plan.taken) == tasks.CHUNK
    client.submit(page, "继续发送")
    with app.app_context():
        run(many)
        assert len(plan.taken) == 120


def test_an_admin_of_a_county_sees_their_own_alone(
    many: uuid.UUID, app: Flask, plan: Plan, client: Client
) -> None:
    change_settings(app, staff_second_factor=False)
    with app.app_context():
        user = factories.staff(db.session, Role.ADMIN, factories.COUNTY)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)
    assert "还没有批量发送过" in client.get("/admin/deliveries/dispatches").get_data(as_text=True)
    assert client.get(f"/admin/deliveries/dispatches/{many}").status_code == 404


def test_lanes_that_are_gone_are_begun_anew_and_the_old_ones_end(
    many: uuid.UUID, app: Flask, plan: Plan
) -> None:
    with app.app_context():
        assert dispatches.revive(db.session, factories.NOW + timedelta(seconds=5)) == 0
        assert dispatches.revive(db.session, factories.NOW + timedelta(minutes=2)) == 1
        db.session.commit()
        assert dispatches.next_stretch(db.session, many, 1, 50, factories.NOW) is None
        assert len(dispatches.next_stretch(db.session, many, 2, 50, factories.NOW) or ()) == 50


def test_a_server_that_is_away_stops_the_lane_and_not_the_dispatch(
    many: uuid.UUID, app: Flask, plan: Plan, clock: Clock
) -> None:
    there = plan.url
    change_settings(app, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    with app.app_context():
        assert run(many) == 1, "it did not go on against a wall"
        change_settings(app, smtp_url=there)
        clock.set(factories.NOW + timedelta(minutes=3))
        attempts.recover(db.session, factories.NOW)
        later = attempts.due(db.session, factories.NOW + timedelta(minutes=3), 500)
        db.session.commit()
        tasks.claim_and_carry(later)
        run(many)
        assert progress(many).sent == 120


def test_one_that_cannot_be_made_keeps_no_other_back(many: uuid.UUID, app: Flask, plan: Plan) -> None:
    with app.app_context():
        broken = db.session.scalars(sa.select(outbox.c.id).limit(1)).one()
        db.session.execute(
            sa.update(outbox).where(outbox.c.id == broken).values(notice="application.nonsense")
        )
        db.session.commit()
        for _ in range(4):
            tasks.pump(str(many), 1)
        row = db.session.execute(sa.select(outbox).where(outbox.c.id == broken)).one()
        assert row.finished_at is None
        assert "TemplateNotFound" in row.outcome
        assert len(plan.taken) == 119


def test_a_rate_holds_over_all_workers(app: Flask, plan: Plan) -> None:
    with app.app_context():
        url = app.config["SETTINGS"].redis_url
        one, other = Buckets(url, {"email": 5.0}), Buckets(url, {"email": 5.0})
        assert one.take("email", 3).count == 3
        assert other.take("email", 10).count <= 3
        refused = one.take("email", 10)
        assert refused.count <= 1
        assert 0 < refused.wait <= 1
        assert one.take("sms", 10).count == 10


def test_what_gets_no_token_waits_untried(many: uuid.UUID, app: Flask, plan: Plan) -> None:
    change_settings(app, notice_rates="email=10")
    with app.app_context():
        run(many, 1)
        assert 10 <= len(plan.taken) <= 20
        waiting = db.session.scalars(
            sa.select(Delivery).where(Delivery.status == DeliveryStatus.PENDING)
        ).all()
        assert len(waiting) == tasks.CHUNK - len(plan.taken)
        assert {delivery.attempts for delivery in waiting} == {0}
        assert all(delivery.next_attempt_at > factories.NOW for delivery in waiting)


def test_with_the_bucket_away_notices_go_out(app: Flask) -> None:
    assert Buckets(f"redis://127.0.0.1:{free_port()}/0", {"email": 1.0}).take("email", 9).count == 9


@pytest.mark.parametrize("text", ["email", "email=fast", "email=0", "email=-1", "email=nan"])
def test_a_broken_rate_says_what_it_must_look_like(text: str) -> None:
    with pytest.raises(ConfigurationError, match="NOTICE_RATES must look like"):
        rates_of(text)


def test_a_slow_server_gives_the_worker_back(
    many: uuid.UUID, app: Flask, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "BUDGET", 0.2)
    plan.slow = 0.05
    with app.app_context():
        run(many, 1)
        assert 1 <= len(plan.taken) < 20
        assert progress(many).waiting == tasks.CHUNK - len(plan.taken)
        plan.slow = 0
        monkeypatch.undo()
        run(many)
        assert len(plan.taken) == 120


def test_reading_ahead_costs_the_same_for_many(app: Flask, plan: Plan) -> None:
    with app.app_context():
        passed(60)
        ids = list(db.session.scalars(sa.select(outbox.c.id)))
        asked: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(str(args[2])))
        counts = []
        for chunk in (ids[:5], ids[5:60]):
            db.session.expunge_all()
            asked.clear()
            operations.publish_many(db.session, chunk, factories.NOW)
            counts.append(len(asked))
            db.session.commit()
        assert counts[0] + 2 >= counts[1]
        assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 60
        assert db.session.scalar(sa.select(sa.func.count(User.id)).where(User.channels == [])) == 0
        pool.forget()
