"""Carry claimed deliveries out, one after the other, on the channels that they are for."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.clock import now
from recruitment.notices import attempts, bounces
from recruitment.notices.attempts import Attempt, LostClaim
from recruitment.notices.buckets import Buckets
from recruitment.notices.channels import Bounced, Channel, Final, Passing, Unknown, Unreachable, channels

log = get_logger()
# Seconds that one task may go on. A server that is slow to answer must not keep a worker from what is urgent.
BUDGET = 5.0


def carry(session: Session, delivery_ids: Sequence[uuid.UUID]) -> Counter[str]:
    """Make the attempt at each delivery that the caller claimed and committed.

    Every step is committed. What there is no time or no token for goes back untried.

    Returns:
        How many ended as ``sent``, ``passing``, ``final``, ``unknown``, ``lost``, ``waiting`` (no token) and
        ``untried``.
    """
    ends: Counter[str] = Counter()
    if not delivery_ids:
        return ends
    until = time.monotonic() + BUDGET
    ready = attempts.claimed(session, delivery_ids)
    session.commit()
    ready = _with_token(session, ready, ends)
    silent: dict[str, str] = {}
    for place, attempt in enumerate(ready):
        channel = attempt.parcel.channel
        if place and time.monotonic() > until:
            attempts.give_back(session, ready[place:], now())
            ends["untried"] += len(ready) - place
            session.commit()
            break
        if channel in silent:
            # Nobody answered a moment ago: that is the answer for this one, too.
            attempts.finish_passing(session, attempt, silent[channel], now())
            ends["passing"] += 1
        else:
            try:
                ends[_attempt(session, attempt)] += 1
            except Unreachable as error:
                silent[channel] = str(error)
                attempts.finish_passing(session, attempt, str(error), now())
                ends["unreachable"] += 1
        session.commit()
    log.info("notice.carried", **ends)
    return ends


def _attempt(session: Session, attempt: Attempt) -> str:
    """One attempt with its outcome written; :raises Unreachable: nothing was written."""
    channel: Channel | None = channels().get(attempt.parcel.channel)
    if channel is None:
        attempts.finish_final(session, attempt, "this channel is not set up any more", now())
        return "final"

    def leaving() -> None:
        attempts.mark_leaving(session, attempt)
        session.commit()

    try:
        provider_id = channel.send(attempt.parcel, leaving)
    except LostClaim:
        session.rollback()
        return "lost"
    except Unreachable:
        raise
    except Passing as error:
        attempts.finish_passing(session, attempt, str(error), now())
        return "passing"
    except Final as error:
        attempts.finish_final(session, attempt, str(error), now())
        if isinstance(error, Bounced):
            bounces.stop(session, attempt.parcel.id, now())
        return "final"
    except Unknown as error:
        attempts.finish_unknown(session, attempt, str(error), now())
        return "unknown"
    attempts.finish_sent(session, attempt, provider_id, now())
    return "sent"


def _with_token(session: Session, ready: Sequence[Attempt], ends: Counter[str]) -> list[Attempt]:
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
        attempts.give_back(session, waiting, now() + timedelta(seconds=longest))
        session.commit()
    return through
