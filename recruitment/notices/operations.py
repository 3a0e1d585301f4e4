"""From an outbox row to a message in the inbox with its deliveries: the only way in which notices come about.

The outbox row is written by the transaction that decided. Publishing makes the notice and plans its deliveries;
``attempts`` takes these through the attempts to carry them out.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session, defer, lazyload

from recruitment.notices.ahead import read_ahead
from recruitment.notices.channels import channels
from recruitment.notices.context import context_for
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.notices.plan import WITHDRAWALS, ways
from recruitment.notices.recall import WITHDREW, recall_earlier, recalled, withdrawn
from recruitment.notices.render import Text, render, text_of
from recruitment.people.models import User
from recruitment.reminders.queries import overtaken
from workflows.schema import outbox

# A delivery that nobody has tried.
UNTRIED = {"claimed_at": None, "attempts": 0}
# A row that could not be published, or whose id was queued, is looked at again after this long.
AGAIN = timedelta(minutes=2)

_dispatch = (
    sa.select(Dispatch.id)
    .where(Dispatch.workflow == outbox.c.workflow, Dispatch.released_at == outbox.c.released_at)
    .scalar_subquery()
)
_paused = sa.exists().where(
    Dispatch.workflow == outbox.c.workflow,
    Dispatch.released_at == outbox.c.released_at,
    Dispatch.paused_at.is_not(None),
)
_withdrawn = withdrawn(outbox.c.subject_id, outbox.c.recipient, outbox.c.created_at, outbox.c.id)
_INSERT_NOTICE = sa.insert(Notice.__table__)  # type: ignore[arg-type]
_INSERT_DELIVERY = sa.insert(Delivery.__table__)  # type: ignore[arg-type]
_open = sa.and_(
    outbox.c.finished_at.is_(None), outbox.c.cancelled_at.is_(None), outbox.c.released_at.is_not(None)
)


def publish(session: Session, outbox_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Make the notice of an outbox row and return the ids of its deliveries.

    Nothing happens if the row is held, cancelled, paused, finished, or in another worker's hands. A reminder of
    what has been done or given up since is cancelled. What was decided before the person withdrew goes to the
    inbox and no further.
    """
    return publish_many(session, [outbox_id], now)


def publish_many(
    session: Session,
    outbox_ids: Sequence[uuid.UUID],
    now: datetime,
    *,
    take: bool = False,
    queued_at: datetime | None = None,
) -> list[uuid.UUID]:
    """The same for many rows in a constant number of statements, but for what their texts must look up.

    Args:
        take: claim what is due for an attempt that the caller makes after the commit.
        queued_at: when the broker took them, to be kept with them.

    Returns:
        The ids of the deliveries; with ``take`` only of those that were claimed.
    """
    rows = session.execute(
        sa.select(outbox, _dispatch.label("dispatch_id"), _withdrawn.label("withdrawn"))
        .where(outbox.c.id.in_(outbox_ids), _open, ~_paused)
        .order_by(outbox.c.released_at, outbox.c.id)
        .with_for_update(of=outbox, skip_locked=True)
    ).all()
    return _publish(session, rows, now, take, queued_at)


def next_rows(dispatch: Dispatch, limit: int, now: datetime) -> sa.Select[Any]:
    """The next outbox rows of a dispatch; one that could not be published waits a while."""
    return (
        sa.select(outbox, sa.literal(dispatch.id).label("dispatch_id"), _withdrawn.label("withdrawn"))
        .where(
            _open,
            outbox.c.workflow == dispatch.workflow,
            outbox.c.released_at == dispatch.released_at,
            sa.or_(outbox.c.claimed_at.is_(None), outbox.c.claimed_at < now - AGAIN),
        )
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )


def publish_next(session: Session, dispatch: Dispatch, limit: int, now: datetime) -> list[uuid.UUID]:
    """Publish the next rows of a dispatch and claim their deliveries."""
    return _publish(session, session.execute(next_rows(dispatch, limit, now)).all(), now, take=True)


def _publish(
    session: Session, rows: Sequence[Row[Any]], now: datetime, take: bool, queued_at: datetime | None = None
) -> list[uuid.UUID]:
    if late := overtaken(session, [row.id for row in rows], now):
        session.execute(
            sa.update(outbox).where(outbox.c.id.in_(late)).values(cancelled_at=now, outcome="overtaken")
        )
        rows = [row for row in rows if row.id not in late]
    if not rows:
        return []
    people = {
        user.id: user
        for user in session.scalars(
            sa.select(User)
            .where(User.id.in_({row.recipient for row in rows}))
            .options(defer(User.id_number), lazyload(User.grants))
        )
    }
    notices: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    with session.no_autoflush, read_ahead(session, rows) as ahead:
        for row in rows:
            user = people.get(row.recipient)
            if user is None:
                continue
            text = render(row.notice, context_for(session, row, user))
            notice_id = uuid.uuid4()
            notices.append(
                {
                    "id": notice_id,
                    "outbox_id": row.id,
                    "user_id": user.id,
                    "workflow": row.workflow,
                    "subject_id": row.subject_id,
                    "area_code": ahead.area(row),
                    "dispatch_id": row.dispatch_id,
                    "template": row.notice,
                    "template_version": text.version,
                    "subject": text.subject,
                    "body": text.body,
                    "body_html": text.body_html,
                    "decided_at": row.created_at,
                }
            )
            planned = _planned(row.notice, user, text, now, take=take)
            closed = {**UNTRIED, **recalled(WITHDREW)} if row.withdrawn else {}
            deliveries += [{"notice_id": notice_id, **values, **closed} for values in planned]
    session.flush()
    if notices:
        session.connection().execute(_INSERT_NOTICE, notices)
    if deliveries:
        session.connection().execute(_INSERT_DELIVERY, deliveries)
    recall_earlier(session, [row for row in rows if row.notice in WITHDRAWALS])
    session.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]))
        .values(
            finished_at=now, outcome="published", queued_at=sa.func.coalesce(outbox.c.queued_at, queued_at)
        )
    )
    return [values["id"] for values in deliveries if not take or values["status"] == DeliveryStatus.CLAIMED]


def _planned(
    template: str,
    user: User,
    text: Text,
    now: datetime,
    *,
    take: bool = False,
    used: Collection[str] = (),
) -> Iterator[dict[str, Any]]:
    """The columns of each delivery on a way that is not used yet."""
    for way in ways(user, template):
        if way.channel in used:
            continue
        taken = take and not way.by_hand
        status = DeliveryStatus.TO_POST if way.by_hand else DeliveryStatus.PENDING
        yield {
            "id": uuid.uuid4(),
            "channel": way.channel,
            "address": way.address,
            "text": channels()[way.channel].text(user, text),
            "status": DeliveryStatus.CLAIMED if taken else status,
            "claimed_at": now if taken else None,
            "attempts": 1 if taken else 0,
            "next_attempt_at": now,
            "last_error": None,
        }


def plan_again(notice: Notice, now: datetime) -> None:
    """Give a notice deliveries on the ways that reach the person now and are not used yet."""
    used = {delivery.channel for delivery in notice.deliveries}
    planned = _planned(notice.template, notice.user, text_of(notice), now, used=used)
    notice.deliveries += [Delivery(**values) for values in planned]


def note_unpublished(session: Session, outbox_id: uuid.UUID, error: str, now: datetime) -> None:
    """Remember why a row could not be published; it is tried again, and shown to who can mend it."""
    session.execute(
        sa.update(outbox).where(outbox.c.id == outbox_id, _open).values(claimed_at=now, outcome=error[:500])
    )


def mark_queued(session: Session, outbox_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Remember that the broker took these ids."""
    session.execute(sa.update(outbox).where(outbox.c.id.in_(outbox_ids)).values(queued_at=now))


def unpublished(session: Session, older_than: datetime, limit: int) -> list[uuid.UUID]:
    """Outbox rows that should have become notices by now, oldest first; those of a dispatch are its lanes'."""
    again = older_than - AGAIN
    return list(
        session.scalars(
            sa.select(outbox.c.id)
            .where(
                _open,
                outbox.c.released_at < older_than,
                sa.or_(outbox.c.queued_at.is_(None), outbox.c.queued_at < again),
                sa.or_(outbox.c.claimed_at.is_(None), outbox.c.claimed_at < again),
                ~sa.exists().where(
                    Dispatch.workflow == outbox.c.workflow, Dispatch.released_at == outbox.c.released_at
                ),
            )
            .order_by(outbox.c.released_at)
            .limit(limit)
        )
    )


def mark_read(session: Session, user_id: uuid.UUID, notice_id: uuid.UUID, now: datetime) -> bool:
    """Remember when a person first opened a notice; ``False`` when it is not theirs."""
    return bool(
        session.scalar(
            sa.update(Notice)
            .where(Notice.id == notice_id, Notice.user_id == user_id)
            .values(read_at=sa.func.coalesce(Notice.read_at, now))
            .returning(Notice.id)
        )
    )
