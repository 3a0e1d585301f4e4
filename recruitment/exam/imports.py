"""The imports of the exam day: venues with their rooms, and attendance."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.calls.imports import OF_CALL
from recruitment.calls.models import Call
from recruitment.exam import attendance, operations, queries, venue_operations
from recruitment.exam.attendance_list import ATTENDANCE, AttendanceRow
from recruitment.exam.venue_list import VENUES, VenueRow
from recruitment.lists.imports import Figures, Ground, Import, Look, Shown
from recruitment.people.models import Role
from recruitment.web.formats import area_name

PROVINCE = ("51",)


def _present(session: Session, call: Call) -> int:
    return len(queries.venues(session, call.id, PROVINCE))


def _look_at_venues(ground: Ground, rows: Sequence[VenueRow]) -> Look:
    return Look(
        {
            "venues": len({(row.prefecture_code, row.code) for row in rows}),
            "rooms": sum(len(row.rooms) for row in rows),
            "seats": sum(len(row.rooms) * row.capacity for row in rows),
            "present": _present(ground.session, ground.subject),
        }
    )


def _replaced(figures: Figures) -> list[str]:
    present = figures["present"]
    return [_("现在的%(number)s个考点会整个被替换。", number=present)] if present else []


def _put_venues(ground: Ground, rows: Sequence[VenueRow]) -> dict[str, Any]:
    rooms = venue_operations.replace_venues(ground.session, ground.subject, ground.person, rows, ground.now)
    return {"rooms": rooms}


def _seats_assigned(session: Session, call: Call) -> str | None:
    plan = queries.plan_of(session, call.id)
    assigned = plan is not None and plan.seats_at is not None
    return _("座位已经编排，不能整体替换考点；可以逐个增加或修改。") if assigned else None


VENUE_LIST: Import[VenueRow] = Import(
    name="exam.import_venues",
    address="/venues/import",
    title=_l("导入考点考场表"),
    file_label=_l("考点考场表文件"),
    roles=(Role.ADMIN,),
    about=OF_CALL,
    table=VENUES,
    apply=_put_venues,
    hold=lambda ground: operations.locked(ground.session, ground.subject),
    look=_look_at_venues,
    figures={"venues": _l("个考点"), "rooms": _l("个考场"), "seats": _l("个座位")},
    preview=(
        Shown(_l("考点"), lambda row: f"{row.name}（{row.code}）"),
        Shown(_l("地区"), lambda row: area_name(row.county_code)),
        Shown(_l("地址"), lambda row: row.address),
        Shown(
            _l("考场号"), lambda row: f"{row.first}—{row.last}" if row.last != row.first else str(row.first)
        ),
        Shown(_l("每场座位数"), lambda row: row.capacity),
    ),
    notes=_replaced,
    button=lambda figures: _("确认导入%(number)s个考场", number=figures["rooms"]),
    said=lambda outcome: [("success", _("已导入%(number)s个考场。", number=outcome["rooms"]))],
    done=lambda arguments, outcome: url_for("exam.venues", **arguments),
    back=lambda arguments: (url_for("exam.venues", **arguments), _("返回考点考场")),
    closed=_seats_assigned,
    guide="exam/venues_guide.html",
    context=lambda session, call, person: {"present": _present(session, call)},
)


def _look_at_attendance(ground: Ground, rows: Sequence[AttendanceRow]) -> Look:
    absent = sum(not row.present for row in rows)
    return Look({"present": len(rows) - absent, "absent": absent})


def _put_attendance(ground: Ground, rows: Sequence[AttendanceRow]) -> dict[str, Any]:
    made = attendance.import_attendance(ground.session, ground.subject, ground.person, rows, ground.now)
    return {"present": made.present, "absent": made.absent}


ATTENDANCE_LIST: Import[AttendanceRow] = Import(
    name="exam.import_attendance",
    address="/attendance/import",
    title=_l("导入到考情况"),
    file_label=_l("到考情况文件"),
    roles=(Role.ADMIN,),
    about=OF_CALL,
    table=lambda ground: replace(
        ATTENDANCE, check=partial(attendance.against_tickets, ground.session, ground.subject)
    ),
    apply=_put_attendance,
    look=_look_at_attendance,
    figures={"present": _l("人次到考"), "absent": _l("人次缺考")},
    said=lambda outcome: [
        (
            "success",
            _(
                "已登记：到考%(present)s人，缺考%(absent)s人。",
                present=outcome["present"],
                absent=outcome["absent"],
            ),
        )
    ],
    done=lambda arguments, outcome: url_for("exam.attendance", **arguments),
    back=lambda arguments: (url_for("exam.attendance", **arguments), _("返回到考情况")),
    guide="exam/attendance_guide.html",
)
