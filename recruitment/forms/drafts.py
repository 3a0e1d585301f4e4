"""Keep what was typed, for exactly the person who typed it.

A form that keeps drafts carries a signed token that names its owner, its key and its page. Whatever happens
to the session, whoever is signed in by then: what arrives with the token is filed under that owner, and
only that owner ever sees it again.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from recruitment.forms.models import FormDraft

OWNER_FIELD = "draft_owner"
# A form may lie open over night.
LIFETIME = timedelta(hours=24)
# What nobody has come back for by then is deleted.
KEPT = timedelta(days=90)
# A long free text has some ten thousand characters; a draft is text only.
LARGEST = 400_000
_SALT = "form draft owner"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose form this is.

    Attributes:
        key: which form.
        form_id: this rendering of it.
        path: the page it stands on, to come back to.
    """

    user_id: uuid.UUID
    key: str
    form_id: str
    path: str

    @classmethod
    def of_this_page(cls, user_id: uuid.UUID, key: str) -> "Owner":
        return cls(user_id, key, secrets.token_urlsafe(9), request.full_path.rstrip("?"))

    def token(self) -> str:
        return _serializer().dumps([self.user_id.hex, self.key, self.form_id, self.path])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=_SALT)


def read_token(token: str | None) -> Owner | None:
    """The owner that a token names; none if it is forged, damaged or older than a day."""
    try:
        user_id, key, form_id, path = _serializer().loads(token or "", max_age=int(LIFETIME.total_seconds()))
    except BadData:
        return None
    return Owner(uuid.UUID(user_id), key, form_id, path)


def raw_fields(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was typed, without tokens, passwords and pressed buttons; empty when it is beyond all measure."""
    fields = {
        name: values
        for name, values in form.lists()
        if name not in ("csrf_token", OWNER_FIELD)
        and "password" not in name
        and not name.endswith((".add", ".remove"))
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    return fields if size <= LARGEST else {}


def keep(
    session: orm.Session, owner: Owner, data: Mapping[str, list[str]], at: datetime, late: bool = False
) -> None:
    """File the fields as the owner's draft, in the caller's transaction.

    Args:
        late: sent by itself rather than by a press of a button; ignored if the form has been saved meanwhile.
    """
    values = {"data": dict(data), "saved_at": at}
    statement = insert(FormDraft).values(user_id=owner.user_id, key=owner.key, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[FormDraft.user_id, FormDraft.key],
            set_={"data": statement.excluded.data, "saved_at": statement.excluded.saved_at},
            where=FormDraft.closed_form.is_distinct_from(owner.form_id) if late else None,
        )
    )


def find(
    session: orm.Session, user_id: uuid.UUID, key: str, newer_than: datetime | None = None
) -> FormDraft | None:
    """The person's draft of the form, unless what is saved is newer."""
    draft = session.get(FormDraft, (user_id, key))
    if draft is None or draft.data is None or (newer_than and draft.saved_at <= newer_than):
        return None
    return draft


def close(session: orm.Session, owner: Owner, at: datetime) -> None:
    """The form was saved or its draft thrown away: forget the fields, in the caller's transaction."""
    values = {"data": None, "closed_form": owner.form_id, "saved_at": at}
    session.execute(
        insert(FormDraft)
        .values(user_id=owner.user_id, key=owner.key, **values)
        .on_conflict_do_update(index_elements=[FormDraft.user_id, FormDraft.key], set_=values)
    )


def forget_old(session: orm.Session, before: datetime) -> int:
    """Delete drafts last touched before a moment; returns how many. For a daily task."""
    result = session.execute(sa.delete(FormDraft).where(FormDraft.saved_at < before).returning(FormDraft.key))
    return len(result.all())
