"""Reading corrections and what they do to applications: for admins, and for the reviewers of an area."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, lazyload

from recruitment.applications.models import Application
from recruitment.applications.queries import within
from recruitment.calls.models import Call, Position
from recruitment.corrections.models import Correction, Rejudgement
from recruitment.people.models import User
from recruitment.workflow import engine

PAGE = 50
VERDICT, RULES, DECIDED = "verdict", "rules", "decided"
KINDS = (VERDICT, RULES, DECIDED)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many applications a correction concerns.

    Attributes:
        judged: all of them.
        moves: how many verdicts go from what to what.
        rules: how many verdicts change with the outcome of each rule: (rule, before, after) → number.
        decided: of those whose verdict changes, how many have been decided.
        only_rules: how many keep their verdict while some rule's outcome differs.
    """

    judged: int
    moves: dict[tuple[str, str], int]
    rules: dict[tuple[str, str | None, str | None], int]
    decided: int
    only_rules: int

    @property
    def changed(self) -> int:
        return sum(self.moves.values())


@dataclass(frozen=True, slots=True)
class RejudgementFilter:
    """Which applications a list shows.

    Attributes:
        kind: ``verdict``: those whose verdict changes; ``rules``: those where only single rules do;
            ``decided``: those whose verdict changes although a decision has been made.
        before, after: only verdicts that go from this to that; empty for all.
    """

    correction_id: uuid.UUID
    kind: str = VERDICT
    before: str = ""
    after: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found = [Rejudgement.correction_id == self.correction_id]
        if self.kind == RULES:
            found += [_same_verdict(), sa.func.jsonb_array_length(Rejudgement.changes) > 0]
        else:
            found.append(~_same_verdict())
        if self.kind == DECIDED:
            found.append(Rejudgement.state.in_(decided_states()))
        if self.before:
            found.append(Rejudgement.outcome_before == self.before)
        if self.after:
            found.append(Rejudgement.outcome_after == self.after)
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list; ``after`` names the last row, empty on the last page."""

    rows: list[Rejudgement]
    after: str = ""


def decided_states() -> tuple[str, ...]:
    """The states in which people have decided on an application."""
    return engine().flows["application"].latest.group("decided")


def _same_verdict() -> sa.ColumnElement[bool]:
    return Rejudgement.outcome_before == Rejudgement.outcome_after


def of_call(session: Session, call: Call) -> list[Correction]:
    """Every correction of a call, the latest first."""
    return list(
        session.scalars(
            sa.select(Correction)
            .where(Correction.call_id == call.id)
            .options(joinedload(Correction.proposer), joinedload(Correction.confirmer))
            .order_by(Correction.number.desc())
        )
    )


def find(session: Session, call: Call, number: int) -> Correction | None:
    return session.scalar(
        sa.select(Correction).where(Correction.call_id == call.id, Correction.number == number)
    )


def figures(session: Session, correction: Correction) -> Figures:
    """The numbers above the list."""
    mine = Rejudgement.correction_id == correction.id
    decided = Rejudgement.state.in_(decided_states())
    differs = sa.func.jsonb_array_length(Rejudgement.changes) > 0
    counts = session.execute(
        sa.select(
            Rejudgement.outcome_before,
            Rejudgement.outcome_after,
            sa.func.count(),
            sa.func.count().filter(decided),
            sa.func.count().filter(differs),
        )
        .where(mine)
        .group_by(Rejudgement.outcome_before, Rejudgement.outcome_after)
        .order_by(Rejudgement.outcome_before, Rejudgement.outcome_after)
    ).all()
    each = (
        sa.select(sa.func.jsonb_array_elements(Rejudgement.changes, type_=JSONB).label("change"))
        .where(mine, ~_same_verdict())
        .subquery()
    )
    rule, before, after = (each.c.change[key].astext for key in ("rule", "before", "after"))
    by_rule = session.execute(
        sa.select(rule, before, after, sa.func.count())
        .group_by(sa.text("1, 2, 3"))
        .order_by(sa.func.count().desc(), sa.text("1"))
    ).all()
    return Figures(
        judged=sum(row[2] for row in counts),
        moves={(old, new): number for old, new, number, _, _ in counts if old != new},
        rules={(name, old, new): number for name, old, new, number in by_rule},
        decided=sum(row[3] for row in counts if row[0] != row[1]),
        only_rules=sum(row[4] for row in counts if row[0] == row[1]),
    )


def page(session: Session, chosen: RejudgementFilter, after: str = "") -> Page:
    """One page of a list, by area.

    Raises:
        ValueError: the key is not one of ours.
    """
    query = _rows().where(*chosen.conditions())
    if after:
        last = sa.select(Application.area_code, Application.id).where(Application.id == uuid.UUID(after))
        query = query.where(sa.tuple_(Application.area_code, Application.id) > last.scalar_subquery())
    rows = list(session.scalars(query.limit(PAGE + 1)))
    more = len(rows) > PAGE
    return Page(rows[:PAGE], str(rows[PAGE - 1].application_id) if more else "")


def _rows() -> sa.Select[Rejudgement]:
    return (
        sa.select(Rejudgement)
        .join(Rejudgement.application)
        .join(Application.position)
        .join(Position.county)
        .join(User, User.id == Application.owner_id)
        .options(
            defer(Rejudgement.facts),
            defer(Rejudgement.verdict),
            defer(Rejudgement.superseded),
            contains_eager(Rejudgement.application).options(
                defer(Application.form),
                defer(Application.verdict),
                contains_eager(Application.position).contains_eager(Position.county),
                contains_eager(Application.owner).options(lazyload(User.grants)),
            ),
        )
        .order_by(Application.area_code, Application.id)
    )


def _waiting(areas: tuple[str, ...]) -> Sequence[sa.ColumnElement[bool]]:
    """Decided before the correction, not touched since, and judged otherwise now."""
    return (
        ~_same_verdict(),
        Correction.confirmed_at.is_not(None),
        Rejudgement.state.in_(decided_states()),
        Rejudgement.state_version == Application.state_version,
        within(areas),
    )


def to_look_at(session: Session, areas: tuple[str, ...], limit: int = 200) -> list[Rejudgement]:
    """The decided applications of some areas whose verdict a confirmed correction changed."""
    query = _rows().join(Rejudgement.correction).join(Correction.call)
    eager = contains_eager(Rejudgement.correction).contains_eager(Correction.call)
    return list(session.scalars(query.where(*_waiting(areas)).options(eager).limit(limit)))


def number_to_look_at(session: Session, areas: tuple[str, ...]) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(Rejudgement)
        .join(Rejudgement.correction)
        .join(Rejudgement.application)
    )
    return session.scalar(query.where(*_waiting(areas))) or 0


def of_application(session: Session, application_id: uuid.UUID) -> list[Rejudgement]:
    """What confirmed corrections did to one application, the latest first."""
    return list(
        session.scalars(
            sa.select(Rejudgement)
            .join(Rejudgement.correction)
            .options(contains_eager(Rejudgement.correction), defer(Rejudgement.facts))
            .where(Rejudgement.application_id == application_id, Correction.confirmed_at.is_not(None))
            .order_by(Correction.number.desc())
        )
    )
