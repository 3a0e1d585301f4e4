"""The notices of one act about many people: sent in stretches, watched, paused and resumed.

A dispatch is worked off by lanes. A lane is a task that does one stretch and then queues itself again, so that
what is urgent comes in between, and a broker that loses everything loses two ids: the sweeper sees that nothing has
happened for a while and starts new lanes.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.notices import attempts, operations
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.people.models import User
from workflows.schema import outbox

# Up to here each goes by itself.
FEW = 20
LANES = 2
# When no lane has got anything done for so long, they are gone.
STALLED = timedelta(minutes=1)
# In ``session.info``: ids and generations of dispatches whose lanes are to be queued after the commit.
STARTED = "dispatches to start after commit"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a dispatch has come, in notices and, for what goes further than the inbox, in deliveries.

    Attributes:
        waiting: to be sent, now or again later.
    """

    total: int
    published: int
    sent: int
    waiting: int
    failed: int
    to_post: int

    @property
    def percent(self) -> int:
        """Of the way, rounded down: 100 only when nothing is left to do."""
        if not self.total:
            return 100
        whole = max(self.total, self.sent + self.waiting + self.failed + self.to_post)
        left = self.total - self.published + self.waiting
        return max(0, 100 * (whole - left) // whole)


def begin(
    session: Session, workflow: str, released_at: datetime, label: str, started_by: uuid.UUID | None
) -> Sequence[uuid.UUID]:
    """Take charge of what was just released.

    Returns:
        The ids of the outbox rows if they are few and should go one by one; else none, and a dispatch begins
        with the commit.
    """
    released = (
        outbox.c.workflow == workflow,
        outbox.c.released_at == released_at,
        outbox.c.finished_at.is_(None),
        outbox.c.cancelled_at.is_(None),
    )
    ids = session.scalars(sa.select(outbox.c.id).where(*released).limit(FEW + 1)).all()
    if len(ids) <= FEW:
        return ids
    values = {
        "workflow": workflow,
        "released_at": released_at,
        "label": label,
        "total": sa.select(sa.func.count()).select_from(outbox).where(*released).scalar_subquery(),
        "started_by": started_by,
        "touched_at": released_at,
    }
    made = insert(Dispatch).values(values)
    row = session.execute(
        made.on_conflict_do_update(
            index_elements=["workflow", "released_at"],
            set_={"total": made.excluded.total, "generation": Dispatch.generation + 1, "finished_at": None},
        ).returning(Dispatch.id, Dispatch.generation)
    ).one()
    session.info.setdefault(STARTED, []).append((row.id, row.generation))
    return []


def next_stretch(
    session: Session, dispatch_id: uuid.UUID, generation: int, limit: int, now: datetime
) -> list[uuid.UUID] | None:
    """Claim the next deliveries of a dispatch: first those that are due again, then new ones.

    Returns:
        Their ids; none when the lane should end: paused, nothing left, or a newer generation is at work.
    """
    dispatch = session.get(Dispatch, dispatch_id, populate_existing=True)
    if dispatch is None or dispatch.paused_at or dispatch.finished_at or dispatch.generation != generation:
        return None
    waiting = session.scalars(
        sa.select(Delivery.id)
        .join(Delivery.notice)
        .where(
            Notice.dispatch_id == dispatch_id,
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_attempt_at <= now,
        )
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    stretch = attempts.claim(session, waiting, now) if waiting else []
    if len(stretch) < limit:
        stretch += operations.publish_next(session, dispatch, limit - len(stretch), now)
    return stretch


def next_rows(session: Session, dispatch_id: uuid.UUID, limit: int, now: datetime) -> list[uuid.UUID]:
    """The ids of the outbox rows that come next."""
    dispatch = session.get_one(Dispatch, dispatch_id)
    return [row.id for row in session.execute(operations.next_rows(dispatch, limit, now))]


def go_on(session: Session, dispatch_id: uuid.UUID, ends: Counter[str], now: datetime) -> bool:
    """Note that a stretch is done; whether the lane should do another.

    It ends when the far side cannot be reached: the sweeper begins anew after a while.
    """
    session.execute(sa.update(Dispatch).where(Dispatch.id == dispatch_id).values(touched_at=now))
    if ends["unreachable"]:
        return False
    if sum(ends.values()):
        return True
    dispatch = session.get_one(Dispatch, dispatch_id, populate_existing=True)
    if session.scalar(sa.select(_left(dispatch))):
        # What is left waits for its next attempt, or another lane has it.
        return session.scalar(sa.select(_unpublished(dispatch, now))) or False
    dispatch.finished_at = now
    return False


def _unpublished(dispatch: Dispatch, now: datetime) -> sa.Exists:
    return sa.exists().where(
        outbox.c.workflow == dispatch.workflow,
        outbox.c.released_at == dispatch.released_at,
        outbox.c.finished_at.is_(None),
        outbox.c.cancelled_at.is_(None),
        outbox.c.outcome.is_(None),
    )


def _left(dispatch: Dispatch) -> sa.ColumnElement[bool]:
    open_rows = sa.exists().where(
        outbox.c.workflow == dispatch.workflow,
        outbox.c.released_at == dispatch.released_at,
        outbox.c.finished_at.is_(None),
        outbox.c.cancelled_at.is_(None),
    )
    underway = sa.exists().where(
        Notice.dispatch_id == dispatch.id,
        Delivery.notice_id == Notice.id,
        Delivery.status.in_((DeliveryStatus.PENDING, DeliveryStatus.CLAIMED, DeliveryStatus.LEAVING)),
    )
    return sa.or_(open_rows, underway)


def revive(session: Session, now: datetime) -> int:
    """Start new lanes for dispatches whose lanes are gone; returns for how many."""
    stalled = session.scalars(
        sa.select(Dispatch)
        .where(
            Dispatch.finished_at.is_(None), Dispatch.paused_at.is_(None), Dispatch.touched_at < now - STALLED
        )
        .with_for_update(skip_locked=True)
    ).all()
    for dispatch in stalled:
        _start(session, dispatch, now)
    return len(stalled)


def pause(session: Session, actor: User, dispatch: Dispatch, now: datetime) -> None:
    """Let nothing more begin. What a lane has in hand, fifty at most a lane, still goes out."""
    if dispatch.paused_at is None and dispatch.finished_at is None:
        dispatch.paused_at = now
        _record(session, actor, "dispatch.pause", dispatch, now)


def resume(session: Session, actor: User, dispatch: Dispatch, now: datetime) -> None:
    """Go on after a pause, with the next commit."""
    if dispatch.paused_at is not None:
        dispatch.paused_at = None
        _start(session, dispatch, now)
        _record(session, actor, "dispatch.resume", dispatch, now)


def _record(session: Session, actor: User, action: str, dispatch: Dispatch, now: datetime) -> None:
    record(session, actor, action, at=now, subject_kind="dispatch", subject_id=dispatch.id)


def recent(session: Session, started_by: uuid.UUID | None, limit: int = 50) -> Sequence[Dispatch]:
    """Dispatches, the newest first; of one person if one is named."""
    query = sa.select(Dispatch).order_by(Dispatch.released_at.desc()).limit(limit)
    return session.scalars(query.where(Dispatch.started_by == started_by) if started_by else query).all()


def find(session: Session, dispatch_id: uuid.UUID, started_by: uuid.UUID | None) -> Dispatch | None:
    """A dispatch; if a person is named, only theirs."""
    dispatch = session.get(Dispatch, dispatch_id)
    return None if dispatch and started_by and dispatch.started_by != started_by else dispatch


def _start(session: Session, dispatch: Dispatch, now: datetime) -> None:
    dispatch.generation += 1
    dispatch.touched_at = now
    session.info.setdefault(STARTED, []).append((dispatch.id, dispatch.generation))


def progress(session: Session, dispatch: Dispatch) -> Progress:
    """Counted now, in one query."""
    status = Delivery.status
    counted = (
        sa.select(
            sa.func.count(Delivery.id).filter(status == DeliveryStatus.SENT).label("sent"),
            sa.func.count(Delivery.id)
            .filter(status.in_((DeliveryStatus.PENDING, DeliveryStatus.CLAIMED, DeliveryStatus.LEAVING)))
            .label("waiting"),
            sa.func.count(Delivery.id).filter(status == DeliveryStatus.FAILED).label("failed"),
            sa.func.count(Delivery.id).filter(status == DeliveryStatus.TO_POST).label("to_post"),
            sa.func.count(Notice.id.distinct()).label("published"),
        )
        .select_from(Notice)
        .outerjoin(Delivery)
        .where(Notice.dispatch_id == dispatch.id)
    )
    return Progress(total=dispatch.total, **session.execute(counted).one()._mapping)
