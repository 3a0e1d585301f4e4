"""Reading applications: one filter object behind every list and every file made from it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from recruitment.applications.models import SPENT, Application
from recruitment.areas.catalogue import prefix
from recruitment.areas.models import County
from recruitment.calls.models import Call, Position
from recruitment.people.models import User

PAGE = 50


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """What a list of applications shows.

    Attributes:
        areas: prefixes of the county codes that the reader may see; always set by the server from the
            reader's grants, never from the request. Empty shows nothing.
        call_id: one call, or every call.
        states: states wanted; empty means every state but drafts.
        area: an area code chosen within ``areas``.
        position_code: one position.
        verdict: ``eligible``, ``ineligible`` or ``unverified``.
        text: part of a name, or a whole receipt number.
        waiting_since: submitted before this moment.
    """

    areas: tuple[str, ...]
    call_id: uuid.UUID | None = None
    states: tuple[str, ...] = ()
    area: str = ""
    position_code: str = ""
    verdict: str = ""
    text: str = ""
    waiting_since: datetime | None = None

    def select(self) -> sa.Select[tuple[Application]]:
        """Applications with position, county and owner loaded, in no particular order."""
        query = (
            sa.select(Application)
            .join(Application.position)
            .join(Position.county)
            .join(User, User.id == Application.owner_id)
            .options(
                contains_eager(Application.position).contains_eager(Position.county),
                contains_eager(Application.owner),
            )
            .where(sa.or_(sa.false(), *(Application.area_code.startswith(area) for area in self.areas)))
        )
        if self.call_id:
            query = query.where(Application.call_id == self.call_id)
        if self.states:
            query = query.where(Application.state.in_(self.states))
        else:
            query = query.where(Application.state != "draft")
        if self.area:
            query = query.where(Application.area_code.startswith(prefix(self.area)))
        if self.position_code:
            query = query.where(Position.code == self.position_code)
        if self.verdict:
            query = query.where(Application.verdict_outcome == self.verdict)
        if self.text:
            query = query.where(
                sa.or_(
                    User.name.contains(self.text, autoescape=True),
                    Application.receipt_number == self.text.upper(),
                )
            )
        if self.waiting_since:
            query = query.where(Application.submitted_at < self.waiting_since)
        return query


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list and the key from which the next slice goes on; ``after`` is empty on the last."""

    rows: list[Application]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many applications stand in each state, by county."""

    by_state: dict[str, int] = field(default_factory=dict)
    by_county: list[tuple[County, dict[str, int]]] = field(default_factory=list)


def oldest_first(session: Session, chosen: ApplicationFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page of a queue: who has waited longest comes first.

    Args:
        after: the key given with the page before.

    Raises:
        ValueError: the key is not one of ours.
    """
    query = chosen.select().order_by(Application.submitted_at, Application.id).limit(limit + 1)
    if after:
        moment, _, last = after.partition("~")
        query = query.where(
            sa.tuple_(Application.submitted_at, Application.id)
            > sa.tuple_(
                sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
                sa.literal(uuid.UUID(last), sa.Uuid),
            )
        )
    rows = list(session.scalars(query))
    if len(rows) <= limit:
        return Page(rows)
    last_row = rows[limit - 1]
    moment = last_row.submitted_at.isoformat() if last_row.submitted_at else ""
    return Page(rows[:limit], f"{moment}~{last_row.id}")


def count(session: Session, chosen: ApplicationFilter) -> int:
    """How many rows the filter shows in all."""
    chosen_rows = chosen.select().with_only_columns(Application.id).order_by(None).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(chosen_rows)) or 0


def find(session: Session, application_id: uuid.UUID, areas: tuple[str, ...]) -> Application | None:
    """One application if it lies in one of the areas; drafts belong to their cadre alone."""
    return session.scalar(
        sa.select(Application).where(
            Application.id == application_id,
            Application.state != "draft",
            sa.or_(sa.false(), *(Application.area_code.startswith(area) for area in areas)),
        )
    )


def own(session: Session, application_id: uuid.UUID, owner_id: uuid.UUID) -> Application | None:
    """One application of the person themself."""
    return session.scalar(
        sa.select(Application).where(Application.id == application_id, Application.owner_id == owner_id)
    )


def of_person(session: Session, owner_id: uuid.UUID) -> list[Application]:
    """Every application of a person, the newest first."""
    return list(
        session.scalars(
            sa.select(Application)
            .join(Application.position)
            .join(Position.county)
            .join(Application.call)
            .options(
                contains_eager(Application.position).contains_eager(Position.county),
                contains_eager(Application.call),
            )
            .where(Application.owner_id == owner_id)
            .order_by(Application.created_at.desc())
        )
    )


def active(session: Session, call: Call, owner_id: uuid.UUID) -> Application | None:
    """The person's one application of the call that still counts."""
    return session.scalar(
        sa.select(Application).where(
            Application.call_id == call.id,
            Application.owner_id == owner_id,
            Application.state.not_in(SPENT),
        )
    )


def figures(session: Session, call: Call, areas: tuple[str, ...]) -> Figures:
    """Counts by state and by county of a call, within the areas."""
    rows = session.execute(
        sa.select(Application.area_code, Application.state, sa.func.count())
        .where(
            Application.call_id == call.id,
            sa.or_(sa.false(), *(Application.area_code.startswith(area) for area in areas)),
        )
        .group_by(Application.area_code, Application.state)
        .order_by(Application.area_code)
    ).all()
    by_state: dict[str, int] = {}
    by_code: dict[str, dict[str, int]] = {}
    for code, state, number in rows:
        by_state[state] = by_state.get(state, 0) + number
        by_code.setdefault(code, {})[state] = number
    counties = session.scalars(sa.select(County).where(County.code.in_(by_code)).order_by(County.code))
    return Figures(by_state, [(county, by_code[county.code]) for county in counties])
