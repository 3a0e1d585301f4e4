"""Who may open which page.

Every endpoint carries one of :func:`public`, :func:`signed_in`, :func:`unfinished` and :func:`allow`; the
application does not start with one that carries none. This decides about kinds of pages only. Whether *this*
application of *that* county may be seen is the business of the query that fetches it, which answers 404 for
what is foreign.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from recruitment.people import second_factor, sessions
from recruitment.people.models import Role, User

View = TypeVar("View", bound=Callable[..., Any])
_RULE = "_access_rule"
# Files that come with packages; their view functions are not ours to mark.
_FILES = frozenset({"static", "bootstrap.static"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call an endpoint.

    Attributes:
        roles: one of them is enough; all of them means everybody who is signed in.
        public: nobody need be signed in.
        unfinished: open also to somebody who must first set up a second factor or choose a new password.
    """

    roles: frozenset[Role]
    public: bool = False
    unfinished: bool = False

    def admits(self, user: User | None) -> bool:
        if self.public:
            return True
        if user is None:
            return False
        return self.roles == frozenset(Role) or bool(self.roles & user.roles)


class UnclassifiedEndpoint(Exception):
    """An endpoint says nothing about who may call it."""


def _mark(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, _RULE, rule)
        return view

    return decorate


def public(view: View) -> View:
    """Anybody may open this."""
    return _mark(Rule(frozenset(), public=True, unfinished=True))(view)


def signed_in(view: View) -> View:
    """Whoever is signed in may open this, whatever their role."""
    return _mark(Rule(frozenset(Role)))(view)


def unfinished(view: View) -> View:
    """Like :func:`signed_in`, also for somebody whose sign-in still lacks a step."""
    return _mark(Rule(frozenset(Role), unfinished=True))(view)


def allow(*roles: Role) -> Callable[[View], View]:
    """Only who holds one of the roles, in whatever area, may open this."""
    if not roles:
        raise TypeError("allow() needs at least one role; use @signed_in or @public otherwise")
    return _mark(Rule(frozenset(roles)))


def rule_of(app: Flask, endpoint: str) -> Rule:
    """:raises UnclassifiedEndpoint: the view carries no rule."""
    if endpoint in _FILES:
        return Rule(frozenset(), public=True, unfinished=True)
    rule: Rule | None = getattr(app.view_functions[endpoint], _RULE, None)
    if rule is None:
        raise UnclassifiedEndpoint(f"{endpoint} needs one of @public, @signed_in, @allow(Role.…)")
    return rule


def check(app: Flask) -> None:
    """Called last by the factory; :raises UnclassifiedEndpoint: an endpoint carries no rule."""
    for endpoint in app.view_functions:
        rule_of(app, endpoint)


def maybe_user() -> User | None:
    """Who is signed in, if anybody. One query, once a request."""
    if sessions.CURRENT not in request.environ:
        request.environ[sessions.CURRENT] = sessions.load()
    user: User | None = request.environ[sessions.CURRENT]
    return user


def current_user() -> User:
    """Who is signed in, in a view that only they can reach; :raises Unauthorized: nobody is."""
    user = maybe_user()
    if user is None:
        abort(401)
    return user


def enforce() -> Response | None:
    """Before every request: let in, ask to sign in (401), or refuse (403)."""
    if request.endpoint is None:
        return None
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    rule = rule_of(app, request.endpoint)
    if rule.public:
        return None
    user = maybe_user()
    if user is None:
        # Answered in recruitment.forms.rescue, which first saves what was typed.
        abort(401)
    if not rule.admits(user):
        abort(403)
    if not rule.unfinished:
        if user.must_change_password:
            return redirect(url_for("account.change_password"))
        if second_factor.must_set_up(user):
            return redirect(url_for("account.set_up_second_factor"))
    return None


def may_open(endpoint: str) -> bool:
    """Whether a link to the endpoint leads whoever looks at the page anywhere; for templates."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return rule_of(app, endpoint).admits(maybe_user())


def init_app(app: Flask) -> None:
    app.before_request(enforce)
    app.jinja_env.globals.update(current_user=maybe_user, may_open=may_open)
