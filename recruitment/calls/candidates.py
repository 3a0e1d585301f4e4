"""The candidates of a call: one filter and one order behind the list on screen and the file made from it."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, contains_eager, defer, lazyload

from recruitment import wording
from recruitment.applications.models import Application
from recruitment.applications.queries import PAGE, ApplicationFilter, Page
from recruitment.calls.models import Position
from recruitment.eligibility.verdict import VERDICT_WORDS
from recruitment.people.models import User
from recruitment.web.formats import area_name
from recruitment.wording import said
from recruitment.workflow import engine
from workflows.definition import Definition

# An export reads as many rows at a time.
BATCH = 1000


def definition() -> Definition:
    """The workflow of applications, for its groups and labels."""
    return engine().flows["application"].latest


def states() -> dict[str, str]:
    """The states that a candidate can be in, with their labels: all but those of what was never handed in."""
    return {
        state.name: wording.label(state.label)
        for state in definition().states.values()
        if state.name != "draft"
    }


def _ordered(chosen: ApplicationFilter) -> sa.Select[Any]:
    """By county, position, and time of submission."""
    return (
        chosen.select()
        .options(defer(Application.verdict), contains_eager(Application.owner).options(lazyload(User.grants)))
        .where(Application.submitted_at.is_not(None))
        .order_by(*_key())
    )


def _key() -> tuple[Any, ...]:
    return Application.area_code, Position.code, Application.submitted_at, Application.id


def page(session: Session, chosen: ApplicationFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page of the list.

    Args:
        after: the id of the last application of the page before.

    Raises:
        ValueError: that is no id.
    """
    query = _ordered(chosen)
    if after:
        last = (
            sa.select(*_key())
            .join(Position, Position.id == Application.position_id)
            .where(Application.id == uuid.UUID(after))
            .correlate(None)
        )
        query = query.where(sa.tuple_(*_key()) > last.scalar_subquery())
    rows = list(session.scalars(query.limit(limit + 1)))
    return Page(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def every(session: Session, chosen: ApplicationFilter) -> Iterator[Application]:
    """All rows of the list in its order, read in batches from one snapshot."""
    yield from session.scalars(_ordered(chosen).execution_options(yield_per=BATCH))


def as_json(chosen: ApplicationFilter) -> dict[str, Any]:
    """The filter as a record keeps it: only what narrows the list."""
    return {
        key: str(value) if isinstance(value, uuid.UUID) else value
        for key, value in asdict(chosen).items()
        if value and key != "call_id"
    }


def in_words(chosen: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A filter as :func:`as_json` keeps it, as pairs of name and value for people."""
    labels = states()
    words = [
        (_("地区"), area_name(chosen.get("area", ""))),
        (_("状态"), "、".join(labels.get(state, state) for state in chosen.get("states", ()))),
        (_("职位代码"), chosen.get("position_code", "")),
        (_("系统判定"), said(VERDICT_WORDS.get(chosen.get("verdict", ""), ""))),
        (_("姓名或回执号"), chosen.get("text", "")),
    ]
    return [(name, value) for name, value in words if value] or [(_("范围"), _("全部报名"))]
