"""From the seats to the final ranking: tickets, marks entered twice, a tie, a recheck with a substitute, interviews."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from recruitment.calls import operations as calls
from recruitment.candidates.models import Candidate
from recruitment.demo.stages_ground import Play
from recruitment.exam import attendance, venue_operations
from recruitment.exam import operations as exam
from recruitment.exam.models import ExamRoom, Venue
from recruitment.exam.queries import plan_of
from recruitment.exam.venue_list import VenueRow
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.interview import operations as interviews
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.sheet import ABSENT, key
from recruitment.selection.marks import entry
from recruitment.selection.marks import operations as marks
from recruitment.selection.models import CallRanking, InterviewPlan, Stage
from recruitment.selection.presets import DEFAULT, PRESETS
from recruitment.selection.recheck import operations as recheck
from recruitment.selection.results import operations as results

ABSENTEE, NOTED = (3, 9), (0, 9)
FAILED, SUBSTITUTE = (0, 2), (0, 6)
NOT_INTERVIEWED = (1, 5)
TIED = ((2, 2), (2, 3))
RULES = "请提前30分钟到达考场。\n请带准考证和身份证。\n手机关机，放在指定的地方。"


def play(ground: Play) -> None:
    _seats(ground)
    _exam_day(ground)
    _marks(ground)
    _recheck(ground)
    _interviews(ground)


def _seats(ground: Play) -> None:
    session, call, admin = ground.session, ground.call, ground.admin
    day = ground.at(250)
    exam.save_plan(
        session,
        call,
        admin,
        ground.at(300),
        ticket_prefix=f"{day.year}",
        tickets_from=ground.at(270),
        # Long after the exam, so that the ticket can be looked at in the demo.
        tickets_until=ground.at(-60),
        rules=RULES,
        subjects=[
            exam.SubjectTimes("xingce", "行政职业能力测验", day, day + timedelta(hours=2)),
            exam.SubjectTimes("shenlun", "申论", day + timedelta(hours=5), day + timedelta(hours=7)),
        ],
    )
    hall = VenueRow(
        "510722", 1, "三台演示中学", "三台县演示路1号", 1, 3, 25, place="教学楼一层", directions="南门进。"
    )
    venue_operations.replace_venues(session, call, admin, [hall], ground.at(290))
    exam.assign_seats(session, call, admin, "20251122", ground.at(280))
    exam.release_tickets(session, call, admin, ground.at(275))


def _exam_day(ground: Play) -> None:
    session, people = ground.session, ground.candidates()
    plan = plan_of(session, ground.call.id)
    absent, noted = people[ABSENTEE], people[NOTED]
    rooms = session.scalars(
        sa.select(ExamRoom).join(Venue, Venue.id == ExamRoom.venue_id).where(Venue.call_id == ground.call.id)
    ).all()
    for subject in plan.subjects if plan else ():
        after = subject.ends_at + timedelta(hours=1)
        for room in rooms:
            inside = {line.candidate_id for line in attendance.room_lines(session, room.id, subject.id)}
            attendance.record_room(session, room, subject, ground.admin, {absent.id} & inside, after)
            if noted.id in inside and subject.code == "xingce":
                attendance.note_incident(
                    session,
                    room,
                    ground.admin,
                    candidate_id=noted.id,
                    subject=subject,
                    kind="item",
                    description="手机放在座位下，已关机，当场收走。",
                    now=after,
                )


def written_marks(which: int, place: int) -> tuple[str, str]:
    """Marks that fall with the place; those of :data:`TIED` weigh the same."""
    first = Decimal("79.5") - Decimal("1.5") * place - Decimal("0.5") * which
    second = Decimal(74) - place
    if (which, place) == TIED[1]:
        first, second = (Decimal(number) for number in reversed(written_marks(*TIED[0])))
    return str(first), str(second)


def _marks(ground: Play) -> None:
    session, call = ground.session, ground.call
    plans.save(
        session,
        call,
        ground.admin,
        ground.at(245),
        scheme=PRESETS[DEFAULT].toml,
        bonuses=[],
        bonus_proof_by=None,
        query_opens_at=ground.at(220, 10),
        query_closes_at=None,
        consent_hours=48,
    )
    sheet = {}
    for where, candidate in ground.candidates().items():
        if candidate.state != "confirmed":
            continue
        xingce, shenlun = ("缺考", "缺考") if where == ABSENTEE else written_marks(*where)
        sheet[str(candidate.ticket_number)] = {"xingce": xingce, "shenlun": shenlun}
    _enter_twice(ground, Stage.WRITTEN, sheet, 225)
    _publish(ground, Stage.WRITTEN, 220)
    calls.advance(session, call, "begin_selection", ground.admin.actor(), ground.at(219))


def _enter_twice(ground: Play, stage: Stage, sheet: Mapping[str, Mapping[str, str]], days: int) -> None:
    """Two people read the same sheet, one after the other."""
    confirm = marks.confirm if stage is Stage.WRITTEN else interviews.confirm
    for person, hour in ((ground.admin, 10), (ground.second, 15)):
        at = ground.at(days, hour)
        kept = entry.stage_entry(
            ground.session,
            ground.call,
            stage,
            person,
            at,
            filename="成绩.xlsx",
            sha256=hashlib.sha256(repr(sorted(sheet.items())).encode()).hexdigest(),
            rows=sheet,
        )
        confirm(ground.session, ground.call, kept.id, person, at + timedelta(minutes=10))


def _publish(ground: Play, stage: Stage, days: int) -> CallRanking:
    made = results.compute(ground.session, ground.call, stage, ground.admin, ground.at(days))
    results.publish(ground.session, ground.call, made.id, ground.admin, ground.at(days, 10))
    return made


def _recheck(ground: Play) -> None:
    session = ground.session

    def decide(candidate: Candidate, trigger: str, days: int, reason: str = "") -> User:
        person = ground.reviewer(candidate)
        recheck.decide(session, candidate, trigger, person, ground.at(days), reason=reason)
        return person

    for where, candidate in ground.candidates().items():
        if where == FAILED:
            decide(candidate, "fail_recheck", 200, "任职文件原件与报名时填写的任职时间不一致。")
        elif candidate.state == "shortlisted":
            decide(candidate, "pass_recheck", 200)
    substitute = ground.candidates()[SUBSTITUTE]
    decide(substitute, "call_up", 198)
    recheck.accept(session, substitute, ground.owners[SUBSTITUTE], ground.at(197))
    decide(substitute, "pass_recheck", 196)


def _interviews(ground: Play) -> None:
    session, call, admin = ground.session, ground.call, ground.admin
    planning.save(
        session,
        call,
        admin,
        ground.at(170),
        elements=planning.USUAL,
        examiners=7,
        dropped=1,
        rounding=None,
        seed="20251123",
    )
    codes = [position.code for position in ground.positions if position.cancelled_at is None]
    groups = [
        planning.GroupRow("第一组", ground.at(150), "三台演示中学301室", tuple(codes[:3])),
        planning.GroupRow("第二组", ground.at(150), "三台演示中学302室", tuple(codes[3:])),
    ]
    planning.set_groups(session, call, groups, admin, ground.at(169))
    examiners = {f"K{number:02d}": (f"考官{number}", "演示单位") for number in range(1, 15)}
    planning.set_examiners(session, call, examiners, admin, ground.at(168))
    planning.draw(session, call, admin, ground.at(151))
    plan = session.get_one(InterviewPlan, call.id)
    elements = planning.elements_of(plan)
    sheet = {}
    for (which, place), candidate in ground.candidates().items():
        if candidate.state != "rechecked":
            continue
        cells = {}
        for number, element in enumerate(elements, 1):
            middle = element.full_mark * (Decimal("0.88") - Decimal("0.01") * place)
            for examiner in range(1, plan.examiners + 1):
                mark = middle + Decimal("0.1") * ((which + place + examiner) % 5 - 2)
                cells[key(number, examiner)] = f"{mark.normalize():f}"
        missed = (which, place) == NOT_INTERVIEWED
        sheet[str(candidate.ticket_number)] = dict.fromkeys(cells, ABSENT) if missed else cells
    _enter_twice(ground, Stage.FINAL, sheet, 149)
    _publish(ground, Stage.FINAL, 140)
