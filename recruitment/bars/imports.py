"""The import of a list of bars as other authorities send it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.bars import operations, queries
from recruitment.bars.table import FOR_LIFE, Entry, table
from recruitment.lists.declaration import Fault, ListDeclaration, Sound
from recruitment.lists.imports import About, Ground, Import, Shown
from recruitment.lists.parsers import Wrong

# The register is one for all calls and for the whole province.
REGISTER = About(
    "register",
    find=lambda session, arguments: True,
    may=lambda person, register: operations.may_keep(person),
    title=lambda register: "",
)


def _table(ground: Ground) -> ListDeclaration[Entry]:
    def check(sound: Sound[Entry]) -> Iterator[Fault]:
        standing = queries.standing(ground.session, sound.rows)
        for number, row in sound:
            if (row.id_number.value, row.source.strip(), row.starts_on) in standing:
                yield Fault(number, "name", Wrong("名单里已有这一条", "不会重复列入"), doubt=True)

    return replace(table(ground.today), check=check)


def _apply(ground: Ground, rows: Sequence[Entry]) -> dict[str, Any]:
    done = operations.enter(ground.session, rows, ground.person, ground.now)
    return {"new": done.new, "known": done.known}


LIST: Import[Entry] = Import(
    name="bars.import_list",
    address="/admin/bars/import",
    title=_l("导入禁考名单"),
    file_label=_l("禁考名单文件"),
    roles=operations.KEEPERS,
    about=REGISTER,
    table=_table,
    apply=_apply,
    figures={"rows": _l("条")},
    # Nobody's ID number is shown.
    preview=(
        Shown(_l("姓名"), lambda row: row.name),
        Shown(_l("情形"), lambda row: row.kind_words),
        Shown(_l("决定机关及文号"), lambda row: row.source),
        Shown(_l("起始日期"), lambda row: row.starts_on),
        Shown(_l("截止日期"), lambda row: row.until or FOR_LIFE),
    ),
    button=lambda figures: _("确认列入%(number)s条", number=figures["rows"]),
    said=lambda outcome: [
        (
            "success",
            _("已列入%(new)s人，另有%(known)s条名单里已有。", new=outcome["new"], known=outcome["known"]),
        )
    ],
    done=lambda arguments, outcome: url_for("bars.register"),
    back=lambda arguments: (url_for("bars.register"), _("返回禁考名单")),
    guide="bars/import_guide.html",
)
