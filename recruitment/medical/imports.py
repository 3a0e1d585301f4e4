"""Results from a file: kept encrypted until the dry run is confirmed, then entered together or not at all."""

import base64
import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.clock import local
from recruitment.medical import queries
from recruitment.medical.models import MedicalUpload
from recruitment.medical.operations import new_result, trigger_of
from recruitment.medical.results_list import Entry, read_for
from recruitment.people.models import User
from recruitment.workflow import fire_many
from workflows.terms import Reason, Refused

IMPORT = "medical.import"
MOST_BYTES = 5 * 1024 * 1024
KEPT = timedelta(days=1)


def keep(
    session: Session, call: Call, person: User, content: bytes, filename: str, now: datetime
) -> MedicalUpload:
    """Keep an upload for its dry run; what was left behind for a day is thrown away.

    Raises:
        Refused: empty or too large.
    """
    if not content:
        raise Refused([Reason("file", _("文件是空的，请重新选择。"))])
    if len(content) > MOST_BYTES:
        raise Refused([Reason("file", _("文件超过 %(number)s MB。", number=MOST_BYTES // 1024 // 1024))])
    session.execute(sa.delete(MedicalUpload).where(MedicalUpload.uploaded_at < now - KEPT))
    kept = MedicalUpload(
        id=uuid.uuid4(),
        call_id=call.id,
        uploaded_by=person.id,
        uploaded_at=now,
        filename=filename[:120],
        content=base64.b64encode(content).decode("ascii"),
    )
    session.add(kept)
    session.flush()
    return kept


def content_of(upload: MedicalUpload) -> bytes:
    """The file as it was uploaded."""
    return base64.b64decode(upload.content)


def enter_all(
    session: Session, call: Call, upload: MedicalUpload, person: User, areas: Sequence[str], now: datetime
) -> int:
    """Enter every result of a file that the dry run found in order; returns how many.

    The file is read once more: what has changed since the dry run counts. Its rows are locked first, so that of two
    imports at once the second finds the results of the first.

    Raises:
        Refused: the file no longer fits.
    """
    content = content_of(upload)
    found = read_for(session, call, areas, content, local(now).date())
    if found.ok and found.rows:
        session.execute(
            sa.select(Candidate.id)
            .where(Candidate.id.in_([entry.candidate.id for entry in found.rows]))
            .order_by(Candidate.id)
            .with_for_update()
        )
        session.expire_all()
        found = read_for(session, call, areas, content, local(now).date())
    if found.errors or not found.rows:
        raise Refused([Reason("file_changed", _("名单刚才有了变化，一条也没有导入。请重新核对。"))])
    days = queries.terms(session, call.id).retest_days
    by_trigger: dict[str, list[Entry]] = {}
    for entry in found.rows:
        by_trigger.setdefault(trigger_of(entry.candidate.state, entry.row.outcome), []).append(entry)
        session.add(
            new_result(
                entry.candidate.id,
                entry.rounds,
                entry.row.outcome,
                entry.row.item,
                entry.row.examined_on,
                person,
                now,
                days,
            )
        )
    session.flush()
    for trigger, entries in by_trigger.items():
        ids = [entry.candidate.id for entry in entries]
        fire_many(session, "candidate", trigger, ids, actor=person.actor(), now=now)
    record(
        session,
        person,
        IMPORT,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"rows": len(found.rows), "sha256": hashlib.sha256(content).hexdigest()},
    )
    session.delete(upload)
    return len(found.rows)
