"""Attendance as a spreadsheet: one row for each person and paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.parsers import choice, code, text

PRESENT = {"到考": True, "缺考": False, "参加": True, "未参加": False}


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Whether somebody came to a paper; ``subject`` is its name or code as typed."""

    number: str
    subject: str
    present: bool


def _build(values: Mapping[str, Any]) -> AttendanceRow:
    return AttendanceRow(**values)


ATTENDANCE: ListDeclaration[AttendanceRow] = ListDeclaration(
    name="到考情况表",
    columns=(
        Column("number", "准考证号", code(r"[0-9]{11,15}", "应为准考证上的数字"), ("准考证",), width=18),
        Column("subject", "科目", text(40), ("考试科目", "科目代码"), width=20),
        Column(
            "present",
            "到考情况",
            choice(PRESENT),
            ("是否缺考", "情况"),
            get=lambda row: "到考" if row.present else "缺考",
            width=10,
        ),
    ),
    build=_build,
)
