"""What becomes of an objection, and of the person it is about."""

import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from recruitment.applications.models import Recusal
from recruitment.audit.models import AccessRecord
from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.objections import codes, operations, queries
from recruitment.objections.models import Objection
from recruitment.people.models import Letter, Role
from recruitment.people.uploads import UploadError
from recruitment.workflow import engine, fire
from tests import factories
from tests.factories import NOW
from tests.objections import filing
from tests.objections.filing import FINDING, INFORMER, LATER, TEXT
from tests.public_notice import board
from workflows import agreement, timers
from workflows.schema import event, outbox
from workflows.terms import Refused

END = datetime(2026, 11, 27, 15, 59, 59, 999999, tzinfo=UTC)
AFTER = END + timedelta(microseconds=1)


@pytest.fixture
def one(session: Session) -> Candidate:
    candidate = board.cleared(session)
    board.running(session, candidate)
    return candidate


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_it_is_taken_until_the_last_moment_of_the_notice(session: Session, one: Candidate) -> None:
    filing.objection(session, one, at=END)
    with pytest.raises(Refused) as refused:
        filing.objection(session, one, at=AFTER)
    assert codes_of(refused) == {"notice_over"}
    board.stand(session, one, "approved")
    with pytest.raises(Refused) as refused:
        filing.objection(session, one)
    assert codes_of(refused) == {"not_on_notice"}


def test_the_same_form_twice_is_one_objection_with_one_code(session: Session, one: Candidate) -> None:
    row = filing.row_of(session, one)
    first, code = operations.file(session, row, LATER, text=TEXT, request_key="a" * 64)
    second, again = operations.file(session, row, LATER, text=TEXT, request_key="a" * 64)
    assert (first.id, code) == (second.id, again)
    assert session.scalar(sa.select(sa.func.count()).select_from(Objection)) == 1
    typed = code.replace("-", " ").lower()
    assert queries.by_code(session, typed) is first
    assert queries.by_code(session, code[:-1] + ("A" if code[-1] != "A" else "C")) is None


def test_nothing_said_or_who_said_it_stands_readable_in_the_database(
    session: Session, one: Candidate
) -> None:
    made = filing.objection(session, one, informer=INFORMER)
    operations.add_evidence(session, made, factories.image(), LATER)
    session.commit()
    tables = ("objection", "objection_evidence", "workflow_event", "workflow_outbox", "account_letter")
    for table in tables:
        for row in session.execute(sa.text(f"SELECT * FROM {table}")):
            for secret in (TEXT, *INFORMER.values()):
                assert secret not in str(tuple(row)), table
    session.expire_all()
    assert (made.text, made.informer, made.owner_id) == (TEXT, INFORMER, None)


@pytest.mark.parametrize(
    ("trigger", "state", "candidate_state", "notices"),
    [
        ("find_serious", "serious", "rejected", ["candidate.rejected"]),
        ("suspend", "unproven", "suspended", ["candidate.suspended"]),
        ("dismiss", "dismissed", "announced", []),
    ],
)
def test_an_outcome_takes_effect_when_a_second_person_releases_it(
    session: Session, one: Candidate, trigger: str, state: str, candidate_state: str, notices: list[str]
) -> None:
    made = filing.objection(session, one)
    first, second = filing.pair(session)
    operations.decide(session, made, "investigate", first, LATER)
    assert made.handled_by == first.id
    operations.decide(session, made, trigger, first, LATER, form=FINDING)
    session.refresh(one)
    assert (made.state, made.public_state, one.state) == (state, "investigating", "announced")
    with pytest.raises(Refused) as refused:
        operations.decide(session, made, "release", first, LATER)
    assert codes_of(refused) == {"four_eyes"}
    operations.decide(session, made, "release", second, LATER)
    session.refresh(one)
    assert (made.public_state, one.state) == (state, candidate_state)
    told = session.scalars(
        sa.select(outbox.c.notice).where(
            outbox.c.workflow == "candidate",
            outbox.c.recipient == one.owner_id,
            outbox.c.notice.in_(("candidate.rejected", "candidate.suspended", "candidate.resumed")),
        )
    )
    assert list(told) == notices


def test_the_person_concerned_reads_what_is_told_and_not_the_record(session: Session, one: Candidate) -> None:
    filing.settle(session, filing.objection(session, one, informer=INFORMER), "suspend")
    form = session.scalar(
        sa.select(event.c.form).where(event.c.workflow == "candidate", event.c.transition == "suspend")
    )
    assert form == {"reason": FINDING["told"]}


def test_suspension_is_lifted_when_nothing_is_left(session: Session, one: Candidate) -> None:
    first = filing.objection(session, one)
    second = filing.objection(session, one)
    filing.settle(session, first, "suspend")
    filing.settle(session, second, "dismiss")
    # The first is still unproven.
    assert one.state == "suspended"
    filing.settle(session, first, "dismiss", LATER + timedelta(days=1))
    assert one.state == "announced"


def test_nobody_is_approved_over_an_open_objection(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one)
    approver, finder = filing.pair(session)
    for step, form in (("investigate", None), ("dismiss", FINDING)):
        with pytest.raises(Refused) as refused:
            fire(session, one, "approve", actor=approver, now=AFTER)
        assert codes_of(refused) == {"open_objections"}
        operations.decide(session, made, step, finder, LATER, form=form)
    # Found, but not released.
    with pytest.raises(Refused) as refused:
        fire(session, one, "approve", actor=approver, now=AFTER)
    assert codes_of(refused) == {"open_objections"}
    operations.decide(session, made, "release", approver, LATER)
    session.refresh(one)
    fire(session, one, "approve", actor=approver, now=AFTER)
    assert one.state == "approved"


def test_who_has_to_stay_away_takes_no_step(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one, informer=INFORMER)
    person = filing.reviewer(session)
    session.add(Recusal(reviewer_id=person.id, cadre_id=one.owner_id, reason="亲属"))
    session.flush()
    actor = factories.actor(person)
    with pytest.raises(Refused) as refused:
        operations.decide(session, made, "investigate", actor, LATER)
    assert codes_of(refused) == {"recused"}
    assert queries.queue(session, ["5107"], reviewer_id=person.id, now=LATER).rows == []
    with pytest.raises(Refused) as refused:
        operations.reveal(session, made, person, actor, "核实", LATER)
    assert "recused" in codes_of(refused)


def test_looking_at_the_informer_is_written_down(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one, informer=INFORMER)
    person = filing.reviewer(session)
    with pytest.raises(Refused) as refused:
        operations.reveal(session, made, person, factories.actor(person), " ", LATER)
    assert codes_of(refused) == {"reason_missing"}
    assert operations.reveal(session, made, person, factories.actor(person), "核实账目", LATER) == INFORMER
    looks = sa.select(AccessRecord.reason).where(AccessRecord.action == "objection.reveal")
    assert session.scalars(looks).all() == ["核实账目"]
    supervisor = factories.staff(session, Role.SUPERVISOR)
    with pytest.raises(Refused):
        operations.reveal(session, made, supervisor, factories.actor(supervisor), "看看", LATER)


def test_an_informer_with_an_address_is_written_to_twice(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one, informer=INFORMER)
    filing.objection(session, one)
    filing.settle(session, made, "dismiss")
    letters = session.scalars(sa.select(Letter)).all()
    assert {letter.subject for letter in letters} == {"您反映的情况已经收到", "您反映的情况已有结果"}
    for letter in letters:
        assert letter.address == INFORMER["email"]
        assert one.owner.name not in str(letter.body)
        assert TEXT not in str(letter.body)


def test_evidence_is_an_image_and_there_is_an_end_to_it(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one)
    with pytest.raises(UploadError):
        operations.add_evidence(session, made, b"%PDF-1.4", LATER)
    images = [factories.image(200 + n) for n in range(operations.MOST_EVIDENCE + 1)]
    assert operations.add_evidence(session, made, images[0], LATER)
    assert not operations.add_evidence(session, made, images[0], LATER)
    for image in images[1:-1]:
        assert operations.add_evidence(session, made, image, LATER)
    with pytest.raises(Refused) as refused:
        operations.add_evidence(session, made, images[-1], LATER)
    assert codes_of(refused) == {"enough_evidence"}
    kept = queries.evidence(session, made, made.evidence[0].id)
    assert kept
    assert codes.decoded(kept.content).startswith(b"\xff\xd8")
    filing.settle(session, made, "dismiss")
    with pytest.raises(Refused) as refused:
        operations.add_evidence(session, made, images[-1], LATER)
    assert codes_of(refused) == {"inquiry_closed"}


def test_whoever_inquires_is_reminded_when_it_takes_too_long(session: Session, one: Candidate) -> None:
    made = filing.objection(session, one)
    assert made.decide_by
    # Fifteen working days after Sunday 22 November 2026.
    assert made.decide_by.date().isoformat() == "2026-12-11"
    person = filing.reviewer(session)
    operations.decide(session, made, "investigate", factories.actor(person), LATER)
    session.commit()
    late = made.decide_by + timedelta(seconds=1)
    rung = timers.run(engine(), sessionmaker(db.engine), now=lambda: late)
    assert [r.outcome for r in rung if r.workflow == "objection"] == ["fired"]
    told = session.scalars(sa.select(outbox.c.recipient).where(outbox.c.notice == "objection.overdue")).all()
    assert told == [person.id]


def test_nobody_is_turned_away_because_the_calendar_ends(session: Session) -> None:
    start = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
    one = board.cleared(session)
    board.running(session, one, at=start)
    made = filing.objection(session, one, at=start)
    assert made.decide_by is None
    assert made.state == "received"


@pytest.mark.parametrize("seed", range(2))
def test_python_and_sql_say_the_same(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    people = []
    for _ in range(3):
        candidate = board.cleared(session)
        board.running(session, candidate)
        people.append(candidate)
    made = [filing.objection(session, draw.choice(people)) for _ in range(8)]
    for objection in made:
        state = draw.choice(["received", "investigating", "serious", "unproven", "dismissed"])
        held = draw.random() < 0.4 and state in ("serious", "unproven", "dismissed")
        session.execute(
            sa.update(Objection)
            .where(Objection.id == objection.id)
            .values(state=state, held_seq=1 if held else None, held_by="x" if held else None)
        )
    for candidate in people:
        board.stand(session, candidate, draw.choice(["announced", "suspended", "approved"]))
    reviewers = [filing.reviewer(session) for _ in range(2)]
    session.add(Recusal(reviewer_id=reviewers[0].id, cadre_id=people[0].owner_id, reason="亲属"))
    reviewers[1].community_code = people[1].owner.community_code
    session.flush()
    session.expire_all()
    for person in reviewers:
        for moment in (NOW, END, AFTER):
            for workflow in ("objection", "candidate"):
                found = agreement.disagreements(
                    engine(), session, workflow, actor=factories.actor(person), now=moment
                )
                assert found == []
