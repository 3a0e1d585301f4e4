"""Reads of objections."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.guards import not_recused
from recruitment.candidates.models import Candidate
from recruitment.objections import codes
from recruitment.objections.guards import UNSETTLED
from recruitment.objections.models import Objection, ObjectionEvidence
from recruitment.people.models import User
from recruitment.public_notice.models import PublicNotice, PublicNoticeRow
from workflows.schema import event

PAGE = 50
# What a queue shows by default: what waits for somebody.
WAITING = ("received", "investigating")
FINDINGS = ("find_serious", "suspend", "dismiss")


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the queue, the oldest first; ``after`` is empty on the last."""

    rows: Sequence[Objection]
    after: str = ""


def by_code(session: Session, code: str) -> Objection | None:
    """The objection that a code belongs to."""
    return session.scalar(sa.select(Objection).where(Objection.code_index == codes.index_of(code)))


def row_on_notice(session: Session, notice_id: uuid.UUID, number: int) -> PublicNoticeRow | None:
    """Somebody on a notice by their number on it."""
    return session.scalar(
        sa.select(PublicNoticeRow)
        .where(PublicNoticeRow.notice_id == notice_id, PublicNoticeRow.number == number)
        .options(
            joinedload(PublicNoticeRow.notice).joinedload(PublicNotice.call),
            joinedload(PublicNoticeRow.candidate),
        )
    )


def within(areas: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(Objection.area_code.startswith(area, autoescape=True) for area in areas))


def find(session: Session, objection_id: uuid.UUID, areas: Sequence[str]) -> Objection | None:
    """An objection in one of the areas."""
    return session.scalar(
        sa.select(Objection)
        .where(Objection.id == objection_id, within(areas))
        .options(
            joinedload(Objection.cadre),
            joinedload(Objection.candidate).joinedload(Candidate.position),
            joinedload(Objection.candidate).joinedload(Candidate.call),
        )
    )


def evidence(session: Session, objection: Objection, evidence_id: uuid.UUID) -> ObjectionEvidence | None:
    return session.scalar(
        sa.select(ObjectionEvidence)
        .where(ObjectionEvidence.id == evidence_id, ObjectionEvidence.objection_id == objection.id)
        .options(sa.orm.undefer(ObjectionEvidence.content))
    )


def queue(
    session: Session,
    areas: Sequence[str],
    *,
    reviewer_id: uuid.UUID | None,
    now: datetime,
    kind: str = "waiting",
    after: str = "",
) -> Page:
    """Objections of the areas, the oldest first, without those that the reviewer has to stay away from.

    Args:
        reviewer_id: none for somebody who only reads.
        kind: waiting, held (decided, to be released), or all.

    Raises:
        ValueError: ``after`` is not a key of ours.
    """
    query = sa.select(Objection).where(within(areas))
    if kind == "waiting":
        query = query.where(Objection.state.in_(WAITING))
    elif kind == "held":
        query = query.where(Objection.held_seq.is_not(None))
    if reviewer_id is not None:
        query = query.where(not_recused(reviewer_id, now, Objection))
    if after:
        moment, _, last = after.partition("~")
        key = sa.tuple_(
            sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
            sa.literal(uuid.UUID(last), sa.Uuid),
        )
        query = query.where(sa.tuple_(Objection.created_at, Objection.id) > key)
    rows = session.scalars(
        query.options(
            joinedload(Objection.cadre), joinedload(Objection.candidate).joinedload(Candidate.position)
        )
        .order_by(Objection.created_at, Objection.id)
        .limit(PAGE + 1)
    ).all()
    if len(rows) <= PAGE:
        return Page(rows)
    shown = rows[:PAGE]
    return Page(shown, f"{shown[-1].created_at.isoformat()}~{shown[-1].id}")


def unsettled(session: Session, candidate_id: uuid.UUID) -> bool:
    """Whether anything is still held against a candidate."""
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(
                    Objection.candidate_id == candidate_id,
                    sa.or_(Objection.state.in_(UNSETTLED), Objection.held_seq.is_not(None)),
                )
            )
        )
    )


def finding(session: Session, objection: Objection) -> dict[str, Any]:
    """What the last finding says: ``reason`` for the record, ``told`` for those concerned."""
    form: dict[str, Any] | None = session.scalar(
        sa.select(event.c.form)
        .where(
            event.c.workflow == "objection",
            event.c.subject_id == objection.id,
            event.c.transition.in_(FINDINGS),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    return form or {}


def history(session: Session, workflow: str, subject_id: uuid.UUID) -> Sequence[Any]:
    """What happened to a subject, the newest first: transition, actor, moment, form."""
    return session.execute(
        sa.select(event.c.transition, event.c.actor, event.c.at, event.c.form, event.c.held)
        .where(event.c.workflow == workflow, event.c.subject_id == subject_id)
        .order_by(event.c.seq.desc())
    ).all()


def count_evidence(session: Session, objection: Objection) -> int:
    return (
        session.scalar(sa.select(sa.func.count()).where(ObjectionEvidence.objection_id == objection.id)) or 0
    )


def names(session: Session, actors: Sequence[str]) -> dict[str, str]:
    """Names of the people among a journal's actors."""
    ids = {uuid.UUID(actor) for actor in actors if not actor.startswith("system:")}
    if not ids:
        return {}
    return {
        str(id_): name for id_, name in session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    }
