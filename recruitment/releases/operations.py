"""What may be done to a notice as long as its outcome is held. The outcome itself is released on its own page."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.notices import catalogue
from recruitment.notices.context import context_for
from recruitment.notices.render import Text, render
from recruitment.people import letters
from recruitment.people.models import User
from recruitment.releases.models import EditKind, NoticeEdit
from recruitment.wording import official
from workflows.schema import outbox
from workflows.terms import Reason, Refused

LONGEST = 2000
_SHOWN_AS = {EditKind.ADDED: "added", EditKind.REPLACED: "replaced"}


def held(session: Session, outbox_id: uuid.UUID) -> Any:
    """The row of a held notice, locked.

    Raises:
        Refused: it has been released or cancelled in the meantime.
    """
    row = session.execute(sa.select(outbox).where(outbox.c.id == outbox_id).with_for_update()).one_or_none()
    if row is None or row.released_at is not None or row.cancelled_at is not None:
        raise Refused([Reason("not_held", _("这条通知已经公布或者取消，不能再改。"))])
    return row


def preview(session: Session, row: Any) -> Text:
    """The text as it would leave if it were released now."""
    user = session.get_one(User, row.recipient)
    with official():
        return render(row.notice, context_for(session, row, user))


def edit(
    session: Session, outbox_id: uuid.UUID, person: User, kind: EditKind, text: str, now: datetime
) -> NoticeEdit:
    """Add a paragraph to a held notice, put another body in place of its own, or undo that; kept with who and when.

    Raises:
        Refused: it is no longer held, or there is no text.
    """
    row = held(session, outbox_id)
    text = "" if kind is EditKind.RESTORED else text.strip()
    if kind is not EditKind.RESTORED and not text:
        raise Refused([Reason("text_missing", _("请写内容。"))])
    if len(text) > LONGEST:
        raise Refused([Reason("text_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST))])
    kept = NoticeEdit(outbox_id=outbox_id, kind=kind, text=text, edited_by=person.id, edited_at=now)
    session.add(kept)
    data = {key: value for key, value in row.data.items() if key != "edit"}
    if text:
        data["edit"] = {_SHOWN_AS[kind]: text}
    session.execute(sa.update(outbox).where(outbox.c.id == outbox_id).values(data=data))
    return kept


def cancel(session: Session, outbox_id: uuid.UUID, person: User, reason: str, now: datetime) -> None:
    """Let a held notice never leave.

    Raises:
        Refused: no reason; it is no longer held; or a person's rights run from it, so that the outcome itself
            would have to be taken back.
    """
    row = held(session, outbox_id)
    reasons = []
    kind = catalogue.kinds().get(row.notice)
    if kind is None or kind.legal:
        reasons.append(
            Reason("legal_notice", _("这条通知关系本人的权利，不能单独取消。要取消，请先收回决定。"))
        )
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明取消的原因。")))
    if reasons:
        raise Refused(reasons)
    session.execute(
        sa.update(outbox).where(outbox.c.id == outbox_id).values(cancelled_at=now, outcome="cancelled")
    )
    record(
        session,
        person,
        "notices.cancel",
        at=now,
        subject_kind="notice",
        subject_id=outbox_id,
        reason=reason.strip(),
        detail={"notice": row.notice},
    )


def send_to_oneself(session: Session, outbox_id: uuid.UUID, person: User, now: datetime) -> None:
    """Mail the text as it stands to the person who asks, marked as a trial; nobody else gets anything.

    Raises:
        Refused: it is no longer held.
    """
    row = held(session, outbox_id)
    text = preview(session, row)
    letters.write(session, person.email, "trial", now, text=text)
    record(
        session,
        person,
        "notices.trial",
        at=now,
        subject_kind="notice",
        subject_id=outbox_id,
        detail={"notice": row.notice},
    )
