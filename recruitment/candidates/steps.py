"""One step of a candidate together with what a stage writes down about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.workflow import fire
from workflows.schema import request
from workflows.terms import Actor, Fired


def take(
    session: Session,
    candidate: Candidate,
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    write: Callable[[], None],
    form: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Write what the step rests on, then fire it: both or neither.

    The candidate's row is held, so that a second request waits and finds what the first one did. ``write`` is not
    called when the candidate has moved on, or when the request was answered before.

    Args:
        write: adds the stage's rows; may raise :class:`workflows.terms.Refused`.
        expected_version: the version that the page showed.
        key: names the request; the same key has one effect.

    Raises:
        workflows.terms.Refused: with every reason; the caller rolls back.
        workflows.terms.Stale: the candidate has moved on.
    """
    session.refresh(candidate, with_for_update={"of": Candidate})
    moved_on = expected_version is not None and expected_version != candidate.state_version
    if not moved_on and not (key and _answered(session, candidate, key)):
        write()
    return fire(
        session,
        candidate,
        trigger,
        actor=actor,
        now=now,
        form=form,
        expected_version=expected_version,
        key=key,
    )


def _answered(session: Session, candidate: Candidate, key: str) -> bool:
    asked = sa.exists().where(
        request.c.workflow == "candidate", request.c.subject_id == candidate.id, request.c.key == key
    )
    return bool(session.scalar(sa.select(asked)))
