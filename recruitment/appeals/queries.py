"""Reads of appeals, of what may be appealed against, and of a call's terms."""

import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.appeals.kinds import KINDS, kinds_of
from recruitment.appeals.models import Appeal, AppealDocument, AppealTerm
from recruitment.applications.guards import not_recused
from recruitment.applications.models import Application
from recruitment.calendar.queries import working_days
from recruitment.calendar.working_days import MissingYear
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.people.uploads import Document
from workflows.schema import event

PAGE = 50
WAITING = ("filed", "accepted")
RULINGS = ("uphold", "reject")


@dataclass(frozen=True, slots=True)
class Term:
    """Working days to file and to decide, and why."""

    file_days: int
    decide_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be appealed against.

    Attributes:
        file_by: aware; none when the calendar of the days to come is not known.
        appeal: one that was filed already.
    """

    kind: str
    application: Application
    candidate: Candidate | None
    seq: int
    at: datetime
    actor: str
    file_by: datetime | None
    appeal: Appeal | None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the queue, the oldest first; ``after`` is empty on the last."""

    rows: Sequence[Appeal]
    after: str = ""


@cache
def _defaults() -> tuple[dict[str, Any], ...]:
    text = files("recruitment.appeals").joinpath("terms.toml").read_text("utf-8")
    return tuple(sorted(tomllib.loads(text)["term"], key=lambda term: term["from"]))


def default_term(kind: str, day: date) -> Term:
    """The default in force on a day."""
    terms = [term for term in _defaults() if term["kind"] == kind]
    found = next((term for term in reversed(terms) if term["from"] <= day), terms[0])
    return Term(found["file_days"], found["decide_days"], found["source"])


def terms(session: Session, call: Call) -> dict[str, Term]:
    """What a call's appeals go by, by kind."""
    own = {
        row.kind: Term(row.file_days, row.decide_days, "本次招考的设置")
        for row in session.scalars(sa.select(AppealTerm).where(AppealTerm.call_id == call.id))
    }
    return {kind: own.get(kind) or default_term(kind, call.reference_date) for kind in KINDS}


def decisions(session: Session, application: Application, candidate: Candidate | None) -> list[Decision]:
    """What somebody may appeal against where they stand, as far as they have been told."""
    stands = [("application", application.public_state, application.id)]
    if candidate is not None:
        stands.append(("candidate", candidate.public_state, candidate.id))
    found = []
    for workflow, state, subject_id in stands:
        for kind in kinds_of(workflow, state):
            past = _event(session, workflow, subject_id, KINDS[kind].decisions)
            if past is None:
                continue
            term = terms(session, application.call)[kind]
            try:
                file_by = working_days(session).deadline(past.at, term.file_days)
            except MissingYear:
                file_by = None
            about = candidate if workflow == "candidate" else None
            appeal = against(session, application.id, kind, past.seq)
            found.append(Decision(kind, application, about, past.seq, past.at, past.actor, file_by, appeal))
    return found


def _event(session: Session, workflow: str, subject_id: uuid.UUID, names: Sequence[str]) -> Any:
    """The last such decision that the person has been told."""
    return session.execute(
        sa.select(event.c.seq, event.c.at, event.c.actor)
        .where(
            event.c.workflow == workflow,
            event.c.subject_id == subject_id,
            event.c.transition.in_(names),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    ).one_or_none()


def against(session: Session, application_id: uuid.UUID, kind: str, seq: int) -> Appeal | None:
    """The appeal against a decision, if it was not withdrawn."""
    return session.scalar(
        sa.select(Appeal).where(
            Appeal.application_id == application_id,
            Appeal.kind == kind,
            Appeal.decision_seq == seq,
            Appeal.state != "withdrawn",
        )
    )


_WITH = (
    joinedload(Appeal.owner),
    joinedload(Appeal.application).joinedload(Application.position),
    joinedload(Appeal.application).joinedload(Application.call),
    joinedload(Appeal.candidate),
)


def own(session: Session, user: User, appeal_id: uuid.UUID) -> Appeal | None:
    """The person's own appeal."""
    return session.scalar(
        sa.select(Appeal).where(Appeal.id == appeal_id, Appeal.owner_id == user.id).options(*_WITH)
    )


def all_own(session: Session, user: User) -> Sequence[Appeal]:
    """The person's appeals, the latest first."""
    return session.scalars(
        sa.select(Appeal)
        .where(Appeal.owner_id == user.id)
        .options(*_WITH)
        .order_by(Appeal.created_at.desc(), Appeal.id)
    ).all()


def own_decisions(session: Session, user: User) -> list[Decision]:
    """Everything that the person may appeal against, in all their applications."""
    applications = session.scalars(
        sa.select(Application)
        .where(Application.owner_id == user.id)
        .options(joinedload(Application.call), joinedload(Application.position))
        .order_by(Application.state_since.desc(), Application.id)
    ).all()
    candidates = {
        candidate.application_id: candidate
        for candidate in session.scalars(sa.select(Candidate).where(Candidate.owner_id == user.id))
    }
    return [
        decision
        for application in applications
        for decision in decisions(session, application, candidates.get(application.id))
    ]


def within(areas: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(Appeal.area_code.startswith(area, autoescape=True) for area in areas))


def find(session: Session, appeal_id: uuid.UUID, areas: Sequence[str]) -> Appeal | None:
    """An appeal in one of the areas."""
    return session.scalar(sa.select(Appeal).where(Appeal.id == appeal_id, within(areas)).options(*_WITH))


def document(session: Session, appeal: Appeal, document_id: uuid.UUID) -> Document | None:
    """A picture handed in with the appeal."""
    return session.scalar(
        sa.select(Document)
        .join(AppealDocument, AppealDocument.document_id == Document.id)
        .where(AppealDocument.appeal_id == appeal.id, Document.id == document_id)
    )


def queue(
    session: Session,
    areas: Sequence[str],
    *,
    reviewer_id: uuid.UUID | None,
    now: datetime,
    show: str = "waiting",
    after: str = "",
) -> Page:
    """Appeals of the areas, the oldest first, without those that the reviewer has no part in.

    Args:
        reviewer_id: none for somebody who only reads.
        show: waiting, held (ruled on, to be released), or all.

    Raises:
        ValueError: ``after`` is not a key of ours.
    """
    query = sa.select(Appeal).where(within(areas))
    if show == "waiting":
        query = query.where(Appeal.state.in_(WAITING))
    elif show == "held":
        query = query.where(Appeal.held_seq.is_not(None))
    if reviewer_id is not None:
        query = query.where(not_recused(reviewer_id, now, Appeal), Appeal.first_decider != str(reviewer_id))
    if after:
        moment, _, last = after.partition("~")
        key = sa.tuple_(
            sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
            sa.literal(uuid.UUID(last), sa.Uuid),
        )
        query = query.where(sa.tuple_(Appeal.created_at, Appeal.id) > key)
    rows = session.scalars(query.options(*_WITH).order_by(Appeal.created_at, Appeal.id).limit(PAGE + 1)).all()
    if len(rows) <= PAGE:
        return Page(rows)
    shown = rows[:PAGE]
    return Page(shown, f"{shown[-1].created_at.isoformat()}~{shown[-1].id}")


def ruling(session: Session, appeal: Appeal) -> dict[str, Any]:
    """What the last ruling says: ``reason`` for the record, ``told`` for the cadre."""
    form: dict[str, Any] | None = session.scalar(
        sa.select(event.c.form)
        .where(
            event.c.workflow == "appeal",
            event.c.subject_id == appeal.id,
            event.c.transition.in_(RULINGS),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    return form or {}
