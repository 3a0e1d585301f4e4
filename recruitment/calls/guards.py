"""What the call workflow asks before a step."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Extension, Position
from recruitment.wording import moment
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason


def register(registry: Registry) -> None:
    """Bring the call's subject table, guards and deadlines to the engine."""
    registry.subject("call", Call)
    registry.guard("call_complete", _complete_reasons, facts=_complete, holds=_complete_holds)
    registry.guard("registration_over", _over_reasons, facts=_over, holds=_over_holds)
    registry.guard("reviews_finished", _reviews_reasons, facts=_reviews, holds=_reviews_holds)
    registry.deadline("registration_opens", lambda scope: scope.registration_opens_at)
    registry.deadline("registration_ends", _ends)


def _complete(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "positions": sa.select(sa.func.count())
        .select_from(Position)
        .where(Position.call_id == scope.id)
        .scalar_subquery(),
        "closes_at": scope.registration_closes_at,
    }


def _complete_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _complete(scope)
    return sa.and_(facts["positions"] > 0, scope.now < facts["closes_at"])


def _complete_reasons(given: Given) -> Iterator[Reason]:
    if not given.facts["positions"]:
        yield Reason("no_positions", _("还没有导入职位表。"))
    if given.now >= given.facts["closes_at"]:
        yield Reason(
            "already_over",
            _("报名截止时间%(moment)s已经过了，请先修改。", moment=moment(given.facts["closes_at"])),
        )


def _ends(scope: Scope) -> sa.ColumnElement[datetime]:
    latest = (
        sa.select(sa.func.max(Extension.closes_at)).where(Extension.call_id == scope.id).scalar_subquery()
    )
    return sa.func.greatest(scope.registration_closes_at, latest)


def _over(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {"ends_at": _ends(scope)}


def _over_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return scope.now >= _ends(scope)


def _over_reasons(given: Given) -> Iterator[Reason]:
    if given.now < given.facts["ends_at"]:
        yield Reason(
            "registration_running", _("报名到%(moment)s才截止。", moment=moment(given.facts["ends_at"]))
        )


def _reviews(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "waiting": sa.select(sa.func.count())
        .select_from(Application)
        .where(
            Application.call_id == scope.id,
            Application.state.in_(("submitted", "county_passed", "returned")),
        )
        .scalar_subquery()
    }


def _reviews_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return _reviews(scope)["waiting"] == 0


def _reviews_reasons(given: Given) -> Iterator[Reason]:
    if waiting := given.facts["waiting"]:
        yield Reason("reviews_waiting", _("还有 %(waiting)s 份报名没有审完。", waiting=waiting))
