"""Deliveries that failed for good: why, and what somebody in charge may do about it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload, lazyload

from recruitment.audit.operations import record
from recruitment.forms.refusal import Refusal
from recruitment.notices.channels import channels
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.notices.render import render_short, text_of
from recruitment.people.models import User
from workflows.schema import outbox

PAGE = 50


@dataclass(frozen=True, slots=True)
class Failed:
    """Which failed deliveries: the same filter makes the list and the resending of all of them.

    Attributes:
        areas: what the area codes begin with that the reader is in charge of.
        channel: its name; all when empty.
        words: part of the error, or of the person's name.
    """

    areas: tuple[str, ...]
    channel: str = ""
    words: str = ""

    def where(self) -> list[sa.ColumnElement[bool]]:
        conditions = [
            Delivery.status == DeliveryStatus.FAILED,
            Delivery.settled_at.is_(None),
            sa.or_(sa.false(), *(Notice.area_code.startswith(area, autoescape=True) for area in self.areas)),
        ]
        if self.channel:
            conditions.append(Delivery.channel == self.channel)
        if self.words:
            conditions.append(
                sa.or_(
                    Delivery.last_error.icontains(self.words, autoescape=True),
                    User.name.icontains(self.words, autoescape=True),
                )
            )
        return conditions


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Delivery]
    after: str = ""


def _query(chosen: Failed) -> sa.Select[Delivery]:
    return sa.select(Delivery).join(Delivery.notice).join(Notice.user).where(*chosen.where())


_with_person = joinedload(Delivery.notice).options(
    joinedload(Notice.user).options(lazyload(User.grants)), lazyload(Notice.deliveries)
)


def page(session: Session, chosen: Failed, after: str = "") -> Page:
    """Failed deliveries, the newest first.

    Raises:
        ValueError: ``after`` is no key of ours.
    """
    query = (
        _query(chosen)
        .options(_with_person)
        .order_by(Delivery.failed_at.desc(), Delivery.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        moment, __, last = after.partition("~")
        key = sa.tuple_(
            sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
            sa.literal(uuid.UUID(last), sa.Uuid),
        )
        query = query.where(sa.tuple_(Delivery.failed_at, Delivery.id) < key)
    rows = list(session.scalars(query))
    if len(rows) <= PAGE:
        return Page(rows)
    last_row = rows[PAGE - 1]
    assert last_row.failed_at is not None  # noqa: S101 (what failed has its time)
    return Page(rows[:PAGE], f"{last_row.failed_at.isoformat()}~{last_row.id}")


def count(session: Session, chosen: Failed) -> int:
    found = sa.select(sa.func.count(Delivery.id)).join(Delivery.notice).join(Notice.user)
    return session.scalar(found.where(*chosen.where())) or 0


def find(session: Session, areas: tuple[str, ...], delivery_id: uuid.UUID) -> Delivery | None:
    """A failed delivery, if it is the reader's business."""
    return session.scalar(_query(Failed(areas)).where(Delivery.id == delivery_id).options(_with_person))


def unpublished(session: Session, limit: int = 20) -> Sequence[Any]:
    """Outbox rows that could not become notices: ``notice``, ``created_at`` and ``outcome``, the error."""
    return session.execute(
        sa.select(outbox.c.notice, outbox.c.created_at, outbox.c.outcome)
        .where(outbox.c.finished_at.is_(None), outbox.c.cancelled_at.is_(None), outbox.c.outcome.is_not(None))
        .order_by(outbox.c.created_at)
        .limit(limit)
    ).all()


def resend(session: Session, actor: User, chosen: Failed, at: datetime, ids: Sequence[uuid.UUID] = ()) -> int:
    """Send failed deliveries again, from the first attempt; returns how many.

    Args:
        ids: these only; all that the filter shows when empty.

    Whoever resends says that the address is good: what had stopped it is taken away.
    """
    query = _query(chosen).options(_with_person).with_for_update(of=Delivery)
    if ids:
        query = query.where(Delivery.id.in_(ids))
    rows = session.scalars(query).all()
    for delivery in rows:
        # One that was mended goes where it was mended to: that says nothing about the account's own address.
        if delivery.mended_by is None:
            _readdress(delivery)
        _anew(delivery, at)
    if rows:
        record(
            session,
            actor,
            "notice.resend",
            at=at,
            subject_kind="delivery",
            subject_id=rows[0].id if len(rows) == 1 else "many",
            detail={"rows": len(rows)},
        )
    return len(rows)


def _readdress(delivery: Delivery) -> None:
    """To the account's present address, which is taken for good again."""
    user, channel = delivery.notice.user, channels().get(delivery.channel)
    if delivery.channel == "email":
        user.email_failed_at = None
    elif delivery.channel == "sms":
        user.phone_failed_at = None
    delivery.address = (channel.address(user) if channel else None) or delivery.address
    if channel:
        delivery.text = channel.text(user, text_of(delivery.notice))


def mend(session: Session, actor: User, delivery: Delivery, email: str, reason: str, at: datetime) -> None:
    """Send one failed mail to another address that the person named, and leave the account's as it is.

    Whoever reads there may be a stranger, and a new password is sent to the account's address: so what goes out
    holds no content and opens nothing. It asks the person to sign in, read, and have the account's address put
    right.

    Raises:
        Refusal: the address is the account's already or another account's, or the notice is the actor's own.
    """
    user = delivery.notice.user
    if user.id == actor.id:
        raise Refusal({"email": _("不能更正自己的邮箱，请由其他管理员办理。")})
    if email == user.email:
        raise Refusal({"email": _("这就是账号上的邮箱。地址没有错的，请用上面的“重发”。")})
    taken = session.scalar(sa.select(User.id).where(User.email == email))
    if taken is not None:
        raise Refusal({"email": _("另一个账号正在使用这个邮箱。")})
    delivery.address, delivery.mended_by = email, actor.id
    delivery.text = render_short("mended")
    _anew(delivery, at)
    record(
        session,
        actor,
        "notice.mend",
        at=at,
        subject_kind="user",
        subject_id=user.id,
        reason=reason,
        detail={"delivery": str(delivery.id), "address": email},
    )


def _anew(delivery: Delivery, at: datetime) -> None:
    """From the first attempt."""
    delivery.status, delivery.attempts = DeliveryStatus.PENDING, 0
    delivery.next_attempt_at, delivery.failed_at = at, None
    delivery.resends += 1


def settle(session: Session, actor: User, delivery: Delivery, reason: str, at: datetime) -> None:
    """The person was told in another way: by telephone, in the office."""
    delivery.settled_at = at
    record(
        session,
        actor,
        "notice.settle",
        at=at,
        subject_kind="user",
        subject_id=delivery.notice.user_id,
        reason=reason,
    )
