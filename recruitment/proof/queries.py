"""Reading the life of notices: one filter behind the list, the counts and the file."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from recruitment.applications.models import Application
from recruitment.applications.queries import canonical_receipt_number
from recruitment.candidates.models import Candidate
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.people.models import User
from recruitment.proof.models import DeliveryAttempt
from recruitment.workflow import engine
from workflows.schema import outbox

PAGE = 50
# From what was never told to what was surely read.
STATES = ("held", "cancelled", "waiting", "failed", "sending", "inbox", "sent", "delivered", "read")

# The application that a notice has to do with.
_ABOUT = aliased(Application, name="about")


@dataclass(frozen=True, slots=True)
class Life:
    """One notice from the decision on.

    Attributes:
        row: of the outbox.
        notice: none before it is in the person's inbox.
        state: one of :data:`STATES`.
        receipt_number: of the application that it has to do with; empty before it was handed in.
    """

    row: Any
    notice: Notice | None
    state: str
    name: str
    receipt_number: str
    application_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices a list shows.

    Attributes:
        areas: prefixes of the county codes that the reader may see, from the reader's grants. Empty: nothing.
        drafts: the areas in which notices about what was never handed in are shown, too.
        call_id, application_id: of one call, or about one application and all that followed from it.
        notice: one kind.
        state: one of :data:`STATES`.
        text: part of a name, or a whole receipt number.
    """

    areas: tuple[str, ...]
    drafts: tuple[str, ...] = ()
    call_id: uuid.UUID | None = None
    application_id: uuid.UUID | None = None
    notice: str = ""
    state: str = ""
    text: str = ""

    def select(self, *columns: Any) -> sa.Select[Any]:
        """The columns of the notices shown, in no particular order."""
        subject = _subjects()
        about = _ABOUT
        query = (
            sa.select(*columns)
            .select_from(outbox)
            .join(
                subject,
                sa.and_(subject.c.workflow == outbox.c.workflow, subject.c.id == outbox.c.subject_id),
            )
            .outerjoin(Notice, Notice.outbox_id == outbox.c.id)
            .outerjoin(about, about.id == subject.c.application_id)
            .outerjoin(User, User.id == outbox.c.recipient)
            .where(
                _within(subject.c.area_code, self.areas),
                sa.or_(
                    about.id.is_(None),
                    about.submitted_at.is_not(None),
                    _within(subject.c.area_code, self.drafts),
                ),
            )
        )
        if self.call_id:
            query = query.where(subject.c.call_id == self.call_id)
        if self.application_id:
            query = query.where(subject.c.application_id == self.application_id)
        if self.notice:
            query = query.where(outbox.c.notice == self.notice)
        if self.state:
            query = query.where(state_of() == self.state)
        if self.text:
            query = query.where(
                sa.or_(
                    User.name.contains(self.text, autoescape=True),
                    about.receipt_number == canonical_receipt_number(self.text),
                )
            )
        return query

    def lives(self) -> sa.Select[Any]:
        """Rows that :func:`_life` understands, the newest first."""
        return self.select(
            outbox,
            Notice,
            state_of().label("state"),
            User.name.label("recipient_name"),
            _ABOUT.receipt_number,
            _ABOUT.id.label("application_id"),
        ).order_by(*(column.desc() for column in _key(outbox)))


def _key(table: Any) -> tuple[Any, ...]:
    # Two steps of one moment stand in the order in which they were taken.
    return table.c.created_at, table.c.event, table.c.id


def _within(column: Any, areas: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(column.startswith(area) for area in areas))


@cache
def _subjects() -> sa.Subquery:
    """Everything that notices are about, with the application and the call that it has to do with."""
    application, candidate = Application.__table__, Candidate.__table__
    parts = []
    for name, flow in engine().flows.items():
        table = flow.table
        source: Any = table
        about: Any
        call: Any = table.c.call_id if "call_id" in table.c else None
        if name == "application":
            about = table.c.id
        elif "application_id" in table.c:
            source = table.outerjoin(application, application.c.id == table.c.application_id)
            about = table.c.application_id
            call = application.c.call_id if call is None else call
        elif "candidate_id" in table.c:
            source = table.outerjoin(candidate, candidate.c.id == table.c.candidate_id)
            about = candidate.c.application_id
            call = candidate.c.call_id if call is None else call
        elif call is not None:
            about = sa.cast(sa.null(), sa.Uuid)
        else:
            continue
        parts.append(
            sa.select(
                sa.literal(name).label("workflow"),
                table.c.id,
                table.c.area_code,
                call.label("call_id"),
                about.label("application_id"),
            ).select_from(source)
        )
    return sa.union_all(*parts).subquery("subject")


def _delivery(*statuses: DeliveryStatus) -> sa.ColumnElement[bool]:
    return sa.exists().where(Delivery.notice_id == Notice.id, Delivery.status.in_(statuses))


def state_of() -> sa.ColumnElement[str]:
    """How far a notice has come, by the best that is known: what was read has arrived, however."""
    state: sa.ColumnElement[str] = sa.case(
        (outbox.c.cancelled_at.is_not(None), "cancelled"),
        (outbox.c.released_at.is_(None), "held"),
        (Notice.id.is_(None), "waiting"),
        (Notice.read_at.is_not(None), "read"),
        (
            sa.exists().where(Delivery.notice_id == Notice.id, Delivery.delivered_at.is_not(None)),
            "delivered",
        ),
        (_delivery(DeliveryStatus.SENT), "sent"),
        (_delivery(DeliveryStatus.FAILED), "failed"),
        (
            _delivery(
                DeliveryStatus.PENDING,
                DeliveryStatus.CLAIMED,
                DeliveryStatus.LEAVING,
                DeliveryStatus.TO_POST,
            ),
            "sending",
        ),
        else_="inbox",
    )
    return state


def _life(row: Any) -> Life:
    return Life(
        row,
        row.Notice,
        row.state,
        row.recipient_name or "",
        row.receipt_number or "",
        row.application_id,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list; ``after`` is the key of the next one, empty on the last."""

    rows: list[Life]
    after: str = ""


def page(session: Session, chosen: NoticeFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page, the newest first.

    Args:
        after: the id of the last notice of the page before.

    Raises:
        ValueError: that is no id.
    """
    query = chosen.lives().limit(limit + 1)
    if after:
        last = outbox.alias()
        key = sa.select(*_key(last)).where(last.c.id == uuid.UUID(after)).scalar_subquery()
        query = query.where(sa.tuple_(*_key(outbox)) < key)
    rows = [_life(row) for row in session.execute(query)]
    return Page(rows[:limit], str(rows[limit - 1].row.id) if len(rows) > limit else "")


def every(session: Session, chosen: NoticeFilter) -> Iterator[Life]:
    """All rows of the list in its order, read in batches."""
    for row in session.execute(chosen.lives().execution_options(yield_per=1000)):
        yield _life(row)


def find(session: Session, outbox_id: uuid.UUID, chosen: NoticeFilter) -> Life | None:
    """One notice if the filter shows it."""
    row = session.execute(chosen.lives().where(outbox.c.id == outbox_id)).one_or_none()
    return _life(row) if row is not None else None


def counts(session: Session, chosen: NoticeFilter) -> list[tuple[str, dict[str, int]]]:
    """How many notices of each kind stand in each state, by the name of the kind."""
    state = state_of()
    by_kind: dict[str, dict[str, int]] = {}
    query = chosen.select(outbox.c.notice, state, sa.func.count()).group_by(outbox.c.notice, state)
    for kind, found, number in session.execute(query.order_by(outbox.c.notice)):
        by_kind.setdefault(kind, {})[found] = number
    return list(by_kind.items())


def attempts(session: Session, notice: Notice | None) -> dict[uuid.UUID, list[DeliveryAttempt]]:
    """Every attempt of every delivery of a notice, the first first."""
    found: dict[uuid.UUID, list[DeliveryAttempt]] = {}
    if notice is not None:
        ids = [delivery.id for delivery in notice.deliveries]
        query = sa.select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(ids))
        for attempt in session.scalars(query.order_by(DeliveryAttempt.id)):
            found.setdefault(attempt.delivery_id, []).append(attempt)
    return found
