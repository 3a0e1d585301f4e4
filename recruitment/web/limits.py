"""How often: limits kept in Valkey, by account first and by address second.

A whole township may share one address, so an address gets room for many people; an account gets little.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_limiter import Limiter
from flask_wtf import CSRFProtect

from recruitment.people.access import maybe_user


def account_or_address() -> str:
    user = maybe_user()
    return f"user:{user.id}" if user else f"address:{request.remote_addr}"


def address() -> str:
    return f"address:{request.remote_addr}"


View = TypeVar("View", bound=Callable[..., Any])
limiter = Limiter(key_func=account_or_address)
csrf = CSRFProtect()


def own_token(view: View) -> View:
    """The view checks its form's token itself, or needs none; stands right below the route."""
    csrf.exempt(view)
    return view


def init_app(app: Flask) -> None:
    uri: str = app.config["RATELIMIT_STORAGE_URI"]
    if uri.startswith("unix://"):
        app.config["RATELIMIT_STORAGE_URI"] = f"redis+{uri}"
    app.config.setdefault("RATELIMIT_KEY_PREFIX", "recruitment")
    # With Valkey away, each process counts for itself: sign-in goes on, and goes on being limited.
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    csrf.init_app(app)
    limiter.init_app(app)
