"""Those appointed as a file, on record."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from recruitment.appointments import queries, service
from recruitment.appointments.models import Appointment
from recruitment.appointments.queries import AppointedFilter
from recruitment.appointments.service import Span
from recruitment.appointments.vocabulary import KIND_WORDS
from recruitment.audit.operations import record
from recruitment.cadres.vocabulary import POSTS
from recruitment.calls.exports import Made
from recruitment.calls.models import Position
from recruitment.clock import local
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.models import User
from recruitment.wording import official

ACTION = "appointed.export"


@dataclass(frozen=True, slots=True)
class Row:
    """One person, with how long they have served on a day."""

    number: int
    appointment: Appointment
    served: Span
    left: Span


def row_of(number: int, appointment: Appointment, today: date) -> Row:
    """A row of the list as of a day."""
    first = appointment.reported_on
    after = appointment.service_ends_on.year - first.year
    months = after * 12 + appointment.service_ends_on.month - first.month
    whole = months if service.last_day(first, months) >= appointment.service_ends_on else months + 1
    return Row(number, appointment, service.span(first, today), service.remaining(first, whole, today))


def words(span: Span) -> str:
    """A span as lists write it."""
    return f"{span.years}年{span.months}个月"


APPOINTED: ListDeclaration[Row] = ListDeclaration(
    name="录用人员名单",
    columns=(
        Column("number", "序号", width=6),
        Column("name", "姓名", get=lambda row: row.appointment.candidate.owner.name, width=10),
        Column("county", "县（市、区）", get=lambda row: _position(row).county.full_name, width=20),
        Column("organ", "招录机关", get=lambda row: _position(row).organ, width=28),
        Column("position", "职位名称", get=lambda row: _position(row).name, width=16),
        Column("call", "招考", get=lambda row: row.appointment.candidate.call.title, width=28),
        Column("kind", "来源", get=lambda row: str(KIND_WORDS[row.appointment.kind]), width=10),
        Column("post", "原任职务", get=lambda row: _post(row), width=22),
        Column("reported_on", "报到日期", get=lambda row: row.appointment.reported_on),
        Column("probation_ends_on", "试用期止", get=lambda row: row.appointment.probation_ends_on),
        Column("appointed_on", "任职日期", get=lambda row: row.appointment.appointed_on),
        Column("service_ends_on", "最低服务期止", get=lambda row: row.appointment.service_ends_on),
        Column("served", "已服务", get=lambda row: words(row.served), width=12),
        Column("left", "还需服务", get=lambda row: words(row.left), width=12),
    ),
)


def _position(row: Row) -> Position:
    return row.appointment.candidate.position


def _post(row: Row) -> str:
    post = row.appointment.post
    return str(POSTS[post]) if post in POSTS else post  # type: ignore[index]


def export(session: Session, chosen: AppointedFilter, person: User, now: datetime, *, purpose: str) -> Made:
    """Write the list that the filter shows, in the same order, and who took it and why.

    Raises:
        ValueError: no purpose.
    """
    if not purpose.strip():
        raise ValueError("an export needs a purpose")
    today = local(now).date()
    filename = f"录用人员名单-{local(now):%Y%m%d-%H%M}.xlsx"
    rows = (row_of(number, item, today) for number, item in enumerate(queries.every(session, chosen), 1))
    with official():
        content, written = xlsx_bytes(APPOINTED, rows, created=local(now))
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="list",
        subject_id="appointed",
        reason=purpose.strip(),
        detail={
            "filter": chosen.as_json(),
            "rows": written.rows,
            "sha256": written.sha256,
            "file": filename,
        },
    )
    return Made(content, filename, written.rows, written.sha256)
