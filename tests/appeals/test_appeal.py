"""Appeals: what may be appealed against until when, who rules, and what an appeal upheld undoes."""

import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from recruitment.appeals import operations, queries
from recruitment.appeals.kinds import KINDS
from recruitment.appeals.models import Appeal
from recruitment.applications import operations as applications
from recruitment.applications.models import Application, Recusal
from recruitment.database import db
from recruitment.people.models import Role
from recruitment.people.uploads import UploadError
from recruitment.workflow import engine
from tests import factories
from tests.appeals import filing
from tests.appeals.filing import LATER, RULING
from tests.factories import NOW
from workflows import agreement, timers
from workflows.schema import event, outbox
from workflows.terms import Refused


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_open_for_its_working_days(session: Session, kind: str) -> None:
    decision = filing.decided(session, kind)
    term = queries.default_term(kind, decision.application.call.reference_date)
    # NOW is a Sunday: three working days end on Wednesday, five on Friday, ten on the Friday after.
    day = {3: (11, 25), 5: (11, 27), 10: (12, 4), 22: (12, 22)}[term.file_days]
    last = datetime(2026, *day, 15, 59, 59, 999999, tzinfo=UTC)
    assert decision.file_by == last
    with pytest.raises(Refused) as refused:
        filing.appeal(session, decision, at=last + timedelta(microseconds=1))
    assert codes(refused) == {"appeal_late"}
    made = filing.appeal(session, decision, at=last)
    assert (made.state, made.kind, made.first_decider) == ("filed", kind, decision.actor)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("refusal", "submitted"),
        ("recheck", "shortlisted"),
        ("medical", "medical_retest"),
        ("inspection", "inspection"),
        ("rejection", "announced"),
        ("void", "rechecked"),
        ("cancellation", "approved"),
        ("scores", "eliminated"),
    ],
)
def test_an_appeal_upheld_reverses_the_first_decision_with_its_release(
    session: Session, kind: str, state: str
) -> None:
    decision = filing.decided(session, kind)
    subject = decision.candidate or decision.application
    before = subject.state
    made = filing.appeal(session, decision)
    first, second = filing.ruled(session, made, "uphold")
    session.refresh(subject)
    assert (subject.state, made.public_state) == (before, "accepted")
    with pytest.raises(Refused) as refused:
        operations.decide(session, made, "release", first, LATER)
    assert codes(refused) == {"four_eyes"}
    operations.decide(session, made, "release", second, LATER)
    session.refresh(subject)
    assert (subject.state, made.public_state) == (state, "upheld")
    told = session.scalars(
        sa.select(outbox.c.notice).where(outbox.c.workflow == "appeal", outbox.c.released_at.is_not(None))
    )
    assert list(told) == ["appeal.filed", "appeal.accepted", "appeal.upheld"]
    if kind != "scores":
        form = session.scalar(
            sa.select(event.c.form)
            .where(event.c.subject_id == subject.id)
            .order_by(event.c.seq.desc())
            .limit(1)
        )
        assert form == {"reason": RULING["told"]}


def test_an_appeal_rejected_changes_nothing_else(session: Session) -> None:
    decision = filing.decided(session, "medical")
    made = filing.appeal(session, decision)
    _first, second = filing.ruled(session, made, "reject")
    operations.decide(session, made, "release", second, LATER)
    assert decision.candidate
    session.refresh(decision.candidate)
    assert (made.public_state, decision.candidate.state) == ("rejected", "medical_failed")
    # Once is enough.
    assert (
        filing.appeal(session, queries.decisions(session, decision.application, decision.candidate)[0])
        is made
    )


@pytest.mark.parametrize("step", ["accept", "uphold", "reject", "release"])
def test_who_decided_first_takes_no_part(session: Session, step: str) -> None:
    by = filing.reviewer(session)
    made = filing.appeal(session, filing.decided(session, "medical", by))
    if step in ("uphold", "reject", "release"):
        other = factories.actor(filing.reviewer(session))
        operations.decide(session, made, "accept", other, LATER)
        if step == "release":
            operations.decide(session, made, "uphold", other, LATER, form=RULING)
    form = RULING if step in ("uphold", "reject") else None
    with pytest.raises(Refused) as refused:
        operations.decide(session, made, step, factories.actor(by), LATER, form=form)
    assert codes(refused) == {"decided_first"}
    assert queries.queue(session, ["5107"], reviewer_id=by.id, now=LATER, show="all").rows == []


def test_the_same_appeal_twice_is_one(session: Session) -> None:
    decision = filing.decided(session, "recheck")
    first = filing.appeal(session, decision)
    # Another window, opened before the first was sent.
    assert filing.appeal(session, decision) is first
    assert session.scalar(sa.select(sa.func.count()).select_from(Appeal)) == 1
    operations.withdraw(session, first, filing.owner(decision), LATER)
    assert filing.appeal(session, decision) is not first


def test_nobody_appeals_for_somebody_else(session: Session) -> None:
    decision = filing.decided(session, "recheck")
    stranger = factories.actor(factories.cadre(session))
    with pytest.raises(Refused) as refused:
        operations.file(session, decision, stranger, LATER, text="x")
    assert codes(refused) == {"not_yours"}


def test_somebody_who_applied_elsewhere_is_not_moved_back_over_it(session: Session) -> None:
    decision = filing.decided(session, "refusal")
    made = filing.appeal(session, decision)
    application = decision.application
    other = factories.position(session, application.call)
    owner = filing.owner(decision)
    again = applications.choose_position(session, application.call, other, application.owner.id, owner, LATER)
    _first, second = filing.ruled(session, made, "uphold")
    session.commit()
    with pytest.raises(Refused) as refused:
        operations.decide(session, made, "release", second, LATER)
    session.rollback()
    assert codes(refused) == {"applied_elsewhere"}
    assert (application.state, made.public_state, again.state) == ("refused", "accepted", "draft")


def test_a_decision_that_changed_is_nothing_to_appeal_against(session: Session) -> None:
    decision = filing.decided(session, "refusal")
    reviewer = factories.actor(filing.reviewer(session))
    applications.decide(
        session, decision.application, "reverse_refusal", reviewer, NOW, form={"reason": "重新核实"}
    )
    with pytest.raises(Refused) as refused:
        filing.appeal(session, decision)
    assert codes(refused) == {"nothing_to_appeal"}
    assert queries.decisions(session, decision.application, None) == []


def test_what_is_said_is_not_readable_in_the_database(session: Session) -> None:
    made = filing.appeal(session, filing.decided(session, "medical"))
    session.commit()
    for table in ("appeal", "workflow_event", "workflow_outbox"):
        for row in session.execute(sa.text(f"SELECT * FROM {table}")):
            assert made.text not in str(tuple(row))


def test_pictures_are_taken_while_it_is_open(session: Session) -> None:
    made = filing.appeal(session, filing.decided(session, "medical"))
    with pytest.raises(UploadError):
        operations.add_document(session, made, b"no image", "证明.png")
    stored = operations.add_document(session, made, factories.image(), "证明.png")
    assert [item.id for item in made.documents] == [stored.id]
    _first, second = filing.ruled(session, made, "reject")
    operations.decide(session, made, "release", second, LATER)
    with pytest.raises(Refused) as refused:
        operations.add_document(session, made, factories.image(), "证明.png")
    assert codes(refused) == {"appeal_closed"}


def test_whoever_took_it_up_is_reminded(session: Session) -> None:
    made = filing.appeal(session, filing.decided(session, "recheck"))
    person = filing.reviewer(session)
    operations.decide(session, made, "accept", factories.actor(person), LATER)
    assert made.decide_by == datetime(2026, 11, 27, 15, 59, 59, 999999, tzinfo=UTC)
    session.commit()
    late = made.decide_by + timedelta(seconds=1)
    rung = timers.run(engine(), sessionmaker(db.engine), now=lambda: late)
    assert [r.outcome for r in rung if r.workflow == "appeal"] == ["fired"]
    told = session.scalars(sa.select(outbox.c.recipient).where(outbox.c.notice == "appeal.overdue")).all()
    assert told == [person.id]
    session.refresh(made)
    assert made.state == "accepted"


def test_terms_are_the_calls(session: Session) -> None:
    decision = filing.decided(session, "recheck")
    person = factories.staff(session, Role.ADMIN)
    call = decision.application.call
    operations.set_term(session, call, person, "recheck", 1, 2, NOW)
    (changed,) = queries.decisions(session, decision.application, decision.candidate)
    assert changed.file_by == datetime(2026, 11, 23, 15, 59, 59, 999999, tzinfo=UTC)
    assert queries.terms(session, call)["medical"].file_days == 5


@pytest.mark.parametrize("seed", range(2))
def test_python_and_sql_say_the_same(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    people = [filing.reviewer(session) for _ in range(3)]
    for kind in KINDS:
        decision = filing.decided(session, kind, draw.choice(people))
        made = filing.appeal(session, decision)
        if draw.random() < 0.5:
            made.file_by = NOW + timedelta(hours=draw.choice([-1, 0, 2, 4]))
        if draw.random() < 0.3:
            session.add(
                Recusal(reviewer_id=people[0].id, cadre_id=decision.application.owner_id, reason="亲属")
            )
        if draw.random() < 0.5:
            model = type(decision.candidate or decision.application)
            subject = (decision.candidate or decision.application).id
            moved = draw.choice(["confirmed", "medical_failed"] if decision.candidate else ["withdrawn"])
            session.execute(sa.update(model).where(model.id == subject).values(public_state=moved))
    session.flush()
    session.expire_all()
    for person in people:
        for hours in (0, 2, 4):
            found = agreement.disagreements(
                engine(), session, "appeal", actor=factories.actor(person), now=NOW + timedelta(hours=hours)
            )
            assert found == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == len(KINDS)
