"""The import of a year's arrangement of holidays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.calendar import operations
from recruitment.calendar.forms import YearForm, kind_words
from recruitment.calendar.table import SPECIAL_DAYS, SpecialRow
from recruitment.lists.declaration import Fault, ListDeclaration, Sound
from recruitment.lists.imports import About, Ground, Import, Look, Shown
from recruitment.lists.parsers import Wrong
from recruitment.people.models import Role

# The calendar is one for all, so only who answers for the whole province may change it.
CALENDAR = About(
    "calendar",
    find=lambda session, arguments: True,
    may=lambda person, calendar: person.may(Role.ADMIN, PROVINCE_CODE),
    title=lambda calendar: "",
)


def _table(ground: Ground) -> ListDeclaration[SpecialRow]:
    def check(sound: Sound[SpecialRow]) -> Iterator[Fault]:
        # Days that cannot be read seem to be missing.
        if sound.complete:
            for problem in operations.problems(sound.rows, ground.options["year"]):
                yield Fault(None, None, Wrong(problem.rstrip("。")))

    # Shown before a year is chosen, too.
    return replace(SPECIAL_DAYS, check=check) if ground.options else SPECIAL_DAYS


def _look(ground: Ground, rows: Sequence[SpecialRow]) -> Look:
    days = sum((row.last - row.day).days + 1 for row in rows)
    return Look({"days": days, "year": ground.options["year"]})


def _apply(ground: Ground, rows: Sequence[SpecialRow]) -> dict[str, Any]:
    year = ground.options["year"]
    days = operations.replace_year(ground.session, ground.person, year, rows, rows[0].source, ground.now)
    return {"year": year, "days": days}


YEAR: Import[SpecialRow] = Import(
    name="calendar.import_year",
    address="/import",
    title=_l("导入一年的安排"),
    file_label=_l("放假调休安排文件"),
    form=YearForm,
    roles=(Role.ADMIN,),
    about=CALENDAR,
    table=_table,
    apply=_apply,
    look=_look,
    figures={"days": _l("天")},
    preview=(
        Shown(_l("开始日期"), lambda row: row.day),
        Shown(_l("结束日期"), lambda row: row.last),
        Shown(_l("安排"), lambda row: kind_words()[row.kind]),
        Shown(_l("依据"), lambda row: row.source),
    ),
    button=lambda figures: _("确认：这是%(year)s年的全部安排", year=figures["year"]),
    said=lambda outcome: [
        ("success", _("已录入%(year)s年的安排，共%(days)s天。", year=outcome["year"], days=outcome["days"]))
    ],
    done=lambda arguments, outcome: url_for("calendar.index", year=outcome.get("year")),
    back=lambda arguments: (url_for("calendar.index"), _("返回工作日历")),
    guide="calendar/import_guide.html",
)
