"""The import of a call's position table; and what every import for a call is about."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.areas.catalogue import counties
from recruitment.calls import operations, queries
from recruitment.calls.conditions import level_words
from recruitment.calls.models import Call
from recruitment.calls.position_table import PositionRow
from recruitment.calls.table import table_of
from recruitment.lists.imports import About, Figures, Ground, Import, Look, Shown
from recruitment.people.models import Role
from recruitment.web.formats import area_name

OF_CALL = About(
    "call",
    find=lambda session, arguments: queries.find_call(session, arguments["slug"]),
    may=lambda person, call: person.may(Role.ADMIN, call.area_code),
    title=lambda call: call.title,
)


def _present(session: Session, call: Call) -> int:
    return queries.totals(session, queries.PositionFilter(call.id))[0]


def _look(ground: Ground, rows: Sequence[PositionRow]) -> Look:
    codes = {row.county_code for row in rows}
    return Look(
        {
            "openings": sum(row.openings for row in rows),
            "counties": len(codes),
            "prefectures": len({counties()[code].prefecture_code for code in codes}),
            "present": _present(ground.session, ground.subject),
        }
    )


def _notes(figures: Figures) -> list[str]:
    present = figures["present"]
    return [_("现在的%(number)s个职位会整个被替换。", number=present)] if present else []


def _closed(_session: Session, call: Call) -> str | None:
    return None if call.state == "draft" else _("公告已经发布，职位表不能再整体替换。")


def _apply(ground: Ground, rows: Sequence[PositionRow]) -> dict[str, Any]:
    operations.replace_positions(ground.session, ground.subject, ground.person.actor(), rows)
    return {}


POSITIONS: Import[PositionRow] = Import(
    name="calls.import_table",
    address="/<slug>/positions/import",
    title=_l("导入职位表"),
    file_label=_l("职位表文件"),
    roles=(Role.ADMIN,),
    about=OF_CALL,
    table=lambda ground: table_of(ground.subject),
    apply=_apply,
    hold=lambda ground: ground.session.refresh(ground.subject, with_for_update=True),
    look=_look,
    figures={
        "rows": _l("个职位"),
        "openings": _l("个名额"),
        "counties": _l("个县（市、区）"),
        "prefectures": _l("个市（州）"),
    },
    preview=(
        Shown(_l("职位代码"), lambda row: row.code),
        Shown(_l("招录机关"), lambda row: row.organ),
        Shown(_l("职位名称"), lambda row: row.name),
        Shown(_l("地区"), lambda row: area_name(row.county_code)),
        Shown(_l("名额"), lambda row: row.openings),
        Shown(_l("学历"), lambda row: level_words(row.education)),
        Shown(_l("其他条件"), lambda row: row.conditions_text or _l("无")),
    ),
    notes=_notes,
    button=lambda figures: _("确认导入%(number)s个职位", number=figures["rows"]),
    said=lambda outcome: [("success", _("已导入%(number)s个职位。", number=outcome["rows"]))],
    done=lambda arguments, outcome: url_for("calls.positions", **arguments),
    back=lambda arguments: (url_for("calls.show", **arguments), _("返回招考概况")),
    closed=_closed,
    guide="calls/import_guide.html",
    context=lambda session, call, person: {"positions": _present(session, call)},
)
