"""How a call interviews: elements, examiners, rounding, groups, and the draw from a published seed."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.interview import recusal
from recruitment.selection.interview.draw import Seat, drawn, seats
from recruitment.selection.interview.scoring import Element, needs_rounding
from recruitment.selection.models import (
    Examiner,
    InterviewGroup,
    InterviewMark,
    InterviewPlan,
    InterviewPosition,
    InterviewSlot,
)
from recruitment.selection.numbers import plain
from recruitment.selection.scheme import Rounding, RoundingMode
from workflows.terms import Reason, Refused

# Who may come to the interview.
INVITED = "rechecked"
USUAL = (
    Element("综合分析能力", Decimal(30)),
    Element("组织协调能力", Decimal(25)),
    Element("应变能力", Decimal(20)),
    Element("语言表达能力", Decimal(15)),
    Element("举止仪表", Decimal(10)),
)


def plan_of(session: Session, call: Call) -> InterviewPlan:
    """The call's plan; a usual one, not yet saved, where nobody has made one."""
    return session.get(InterviewPlan, call.id) or InterviewPlan(
        call_id=call.id, elements=as_json(USUAL), examiners=7, dropped=1, seed=""
    )


def as_json(elements: Sequence[Element]) -> list[dict[str, str]]:
    return [
        {"name": item.name, "full_mark": plain(item.full_mark), "weight": plain(item.weight)}
        for item in elements
    ]


def elements_of(plan: InterviewPlan) -> list[Element]:
    return [
        Element(item["name"], Decimal(item["full_mark"]), Decimal(item["weight"])) for item in plan.elements
    ]


def rounding_of(plan: InterviewPlan) -> Rounding | None:
    if plan.digits is None or plan.mode is None:
        return None
    return Rounding(plan.digits, RoundingMode(plan.mode))


def save(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    elements: Sequence[Element],
    examiners: int,
    dropped: int,
    rounding: Rounding | None,
    seed: str,
) -> InterviewPlan:
    """Save the plan.

    Raises:
        Refused: the draw has been made, marks are in, the parts do not fit together, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    plan = plan_of(session, call)
    scheme = plans.scheme_of(session, call)
    full = sum((item.full_mark * item.weight for item in elements), Decimal(0))
    reasons = []
    if plan.drawn_at is not None:
        reasons.append(Reason("drawn", _("已经抽签，面试方案不能再改。")))
    if examiners <= 2 * dropped:
        reasons.append(Reason("none_counts", _("去掉最高分和最低分以后，没有剩下的分数。")))
    elif rounding is None and needs_rounding(examiners, dropped):
        reasons.append(
            Reason(
                "endless",
                _("%(number)s 个分数的平均可能除不尽，请写明保留几位小数。", number=examiners - 2 * dropped),
            )
        )
    if full != scheme.interview.full_mark:
        reasons.append(
            Reason(
                "full_mark",
                _(
                    "各要素满分乘以权重合计 %(sum)s，应等于面试满分 %(full)s。",
                    sum=plain(full),
                    full=plain(scheme.interview.full_mark),
                ),
            )
        )
    if len({item.name for item in elements}) < len(elements):
        reasons.append(Reason("element_twice", _("要素的名称不能重复。")))
    if reasons:
        raise Refused(reasons)
    plan.elements, plan.examiners, plan.dropped = as_json(elements), examiners, dropped
    plan.digits, plan.mode = (rounding.digits, rounding.mode.value) if rounding else (None, None)
    plan.seed, plan.changed_at = seed.strip(), now
    session.add(plan)
    record(session, person, "selection.interview_plan", at=now, subject_kind="call", subject_id=call.id)
    session.flush()
    return plan


def groups_of(session: Session, call: Call) -> list[InterviewGroup]:
    """The groups of a call by time and name."""
    return list(
        session.scalars(
            sa.select(InterviewGroup)
            .where(InterviewGroup.call_id == call.id)
            .order_by(InterviewGroup.begins_at, InterviewGroup.name)
        )
    )


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as a list declares it: name, moment, place and the codes of its positions."""

    name: str
    begins_at: datetime
    place: str
    positions: tuple[str, ...]


def set_groups(session: Session, call: Call, rows: Sequence[GroupRow], person: User, now: datetime) -> None:
    """Put these groups in place of the present ones.

    Raises:
        Refused: the draw has been made, a position is unknown or in two groups, a name stands twice, or the call is
            not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    _not_drawn(session, call)
    positions = session.scalars(sa.select(Position).where(Position.call_id == call.id))
    known = {position.code: position.id for position in positions}
    named = [code for row in rows for code in row.positions]
    reasons = [
        Reason(f"unknown_{code}", _("没有职位代码 %(code)s。", code=code))
        for code in dict.fromkeys(named)
        if code not in known
    ]
    reasons += [
        Reason(f"twice_{code}", _("职位 %(code)s 在两个组里。", code=code))
        for code in dict.fromkeys(named)
        if named.count(code) > 1
    ]
    if len({row.name for row in rows}) < len(rows):
        reasons.append(Reason("group_twice", _("面试组的名称不能重复。")))
    if reasons:
        raise Refused(reasons)
    session.execute(sa.delete(InterviewGroup).where(InterviewGroup.call_id == call.id))
    for row in rows:
        group = InterviewGroup(
            id=uuid.uuid4(), call_id=call.id, name=row.name, begins_at=row.begins_at, place=row.place
        )
        session.add(group)
        session.flush()
        of_group = [{"position_id": known[code], "group_id": group.id} for code in row.positions]
        if of_group:
            session.execute(sa.insert(InterviewPosition), of_group)
    record(
        session,
        person,
        "selection.interview_groups",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"groups": len(rows)},
    )
    session.flush()


def set_examiners(
    session: Session, call: Call, rows: Mapping[str, tuple[str, str]], person: User, now: datetime
) -> None:
    """Put these examiners in place of the present ones: code → name and unit.

    Whoever stays the same keeps what was declared about them.

    Raises:
        Refused: the draw has been made, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    _not_drawn(session, call)
    present = session.scalars(sa.select(Examiner).where(Examiner.call_id == call.id)).all()
    stay = {row.code for row in present if rows.get(row.code) == (row.name, row.unit)}
    session.execute(
        sa.delete(Examiner).where(Examiner.id.in_([row.id for row in present if row.code not in stay]))
    )
    values = [
        {"call_id": call.id, "code": code, "name": name, "unit": unit}
        for code, (name, unit) in rows.items()
        if code not in stay
    ]
    if values:
        session.execute(sa.insert(Examiner), values)
    record(
        session,
        person,
        "selection.examiners",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"examiners": len(rows)},
    )
    session.flush()


def _not_drawn(session: Session, call: Call) -> None:
    plan = session.get(InterviewPlan, call.id)
    if plan is not None and plan.drawn_at is not None:
        raise Refused([Reason("drawn", _("已经抽签，分组和考官不能再改。"))])


def draw(session: Session, call: Call, person: User, now: datetime) -> int:
    """Draw the order of candidates in each group and the examiners of each; returns how many candidates.

    Every group's candidates stand in the order of their ticket numbers' digests, and the examiners, in the order of
    theirs, are dealt to the groups in turn; nobody to a group with a candidate whom they must stay away from.

    Raises:
        Refused: no seed, a position without a group, rechecks still open, too few examiners or too few who may sit
            in a group, already drawn, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    plan = session.get(InterviewPlan, call.id, populate_existing=True)
    if plan is None or not plan.seed:
        raise Refused([Reason("no_seed", _("请先保存面试方案，并写明公布的种子。"))])
    _not_drawn(session, call)
    groups = groups_of(session, call)
    of_position = {
        row.position_id: row.group_id
        for row in session.scalars(
            sa.select(InterviewPosition)
            .join(InterviewPosition.group)
            .where(InterviewGroup.call_id == call.id)
        )
    }
    candidates = session.execute(
        sa.select(Candidate.id, Candidate.ticket_number, Candidate.position_id, Position.code)
        .join(Position, Position.id == Candidate.position_id)
        .where(Candidate.call_id == call.id, Candidate.state == INVITED)
    ).all()
    examiners = {
        row.code: row for row in session.scalars(sa.select(Examiner).where(Examiner.call_id == call.id))
    }
    if reasons := _obstacles(session, call, plan, groups, of_position, candidates, len(examiners)):
        raise Refused(reasons)
    kept_away = recusal.conflicts(session, call, [row.id for row in candidates])
    group_of = {row.id: of_position[row.position_id] for row in candidates}
    bars = recusal.barred(kept_away, group_of, [group.id for group in groups])
    dealt = seats(drawn(plan.seed, examiners), len(groups), plan.examiners, bars)
    if reasons := _unfilled(groups, plan, dealt.values()):
        raise Refused(reasons)
    for group in groups:
        mine = {
            str(row.ticket_number): row.id for row in candidates if of_position[row.position_id] == group.id
        }
        places = [
            {"candidate_id": mine[ticket], "group_id": group.id, "number": number}
            for number, ticket in enumerate(drawn(plan.seed, mine), 1)
        ]
        if places:
            session.execute(sa.insert(InterviewSlot), places)
    for code, seat in dealt.items():
        examiners[code].group_id, examiners[code].seat = groups[seat.group].id, seat.number
    plan.drawn_at = now
    record(
        session,
        person,
        "selection.draw",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={
            "seed": plan.seed,
            "candidates": len(candidates),
            "recusals": [
                {"examiner": one.examiner, "ticket": one.ticket, "tie": one.tie} for one in kept_away
            ],
        },
    )
    session.flush()
    return len(candidates)


def _unfilled(groups: Sequence[InterviewGroup], plan: InterviewPlan, dealt: Iterable[Seat]) -> list[Reason]:
    """Groups that nobody is left for once everybody stays away from whom they must."""
    taken = Counter(seat.group for seat in dealt)
    return [
        Reason(
            f"recusal_{number}",
            _(
                "因为回避，%(group)s还缺%(number)s名考官。请补充考官，或者调整分组。",
                group=group.name,
                number=plan.examiners - taken[number],
            ),
        )
        for number, group in enumerate(groups)
        if taken[number] < plan.examiners
    ]


def _obstacles(
    session: Session,
    call: Call,
    plan: InterviewPlan,
    groups: Sequence[InterviewGroup],
    of_position: Mapping[uuid.UUID, uuid.UUID],
    candidates: Sequence[sa.Row[uuid.UUID, str | None, uuid.UUID, str]],
    examiners: int,
) -> list[Reason]:
    reasons = []
    undecided = session.scalar(
        sa.select(sa.func.count())
        .select_from(Candidate)
        .where(Candidate.call_id == call.id, Candidate.state.in_(("shortlisted", "called_up")))
    )
    if undecided:
        reasons.append(
            Reason(
                "rechecks_open",
                _("还有 %(undecided)s 名考生没有完成资格复审或者没有确认递补。", undecided=undecided),
            )
        )
    if not candidates:
        reasons.append(Reason("nobody", _("还没有资格复审合格的考生。")))
    homeless = sorted({row.code for row in candidates if row.position_id not in of_position})
    if homeless:
        reasons.append(Reason("no_group", _("这些职位还没有分组：%(names)s。", names="、".join(homeless))))
    if groups and examiners < len(groups) * plan.examiners:
        reasons.append(
            Reason(
                "few_examiners",
                _(
                    "%(groups)s 个组各 %(each)s 名考官，至少要 %(wanted)s 名，现有 %(present)s 名。",
                    groups=len(groups),
                    each=plan.examiners,
                    wanted=len(groups) * plan.examiners,
                    present=examiners,
                ),
            )
        )
    return reasons


def undo_draw(session: Session, call: Call, reason: str, person: User, now: datetime) -> None:
    """Take the draw back, before anybody was interviewed, with the reason on record.

    Raises:
        Refused: no reason, nothing drawn, marks are in, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    plan = session.get(InterviewPlan, call.id, populate_existing=True)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明重新抽签的原因。")))
    if plan is None or plan.drawn_at is None:
        reasons.append(Reason("not_drawn", _("还没有抽签。")))
    of_call = sa.select(Candidate.id).where(Candidate.call_id == call.id)
    if session.scalar(sa.select(sa.exists().where(InterviewMark.candidate_id.in_(of_call)))):
        reasons.append(Reason("marks_in", _("已经有面试成绩，不能重新抽签。")))
    if reasons or plan is None:
        raise Refused(reasons)
    session.execute(sa.delete(InterviewSlot).where(InterviewSlot.candidate_id.in_(of_call)))
    session.execute(sa.update(Examiner).where(Examiner.call_id == call.id).values(group_id=None, seat=None))
    record(
        session,
        person,
        "selection.undo_draw",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=reason.strip(),
        detail={"seed": plan.seed},
    )
    plan.drawn_at = None
    session.flush()
