"""Marks held against attendance and violations: what stops them, who rules, and what the ranking takes."""

import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.bars import operations as bars
from recruitment.exam.models import Attendance, ExamPlan, ExamSubject
from recruitment.lists.reading import read_list
from recruitment.people.models import Role
from recruitment.selection.marks import attendance, entry, operations
from recruitment.selection.models import CallRanking, RankedCandidate, Stage
from recruitment.selection.results import operations as results
from recruitment.selection.results import queries
from recruitment.selection.results.table import inputs
from recruitment.workflow import fire
from tests import factories, pages
from tests.conftest import Clock
from tests.factories import COUNTY, NOW
from tests.selection import stage
from tests.selection.stage import LATER
from workflows.terms import Actor, Refused

PAPERS = ("xingce", "shenlun")


@pytest.fixture
def made(session: Session) -> stage.Exam:
    return with_papers(session, 4)


def with_papers(session: Session, number: int) -> stage.Exam:
    """An exam of so many with its timetable, so that attendance can be put down."""
    found = stage.exam(session, (number,))
    plan = ExamPlan(
        call_id=found.call.id, ticket_prefix="2026", tickets_from=NOW, tickets_until=NOW + timedelta(days=1)
    )
    session.add(plan)
    session.flush()
    for number, code in enumerate(PAPERS):
        begins = NOW + timedelta(hours=3 * number)
        paper = ExamSubject(
            plan_id=plan.id, code=code, name=code, starts_at=begins, ends_at=begins + timedelta(hours=2)
        )
        session.add(paper)
    session.flush()
    return found


def came(session: Session, made: stage.Exam, number: int, subject: str, present: bool) -> None:
    """Put down whether somebody came to a paper, in place of what was put down before."""
    paper = session.scalars(sa.select(ExamSubject.id).where(ExamSubject.code == subject)).one()
    session.merge(
        Attendance(
            candidate_id=made.candidates[made.tickets[number]].id,
            subject_id=paper,
            present=present,
            recorded_by=made.admin.id,
            recorded_at=NOW,
        )
    )
    session.flush()


def zero(session: Session, made: stage.Exam, number: int, subject: str) -> None:
    bars.record_violation(
        session,
        made.call,
        made.candidates[made.tickets[number]],
        made.admin,
        LATER,
        LATER.date(),
        consequence="paper_zero",
        facts="提前翻开试卷",
        clause="第六条",
        subject=subject,
    )


def rule(session: Session, made: stage.Exam, number: int, subject: str, present: bool) -> None:
    candidate = made.candidates[made.tickets[number]]
    attendance.rule(
        session,
        made.call,
        candidate,
        subject,
        came=present,
        reason="核对签到表",
        person=made.admin,
        now=LATER,
    )


def sheet(made: stage.Exam, *rows: Sequence[str]) -> dict[str, Sequence[str]]:
    """Of everybody; who is not named has two good marks."""
    full = [*rows, *[["60", "60"]] * (len(made.tickets) - len(rows))]
    return dict(zip(made.tickets, full, strict=True))


def places(session: Session, made: stage.Exam, rows: dict[str, Sequence[str]]) -> list[tuple[int, str]]:
    found = read_list(operations.sheet_of(session, made.call), stage.sheet(rows))
    return [(error.row or 0, error.column or "") for error in found.errors]


def test_a_mark_of_somebody_absent_and_an_absence_of_somebody_present_stop_the_sheet(
    session: Session, made: stage.Exam
) -> None:
    came(session, made, 0, "shenlun", False)
    came(session, made, 1, "xingce", True)
    came(session, made, 2, "xingce", False)
    rows = sheet(made, ["60", "70"], ["缺考", "60"], ["缺考", "60"], ["违纪", "缺考"])

    found = read_list(operations.sheet_of(session, made.call), stage.sheet(rows))

    # Of the fourth nobody has said anything: that is neither yes nor no.
    assert [(error.row, error.column) for error in found.errors] == [(2, "申论"), (3, "行测")]
    assert "到考记录是“缺考”，表中是“70”" in str(found.errors[0])
    assert found.rows == []


def test_a_ruling_with_a_reason_says_which_is_right(session: Session, made: stage.Exam) -> None:
    came(session, made, 0, "xingce", False)
    came(session, made, 1, "xingce", True)
    rows = sheet(made, ["90", "90"], ["缺考", "80"])
    candidate = made.candidates[made.tickets[0]]
    for person, reason in (
        (made.admin, " "),
        (factories.staff(session, Role.COUNTY_REVIEWER, COUNTY), "核对签到表"),
    ):
        with pytest.raises(Refused):
            attendance.rule(
                session, made.call, candidate, "xingce", came=False, reason=reason, person=person, now=LATER
            )
    assert places(session, made, rows) == [(2, "行测"), (3, "行测")]
    rule(session, made, 0, "xingce", False)
    assert places(session, made, rows) == [(3, "行测")]
    # That they came is no mark: the sheet has to be mended.
    rule(session, made, 1, "xingce", True)
    assert places(session, made, rows) == [(3, "行测")]
    rule(session, made, 1, "xingce", False)
    stage.enter_twice(session, made, rows)
    stage.publish(session, made)
    assert list(stage.states(session, made).values()) == [
        "eliminated", "eliminated", "shortlisted", "shortlisted",
    ]  # fmt: skip
    kept = session.scalars(
        sa.select(AccessRecord).where(AccessRecord.action == "selection.attendance").limit(1)
    ).one()
    assert (kept.reason, kept.detail["recorded"]) == ("核对签到表", False)


def test_a_mark_stands_where_it_is_ruled_that_they_came(session: Session, made: stage.Exam) -> None:
    came(session, made, 0, "xingce", False)
    rule(session, made, 0, "xingce", True)
    stage.enter_twice(session, made, sheet(made, ["90", "90"]))
    assert queries.marks_of(session, made.candidates[made.tickets[0]])["xingce"] == (Decimal(90), "")
    stage.publish(session, made)
    assert stage.states(session, made)[made.tickets[0]] == "shortlisted"


def test_a_zeroed_paper_counts_0_whatever_the_sheet_and_the_attendance_say(
    session: Session, made: stage.Exam
) -> None:
    zero(session, made, 0, "shenlun")
    came(session, made, 0, "shenlun", False)
    stage.enter_twice(session, made, sheet(made, ["90", "90"]))
    ids = operations.sitting(session, made.call).ids
    rows = {made.tickets[0]: {"xingce": "90", "shenlun": "90"}}
    (aside,) = attendance.set_aside(session, made.call, rows, ids)
    assert (aside.ticket, aside.subject, aside.cell) == (made.tickets[0], "shenlun", "90")
    ranking = stage.publish(session, made)
    assert stage.states(session, made)[made.tickets[0]] == "eliminated"
    lines = [line.split(",") for line in json.loads(ranking.certificate)["scores"].splitlines()]
    (mine,) = [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line[2] == made.tickets[0]]
    assert (mine["xingce"], mine["shenlun"], mine["violation"]) == ("90", "0", "Y")
    said = session.scalars(
        sa.select(RankedCandidate.explanation).where(
            RankedCandidate.candidate_id == made.candidates[made.tickets[0]].id
        )
    ).one()
    assert "违纪违规" in said


def test_nothing_is_ranked_or_published_over_a_contradiction_that_came_later(
    session: Session, made: stage.Exam
) -> None:
    stage.enter_twice(session, made, sheet(made))
    ranking = results.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    came(session, made, 3, "xingce", False)
    with pytest.raises(Refused, match="到考记录是“缺考”"):
        results.publish(session, made.call, ranking.id, made.admin, LATER)
    with pytest.raises(Refused, match="到考记录是“缺考”"):
        results.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    rule(session, made, 3, "xingce", False)
    with pytest.raises(Refused, match="重新计算"):
        results.publish(session, made.call, ranking.id, made.admin, LATER)
    stage.publish(session, made)
    assert stage.states(session, made)[made.tickets[3]] == "eliminated"


def test_a_violation_recorded_after_the_publication_makes_the_ranking_outdated(
    session: Session, made: stage.Exam
) -> None:
    stage.enter_twice(session, made, sheet(made))
    ranking = stage.publish(session, made)
    assert not results.stale(session, made.call, ranking)
    zero(session, made, 0, "xingce")
    assert results.stale(session, made.call, ranking)


def test_a_correction_may_contradict_neither_attendance_nor_violation(
    session: Session, made: stage.Exam
) -> None:
    stage.enter_twice(session, made, sheet(made, ["缺考", "60"]))
    came(session, made, 0, "xingce", False)
    zero(session, made, 1, "xingce")
    for number, match in ((0, "请先裁定"), (1, "按零分处理")):
        with pytest.raises(Refused, match=match):
            operations.correct(
                session,
                made.call,
                made.candidates[made.tickets[number]],
                "xingce",
                "70",
                "登分错误",
                made.admin,
                LATER,
            )


def test_an_entry_is_looked_at_again_when_it_is_confirmed(session: Session, made: stage.Exam) -> None:
    cells = {ticket: {"xingce": "60", "shenlun": "60"} for ticket in made.tickets}
    kept = entry.stage_entry(
        session, made.call, Stage.WRITTEN, made.admin, LATER, filename="a.csv", sha256="0" * 64, rows=cells
    )
    came(session, made, 0, "xingce", False)
    with pytest.raises(Refused, match="改好后重新上传"):
        operations.confirm(session, made.call, kept.id, made.admin, LATER)


def test_every_word_about_a_paper_together(session: Session) -> None:
    """What the sheet says, what attendance says, what was ruled, and a violation: what blocks, and who is out."""
    known = (None, True, False)
    cases = list(itertools.product(["60", "0", "缺考", "违纪"], known, known, [False, True]))
    made = with_papers(session, len(cases))
    out, blocking = [], []
    for number, (cell, recorded, ruled, zeroed) in enumerate(cases):
        if recorded is not None:
            came(session, made, number, "xingce", recorded)
        if ruled is not None:
            rule(session, made, number, "xingce", ruled)
        if zeroed:
            zero(session, made, number, "xingce")
        came_ = recorded if ruled is None else ruled
        if not zeroed and ruled is not False and came_ is not None and came_ == (cell == "缺考"):
            blocking.append(number)
        out.append(zeroed or ruled is False or cell in ("缺考", "违纪"))
    rows = sheet(made, *[[cell, "60"] for cell, *_ in cases])
    assert places(session, made, rows) == [(number + 2, "行测") for number in blocking]
    for number in blocking:
        del rows[made.tickets[number]]
        fire(session, made.candidates[made.tickets[number]], "give_up", actor=owner(made, number), now=LATER)
    stage.enter_twice(session, made, rows)
    stage.publish(session, made)
    found = stage.states(session, made)
    for number, ticket in enumerate(made.tickets):
        if number not in blocking:
            assert (found[ticket] == "eliminated") == out[number], cases[number]


def owner(made: stage.Exam, number: int) -> Actor:
    return factories.actor(made.candidates[made.tickets[number]].owner)


def test_the_dry_run_leads_to_the_ruling(
    app: Flask, session: Session, made: stage.Exam, clock: Clock
) -> None:
    clock.set(LATER)
    came(session, made, 0, "shenlun", False)
    zero(session, made, 1, "xingce")
    session.commit()
    slug = made.call.slug
    admin = pages.sign_in(app, session, made.admin)
    table = pages.upload(stage.sheet(sheet(made)), "成绩.csv")
    page = admin.submit(admin.get(f"/admin/calls/{slug}/marks"), "上传并试读", {"table": table})
    assert [row[:2] for row in pages.rows_of(page)] == [["第2行", "申论 C2"]]
    address = f"/admin/calls/{slug}/marks/of/{made.tickets[0]}/attendance/shenlun"
    assert f'href="{address}"' in page.text
    page = admin.get(address)
    page = admin.submit(page, "裁定", {"came": "absent"})
    assert set(pages.errors_beside(page)) == {"reason"}
    page = admin.submit(page, "裁定", {"reason": "核对签到表，未到"})
    assert "核对签到表，未到" in pages.text_of(page)
    table = pages.upload(stage.sheet(sheet(made)), "成绩.csv")
    page = admin.submit(page, "上传并试读", {"table": table})
    assert "请留意，不影响导入" in pages.text_of(page)
    assert [row[:2] for row in pages.rows_of(page)] == [["第2行", "申论 C2"], ["第3行", "行测 B3"]]
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).select_from(CallRanking)) == 0
    assert inputs(session, made.call, Stage.WRITTEN).candidates == {}
