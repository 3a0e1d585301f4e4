"""Being signed in: a row in the database, named by a signed cookie.

The cookie alone proves nothing once the row has ended, so signing out, a new password or an admin's decision
ends a session at once, also in a copy of the cookie. A session idles out after
``PERMANENT_SESSION_LIFETIME`` (the cookie is signed anew with each answer) and in any case after
:data:`LONGEST`.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request, session
from sqlalchemy import orm

from recruitment.clock import now
from recruitment.database import db
from recruitment.people.models import SignIn, User

# A working day: who starts in the morning is not thrown out in the afternoon; a forgotten tab is by night.
LONGEST = timedelta(hours=12)
_KEY = "sign_in"
# Where a request keeps whom it is from.
CURRENT = "recruitment.user"


def load() -> User | None:
    """The user whose session the request's cookie names, if it is still good."""
    key = session.get(_KEY)
    if not key:
        return None
    found = db.session.scalar(
        sa.select(SignIn)
        .join(SignIn.user)
        .where(
            SignIn.id == uuid.UUID(key),
            SignIn.ended_at.is_(None),
            SignIn.created_at > now() - LONGEST,
            User.active,
        )
        .options(orm.contains_eager(SignIn.user))
    )
    return found.user if found else None


def current_id() -> uuid.UUID | None:
    key = session.get(_KEY)
    return uuid.UUID(key) if key else None


def start(db_session: orm.Session, user: User, at: datetime) -> SignIn:
    """Sign the user in to this browser, in the caller's transaction.

    Everything the browser's session held before is dropped: neither a session id planted by somebody else nor
    anything of the person who used the browser before survives.
    """
    resume = session.get("resume")
    session.clear()
    entry = SignIn(
        id=uuid.uuid4(),
        user_id=user.id,
        created_at=at,
        address=request.remote_addr,
        browser=(request.user_agent.string or "")[:300],
    )
    db_session.add(entry)
    session[_KEY] = str(entry.id)
    session.permanent = True
    if resume and resume.get("user") == str(user.id):
        session["resume"] = resume
    request.environ[CURRENT] = user
    return entry


def end(db_session: orm.Session, at: datetime) -> None:
    """Sign out of this browser: the row ends and the cookie is emptied."""
    key = current_id()
    if key:
        db_session.execute(
            sa.update(SignIn).where(SignIn.id == key, SignIn.ended_at.is_(None)).values(ended_at=at)
        )
    session.clear()
    request.environ[CURRENT] = None


def end_all(db_session: orm.Session, user: User, at: datetime, keep: uuid.UUID | None = None) -> None:
    """End every session of a user, but for the one to keep."""
    statement = sa.update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if keep:
        statement = statement.where(SignIn.id != keep)
    db_session.execute(statement.values(ended_at=at))


def idle_minutes() -> int:
    lifetime: timedelta = current_app.config["PERMANENT_SESSION_LIFETIME"]
    return int(lifetime.total_seconds() // 60)
