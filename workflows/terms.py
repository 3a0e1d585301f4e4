"""The words the engine speaks in: who acts, why something is refused, what was done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may fire transitions.

    ``grants`` are pairs of role and area prefix: a grant covers every subject whose ``area_code`` starts with
    the prefix, so ``("county_reviewer", "510722")`` covers one county, ``("province_reviewer", "51")`` a
    province and ``("admin", "")`` everything.
    """

    id: UUID | None
    grants: tuple[tuple[str, str], ...] = ()
    system_name: str | None = None

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The machine itself: timers, imports, migrations."""
        return cls(None, (), name)

    def __post_init__(self) -> None:
        if (self.id is None) == (self.system_name is None):
            raise ValueError("An actor has either an id or the name of a part of the system")

    @property
    def name(self) -> str:
        """What the journal keeps: the id, or ``system:<name>``."""
        return f"system:{self.system_name}" if self.id is None else str(self.id)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.grants)

    def covers(self, role: str, area_code: str | None) -> bool:
        """Whether a grant of the role reaches the area; ``None`` asks for the role anywhere."""
        return any(
            granted == role and (area_code is None or area_code.startswith(prefix))
            for granted, prefix in self.grants
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be done: a stable code, words for people, and the clause it rests on."""

    code: str
    words: str
    citation: str | None = None


class Refused(Exception):
    """The transition was not taken and nothing was written. ``reasons`` holds every reason, never none."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{reason.code}: {reason.words}" for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class LastEvent:
    """Who did what to a subject last: ``actor`` is an id or ``system:<name>``, ``at`` aware UTC."""

    seq: int
    transition: str
    label: str
    actor: str
    at: datetime


class Stale(Refused):
    """The subject has moved on since it was read. Says where it stands now and who moved it."""

    def __init__(
        self, reasons: Iterable[Reason], *, state: str, state_label: str, version: int, last: LastEvent | None
    ) -> None:
        super().__init__(reasons)
        self.state = state
        self.state_label = state_label
        self.version = version
        self.last = last


@dataclass(frozen=True, slots=True)
class Fired:
    """What one transition did.

    ``notices`` are the ids of its outbox rows, to be queued after the commit; none while it is held.
    ``replayed`` says that the request key had been used before: nothing was done again.
    """

    workflow: str
    subject_id: UUID
    seq: int
    transition: str
    source: str | None
    target: str
    at: datetime
    held: bool
    notices: tuple[UUID, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an actor may take a transition now, and if not, every reason."""

    transition: str
    trigger: str
    label: str
    form: str | None
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return not self.reasons


SubjectType = type[DeclarativeBase]
