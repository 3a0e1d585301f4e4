"""Where the pages of a call's stages are found: from the call for its admins and for the public, from the candidate
for the cadre.

Each room marks its own first page; who may open it and whether its time has come decide whether it is listed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from recruitment.database import db
from recruitment.people import access

View = TypeVar("View", bound=Callable[..., Any])
When = Callable[[Any], bool]
Told = Callable[[Any], sa.ColumnElement[bool]]
_STAGES = "_stages"


@dataclass(frozen=True, slots=True)
class Stage:
    """One page: for whom it is (``call``, ``public`` or ``candidate``), its words, its place, when it is of use, when
    it is due, and what else stands in its address."""

    kind: str
    label: LazyString | str
    order: int
    when: Callable[[Any], Any]
    due: When
    address: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageLink:
    """A page to open; ``due`` when it is what the person should open now."""

    label: LazyString | str
    url: str
    order: int
    due: bool


def of_call(label: LazyString | str, order: int, when: When = lambda call: True) -> Callable[[View], View]:
    """List a view with ``<slug>`` in its address on the pages of a call.

    Args:
        order: by the order of the stages: fee 10, opening 20, exam 30, scores 40, recheck 50, interview 60,
            medical 70, inspection 80, public notice 90, approval 100.
        when: of a :class:`~recruitment.calls.models.Call`.
    """
    return _mark(Stage("call", label, order, when, due=lambda call: False))


def of_public(label: LazyString | str, order: int, told: Told, **address: str) -> Callable[[View], View]:
    """List a public view with ``<slug>`` in its address on the announcement of a call.

    Args:
        order: as for :func:`of_call`.
        told: of a call's id, in SQL, so that all of them cost one query; the page must be there whenever it holds.
        address: the other parts of the view's address.
    """
    return _mark(Stage("public", label, order, told, due=lambda call: False, address=address))


def of_candidate(
    label: LazyString | str, order: int, when: When = lambda candidate: True, due: Collection[str] = ()
) -> Callable[[View], View]:
    """List a view with ``<uuid:candidate_id>`` in its address on the candidate's own page.

    Args:
        order: as for :func:`of_call`.
        when: of a :class:`~recruitment.candidates.models.Candidate`; look at its ``public_state``.
        due: the public states in which this page is the candidate's next step.
    """
    return _mark(Stage("candidate", label, order, when, lambda candidate: candidate.public_state in due))


def _mark(stage: Stage) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, _STAGES, [*getattr(view, _STAGES, []), stage])
        return view

    return decorate


def _stages(app: Flask) -> list[tuple[str, Stage, access.Rule]]:
    found: list[tuple[str, Stage, access.Rule]] | None = app.extensions.get("stages")
    if found is None:
        found = sorted(
            (
                (endpoint, stage, access.rule_of(app, endpoint))
                for endpoint, view in app.view_functions.items()
                for stage in getattr(view, _STAGES, [])
            ),
            key=lambda item: (item[1].order, item[0]),
        )
        app.extensions["stages"] = found
    return found


def _links(kind: str, subject: Any, **address: Any) -> list[StageLink]:
    user = access.maybe_user()
    return [
        StageLink(stage.label, url_for(endpoint, **address, **stage.address), stage.order, stage.due(subject))
        for endpoint, stage, rule in _stages(current_app._get_current_object())  # type: ignore[attr-defined]
        if stage.kind == kind and rule.admits(user) and stage.when(subject)
    ]


def call_links(call: Any) -> list[StageLink]:
    """The pages of a call's stages for the person at the screen."""
    return _links("call", call, slug=call.slug)


def public_links(call: Any) -> list[StageLink]:
    """What has been made public of a call's stages."""
    stages = [
        (endpoint, stage)
        for endpoint, stage, _rule in _stages(current_app._get_current_object())  # type: ignore[attr-defined]
        if stage.kind == "public"
    ]
    told = db.session.execute(sa.select(*(stage.when(call.id) for _endpoint, stage in stages))).one()
    return [
        StageLink(stage.label, url_for(endpoint, slug=call.slug, **stage.address), stage.order, due=False)
        for (endpoint, stage), holds in zip(stages, told, strict=True)
        if holds
    ]


def candidate_links(candidate: Any) -> list[StageLink]:
    """What a candidate can open now."""
    return _links("candidate", candidate, candidate_id=candidate.id)


def back_from(call: Any) -> tuple[LazyString | str, str]:
    """Words and address of the page above the first page of a stage: the call's for its admins, else the list."""
    user = access.maybe_user()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if access.rule_of(app, "calls.show").admits(user):
        return _l("返回招考概况"), url_for("calls.show", slug=call.slug)
    return _l("返回各环节"), url_for("appointed.stages_of_calls")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        call_stages=call_links,
        public_stages=public_links,
        candidate_stages=candidate_links,
        back_from_stage=back_from,
    )
