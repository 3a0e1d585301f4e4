"""The list of candidates as a file, and the record of it."""

import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.applications.queries import ApplicationFilter
from recruitment.audit.operations import record
from recruitment.cadres.vocabulary import EDUCATION_LEVELS, POLITICAL_STATUSES, POSTS
from recruitment.calls import candidates
from recruitment.calls.models import Call
from recruitment.clock import local
from recruitment.eligibility.vocabulary import EDUCATION_RANK, SEXES
from recruitment.people.models import User

ACTION = "candidates.export"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: the application, its frozen form, and the post held on the reference date."""

    number: int
    application: Application
    form: dict[str, Any]
    tenure: dict[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its heading, its width in characters, and what stands in it."""

    heading: str
    width: int
    value: Callable[[Candidate], Any]


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
COLUMNS = (
    Column("序号", 6, lambda row: row.number),
    Column("姓名", 10, lambda row: _identity(row, "name") or row.application.owner.name),
    Column("性别", 6, lambda row: _word(SEXES, row.application.owner.sex)),
    Column("身份证号", 21, lambda row: row.application.owner.id_number or ""),
    Column("出生年月", 10, lambda row: _month(_identity(row, "birth_date"))),
    Column("民族", 8, lambda row: _identity(row, "ethnicity") or ""),
    Column("政治面貌", 12, lambda row: _word(POLITICAL_STATUSES, _identity(row, "political_status"))),
    Column("学历", 12, lambda row: _word(EDUCATION_LEVELS, _highest(row.form))),
    Column("现任职务", 22, lambda row: _word(POSTS, row.tenure.get("post"))),
    Column("任职村（社区）", 36, lambda row: row.tenure.get("community_name", "")),
    Column("任职起始", 10, lambda row: _month(row.tenure.get("from"))),
    Column("报考县（市、区）", 20, lambda row: row.application.position.county.full_name),
    Column("招录机关", 28, lambda row: row.application.position.organ),
    Column("职位名称", 16, lambda row: row.application.position.name),
    Column("职位代码", 14, lambda row: row.application.position.code),
    Column("联系电话", 14, lambda row: row.application.owner.phone or ""),
    Column("回执号", 15, lambda row: row.application.receipt_number or ""),
    Column("资格审核结果", 16, lambda row: row.state),
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
    about = [
        (_("招考"), call.title),
        *candidates.in_words(candidates.as_json(chosen)),
        (_("导出人"), person.name),
        (_("导出时间"), f"{local(now):%Y-%m-%d %H:%M}"),
        (_("用途"), purpose.strip()),
    ]
    content, rows = _write(_rows(call, candidates.every(session, chosen)), about, now)
    sha256 = hashlib.sha256(content).hexdigest()
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=purpose.strip(),
        detail={"filter": candidates.as_json(chosen), "rows": rows, "sha256": sha256, "file": filename},
    )
    return Made(content, filename, rows, sha256)


def _rows(call: Call, applications: Iterable[Application]) -> Iterable[list[Any]]:
    states = candidates.states()
    for number, application in enumerate(applications, start=1):
        form = application.form or {}
        row = Candidate(
            number,
            application,
            form,
            current_tenure(form, call.reference_date),
            states.get(application.state, application.state),
        )
        yield [column.value(row) for column in COLUMNS]


def _write(rows: Iterable[list[Any]], about: list[tuple[str, str]], now: datetime) -> tuple[bytes, int]:
    """The workbook as bytes, and how many rows it has below the headings."""
    buffer = io.BytesIO()
    # Each row leaves memory once written; nothing that a person typed becomes a formula, a link or a number.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": local(now).replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("名单")
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, bold)
    sheet.freeze_panes(1, 2)
    number = 0
    for number, values in enumerate(rows, start=1):
        for place, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, value, text)
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 14)
    notes.set_column(1, 1, 60)
    for place, (name, value) in enumerate([*about, (_("行数"), str(number))]):
        notes.write_string(place, 0, str(name), bold)
        notes.write_string(place, 1, str(value), text)
    book.close()
    return buffer.getvalue(), number
