"""Forms of the exam day."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    FieldList,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from recruitment.areas.models import County
from recruitment.calls.fields import Between, Given, LocalMinuteField, WholeField
from recruitment.calls.forms import county_choices
from recruitment.calls.models import Call
from recruitment.exam.attendance import SeatLine
from recruitment.exam.incidents import KINDS
from recruitment.exam.models import ROOM_CAPACITY, ExamPlan, ExamRoom, ExamSubject, Venue
from recruitment.exam.operations import SubjectTimes
from recruitment.exam.venue_list import VenueRow, room_numbers
from recruitment.forms import DraftForm, Form, Required, Section, options, typed
from recruitment.lists.parsers import Wrong

# What a ticket says unless the call says otherwise; any line can be changed on the page.
RULES = """考生凭准考证和有效居民身份证，在开考前30分钟进入考场，对号入座。
开考30分钟后不得入场；考试结束前不得提前交卷离场。
只准携带黑色签字笔、2B铅笔和橡皮。手机等通讯工具应关闭，放在指定位置，不得带至座位。
在试卷和答题卡的规定位置填写姓名、准考证号；在规定区域以外作答的无效。
服从监考人员管理，不得交头接耳、抄袭或者传递资料，违反的按公务员录用违规违纪行为处理办法处理。
请保存好准考证，资格复审和面试时还要使用。"""
SUBJECTS = (("xingce", "行政职业能力测验"), ("shenlun", "申论"))


class SubjectRow(Section):
    """One paper of the timetable."""

    name = StringField(_l("科目名称"), [Required(), Length(max=40)])
    code = StringField(
        _l("科目代码"),
        [Required(), Length(max=30)],
        description=_l("与成绩方案中的代码一致，例如 xingce、shenlun、public_basics。"),
    )
    starts_at = LocalMinuteField(_l("开始时间"), [Given()])
    ends_at = LocalMinuteField(_l("结束时间"), [Given()])

    def validate_code(self, field: Field) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", typed(field).strip()):
            raise ValidationError(_("只用小写字母、数字和下划线，以字母开头。"))

    def validate_ends_at(self, field: Field) -> None:
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("结束时间应晚于开始时间。"))


class PlanForm(DraftForm):
    """Timetable, tickets and rules of an exam."""

    subjects = FieldList(FormField(SubjectRow), label=_l("考试科目"), min_entries=1, max_entries=6)
    tickets_from = LocalMinuteField(_l("准考证打印开始"), [Given()], description=_l("北京时间，到分钟。"))
    tickets_until = LocalMinuteField(_l("准考证打印结束"), [Given()])
    ticket_prefix = StringField(
        _l("准考证号开头"),
        [Required()],
        description=_l("2至6位数字，例如考试年份。后面接市（州）2位、考点2位、考场3位、座位2位。"),
    )
    rules = TextAreaField(
        _l("考生须知"), [Length(max=3000)], description=_l("印在准考证上，一行一条，不用编号。")
    )

    @classmethod
    def of(cls, call: Call, plan: ExamPlan | None) -> "PlanForm":
        if plan is not None:
            return cls.open(f"exam-plan:{call.id}", obj=plan)
        data = {
            "subjects": [{"code": code, "name": name} for code, name in SUBJECTS],
            "ticket_prefix": str(call.reference_date.year),
            "rules": RULES,
        }
        return cls.open(f"exam-plan:{call.id}", data=data)

    def validate_ticket_prefix(self, field: Field) -> None:
        if not re.fullmatch(r"[0-9]{2,6}", typed(field).strip()):
            raise ValidationError(_("请填写2至6位数字。"))

    def validate_tickets_until(self, field: Field) -> None:
        if field.data and self.tickets_from.data and field.data <= self.tickets_from.data:
            raise ValidationError(_("结束时间应晚于开始时间。"))

    def validate_subjects(self, field: "FieldList[Any]") -> None:
        codes = Counter(typed(row.form.code).strip() for row in field)
        for row in field:
            if codes[typed(row.form.code).strip()] > 1:
                row.form.code.errors = [*row.form.code.errors, _("另一个科目用了这个代码。")]
                raise ValidationError(_("两个科目的代码相同。"))
        times = sorted(
            (row.form.starts_at.data, row.form.ends_at.data)
            for row in field
            if row.form.starts_at.data and row.form.ends_at.data
        )
        if any(later[0] < earlier[1] for earlier, later in pairwise(times)):
            raise ValidationError(_("两个科目的时间重叠。"))

    def values(self) -> dict[str, Any]:
        """What :func:`recruitment.exam.operations.save_plan` takes."""
        return {
            "ticket_prefix": typed(self.ticket_prefix).strip(),
            "tickets_from": self.tickets_from.data,
            "tickets_until": self.tickets_until.data,
            "rules": typed(self.rules).strip(),
            "subjects": [_times(row.form) for row in self.subjects],
        }


def _times(row: Any) -> SubjectTimes:
    return SubjectTimes(
        typed(row.code).strip(), typed(row.name).strip(), row.starts_at.data, row.ends_at.data
    )


class RoomsRow(Section):
    """A run of rooms of one size."""

    rooms = StringField(_l("考场号"), [Required()], description=_l("一个或一段，例如 1 或 1-20。"))
    capacity = WholeField(_l("每场座位数"), [Given(), Between(1, 99)], default=ROOM_CAPACITY)
    place = StringField(_l("位置"), [Length(max=60)], description=_l("例如“3号楼2层”，可以不填。"))

    def validate_rooms(self, field: Field) -> None:
        try:
            room_numbers(typed(field))
        except Wrong as wrong:
            raise ValidationError(f"{wrong}。") from wrong


class VenueForm(DraftForm):
    """A venue with its rooms."""

    county_code = SelectField(_l("所在县（市、区）"), [Required()], choices=())
    code = WholeField(
        _l("考点编号"), [Given(), Between(1, 99)], description=_l("1至99，同一市（州）内不重复。")
    )
    name = StringField(_l("考点名称"), [Required(), Length(max=60)])
    address = StringField(_l("考点地址"), [Required(), Length(max=120)])
    directions = StringField(_l("交通"), [Length(max=200)], description=_l("公交、地铁等，可以不填。"))
    rooms = FieldList(FormField(RoomsRow), label=_l("考场"), min_entries=1, max_entries=40)

    @classmethod
    def of(cls, call: Call, venue: Venue | None, counties: list[County]) -> "VenueForm":
        key = f"exam-venue:{venue.id if venue else call.id}"
        form = cls.open(key, data=_venue_data(venue)) if venue else cls.open(key)
        form.county_code.choices = county_choices(counties, _("请选择"))
        return form

    def validate_rooms(self, field: "FieldList[Any]") -> None:
        taken: set[int] = set()
        for row in field:
            try:
                first, last = room_numbers(typed(row.form.rooms))
            except Wrong:
                continue
            numbers = set(range(first, last + 1))
            if taken & numbers:
                raise ValidationError(_("考场号有重复。"))
            taken |= numbers

    def rows(self) -> list[VenueRow]:
        """The runs of rooms, as the list of venues would have them."""
        found = []
        for row in self.rooms:
            first, last = room_numbers(typed(row.form.rooms))
            found.append(
                VenueRow(
                    county_code=typed(self.county_code),
                    code=self.code.data or 0,
                    name=typed(self.name).strip(),
                    address=typed(self.address).strip(),
                    directions=typed(self.directions).strip(),
                    first=first,
                    last=last,
                    capacity=row.form.capacity.data or 0,
                    place=typed(row.form.place).strip(),
                )
            )
        return found


def _venue_data(venue: Venue) -> dict[str, Any]:
    return {
        "county_code": venue.county_code,
        "code": venue.code,
        "name": venue.name,
        "address": venue.address,
        "directions": venue.directions,
        "rooms": [
            {
                "rooms": str(run[0].number) if len(run) == 1 else f"{run[0].number}-{run[-1].number}",
                "capacity": run[0].capacity,
                "place": run[0].place,
            }
            for run in runs(venue.rooms)
        ],
    }


def runs(rooms: list[ExamRoom]) -> list[list[ExamRoom]]:
    """Rooms with successive numbers, of one size and in one place, together."""
    ordered = sorted(rooms, key=lambda room: room.number)
    return [
        [room for _, room in run]
        for _, run in groupby(
            enumerate(ordered), key=lambda item: (item[1].number - item[0], item[1].capacity, item[1].place)
        )
    ]


class SeatsForm(Form):
    """The seed that seats are assigned from."""

    seed = StringField(
        _l("随机种子"),
        [Required(), Length(max=200)],
        description=_l("公开抽取的一段数字或文字，例如当众抽出的号码。编排后对外公布，任何人都可以重算。"),
    )
    reason = TextAreaField(
        _l("重新编排的理由"),
        [Length(max=1000)],
        description=_l("准考证发放以后重新编排的，必须填写。"),
    )


class AttendanceForm(Form):
    """Who of a room did not come. Drawn by its page as a list of the room."""

    absent = SelectMultipleField(_l("缺考"), choices=())

    @classmethod
    def of(cls, lines: Sequence[SeatLine]) -> "AttendanceForm":
        form = cls(data={"absent": [str(line.candidate_id) for line in lines if line.present is False]})
        form.absent.choices = [(str(line.candidate_id), line.name) for line in lines]
        return form


class IncidentForm(DraftForm):
    """What was noted about somebody in a room."""

    candidate = SelectField(_l("考生"), [Required()], choices=())
    subject = SelectField(_l("科目"), [Required()], choices=())
    kind = SelectField(_l("情况"), [Required()], choices=lambda: options([("", _("请选择")), *KINDS.items()]))
    description = TextAreaField(
        _l("经过"),
        [Required(), Length(max=1000)],
        description=_l("时间、经过、证据和在场的监考人员。"),
    )

    @classmethod
    def of(cls, room: ExamRoom, lines: Sequence[SeatLine], subjects: Sequence[ExamSubject]) -> "IncidentForm":
        form = cls.open(f"exam-incident:{room.id}")
        people = [(str(line.candidate_id), f"{line.number:02d} {line.name}") for line in lines]
        form.candidate.choices = options([("", _("请选择")), *people])
        form.subject.choices = options([("", _("请选择")), *((item.code, item.name) for item in subjects)])
        return form
