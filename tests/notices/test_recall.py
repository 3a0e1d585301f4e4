"""No mail to a person who has withdrawn; only what confirms the withdrawal, and the inbox, which has everything."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.notices import dispatches, tasks
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.notices.plan import WITHDRAWALS
from recruitment.reminders import operations as reminders
from recruitment.reminders.rules import rules
from recruitment.workflow import engine, fire
from tests import factories
from tests.conftest import Clock
from tests.notices.servers import Plan
from workflows.schema import outbox

LATER = factories.NOW + timedelta(minutes=30)


def publish_all(session: Session) -> None:
    """What stands in the outbox, in the order in which it was decided."""
    for row in session.scalars(sa.select(outbox.c.id).order_by(outbox.c.created_at, outbox.c.event)).all():
        tasks.publish(str(row))


def try_again(session: Session, plan: Plan, clock: Clock, at: datetime = LATER) -> None:
    """The server takes everything by now."""
    plan.recipient.clear()
    clock.set(at)
    for delivery in session.scalars(sa.select(Delivery.id)).all():
        tasks.send(str(delivery))


def states(session: Session) -> dict[str, str]:
    session.expire_all()
    rows = session.execute(sa.select(Notice.template, Delivery.status).join(Delivery.notice))
    return {row.template: row.status for row in rows}


def withdraw(session: Session, made: Application, at: datetime = factories.NOW) -> None:
    applications.withdraw(session, made, made.owner.actor(), at)
    session.commit()


def test_a_mail_that_waits_for_its_retry_stops_when_the_person_withdraws(
    session: Session, plan: Plan, clock: Clock
) -> None:
    plan.recipient = ["451 busy"] * 2
    made = factories.application(session, state="returned")
    session.commit()
    publish_all(session)
    assert states(session)["application.returned"] == DeliveryStatus.PENDING

    withdraw(session, made, factories.NOW + timedelta(minutes=1))
    try_again(session, plan, clock)
    assert plan.taken == []
    publish_all(session)
    assert [str(mail["Subject"]) for mail in plan.taken] == ["报名已撤回"]
    assert states(session) == {
        "application.submitted": DeliveryStatus.RECALLED,
        "application.returned": DeliveryStatus.RECALLED,
        "application.withdrawn": DeliveryStatus.SENT,
    }
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 3, "the inbox has everything"


def test_what_the_broker_lost_until_the_person_withdrew_goes_no_further_than_the_inbox(
    session: Session, plan: Plan
) -> None:
    withdraw(session, factories.application(session, state="returned"))
    publish_all(session)
    assert [str(mail["Subject"]) for mail in plan.taken] == ["报名已撤回"]
    assert states(session)["application.returned"] == DeliveryStatus.RECALLED
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 3


def test_the_confirmation_clears_what_waits_letters_included(
    session: Session, plan: Plan, clock: Clock
) -> None:
    made = factories.application(session, state="returned")
    made.owner.email_failed_at = factories.NOW
    session.commit()
    publish_all(session)
    assert states(session)["application.returned"] == DeliveryStatus.TO_POST
    withdraw(session, made)
    publish_all(session)
    assert states(session)["application.returned"] == DeliveryStatus.RECALLED


def test_a_mail_of_a_dispatch_stops_too_and_the_dispatch_ends(
    session: Session, plan: Plan, clock: Clock
) -> None:
    plan.recipient = ["451 busy"]
    made = factories.application(session, state="returned")
    session.execute(sa.delete(outbox).where(outbox.c.notice == "application.submitted"))
    session.commit()
    publish_all(session)
    dispatch = Dispatch(
        workflow="application",
        released_at=factories.NOW,
        label="退回",
        total=1,
        touched_at=factories.NOW,
        generation=1,
    )
    session.add(dispatch)
    session.flush()
    session.scalars(sa.select(Notice)).one().dispatch_id = dispatch.id
    withdraw(session, made, factories.NOW + timedelta(minutes=1))
    assert dispatches.next_stretch(session, dispatch.id, 1, 50, LATER) == []
    assert states(session) == {"application.returned": DeliveryStatus.RECALLED}
    assert dispatches.progress(session, dispatch).percent == 100


def test_another_application_and_another_person_get_their_mail(
    session: Session, plan: Plan, clock: Clock
) -> None:
    first = factories.application(session, state="returned")
    withdraw(session, first)
    again = factories.position(session, first.call)
    factories.application(session, first.call, first.owner, state="returned", chosen=again)
    factories.application(session, first.call, state="returned")
    session.commit()
    plan.recipient = ["451 busy"] * 9
    publish_all(session)
    try_again(session, plan, clock)
    assert sorted(str(mail["Subject"])[:5] for mail in plan.taken) == [
        "报名已提交",
        "报名已提交",
        "报名已撤回",
        "请补正报名",
        "请补正报名",
    ]


def test_who_gives_up_gets_nothing_more_about_the_application_either(
    session: Session, plan: Plan, clock: Clock
) -> None:
    candidate = factories.candidate(session)
    session.commit()
    plan.recipient = ["451 busy"] * 9
    publish_all(session)
    owner = candidate.application.owner
    fire(session, candidate, "give_up", actor=owner.actor(), now=factories.NOW + timedelta(minutes=1))
    session.commit()
    try_again(session, plan, clock)
    publish_all(session)
    assert [str(mail["Subject"]) for mail in plan.taken] == ["已登记放弃"]
    found = states(session)
    assert found.pop("candidate.gave_up") == DeliveryStatus.SENT
    assert set(found.values()) == {DeliveryStatus.RECALLED}
    assert {"application.qualified", "candidate.fee_due"} <= found.keys()


def test_a_reminder_that_waits_for_its_retry_stops_when_it_is_done(
    session: Session, plan: Plan, clock: Clock
) -> None:
    draft = factories.application(session, state="draft")
    draft.created_at = factories.NOW
    session.commit()
    due = draft.call.registration_closes_at - timedelta(hours=47)
    clock.set(due)
    assert reminders.remind(session, rules()["draft_first"], due)
    session.commit()
    plan.recipient = ["451 busy"]
    publish_all(session)
    assert states(session)["reminder.draft_unsent"] == DeliveryStatus.PENDING
    applications.submit(session, draft, draft.owner.actor(), due + timedelta(minutes=1))
    session.commit()
    try_again(session, plan, clock, due + timedelta(minutes=30))
    assert states(session)["reminder.draft_unsent"] == DeliveryStatus.RECALLED
    assert not any("还没有提交" in str(mail["Subject"]) for mail in plan.taken)


def test_every_way_in_which_people_withdraw_is_known() -> None:
    """A step that its owner takes into one of these states needs its confirmation in the list."""
    confirmations = {
        notice
        for name, states in (("application", {"withdrawn"}), ("candidate", {"gave_up"}))
        for step in engine().flows[name].latest.transitions.values()
        if step.target in states and step.name != "lapse_consent"
        for notice in step.notices
    }
    assert confirmations == set(WITHDRAWALS)
