"""From an uploaded file to its dry run to its import: the only writes of ``list_upload``.

What is to be done stands in the row. Whoever does it, a request or a worker, holds the row's lock meanwhile and commits
the work together with the new state: a process that dies leaves nothing behind but the row, which still says what is
to be done; of two that begin at once, one finds the row locked and leaves it alone.
"""

import base64
import hashlib
import io
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload, undefer
from structlog import get_logger

from recruitment.audit.operations import record
from recruitment.forms.refusal import Refusal
from recruitment.lists import dry_run
from recruitment.lists.files import DEFAULT_LIMITS, FileRefused, Kind, check
from recruitment.lists.imports import IMPORTS, Ground, Import
from recruitment.lists.models import ListUpload
from recruitment.people.models import User
from recruitment.wording import official, words_of
from workflows.terms import Reason, Refused

log = get_logger()
# Ten thousand payments a megabyte: a file of 100,000 rows fits.
MOST_BYTES = 10 * 2**20
SUFFIXES = (".xlsx", ".csv")
# Up to so much a file is read and imported while one waits for the page; unpacked, it is some thousand rows.
SMALL_BYTES, SMALL_UNPACKED = 256 * 2**10, 4 * 2**20
# A file so small that takes longer was made to.
SMALL_LIMITS = replace(DEFAULT_LIMITS, seconds=10)
# What nobody imported is thrown away.
KEPT = timedelta(days=1)
# Workers die; a file at which three died is the cause.
ATTEMPTS = 3
TO_DO = ("waiting", "confirmed")
RECORD = "lists.import"


class FileUnfit(ValueError):
    """The file cannot be taken at all; the message is for the person."""


def take(
    session: Session,
    declared: Import[Any],
    subject: Any,
    person: User,
    content: bytes,
    filename: str,
    now: datetime,
    *,
    arguments: dict[str, Any],
    options: dict[str, Any],
) -> ListUpload:
    """Keep a file for its dry run.

    Raises:
        FileUnfit: empty, too large, or neither .xlsx nor .csv by its name.
    """
    name, what = Path(filename).name, str(declared.file_label)
    if not name.lower().endswith(SUFFIXES):
        old = "旧版 .xls 请先在表格软件中另存为 .xlsx。" if name.lower().endswith(".xls") else ""
        raise FileUnfit(f"{what}应为 .xlsx 或 .csv 文件，请重新选择。{old}")
    if not content:
        raise FileUnfit(f"{what}是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise FileUnfit(f"{what}超过{MOST_BYTES // 2**20} MB，请删去图片等无关内容，或者分成几个文件上传。")
    upload = ListUpload(
        id=uuid.uuid4(),
        import_name=declared.name,
        scope=declared.about.scope(subject),
        arguments=arguments,
        options=options,
        filename=name[-120:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode("ascii"),
        small=_small(content),
        uploaded_by=person.id,
        uploaded_at=now,
        touched_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def _small(content: bytes) -> bool:
    try:
        if check(content) is Kind.CSV:
            return len(content) <= SMALL_BYTES
    except FileRefused:
        # To say so takes no time.
        return True
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        unpacked = sum(entry.file_size for entry in package.infolist())
    return len(content) <= SMALL_BYTES and unpacked <= SMALL_UNPACKED


def find(
    session: Session, declared: Import[Any], scope: str, upload_id: uuid.UUID, person: User
) -> ListUpload | None:
    """A file that the person uploaded here; nobody else's."""
    return session.scalar(
        sa.select(ListUpload).where(
            ListUpload.id == upload_id,
            ListUpload.import_name == declared.name,
            ListUpload.scope == scope,
            ListUpload.uploaded_by == person.id,
        )
    )


def unfinished(session: Session, declared: Import[Any], scope: str, person: User) -> Sequence[ListUpload]:
    """The person's files that are not imported, the latest first."""
    return session.scalars(
        sa.select(ListUpload)
        .where(
            ListUpload.import_name == declared.name,
            ListUpload.scope == scope,
            ListUpload.uploaded_by == person.id,
            ListUpload.imported_at.is_(None),
        )
        .order_by(ListUpload.uploaded_at.desc())
    ).all()


def imported(session: Session, declared: Import[Any], scope: str, limit: int = 10) -> Sequence[ListUpload]:
    """The latest imports with who made them."""
    return session.scalars(
        sa.select(ListUpload)
        .options(joinedload(ListUpload.person))
        .where(
            ListUpload.import_name == declared.name,
            ListUpload.scope == scope,
            ListUpload.imported_at.is_not(None),
        )
        .order_by(ListUpload.imported_at.desc())
        .limit(limit)
    ).all()


def confirm(session: Session, upload: ListUpload, seen: str, now: datetime) -> None:
    """Let a file be imported whose dry run has no errors. Doing so twice has the effect of once.

    Args:
        seen: the mark of the dry run that the person looked at.

    Raises:
        Refused: its dry run has changed since.
    """
    locked = _lock(session, upload.id, "read")
    if locked is None or locked.result["error_count"] or not locked.result["figures"]:
        return
    if seen != dry_run.mark(locked.result):
        raise Refused([_stale()])
    locked.state, locked.refused, locked.attempts, locked.touched_at = "confirmed", [], 0, now


def restart(session: Session, upload: ListUpload, now: datetime) -> None:
    """Begin once more with what was given up."""
    locked = _lock(session, upload.id, *TO_DO)
    if locked is not None and locked.failed_at is not None:
        locked.failed_at, locked.attempts, locked.touched_at = None, 0, now


def work(session: Session, upload_id: uuid.UUID, now: datetime) -> None:
    """Do what the file waits for: read it, or import it. Commits. Any number of processes may try at once."""
    if not _begin(session, upload_id, now):
        return
    upload = _lock(session, upload_id, *TO_DO)
    if upload is None or upload.failed_at is not None:
        session.rollback()
        return
    try:
        _read(session, upload, now) if upload.state == "waiting" else _import(session, upload, now)
        session.commit()
    except (Refused, Refusal) as refused:
        session.rollback()
        _refuse(session, upload_id, _reasons(refused))
    except Exception:
        session.rollback()
        log.exception("lists.failed", upload=str(upload_id))
        _give_up(session, upload_id, now)


def _lock(session: Session, upload_id: uuid.UUID, *states: str) -> ListUpload | None:
    """The file, if it stands in one of the states and nobody is at it."""
    return session.scalar(
        sa.select(ListUpload)
        .where(ListUpload.id == upload_id, ListUpload.state.in_(states))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _begin(session: Session, upload_id: uuid.UUID, now: datetime) -> bool:
    """Count the attempt before it is made, so that one that kills its process is counted, too."""
    upload = _lock(session, upload_id, *TO_DO)
    going = upload is not None and upload.failed_at is None
    if upload is not None and going:
        upload.touched_at = now
        if upload.attempts >= ATTEMPTS:
            upload.failed_at, going = now, False
        else:
            upload.attempts += 1
    session.commit()
    return going


def _ground(session: Session, upload: ListUpload, now: datetime) -> tuple[Import[Any], Ground, bytes]:
    """Raises Refused: the person may not import there any more."""
    declared = IMPORTS[upload.import_name]
    person = session.get_one(User, upload.uploaded_by)
    subject = declared.about.find(session, upload.arguments)
    if subject is None or not person.roles & set(declared.roles) or not declared.about.may(person, subject):
        raise Refused([Reason("not_allowed", _("您现在不能在这里导入。"))])
    content = (
        session.scalars(
            sa.select(ListUpload)
            .options(undefer(ListUpload.content))
            .where(ListUpload.id == upload.id)
            .execution_options(populate_existing=True)
        )
        .one()
        .content
    )
    ground = Ground(session, subject, person, now, upload.options, upload.filename, upload.sha256)
    return declared, ground, base64.b64decode(content or "")


def _stale() -> Reason:
    return Reason("stale", _("试读以后情况有变，没有导入。下面是新的试读结果，请核对后再确认。"))


def _read(session: Session, upload: ListUpload, now: datetime) -> None:
    declared, ground, content = _ground(session, upload, now)
    limits = SMALL_LIMITS if upload.small else DEFAULT_LIMITS
    _found, upload.result = dry_run.read(declared, ground, content, limits)
    upload.state, upload.attempts = "read", 0


def _import(session: Session, upload: ListUpload, now: datetime) -> None:
    """Read once more under the locks of the import: only what was shown is written."""
    declared, ground, content = _ground(session, upload, now)
    declared.hold(ground)
    with official():
        if closed := declared.closed(session, ground.subject):
            raise Refused([Reason("closed", closed)])
    found, shown = dry_run.read(declared, ground, content)
    if not found.ok or shown != upload.result:
        upload.state, upload.result, upload.refused = "read", shown, [_stale().words]
        return
    upload.outcome = {"rows": len(found.rows)} | dict(
        declared.apply(replace(ground, numbers=found.numbers), found.rows)
    )
    record(
        session,
        ground.person,
        RECORD,
        at=now,
        subject_kind=declared.about.kind,
        subject_id=upload.scope or declared.name,
        detail={"list": declared.name, "rows": len(found.rows), "sha256": upload.sha256},
    )
    upload.state, upload.content, upload.result, upload.imported_at = "imported", None, None, now


def _reasons(refused: Refused | Refusal) -> list[str]:
    if isinstance(refused, Refusal):
        return list(refused.errors.values())
    return [words_of(reason) for reason in refused.reasons]


def _refuse(session: Session, upload_id: uuid.UUID, reasons: list[str]) -> None:
    upload = _lock(session, upload_id, *TO_DO)
    if upload is not None:
        upload.refused = reasons
        if upload.state == "confirmed":
            upload.state = "read"
        else:
            # It cannot even be read here any more.
            upload.failed_at = upload.touched_at
    session.commit()


def _give_up(session: Session, upload_id: uuid.UUID, now: datetime) -> None:
    upload = _lock(session, upload_id, *TO_DO)
    if upload is not None:
        upload.failed_at = now
    session.commit()


def left_behind(session: Session, before: datetime, now: datetime) -> list[uuid.UUID]:
    """Files that wait for something and that nobody is at; marked as queued anew."""
    found = session.scalars(
        sa.select(ListUpload)
        .where(ListUpload.state.in_(TO_DO), ListUpload.failed_at.is_(None), ListUpload.touched_at < before)
        .order_by(ListUpload.touched_at)
        .with_for_update(skip_locked=True)
    ).all()
    for upload in found:
        upload.touched_at = now
    return [upload.id for upload in found]


def forget_old(session: Session, now: datetime) -> int:
    """Throw away what nobody imported; returns how many files."""
    old = (
        sa.select(ListUpload.id)
        .where(ListUpload.imported_at.is_(None), ListUpload.uploaded_at < now - KEPT)
        .with_for_update(skip_locked=True)
    )
    gone = session.execute(sa.delete(ListUpload).where(ListUpload.id.in_(old)).returning(ListUpload.id))
    return len(gone.all())
