"""What stands on somebody's approval form, and many forms as one archive."""

import hashlib
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.appointments.paper import ApprovalForm, pdf
from recruitment.appointments.word import docx
from recruitment.cadres.vocabulary import EDUCATION_LEVELS, POLITICAL_STATUSES, POSTS
from recruitment.calls.exports import current_tenure
from recruitment.candidates.models import Candidate
from recruitment.eligibility.vocabulary import EDUCATION_RANK, SEXES
from recruitment.lists.writing import Written
from recruitment.public_notice.content import exact
from recruitment.selection.models import CallRanking, RankedCandidate, Stage
from recruitment.wording import official

# So many results are looked up at once.
BATCH = 200


def results(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RankedCandidate]:
    """The line of each candidate in the final ranking that is in force."""
    query = (
        sa.select(RankedCandidate)
        .join(RankedCandidate.ranking)
        .where(
            RankedCandidate.candidate_id.in_(list(ids)),
            CallRanking.stage == Stage.FINAL,
            CallRanking.published_at.is_not(None),
            CallRanking.withdrawn_at.is_(None),
        )
    )
    return {row.candidate_id: row for row in session.scalars(query)}


def form_of(candidate: Candidate, result: RankedCandidate | None) -> ApprovalForm:
    """The form of one candidate, out of the frozen application form and the final ranking."""
    with official():
        return _form_of(candidate, result)


def _form_of(candidate: Candidate, result: RankedCandidate | None) -> ApprovalForm:
    form = candidate.application.form or {}
    identity = form.get("identity", {})
    held = current_tenure(form, candidate.call.reference_date)
    schooling: Mapping[str, Any] = max(
        form.get("schoolings", ()), key=lambda item: EDUCATION_RANK[item["level"]], default={}
    )
    position = candidate.position
    facts = (
        ("姓名", str(identity.get("name") or candidate.owner.name)),
        ("性别", _word(SEXES, identity.get("sex"))),
        ("出生年月", _month(identity.get("birth_date"))),
        ("民族", str(identity.get("ethnicity") or "")),
        ("政治面貌", _word(POLITICAL_STATUSES, identity.get("political_status"))),
        ("学历", _word(EDUCATION_LEVELS, schooling.get("level"))),
        ("毕业院校", str(schooling.get("school") or "")),
        ("所学专业", str(schooling.get("major") or "")),
        ("现任职务", _word(POSTS, held.get("post"))),
        ("准考证号", candidate.ticket_number or ""),
        ("招录机关", position.organ),
        ("拟任职位", f"{position.name}（{position.code}）"),
        ("笔试折合成绩", exact(result.written) if result else ""),
        ("总成绩", exact(result.total) if result else ""),
        ("职位排名", str(result.final_rank or "") if result else ""),
        ("体检和考察", "体检合格，考察合格"),
    )
    long = (
        ("现任职单位", str(held.get("community_name") or "")),
        ("任职简历", "\n".join(_career(form)) or "无"),
        ("家庭成员", "\n".join(_relatives(form)) or "无"),
    )
    return ApprovalForm(facts[0][1], position.code, candidate.call.title, facts, long)


def _word(words: Mapping[Any, Any], key: Any) -> str:
    return str(words[key]) if key in words else str(key or "")


def _month(iso: str | None) -> str:
    return iso[:7].replace("-", ".") if iso else ""


def _career(form: Mapping[str, Any]) -> Iterator[str]:
    spells = sorted(form.get("tenures", ()), key=lambda item: item["from"])
    for item in spells:
        until = _month(item["to"]) or "至今"
        yield f"{_month(item['from'])}—{until}　{item['community_name']}{_word(POSTS, item['post'])}"


def _relatives(form: Mapping[str, Any]) -> Iterator[str]:
    for item in form.get("relatives", ()):
        yield f"{item['relation']}　{item['name']}　{item.get('employer') or ''}".rstrip("　")


def file_of(form: ApprovalForm, kind: str, made_at: datetime) -> bytes:
    """The form as ``pdf`` or ``docx``."""
    return docx(form, made_at) if kind == "docx" else pdf(form)


def archive(
    session: Session, candidates: Iterable[Candidate], made_at: datetime, target: BinaryIO, kind: str = "pdf"
) -> Written:
    """Write a ZIP of the forms; one form at a time is in memory, however many there are.

    Args:
        kind: ``pdf`` or ``docx``.
        made_at: the time that the entries name.
        target: opened for reading and writing, at its start; at its start again afterwards.
    """
    stamp = (max(made_at.year, 1980), made_at.month, made_at.day, made_at.hour, made_at.minute, 0)
    rows = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as files:
        for batch in _batches(candidates):
            known = results(session, [candidate.id for candidate in batch])
            for candidate in batch:
                form = form_of(candidate, known.get(candidate.id))
                # Two of one name may stand for one position.
                entry = zipfile.ZipInfo(f"{rows + 1:04d}-{form.filename}.{kind}", stamp)
                files.writestr(entry, file_of(form, kind, made_at), zipfile.ZIP_DEFLATED)
                rows += 1
    target.seek(0)
    digest = hashlib.sha256()
    while block := target.read(2**20):
        digest.update(block)
    target.seek(0)
    return Written(rows, digest.hexdigest())


def _batches(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    batch: list[Candidate] = []
    for candidate in candidates:
        batch.append(candidate)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def day(value: date) -> str:
    """A calendar day as letters write it."""
    return f"{value.year}年{value.month}月{value.day}日"
