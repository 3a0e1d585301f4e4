"""The imports of marks, of both stages and by two people each, and of policy bonuses."""

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.calls.imports import OF_CALL
from recruitment.calls.models import Call
from recruitment.lists.declaration import ListDeclaration
from recruitment.lists.imports import Figures, Ground, Import, Look, Shown
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.interview import operations as interviews
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.sheet import key
from recruitment.selection.marks import entry
from recruitment.selection.marks import operations as written
from recruitment.selection.marks.bonus import BonusRow, bonus_sheet
from recruitment.selection.marks.sheet import Row
from recruitment.selection.models import Stage


def _hold(ground: Ground) -> None:
    plans.lock(ground.session, ground.subject)


def _waiting(session: Session, call: Call, stage: Stage) -> list[str]:
    if stage is Stage.WRITTEN:
        return written.sitting(session, call).missing
    return interviews.waiting(session, call)


def _look(stage: Stage, ground: Ground, rows: Sequence[Row]) -> Look:
    waiting = set(_waiting(ground.session, ground.subject, stage))
    figures = {"missing": len(waiting - {row.ticket for row in rows})}
    return Look(figures) if stage is Stage.WRITTEN else Look(figures, *_by_element(ground, rows))


def _by_element(ground: Ground, rows: Sequence[Row]) -> tuple[list[tuple[str, str, Row, int]], list[Shown]]:
    """Interview marks with an element a row and an examiner a column: in one row they are wider than any screen."""
    plan = planning.plan_of(ground.session, ground.subject)
    elements = [element.name for element in planning.elements_of(plan)]
    lines = [(row.ticket, name, row, number) for row in rows for number, name in enumerate(elements, 1)]
    columns = [Shown(_l("准考证号"), itemgetter(0)), Shown(_l("要素"), itemgetter(1))]
    columns += [
        Shown(_("考官%(number)s", number=seat), partial(_mark_of, seat))
        for seat in range(1, plan.examiners + 1)
    ]
    return lines, columns


def _mark_of(seat: int, line: tuple[str, str, Row, int]) -> str:
    _ticket, _name, row, element = line
    return row.cells.get(key(element, seat), "")


def _apply(stage: Stage, ground: Ground, rows: Sequence[Row]) -> dict[str, Any]:
    """The person stands by what they typed; where another's agrees, the marks are written."""
    kept = entry.stage_entry(
        ground.session,
        ground.subject,
        stage,
        ground.person,
        ground.now,
        filename=ground.filename,
        sha256=ground.sha256,
        rows={row.ticket: row.cells for row in rows},
        lines=dict(zip((row.ticket for row in rows), ground.numbers, strict=True)),
    )
    confirm = written.confirm if stage is Stage.WRITTEN else interviews.confirm
    done = confirm(ground.session, ground.subject, kept.id, ground.person, ground.now)
    return {"entry": str(kept.id), "agreed": done.agreed, "differences": len(done.differences)}


def _said(outcome: Figures) -> list[tuple[str, str]]:
    if outcome["agreed"]:
        words = _("两人录入一致，已写入%(number)s名考生的成绩。", number=outcome["rows"])
        return [("success", words)]
    if outcome["differences"]:
        words = _(
            "与另一个人的录入有%(number)s处不同，没有写入任何成绩。请核对原件，录错的人改好后重新上传。",
            number=outcome["differences"],
        )
        return [("warning", words)]
    return [("success", _("已确认。请另一个人再录入一次，两次一致才写入。"))]


def _done(overview: str, arguments: Mapping[str, Any], outcome: Figures) -> str:
    if outcome.get("agreed") or "entry" not in outcome:
        return url_for(overview, **arguments)
    return url_for("selection.marks_entry", entry_id=outcome["entry"], **arguments)


_MARKS: dict[str, Any] = {
    "roles": (Role.ADMIN,),
    "about": OF_CALL,
    "hold": _hold,
    "figures": {"rows": _l("名考生"), "missing": _l("名考生不在表中，也还没有成绩")},
    "button": lambda figures: _("确认我的录入"),
    "said": _said,
}


def _ranked(session: Session, call: Call) -> str | None:
    if plans.published(session, call.id, Stage.WRITTEN) is None:
        return None
    return str(_("笔试成绩已经公布，不能再录入；改动请用成绩更正。"))


WRITTEN: Import[Row] = Import(
    name="selection.import_marks",
    address="/admin/calls/<slug>/marks/import",
    title=_l("录入笔试成绩"),
    file_label=_l("笔试成绩文件"),
    table=lambda ground: written.sheet_of(ground.session, ground.subject),
    look=partial(_look, Stage.WRITTEN),
    apply=partial(_apply, Stage.WRITTEN),
    done=partial(_done, "selection.marks"),
    back=lambda arguments: (url_for("selection.marks", **arguments), _("返回成绩")),
    closed=_ranked,
    guide="selection/marks_guide.html",
    remedy=lambda arguments, about: (
        url_for("selection.rule_attendance", **{**arguments, **about}),
        _("裁定"),
    ),
    **_MARKS,
)


def _not_drawn(session: Session, call: Call) -> str | None:
    return None if planning.plan_of(session, call).drawn_at else _("还没有抽签，不能录入面试评分。")


INTERVIEW: Import[Row] = Import(
    name="selection.import_interview",
    address="/admin/calls/<slug>/interview/import",
    title=_l("录入面试评分"),
    file_label=_l("面试评分文件"),
    table=lambda ground: interviews.sheet_of(ground.session, ground.subject),
    look=partial(_look, Stage.FINAL),
    apply=partial(_apply, Stage.FINAL),
    done=partial(_done, "selection.interview"),
    back=lambda arguments: (url_for("selection.interview", **arguments), _("返回成绩")),
    closed=_not_drawn,
    guide="selection/interview_guide.html",
    **_MARKS,
)


def _bonus_sheet(ground: Ground) -> ListDeclaration[BonusRow]:
    names = [rule.name for rule in plans.bonus_rules(plans.plan_of(ground.session, ground.subject))]
    return bonus_sheet(names, written.sitting(ground.session, ground.subject).ids)


def _set_bonuses(ground: Ground, rows: Sequence[BonusRow]) -> dict[str, Any]:
    written.set_bonuses(ground.session, ground.subject, rows, ground.person, ground.now)
    return {}


def _no_bonuses(session: Session, call: Call) -> str | None:
    rules = plans.bonus_rules(plans.plan_of(session, call))
    return None if rules else _("成绩方案里没有加分项目。")


BONUSES: Import[BonusRow] = Import(
    name="selection.import_bonuses",
    address="/admin/calls/<slug>/bonuses/import",
    title=_l("导入政策性加分名单"),
    file_label=_l("政策性加分文件"),
    roles=(Role.ADMIN,),
    about=OF_CALL,
    table=_bonus_sheet,
    apply=_set_bonuses,
    hold=_hold,
    figures={"rows": _l("项")},
    notes=lambda figures: [_("确认后整个替换现在的名单。")],
    button=lambda figures: _("确认导入"),
    said=lambda outcome: [("success", _("已导入%(number)s项加分。", number=outcome["rows"]))],
    done=lambda arguments, outcome: url_for("selection.bonuses", **arguments),
    back=lambda arguments: (url_for("selection.bonuses", **arguments), _("返回政策性加分")),
    closed=_no_bonuses,
    guide="selection/bonuses_guide.html",
)
