"""The list of candidates as a file, and the record of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.applications.queries import ApplicationFilter
from recruitment.audit.operations import record
from recruitment.cadres.vocabulary import EDUCATION_LEVELS, POLITICAL_STATUSES, POSTS
from recruitment.calls import candidates
from recruitment.calls.models import Call
from recruitment.clock import local
from recruitment.eligibility.vocabulary import EDUCATION_RANK, SEXES
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.models import User
from recruitment.wording import official

ACTION = "candidates.export"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: the application, its frozen form, and the post held on the reference date."""

    number: int
    application: Application
    form: dict[str, Any]
    tenure: dict[str, Any]
    state: str


def _month(iso: str | None) -> str:
    """A month as personnel lists write it: ``1985.03``."""
    return iso[:7].replace("-", ".") if iso else ""


def _identity(row: Candidate, key: str) -> Any:
    return row.form.get("identity", {}).get(key)


def _word(words: Any, key: Any) -> str:
    return str(words[key]) if key in words else str(key or "")


def _highest(form: dict[str, Any]) -> str | None:
    levels = [item["level"] for item in form.get("schoolings", ())]
    return max(levels, key=EDUCATION_RANK.__getitem__, default=None)


def current_tenure(form: dict[str, Any], day: date) -> dict[str, Any]:
    """The post held on a day, the one entered last where there are several; empty where there is none."""
    iso = day.isoformat()
    held = [
        item
        for item in form.get("tenures", ())
        if item["from"] <= iso and (item["to"] is None or item["to"] >= iso)
    ]
    return max(held, key=lambda item: item["from"], default={})


# In the order in which the organisation departments pass such lists on. Everything but the running number is text:
# a spreadsheet would round an ID number of 18 digits.
CANDIDATES: ListDeclaration[Candidate] = ListDeclaration(
    name="报名人员名单",
    columns=(
        Column("number", "序号", get=lambda row: row.number, width=6),
        Column(
            "name", "姓名", get=lambda row: _identity(row, "name") or row.application.owner.name, width=10
        ),
        Column("sex", "性别", get=lambda row: _word(SEXES, row.application.owner.sex), width=6),
        Column("id_number", "身份证号", get=lambda row: row.application.owner.id_number or "", width=21),
        Column("birth_month", "出生年月", get=lambda row: _month(_identity(row, "birth_date")), width=10),
        Column("ethnicity", "民族", get=lambda row: _identity(row, "ethnicity") or "", width=8),
        Column(
            "political_status",
            "政治面貌",
            get=lambda row: _word(POLITICAL_STATUSES, _identity(row, "political_status")),
            width=12,
        ),
        Column("education", "学历", get=lambda row: _word(EDUCATION_LEVELS, _highest(row.form)), width=12),
        Column("post", "现任职务", get=lambda row: _word(POSTS, row.tenure.get("post")), width=16),
        Column("community", "任职村（社区）", get=lambda row: row.tenure.get("community_name", ""), width=24),
        Column("since", "任职起始", get=lambda row: _month(row.tenure.get("from")), width=10),
        Column(
            "county", "报考县（市、区）", get=lambda row: row.application.position.county.full_name, width=16
        ),
        Column("organ", "招录机关", get=lambda row: row.application.position.organ, width=22),
        Column("position", "职位名称", get=lambda row: row.application.position.name, width=16),
        Column("position_code", "职位代码", get=lambda row: row.application.position.code, width=14),
        Column("phone", "联系电话", get=lambda row: row.application.owner.phone or "", width=14),
        Column("receipt_number", "回执号", get=lambda row: row.application.receipt_number or "", width=15),
        Column("result", "资格审核结果", get=lambda row: row.state, width=16),
    ),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A file ready to be sent."""

    content: bytes
    filename: str
    rows: int
    sha256: str


def export(
    session: Session, call: Call, chosen: ApplicationFilter, person: User, now: datetime, *, purpose: str
) -> Made:
    """Write the list that the filter shows, in the same order, and who took it and why.

    The record stands in the caller's transaction: without it there is no file.

    Raises:
        ValueError: no purpose.
    """
    if not purpose.strip():
        raise ValueError("an export needs a purpose")
    filename = f"报名人员名单-{call.slug}-{local(now):%Y%m%d-%H%M}.xlsx"
    with official():
        content, written = xlsx_bytes(
            CANDIDATES,
            _rows(call, candidates.every(session, chosen)),
            created=local(now),
            title=f"{call.title}{CANDIDATES.name}",
        )
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=purpose.strip(),
        detail={
            "filter": candidates.as_json(chosen),
            "rows": written.rows,
            "sha256": written.sha256,
            "file": filename,
        },
    )
    return Made(content, filename, written.rows, written.sha256)


def _rows(call: Call, applications: Iterable[Application]) -> Iterator[Candidate]:
    states = candidates.states()
    for number, application in enumerate(applications, start=1):
        form = application.form or {}
        yield Candidate(
            number,
            application,
            form,
            current_tenure(form, call.reference_date),
            states.get(application.state, application.state),
        )
