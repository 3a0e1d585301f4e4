"""Carry claimed deliveries out, one after the other, on the channels that they are for."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.notices import attempts, bounces
from recruitment.notices.attempts import Attempt, LostClaim
from recruitment.notices.buckets import Buckets
from recruitment.notices.channels import Bounced, Channel, Final, Passing, Unknown, Unreachable, channels

log = get_logger()
# Seconds that one task may go on. A server that is slow to answer must not keep a worker from what is urgent.
BUDGET = 5.0


def carry(session: Session, delivery_ids: Sequence[uuid.UUID]) -> Counter[str]:
    """Make the attempt at each delivery that the caller claimed and committed.

    Every step is committed. A bounce stops the address when all have been tried. What there is no time or no
    token for goes back untried.

    Returns:
        How many ended as ``sent``, ``passing``, ``unreachable``, ``final``, ``bounced``, ``unknown``, ``lost``,
        ``waiting`` (no token) and ``untried``.
    """
    ends: Counter[str] = Counter()
    if not delivery_ids:
        return ends
    until = time.monotonic() + BUDGET
    ready = attempts.claimed(session, delivery_ids)
    session.commit()
    bounced: list[uuid.UUID] = []
    # Each step stands by itself as soon as it is written.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ready = _with_token(connection, ready, ends)
        silent: dict[str, str] = {}
        for place, attempt in enumerate(ready):
            channel = attempt.parcel.channel
            if place and time.monotonic() > until:
                attempts.give_back(connection, ready[place:], now())
                ends["untried"] += len(ready) - place
                break
            if channel in silent:
                # Nobody answered a moment ago: that is the answer for this one, too.
                attempts.finish_passing(connection, attempt, silent[channel], now())
                ends["passing"] += 1
                continue
            try:
                end = _attempt(connection, attempt)
            except Unreachable as error:
                silent[channel] = str(error)
                attempts.finish_passing(connection, attempt, str(error), now())
                end = "unreachable"
            if end == "bounced":
                bounced.append(attempt.parcel.id)
            ends[end] += 1
    for delivery_id in bounced:
        bounces.stop(session, delivery_id, now())
        session.commit()
    log.info("notice.carried", **ends)
    return ends


def _attempt(connection: sa.Connection, attempt: Attempt) -> str:
    """One attempt with its outcome written; :raises Unreachable: nothing was written."""
    channel: Channel | None = channels().get(attempt.parcel.channel)
    if channel is None:
        attempts.finish_final(connection, attempt, "this channel is not set up any more", now())
        return "final"
    try:
        provider_id = channel.send(attempt.parcel, lambda: attempts.mark_leaving(connection, attempt))
    except LostClaim:
        return "lost"
    except Unreachable:
        raise
    except Passing as error:
        attempts.finish_passing(connection, attempt, str(error), now())
        return "passing"
    except Final as error:
        attempts.finish_final(connection, attempt, str(error), now())
        return "bounced" if isinstance(error, Bounced) else "final"
    except Unknown as error:
        attempts.finish_unknown(connection, attempt, str(error), now())
        return "unknown"
    attempts.finish_sent(connection, attempt, provider_id, now())
    return "sent"


def _with_token(connection: sa.Connection, ready: Sequence[Attempt], ends: Counter[str]) -> list[Attempt]:
    """Those that their channel's rate lets through now; the others go back until it does."""
    buckets = Buckets.of(current_app)
    asked = Counter(attempt.parcel.channel for attempt in ready)
    granted = {channel: buckets.take(channel, count) for channel, count in asked.items()}
    through, waiting = [], []
    for attempt in ready:
        channel = attempt.parcel.channel
        if granted[channel].count > 0:
            granted[channel].count -= 1
            through.append(attempt)
        else:
            waiting.append(attempt)
    if waiting:
        ends["waiting"] = len(waiting)
        longest = max(granted[attempt.parcel.channel].wait for attempt in waiting)
        attempts.give_back(connection, waiting, now() + timedelta(seconds=longest))
    return through
