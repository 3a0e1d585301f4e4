"""Reading applications: one filter object behind every list and every file made from it."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from recruitment.applications.guards import not_recused
from recruitment.applications.models import SPENT, Application, Recusal
from recruitment.areas.catalogue import prefix
from recruitment.areas.models import County
from recruitment.calls.models import Call, Position
from recruitment.people.models import User
from recruitment.workflow import engine

PAGE = 50


def in_review() -> tuple[str, ...]:
    """The states in which an application waits for a reviewer."""
    return engine().flows["application"].latest.group("in_review")


def due_at() -> sa.ColumnElement[datetime | None]:
    """Until when a submission is to be answered: the call's hours after it."""
    hours = sa.select(Call.review_hours).where(Call.id == Application.call_id).scalar_subquery()
    return Application.submitted_at + sa.func.make_interval(0, 0, 0, 0, hours)


def within(areas: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """The application lies in one of the areas, given as prefixes of county codes. No areas: in none."""
    return sa.or_(sa.false(), *(Application.area_code.startswith(area) for area in areas))


def canonical_receipt_number(text: str) -> str:
    """
    >>> canonical_receipt_number("26 k7m4 9qxd")
    '26-K7M4-9QXD'
    """
    letters = re.sub(r"[\s\-－]", "", text).upper()
    return f"{letters[:2]}-{letters[2:6]}-{letters[6:]}"


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """What a list of applications shows.

    Attributes:
        areas: prefixes of the county codes that the reader may see; always set by the server from the
            reader's grants, never from the request. Empty shows nothing.
        call_id: one call, or every call.
        states: states wanted; empty means every state. What was never handed in is its cadre's alone and
            in no list.
        area: the code of a prefecture, county or township (of the position) chosen within ``areas``.
        position_code: one position.
        verdict: ``eligible``, ``ineligible`` or ``unverified``.
        text: part of a name, or a whole receipt number.
        overdue_at: in review and by this moment longer than the call allows.
    """

    areas: tuple[str, ...]
    call_id: uuid.UUID | None = None
    states: tuple[str, ...] = ()
    area: str = ""
    position_code: str = ""
    verdict: str = ""
    text: str = ""
    overdue_at: datetime | None = None

    def select(self) -> sa.Select[Application]:
        """Applications with position, county and owner loaded, in no particular order."""
        query = (
            sa.select(Application)
            .join(Application.position)
            .join(Position.county)
            .join(User, User.id == Application.owner_id)
            .options(
                contains_eager(Application.position).contains_eager(Position.county),
                # Who somebody is, not what they may: grants would be one more query.
                contains_eager(Application.owner).lazyload(User.grants),
            )
            .where(within(self.areas), Application.submitted_at.is_not(None))
        )
        if self.call_id:
            query = query.where(Application.call_id == self.call_id)
        if self.states:
            query = query.where(Application.state.in_(self.states))
        if len(self.area) == 9:
            query = query.where(Position.township_code == self.area)
        elif self.area:
            query = query.where(Application.area_code.startswith(prefix(self.area)))
        if self.position_code:
            query = query.where(Position.code == self.position_code)
        if self.verdict:
            query = query.where(Application.verdict_outcome == self.verdict)
        if self.text:
            query = query.where(
                sa.or_(
                    User.name.contains(self.text, autoescape=True),
                    Application.receipt_number == canonical_receipt_number(self.text),
                )
            )
        if self.overdue_at:
            query = query.where(Application.state.in_(in_review()), due_at() <= self.overdue_at)
        return query


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list and the key from which the next slice goes on; ``after`` is empty on the last."""

    rows: list[Application]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many applications stand in each state, and how many of these are overdue."""

    by_state: dict[str, int]
    overdue: dict[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """How many applications stand in each state, by county."""

    by_state: dict[str, int] = field(default_factory=dict)
    by_county: list[tuple[County, dict[str, int]]] = field(default_factory=list)


def key_of(application: Application) -> str:
    """The place of an application in a queue, from which a page or a search goes on."""
    moment = application.submitted_at.isoformat() if application.submitted_at else ""
    return f"{moment}~{application.id}"


def _oldest_first(chosen: ApplicationFilter, after: str = "") -> sa.Select[Application]:
    query = chosen.select().order_by(Application.submitted_at, Application.id)
    if after:
        moment, _, last = after.partition("~")
        query = query.where(
            sa.tuple_(Application.submitted_at, Application.id)
            > sa.tuple_(
                sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
                sa.literal(uuid.UUID(last), sa.Uuid),
            )
        )
    return query


def oldest_first(session: Session, chosen: ApplicationFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page of a queue: who has waited longest comes first.

    Args:
        after: the key given with the page before.

    Raises:
        ValueError: the key is not one of ours.
    """
    rows = list(session.scalars(_oldest_first(chosen, after).limit(limit + 1)))
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], key_of(rows[limit - 1]))


def next_file(
    session: Session, chosen: ApplicationFilter, reviewer_id: uuid.UUID, now: datetime, past: Application
) -> Application | None:
    """The next in the queue, or else the first of it, that the reviewer may handle."""
    mine = not_recused(reviewer_id, now), Application.id != past.id
    for after in (key_of(past), "") if past.submitted_at else ("",):
        found = session.scalar(_oldest_first(chosen, after).where(*mine).limit(1))
        if found is not None:
            return found
    return None


def count(session: Session, chosen: ApplicationFilter) -> int:
    """How many rows the filter shows in all."""
    chosen_rows = chosen.select().with_only_columns(Application.id).order_by(None).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(chosen_rows)) or 0


def find(session: Session, application_id: uuid.UUID, areas: tuple[str, ...]) -> Application | None:
    """One application, all about it loaded, if it lies in one of the areas.

    What was never handed in belongs to its cadre alone.
    """
    return session.scalar(
        sa.select(Application)
        .where(Application.id == application_id, Application.submitted_at.is_not(None), within(areas))
        .options(
            joinedload(Application.call, innerjoin=True),
            joinedload(Application.position, innerjoin=True).joinedload(Position.township),
            joinedload(Application.owner).options(lazyload(User.grants)),
        )
    )


def form_of(session: Session, application_id: uuid.UUID, areas: tuple[str, ...]) -> dict[str, Any] | None:
    """The frozen form alone, under the same conditions as :func:`find`."""
    return session.scalar(
        sa.select(Application.form).where(
            Application.id == application_id, Application.submitted_at.is_not(None), within(areas)
        )
    )


def found(
    session: Session, application_ids: list[uuid.UUID], areas: tuple[str, ...]
) -> dict[uuid.UUID, Application]:
    """Those of the applications that lie in one of the areas and were handed in, by id."""
    query = ApplicationFilter(areas).select().where(Application.id.in_(application_ids))
    return {row.id: row for row in session.scalars(query)}


def recusals_from(session: Session, cadre_id: uuid.UUID) -> list[tuple[Recusal, str]]:
    """Who declared that they may not handle this cadre's applications, with the reviewer's name."""
    rows = session.execute(
        sa.select(Recusal, User.name)
        .join(User, User.id == Recusal.reviewer_id)
        .where(Recusal.cadre_id == cadre_id)
        .order_by(Recusal.created_at)
    )
    return [(recusal, name) for recusal, name in rows]


def waiting(
    session: Session, areas: tuple[str, ...], now: datetime, call_id: uuid.UUID | None = None
) -> Waiting:
    """How many applications stand where, and how many of them wait longer than they should."""
    query = (
        sa.select(
            Application.state,
            sa.func.count(),
            sa.func.count().filter(Application.state.in_(in_review()), due_at() <= now),
        )
        .where(within(areas), Application.submitted_at.is_not(None))
        .group_by(Application.state)
    )
    if call_id:
        query = query.where(Application.call_id == call_id)
    rows = session.execute(query).all()
    return Waiting({state: number for state, number, _ in rows}, {state: late for state, _, late in rows})


def calls_of(session: Session, areas: tuple[str, ...]) -> list[Call]:
    """The calls that have applications in the areas, the newest first."""
    return list(
        session.scalars(
            sa.select(Call)
            .where(sa.exists().where(Application.call_id == Call.id, within(areas)))
            .order_by(Call.registration_opens_at.desc())
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
            within(areas),
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
