"""Where the pages of a call's stages are found: from the call for its admins and for the public, from the candidate
for the cadre.

Each room marks its own first page; who may open it and whether its time has come decide whether it is listed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, current_app, url_for
from flask_babel import LazyString

from recruitment.people import access

View = TypeVar("View", bound=Callable[..., Any])
When = Callable[[Any], bool]
_STAGES = "_stages"


@dataclass(frozen=True, slots=True)
class Stage:
    """One page: for whom it is (``call``, ``public`` or ``candidate``), its words, its place, when it is of use,
    what else stands in its address, and in which states of a candidate it is what they came for."""

    kind: str
    label: LazyString | str
    order: int
    when: When
    address: Mapping[str, str] = field(default_factory=dict)
    due: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class StageLink:
    label: LazyString | str
    url: str
    due: bool = False


def of_call(label: LazyString | str, order: int, when: When = lambda call: True) -> Callable[[View], View]:
    """List a view with ``<slug>`` in its address on the pages of a call.

    Args:
        order: by the order of the stages: fee 10, opening 20, exam 30, scores 40, recheck 50, interview 60,
            medical 70, inspection 80, public notice 90, approval 100.
        when: of a :class:`~recruitment.calls.models.Call`.
    """
    return _mark(Stage("call", label, order, when))


def of_public(label: LazyString | str, order: int, when: When, **address: str) -> Callable[[View], View]:
    """List a public view with ``<slug>`` in its address on the announcement of a call.

    Args:
        order: as for :func:`of_call`.
        when: of a :class:`~recruitment.calls.models.Call`; the page must be there whenever this is true.
        address: the other parts of the view's address.
    """
    return _mark(Stage("public", label, order, when, address))


def of_candidate(
    label: LazyString | str, order: int, when: When = lambda candidate: True, due: Collection[str] = ()
) -> Callable[[View], View]:
    """List a view with ``<uuid:candidate_id>`` in its address on the candidate's own page.

    Args:
        order: as for :func:`of_call`.
        when: of a :class:`~recruitment.candidates.models.Candidate`; look at its ``public_state``.
        due: states in which the page is what the person has to turn to; it then stands first.
    """
    return _mark(Stage("candidate", label, order, when, due=due))


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
    return [link for _stage, link in _found(kind, subject, **address)]


def _found(kind: str, subject: Any, **address: Any) -> list[tuple[Stage, StageLink]]:
    user = access.maybe_user()
    return [
        (stage, StageLink(stage.label, url_for(endpoint, **address, **stage.address)))
        for endpoint, stage, rule in _stages(current_app._get_current_object())  # type: ignore[attr-defined]
        if stage.kind == kind and rule.admits(user) and stage.when(subject)
    ]


def call_links(call: Any) -> list[StageLink]:
    """The pages of a call's stages for the person at the screen."""
    return _links("call", call, slug=call.slug)


def public_links(call: Any) -> list[StageLink]:
    """What has been made public of a call's stages."""
    return _links("public", call, slug=call.slug)


def candidate_links(candidate: Any) -> list[StageLink]:
    """What a candidate can open now: first what is due, then by the order of the stages."""
    links = [
        StageLink(link.label, link.url, candidate.public_state in stage.due)
        for stage, link in _found("candidate", candidate, candidate_id=candidate.id)
    ]
    return sorted(links, key=lambda link: not link.due)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        call_stages=call_links, public_stages=public_links, candidate_stages=candidate_links
    )
