"""The main navigation. Each room names its entries beside the views they lead to.

An entry is shown to exactly those who may open it: the access rule of the view decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString

from recruitment.people import access

View = TypeVar("View", bound=Callable[..., Any])
_ENTRY = "_navigation_entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its words, and its place from left to right.

    Attributes:
        section: endpoints that begin with it count as being here, e.g. ``"applications."``.
        beneath: so do addresses that begin with it, e.g. ``"/admin/calls/"``, and before any section.
    """

    label: LazyString | str
    order: int
    section: str = ""
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry for the person at the screen; ``public`` when it is open to everybody."""

    label: LazyString | str
    url: str
    current: bool
    public: bool


def entry(
    label: LazyString | str, order: int, section: str = "", beneath: str = ""
) -> Callable[[View], View]:
    """Show a view in the navigation of those who may open it.

    Args:
        label: two to four characters, lazily translated.
        order: below 100 for a person's daily work, whose first entry is also where sign-in leads.
    """

    def decorate(view: View) -> View:
        setattr(view, _ENTRY, Entry(label, order, section, beneath))
        return view

    return decorate


def _entries(app: Flask) -> list[tuple[str, Entry, access.Rule]]:
    found: list[tuple[str, Entry, access.Rule]] | None = app.extensions.get("navigation")
    if found is None:
        found = sorted(
            (
                (endpoint, shown, access.rule_of(app, endpoint))
                for endpoint, view in app.view_functions.items()
                if (shown := getattr(view, _ENTRY, None))
            ),
            key=lambda item: item[1].order,
        )
        app.extensions["navigation"] = found
    return found


def links() -> list[Link]:
    """The entries for the person at the screen."""
    user = access.maybe_user()
    entries = [
        item
        for item in _entries(current_app._get_current_object())  # type: ignore[attr-defined]
        if item[2].admits(user)
    ]
    current = _current([(endpoint, shown) for endpoint, shown, _ in entries])
    return [
        Link(shown.label, url_for(endpoint), current=endpoint in current, public=rule.public)
        for endpoint, shown, rule in entries
    ]


def _current(entries: list[tuple[str, Entry]]) -> set[str]:
    here = request.endpoint or ""
    above = {name for name, shown in entries if shown.beneath and request.path.startswith(shown.beneath)}
    return above or {
        name for name, shown in entries if here == name or (shown.section and here.startswith(shown.section))
    }


def landing() -> str:
    """Where sign-in leads: the first entry that is the person's own work, else the home page."""
    user = access.maybe_user()
    for endpoint, _, rule in _entries(current_app._get_current_object()):  # type: ignore[attr-defined]
        if not rule.public and rule.admits(user):
            return url_for(endpoint)
    return home()


def home() -> str:
    return request.script_root + "/"


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(navigation_links=links, home_url=home)
