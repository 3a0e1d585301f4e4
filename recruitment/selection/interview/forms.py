"""Forms of the interview's plan."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from recruitment.calls.fields import Between, Given, LocalMinuteField, WholeField
from recruitment.forms import DraftForm, Form, Required, Section, options, typed
from recruitment.selection.interview.plan import GroupRow
from recruitment.selection.interview.recusal import TIES
from recruitment.selection.interview.scoring import Element
from recruitment.selection.numbers import parse_number
from recruitment.selection.scheme import MOST_DIGITS, Rounding, RoundingMode


def _positive(form: Any, field: Field) -> None:
    if not parse_number((field.data or "").strip()):
        raise ValidationError(_("请填写大于 0 的数，例如 20 或 1.5。"))


class ElementForm(Section):
    """One element of the score sheet."""

    name = StringField(_l("要素"), [Required(), Length(max=30)])
    full_mark = StringField(_l("满分"), [Required(), _positive])
    weight = StringField(_l("权重"), [Required(), _positive], default="1")


class InterviewPlanForm(DraftForm):
    """Elements, examiners, rounding and the seed of the draw."""

    elements = FieldList(FormField(ElementForm), label=_l("评分要素"), min_entries=1, max_entries=20)
    examiners = WholeField(_l("每组考官人数"), [Given(), Between(1, 15)])
    dropped = WholeField(
        _l("每个要素去掉几个最高分和最低分"), [Given(), Between(0, 3)], description=_l("例如 1：各去掉一个。")
    )
    digits = WholeField(
        _l("面试成绩保留几位小数"), [Optional(), Between(0, MOST_DIGITS)], description=_l("不填表示不取舍。")
    )
    mode = SelectField(
        _l("取舍办法"),
        choices=lambda: options(
            [
                (RoundingMode.HALF_UP, _("四舍五入")),
                (RoundingMode.HALF_EVEN, _("四舍六入五成双")),
                (RoundingMode.TRUNCATE, _("截尾")),
            ]
        ),
    )
    seed = StringField(
        _l("抽签种子"),
        [Length(max=100)],
        description=_l("抽签前公布，例如某期公益彩票的开奖号码。抽签的结果由它唯一决定，任何人都可以重算。"),
    )

    def parts(self) -> list[Element]:
        return [
            Element(
                typed(row.form.name).strip(),
                Decimal(typed(row.form.full_mark).strip()),
                Decimal(typed(row.form.weight).strip()),
            )
            for row in self.elements.entries
        ]

    def rounding(self) -> Rounding | None:
        if self.digits.data is None:
            return None
        return Rounding(self.digits.data, RoundingMode(self.mode.data))


class GroupForm(Section):
    """One group."""

    name = StringField(_l("组名"), [Required(), Length(max=30)])
    begins_at = LocalMinuteField(_l("开始时间"), [Given()])
    place = StringField(_l("地点"), [Required(), Length(max=100)])
    positions = TextAreaField(
        _l("职位代码"), [Required(), Length(max=5000)], description=_l("用空格、顿号或者换行分开。")
    )


class GroupsForm(DraftForm):
    """All groups of a call."""

    groups = FieldList(FormField(GroupForm), label=_l("面试组"), min_entries=1, max_entries=80)

    def rows(self) -> list[GroupRow]:
        found = []
        for row in self.groups.entries:
            begins_at = row.form.begins_at.data
            if begins_at is None:
                raise ValueError("the form has not been validated")
            codes = typed(row.form.positions)
            for mark in "、，,；;":
                codes = codes.replace(mark, " ")
            found.append(
                GroupRow(
                    typed(row.form.name).strip(),
                    begins_at,
                    typed(row.form.place).strip(),
                    tuple(codes.split()),
                )
            )
        return found


class ExaminersForm(DraftForm):
    """All examiners of a call, one a line."""

    examiners = TextAreaField(
        _l("考官名单"),
        [Required(), Length(max=50_000)],
        description=_l("每行一人：编号、姓名、单位，用空格或者逗号分开。编号不能重复，抽签按编号进行。"),
    )

    def validate_examiners(self, field: Field) -> None:
        seen: dict[str, int] = {}
        for number, line in enumerate((field.data or "").splitlines(), 1):
            parts = _parts(line)
            if not parts:
                continue
            if len(parts) < 2:
                raise ValidationError(_("第%(number)s行应有编号和姓名。", number=number))
            if parts[0] in seen:
                raise ValidationError(
                    _("第%(number)s行的编号与第%(first)s行重复。", number=number, first=seen[parts[0]])
                )
            seen[parts[0]] = number

    def rows(self) -> dict[str, tuple[str, str]]:
        lines = [_parts(line) for line in typed(self.examiners).splitlines()]
        return {parts[0]: (parts[1], " ".join(parts[2:])) for parts in lines if parts}


def _parts(line: str) -> list[str]:
    for mark in "，,、\t　":
        line = line.replace(mark, " ")
    return line.split()


class ExtraForm(DraftForm):
    """The mark of an extra interview."""

    ticket = StringField(_l("准考证号"), [Required(), Length(max=30)])
    cell = StringField(_l("加试成绩"), [Required(), Length(max=20)])
    reason = TextAreaField(_l("为什么加试"), [Required(), Length(max=500)])


class RecusalForm(DraftForm):
    """An examiner stays away from a candidate."""

    code = StringField(_l("考官编号"), [Required(), Length(max=30)])
    ticket = StringField(_l("准考证号"), [Required(), Length(max=30)])
    tie = SelectField(_l("回避的原因"), [Required()], choices=lambda: options(TIES.items()))
    explanation = TextAreaField(
        _l("说明"), [Length(max=500)], description=_l("例如“夫妻”“表兄弟”。原因为“其他”的必须填写。")
    )


class WithdrawRecusalForm(Form):
    """Why a declaration is taken back."""

    reason = TextAreaField(_l("撤回的原因"), [Length(max=500)])


class ElementMarksForm(Section):
    """Every examiner's mark of one element."""

    marks = StringField(_l("评分"), [Required(), Length(max=200)])


class InterviewCorrectionForm(DraftForm):
    """Other marks for one candidate, and why."""

    elements = FieldList(FormField(ElementMarksForm), label=_l("各考官的评分"), max_entries=20)
    reason = TextAreaField(
        _l("更正的原因"),
        [Required(), Length(max=1000)],
        description=_l("记入档案，例如“登分错误，经两人核对评分表”。"),
    )

    @staticmethod
    def marks_of(row: Any) -> list[str]:
        """The marks of one element in the order of the examiners."""
        return _parts(typed(row.form.marks))


class UndoForm(Form):
    """Why the draw is made again."""

    reason = TextAreaField(_l("重新抽签的原因"), [Length(max=500)])
