"""Marks: what a sheet may hold, two entries that must agree, corrections, bonuses, recounts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.lists.parsers import Wrong
from recruitment.lists.reading import read_list
from recruitment.notices.models import Notice
from recruitment.notices.operations import publish
from recruitment.people.models import Role
from recruitment.selection import plans, presets
from recruitment.selection.marks import entry, operations
from recruitment.selection.marks.bonus import BonusRow
from recruitment.selection.marks.sheet import mark_cell, to_cell, to_mark
from recruitment.selection.models import Mark, MarkCorrection, Stage
from recruitment.selection.results.table import inputs
from recruitment.selection.scheme import load_scheme
from recruitment.workflow import PENDING
from tests import factories
from tests.factories import NOW
from tests.selection import stage
from tests.selection.stage import LATER
from workflows.schema import outbox
from workflows.terms import Refused


def marks(session: Session) -> dict[tuple[str, str], tuple[Decimal | None, str]]:
    session.expire_all()
    rows = session.execute(sa.select(Mark.subject, Mark.value, Mark.note, Mark.candidate_id))
    return {(str(row.candidate_id), row.subject): (row.value, row.note) for row in rows}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("66.5", "66.5"),
        ("66.50", "66.5"),
        ("６６．５", "66.5"),
        ("0", "0"),
        ("100", "100"),
        ("缺考", "缺考"),
        (" 违 纪 ", "违纪"),
    ],
)
def test_a_mark_has_one_form_however_typed(text: str, cell: str) -> None:
    assert mark_cell(Decimal(100), ("缺考", "违纪"))(text) == cell


@pytest.mark.parametrize("text", ["100.01", "-1", "六十", "1e2", "66.12345", "缺", "66,5", "."])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        mark_cell(Decimal(100), ("缺考", "违纪"))(text)


@given(st.decimals(0, 100, places=2))
def test_a_mark_survives_its_cell(value: Decimal) -> None:
    cell = mark_cell(Decimal(100), ())(str(value))
    assert to_mark(cell) == (value, "")
    assert to_cell(value, "") == cell


_rows = st.dictionaries(
    st.sampled_from("abcd"), st.fixed_dictionaries({"x": st.sampled_from("12"), "y": st.sampled_from("12")})
)


@given(_rows, _rows)
def test_two_entries_agree_exactly_when_no_difference_is_listed(
    first: dict[str, dict[str, str]], second: dict[str, dict[str, str]]
) -> None:
    found = list(entry.differences(first, second))
    assert (not found) == (first == second)
    mended = {ticket: dict(cells) for ticket, cells in second.items()}
    for item in found:
        if item.first is None:
            mended.pop(item.ticket, None)
        else:
            mended.setdefault(item.ticket, {})[item.column] = item.first
    assert mended == first


def test_marks_are_written_when_two_people_agree_and_not_before(session: Session) -> None:
    made = stage.exam(session, (2,))
    one, two = made.tickets
    rows = {one: ["66.5", "63"], two: ["缺考", "70"]}
    assert not stage.enter(session, made, rows, made.admin).agreed
    assert marks(session) == {}
    # The same person once more is still one person.
    assert not stage.enter(session, made, rows, made.admin).agreed
    assert stage.open_entries(session) == 1
    assert marks(session) == {}
    assert stage.enter(session, made, rows, made.other).agreed
    ids = {ticket: str(candidate.id) for ticket, candidate in made.candidates.items()}
    assert marks(session) == {
        (ids[one], "xingce"): (Decimal("66.5"), ""),
        (ids[one], "shenlun"): (Decimal(63), ""),
        (ids[two], "xingce"): (None, "absent"),
        (ids[two], "shenlun"): (Decimal(70), ""),
    }
    assert stage.open_entries(session) == 0


def test_differences_are_listed_and_nothing_is_written(session: Session) -> None:
    made = stage.exam(session, (2,))
    one, two = made.tickets
    stage.enter(session, made, {one: ["66.5", "63"], two: ["60", "70"]}, made.admin)
    outcome = stage.enter(session, made, {one: ["65.5", "63"]}, made.other)
    assert not outcome.agreed
    assert [(item.ticket, item.column, item.first, item.second) for item in outcome.differences] == [
        (one, "xingce", "66.5", "65.5"),
        (two, "xingce", "60", None),
        (two, "shenlun", "70", None),
    ]
    assert marks(session) == {}
    # Mended by whoever was wrong, both agree.
    assert stage.enter(session, made, {one: ["66.5", "63"], two: ["60", "70"]}, made.other).agreed


def test_a_sheet_is_held_against_the_candidates(session: Session) -> None:
    made = stage.exam(session, (2,))
    one, two = made.tickets
    stage.enter_twice(session, made, {one: ["66.5", "63"]})
    found = read_list(
        operations.sheet_of(session, made.call),
        stage.sheet({one: ["66.5", "63"], two: ["101", ""], "999": ["1", "2"]}),
    )
    assert [(error.row, error.column) for error in found.errors] == [
        (2, "准考证号"),
        (3, "行测"),
        (3, "申论"),
        (4, "准考证号"),
    ]
    found = read_list(
        operations.sheet_of(session, made.call),
        stage.sheet({one: ["66.5", "63"], two: ["60", "60"], "999": ["1", "2"]}),
    )
    assert [(error.row, error.wrong) for error in found.errors] == [
        (2, f"“{one}”已有成绩"),
        (4, "没有准考证号“999”"),
    ]
    assert found.rows == []


def test_an_admin_of_elsewhere_enters_nothing(session: Session) -> None:
    made = stage.exam(session, (1,))
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    with pytest.raises(Refused):
        stage.enter(session, made, {made.tickets[0]: ["60", "60"]}, reviewer)


def test_one_person_cannot_confirm_anothers_entry(session: Session) -> None:
    made = stage.exam(session, (1,))
    kept = entry.stage_entry(
        session, made.call, Stage.WRITTEN, made.admin, LATER, filename="a.csv", sha256="0" * 64,
        rows={made.tickets[0]: {"xingce": "60", "shenlun": "60"}},
    )  # fmt: skip
    with pytest.raises(Refused, match="只能确认自己上传的"):
        operations.confirm(session, made.call, kept.id, made.other, LATER)


def test_a_correction_needs_a_reason_and_is_kept(session: Session) -> None:
    made = stage.exam(session, (1,))
    ticket, candidate = next(iter(made.candidates.items()))
    stage.enter_twice(session, made, {ticket: ["66.5", "缺考"]})

    def correct(subject: str, cell: str, reason: str = "登分错误") -> None:
        operations.correct(session, made.call, candidate, subject, cell, reason, made.admin, LATER)

    with pytest.raises(Refused, match="原因"):
        correct("xingce", "67", " ")
    with pytest.raises(Wrong):
        correct("xingce", "167")
    with pytest.raises(Refused, match="现在的成绩就是 缺考"):
        correct("shenlun", "缺考")
    correct("shenlun", "58.5")
    kept = session.scalars(sa.select(MarkCorrection)).one()
    assert (kept.before, kept.after, kept.reason) == ("缺考", "58.5", "登分错误")
    assert marks(session)[str(candidate.id), "shenlun"] == (Decimal("58.5"), "")


def test_the_highest_bonus_proven_in_time_counts(session: Session) -> None:
    made = stage.exam(session, (3,))
    one, two, three = made.tickets
    plans.save(
        session, made.call, made.admin, NOW,
        scheme=presets.PRESETS["35_35_30"].toml,
        bonuses=[plans.BonusRule("服务基层", Decimal(2)), plans.BonusRule("退役士兵", Decimal(5))],
        bonus_proof_by=date(2026, 12, 1), query_opens_at=None, query_closes_at=None, consent_hours=48,
    )  # fmt: skip
    day = date(2026, 12, 1)
    rows = [
        BonusRow(one, "服务基层", day),
        BonusRow(one, "退役士兵", day),
        BonusRow(two, "服务基层", day),
        BonusRow(two, "退役士兵", day + timedelta(days=1)),
    ]
    assert operations.set_bonuses(session, made.call, rows, made.admin, NOW) == 4
    stage.enter_twice(session, made, {ticket: ["60", "60"] for ticket in made.tickets})
    lines = [line.split(",") for line in inputs(session, made.call, Stage.WRITTEN).scores.splitlines()]
    place = lines[0].index("bonus")
    assert {line[2]: line[place] for line in lines[1:]} == {one: "5", two: "2", three: "0"}


@pytest.mark.parametrize("name", list(presets.PRESETS))
def test_every_preset_can_be_used_and_weighs_one(name: str) -> None:
    scheme = load_scheme(presets.PRESETS[name].toml)
    assert sum(subject.weight for subject in scheme.subjects) + scheme.interview.weight == 1


def test_recounts_are_asked_within_the_window_and_answered_once(session: Session) -> None:
    made = stage.exam(session, (1,))
    ticket, candidate = next(iter(made.candidates.items()))
    stage.enter_twice(session, made, {ticket: ["66.5", "63"]})
    with pytest.raises(Refused, match="还没有公布"):
        operations.ask_recount(session, candidate, "xingce", "觉得少了", LATER)
    stage.publish(session, made)
    plans.save(
        session, made.call, made.admin, LATER,
        scheme=plans.plan_of(session, made.call).scheme, bonuses=[], bonus_proof_by=None,
        query_opens_at=LATER, query_closes_at=LATER + timedelta(days=3), consent_hours=48,
    )  # fmt: skip
    for moment in (LATER - timedelta(minutes=1), LATER + timedelta(days=3)):
        with pytest.raises(Refused, match="成绩查询"):
            operations.ask_recount(session, candidate, "xingce", "觉得少了", moment)
    asked = operations.ask_recount(session, candidate, "xingce", "觉得少了", LATER)
    assert operations.ask_recount(session, candidate, "xingce", "再问一次", LATER).id == asked.id
    operations.answer_recount(session, made.call, asked, "经复核无误。", made.admin, LATER)
    assert asked.outcome == "unchanged"
    (body,) = told(session, candidate)
    assert "您对行测成绩的复核申请已经答复：成绩无误" in body
    assert "经复核无误。" in body
    with pytest.raises(Refused, match="已经答复"):
        operations.answer_recount(session, made.call, asked, "再答", made.admin, LATER)


def told(session: Session, candidate: Candidate) -> list[str]:
    """What somebody was written about recounts."""
    ids = session.scalars(
        sa.select(outbox.c.id).where(
            outbox.c.subject_id == candidate.id,
            outbox.c.notice == "candidate.recount_answered",
            outbox.c.recipient == candidate.owner_id,
        )
    ).all()
    assert set(ids) <= set(session.info[PENDING]), "it would not leave after the commit"
    for id_ in ids:
        publish(session, id_, LATER)
    session.flush()
    return list(session.scalars(sa.select(Notice.body).where(Notice.outbox_id.in_(ids)).order_by(Notice.id)))


def test_a_recount_that_corrects_tells_the_new_mark(session: Session) -> None:
    made = stage.exam(session, (1,))
    ticket, candidate = next(iter(made.candidates.items()))
    stage.enter_twice(session, made, {ticket: ["66.5", "63"]})
    stage.publish(session, made)
    asked = operations.ask_recount(session, candidate, "shenlun", "觉得少了", LATER)

    def correct() -> MarkCorrection:
        return operations.correct(
            session, made.call, candidate, "shenlun", "68.5", "成绩复核", made.admin, LATER
        )

    operations.answer_recount(session, made.call, asked, "登分有误。", made.admin, LATER, correct_to=correct)
    (body,) = told(session, candidate)
    assert "申论现在的成绩：68.5" in body
    assert "已经更正" in body
