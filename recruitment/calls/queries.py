"""Reading calls, positions and extensions: the same for admins, cadres and the public."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, lazyload

from recruitment import wording
from recruitment.applications.models import Application
from recruitment.areas.catalogue import prefix
from recruitment.areas.models import County
from recruitment.calls.models import Call, Extension, Position
from recruitment.eligibility.vocabulary import EDUCATION_RANK
from recruitment.people.crypto import blind_index
from recruitment.people.id_number import normalise
from recruitment.people.models import User
from recruitment.workflow import engine
from workflows.definition import Definition
from workflows.schema import event

PAGE = 30
# A search asks for so many words at most.
MOST_WORDS = 8


def definition() -> Definition:
    """The workflow of calls, for its groups and labels."""
    return engine().flows["call"].latest


def shown_states() -> tuple[str, ...]:
    """States of the calls that the public may see: announced, or finished in the regular way."""
    return (*definition().group("announced"), "finished")


# Calls


def every_call(session: Session) -> list[Call]:
    """All calls, the latest first."""
    return list(session.scalars(sa.select(Call).order_by(Call.registration_opens_at.desc(), Call.slug)))


def find_call(session: Session, slug: str) -> Call | None:
    return session.scalar(sa.select(Call).where(Call.slug == slug))


def shown_calls(session: Session) -> list[Call]:
    """The calls that the public may see, the latest first."""
    return list(
        session.scalars(
            sa.select(Call)
            .where(Call.state.in_(shown_states()))
            .order_by(Call.registration_opens_at.desc(), Call.slug)
        )
    )


def find_shown_call(session: Session, slug: str) -> Call | None:
    return session.scalar(sa.select(Call).where(Call.slug == slug, Call.state.in_(shown_states())))


# Positions


@dataclass(frozen=True, slots=True)
class PositionFilter:
    """Which positions of a call a list shows.

    Attributes:
        area: an area code; a prefecture's means all its counties.
        education: the reader's own level; positions that ask for more are left out.
        text: part of code, organ, name, conditions or note.
        unconditional: only positions that ask for nothing beyond the call.
    """

    call_id: uuid.UUID
    area: str = ""
    education: str = ""
    text: str = ""
    unconditional: bool = False

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = [Position.call_id == self.call_id]
        if self.area:
            found.append(Position.county_code.startswith(prefix(self.area)))
        if self.education:
            reached = EDUCATION_RANK[self.education]
            found.append(
                Position.education.in_([key for key, rank in EDUCATION_RANK.items() if rank <= reached])
            )
        if self.unconditional:
            found.append(Position.conditions_text == "")
        for word in self.text.split()[:MOST_WORDS]:
            columns = (
                Position.code,
                Position.organ,
                Position.name,
                Position.conditions_text,
                Position.note,
                County.name,
            )
            found.append(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
        return found


@dataclass(frozen=True, slots=True)
class PositionPage:
    """A slice of a list of positions; ``after`` names the last one shown, empty on the last page."""

    rows: list[Position]
    after: str = ""


def positions_page(
    session: Session, chosen: PositionFilter, after: str = "", limit: int = PAGE
) -> PositionPage:
    """One page, by county and code.

    Args:
        after: the code of the last position of the page before; one that does not exist gives an empty page.
    """
    query = (
        sa.select(Position)
        .join(County, County.code == Position.county_code)
        .options(joinedload(Position.township))
        .where(*chosen.conditions())
        .order_by(Position.county_code, Position.code)
        .limit(limit + 1)
    )
    if after:
        last = sa.select(Position.county_code, Position.code).where(
            Position.call_id == chosen.call_id, Position.code == after
        )
        query = query.where(sa.tuple_(Position.county_code, Position.code) > last.scalar_subquery())
    rows = list(session.scalars(query))
    return PositionPage(rows[:limit], rows[limit - 1].code if len(rows) > limit else "")


def totals(session: Session, chosen: PositionFilter) -> tuple[int, int]:
    """How many positions and openings the filter shows in all."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Position.openings), 0))
        .select_from(Position)
        .join(County, County.code == Position.county_code)
        .where(*chosen.conditions())
    ).one()
    return row[0], row[1]


def find_position(session: Session, call: Call, code: str) -> Position | None:
    return session.scalar(
        sa.select(Position)
        .options(joinedload(Position.township))
        .where(Position.call_id == call.id, Position.code == code)
    )


def counts_by_position(session: Session, positions: Sequence[Position]) -> dict[uuid.UUID, tuple[int, int]]:
    """For each position how many applications were handed in and still count, and how many are qualified."""
    rows = session.execute(
        sa.select(
            Application.position_id,
            sa.func.count(),
            sa.func.count().filter(Application.state == "qualified"),
        )
        .where(
            Application.position_id.in_([position.id for position in positions]),
            Application.state.in_(applied_states()),
        )
        .group_by(Application.position_id)
    )
    return {id_: (applied, qualified) for id_, applied, qualified in rows}


def applied_states() -> frozenset[str]:
    """States of an application that was handed in and neither withdrawn nor given up."""
    return frozenset({*waiting_states(), *engine().flows["application"].latest.group("decided")})


def waiting_states() -> frozenset[str]:
    """States of an application that was handed in and awaits a decision."""
    return frozenset({*engine().flows["application"].latest.group("in_review"), "returned"})


def counties_of(session: Session, call: Call) -> list[County]:
    """The counties in which the call has positions, in the order of their codes."""
    return list(
        session.scalars(
            sa.select(County)
            .where(County.code.in_(sa.select(Position.county_code).where(Position.call_id == call.id)))
            .order_by(County.code)
        )
    )


# Extensions


def find_person(session: Session, call: Call, text: str) -> User | None:
    """The person with this ID number, or with this receipt number in the call."""
    plain = re.sub(r"[\s\-－]", "", normalise(text))
    if len(plain) == 18:
        condition = User.id_number_index == blind_index("id_number", plain)
    else:
        condition = User.id.in_(
            sa.select(Application.owner_id).where(
                Application.call_id == call.id,
                sa.func.replace(Application.receipt_number, "-", "") == plain,
            )
        )
    return session.scalar(sa.select(User).where(condition))


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """An extension with the names of the county or person that it is for, and of who granted it."""

    extension: Extension
    county: County | None
    person: User | None
    author: User | None


def extensions(session: Session, call: Call) -> list[ExtensionRow]:
    """Every extension of a call, the newest first."""
    person, author = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(Extension, County, person, author)
        .outerjoin(County, County.code == Extension.county_code)
        .outerjoin(person, person.id == Extension.user_id)
        .outerjoin(author, author.id == Extension.created_by)
        .options(lazyload(person.grants), lazyload(author.grants))
        .where(Extension.call_id == call.id)
        .order_by(Extension.created_at.desc(), Extension.id)
    )
    return [ExtensionRow(*row) for row in rows]


def county_extensions(session: Session, call: Call) -> list[tuple[County, datetime]]:
    """Until when the counties with an extension of their own take applications, by county."""
    latest = sa.func.max(Extension.closes_at)
    rows = session.execute(
        sa.select(County, latest)
        .join(Extension, Extension.county_code == County.code)
        .where(Extension.call_id == call.id)
        .group_by(County.code)
        .order_by(County.code)
    )
    return [(county, moment) for county, moment in rows]


# What happened


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a call's history, as the timeline of a page reads it."""

    at: datetime
    title: str
    actor: str
    reason: str = ""

    @property
    def text(self) -> str:
        return "：".join(filter(None, (self.actor, self.reason)))


def history(session: Session, call: Call) -> list[Step]:
    """Every step of the call with who took it, the newest first."""
    rows = session.execute(
        sa.select(event)
        .where(event.c.workflow == "call", event.c.subject_id == call.id)
        .order_by(event.c.seq.desc())
    ).all()
    names = _names(session, [row.actor for row in rows])
    labels = {name: wording.label(step.label) for name, step in definition().transitions.items()}
    return [
        Step(
            at=row.at,
            title=labels.get(row.transition, row.transition),
            actor=names.get(row.actor, row.actor),
            reason=(row.form or {}).get("reason", ""),
        )
        for row in rows
    ]


def _names(session: Session, actors: Sequence[str]) -> dict[str, str]:
    ids = {uuid.UUID(actor) for actor in actors if not actor.startswith("system:")}
    found = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {actor: "系统" for actor in actors if actor.startswith("system:")} | {
        str(id_): name for id_, name in found
    }


# Figures


@dataclass(slots=True)
class AreaFigures:
    """Openings against applications in one area.

    Attributes:
        applied: handed in and neither withdrawn nor lapsed.
        waiting: of these, not yet decided.
    """

    code: str
    name: str
    positions: int = 0
    openings: int = 0
    applied: int = 0
    waiting: int = 0
    qualified: int = 0
    refused: int = 0

    def add(self, other: "AreaFigures") -> None:
        for name in ("positions", "openings", "applied", "waiting", "qualified", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a call.

    Attributes:
        by_state: how many applications that were handed in stand in each state, as the list of candidates
            shows them.
        unsent: how many people have chosen a position and not handed in yet.
        prefectures: by prefecture, each with its counties.
    """

    total: AreaFigures
    unsent: int
    by_state: dict[str, int] = field(default_factory=dict)
    prefectures: list[tuple[AreaFigures, list[AreaFigures]]] = field(default_factory=list)


def figures(session: Session, call: Call, areas: Sequence[str]) -> Figures:
    """Count positions and applications of a call within the areas (prefixes of county codes)."""
    waiting, applied = waiting_states(), applied_states()
    counties: dict[str, AreaFigures] = {}
    prefectures: dict[str, AreaFigures] = {}

    def county(code: str) -> AreaFigures:
        return counties.setdefault(code, AreaFigures(code, ""))

    def inside(column: Any) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *(column.startswith(area) for area in areas))

    for code, positions, openings in session.execute(
        sa.select(Position.county_code, sa.func.count(), sa.func.sum(Position.openings))
        .where(Position.call_id == call.id, inside(Position.county_code))
        .group_by(Position.county_code)
    ):
        county(code).positions, county(code).openings = positions, openings
    by_state: dict[str, int] = {}
    for code, state, number in session.execute(
        sa.select(Application.area_code, Application.state, sa.func.count())
        .where(
            Application.call_id == call.id,
            inside(Application.area_code),
            # Withdrawn or lapsed without ever having been handed in: never an application to anybody but its owner.
            sa.or_(Application.submitted_at.is_not(None), Application.state == "draft"),
        )
        .group_by(Application.area_code, Application.state)
    ):
        by_state[state] = by_state.get(state, 0) + number
        row = county(code)
        row.applied += number * (state in applied)
        row.waiting += number * (state in waiting)
        row.qualified += number * (state == "qualified")
        row.refused += number * (state == "refused")

    total = AreaFigures("", "合计")
    below: dict[str, list[AreaFigures]] = {}
    for known in session.scalars(sa.select(County).where(County.code.in_(counties)).order_by(County.code)):
        row = counties[known.code]
        row.name = known.name
        above = prefectures.setdefault(
            known.prefecture_code, AreaFigures(known.prefecture_code, known.prefecture)
        )
        above.add(row)
        total.add(row)
        below.setdefault(known.prefecture_code, []).append(row)
    return Figures(
        total, by_state.pop("draft", 0), by_state, [(area, below[code]) for code, area in prefectures.items()]
    )
