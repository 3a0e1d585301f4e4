"""The interview: what counts of seven marks, a draw that anybody can repeat, double entry, and the medical list."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.lists.reading import read_list
from recruitment.people.models import Role, User
from recruitment.selection.certificate import verify
from recruitment.selection.interview import operations, plan
from recruitment.selection.interview.draw import drawn, seats
from recruitment.selection.interview.scoring import (
    Element,
    Endless,
    averages,
    exact_decimal,
    interview_mark,
    needs_rounding,
    rounded,
)
from recruitment.selection.marks import entry
from recruitment.selection.models import InterviewMark, InterviewSlot, Stage
from recruitment.selection.recheck import operations as recheck
from recruitment.selection.results import operations as results
from recruitment.selection.results import queries
from recruitment.selection.scheme import Rounding, RoundingMode
from tests import factories, pages
from tests.conftest import Clock
from tests.factories import COUNTY
from tests.selection import stage
from tests.selection.stage import LATER
from workflows.terms import Refused

WHOLE = (Element("综合", Decimal(100)),)


def marks_of(*values: str) -> dict[str, list[Decimal]]:
    return {"综合": [Decimal(value) for value in values]}


def test_the_highest_and_the_lowest_do_not_count() -> None:
    sheet = marks_of("90", "82", "83", "84", "85.3", "60", "85")
    found = averages(sheet, WHOLE)
    assert sorted(found[0].dropped) == [Decimal(60), Decimal(90)]
    assert interview_mark(found) == Decimal("83.86")
    # Only one of several equal ones is dropped at either end.
    assert interview_mark(averages(marks_of("80", "80", "80", "80", "80", "80", "90"), WHOLE)) == 80


def test_elements_are_weighed_and_summed_before_rounding() -> None:
    elements = (Element("一", Decimal(60)), Element("二", Decimal(20), Decimal(2)))
    sheet = {"一": [Decimal(50)] * 6 + [Decimal("50.1")], "二": [Decimal("15.25")] * 7}
    assert interview_mark(averages(sheet, elements)) == Decimal("80.5")


_marks = st.lists(st.decimals(0, 100, places=2), min_size=7, max_size=7)


@given(_marks, st.randoms(use_true_random=False))
def test_the_mark_is_the_mean_of_the_middle_five(values: list[Decimal], draw: object) -> None:
    mark = interview_mark(averages({"综合": values}, WHOLE))
    # An oracle of its own: whole hundredths, and a division that comes out even.
    cents = sorted(int(value * 100) for value in values)[1:-1]
    assert mark * 500 == sum(cents)
    assert min(cents) <= mark * 100 <= max(cents)


@given(_marks, st.integers(0, 6), st.decimals(0, 100, places=2))
def test_a_better_mark_never_lowers_the_result(values: list[Decimal], place: int, better: Decimal) -> None:
    before = interview_mark(averages({"综合": values}, WHOLE))
    raised = [max(value, better) if number == place else value for number, value in enumerate(values)]
    assert interview_mark(averages({"综合": raised}, WHOLE)) >= before


@given(st.fractions(0, 100, max_denominator=999), st.integers(0, 6))
def test_rounding_is_that_of_the_decimal_standard(value: Fraction, digits: int) -> None:
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    near_tie = (value * 10**digits * 2).denominator == 1
    if not near_tie:
        assert rounded(value, Rounding(digits, RoundingMode.HALF_UP)) == exact.quantize(step, ROUND_HALF_UP)
        assert rounded(value, Rounding(digits, RoundingMode.HALF_EVEN)) == exact.quantize(step, ROUND_HALF_UP)
    assert 0 <= value - Fraction(rounded(value, Rounding(digits, RoundingMode.TRUNCATE))) < Fraction(step)


@pytest.mark.parametrize(
    ("value", "half_up", "half_even"),
    [("0.125", "0.13", "0.12"), ("0.135", "0.14", "0.14"), ("0.1", "0.1", "0.1")],
)
def test_ties_of_rounding(value: str, half_up: str, half_even: str) -> None:
    assert rounded(Fraction(value), Rounding(2, RoundingMode.HALF_UP)) == Decimal(half_up)
    assert rounded(Fraction(value), Rounding(2, RoundingMode.HALF_EVEN)) == Decimal(half_even)


def test_an_endless_mean_needs_a_rounding() -> None:
    assert not needs_rounding(7, 1)
    assert needs_rounding(5, 1)
    with pytest.raises(Endless):
        exact_decimal(Fraction(1, 3))


@given(
    st.lists(st.text("0123456789", min_size=1, max_size=10), unique=True, max_size=30), st.text(max_size=8)
)
def test_the_draw_follows_from_the_seed_alone(names: list[str], seed: str) -> None:
    order = drawn(seed, names)
    assert order == drawn(seed, reversed(names))
    assert sorted(order) == sorted(names)
    digests = [hashlib.sha256((seed + name).encode()).hexdigest() for name in order]
    assert digests == sorted(digests)


def test_examiners_are_dealt_in_turn() -> None:
    found = seats([str(number) for number in range(16)], groups=2, each=7)
    assert len(found) == 14
    assert set(found.values()) == {(group, number) for group in (0, 1) for number in range(1, 8)}


# A call on its way to the interview

MARKS = [("90", "90"), ("85", "85"), ("80", "80"), ("70", "70"), ("60", "60")]


def field(session: Session, sizes: Sequence[int] = (3, 2)) -> stage.Exam:
    """Two positions whose candidates have all passed the recheck, in one group with seven examiners."""
    made = stage.exam(session, sizes)
    stage.enter_twice(session, made, dict(zip(made.tickets, map(list, MARKS), strict=True)))
    stage.publish(session, made)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    for candidate in made.candidates.values():
        recheck.decide(session, candidate, "pass_recheck", reviewer, LATER)
    set_up(session, made)
    return made


def set_up(session: Session, made: stage.Exam) -> None:
    plan.save(
        session, made.call, made.admin, LATER,
        elements=plan.USUAL, examiners=7, dropped=1, rounding=None, seed="2026135",
    )  # fmt: skip
    codes = tuple(sorted({candidate.position.code for candidate in made.candidates.values()}))
    group = plan.GroupRow("第一组", LATER + timedelta(days=7), "县委党校一楼", codes)
    plan.set_groups(session, made.call, [group], made.admin, LATER)
    plan.set_examiners(
        session, made.call, {f"{n:02}": (f"考官{n}", "市委组织部") for n in range(8)}, made.admin, LATER
    )


def sheet(made: stage.Exam, marks: Sequence[str]) -> bytes:
    """A sheet in which all examiners agree on the share of each element; 缺考 as a whole."""
    header = ["准考证号", *(f"{e.name}·考官{x}" for e in plan.USUAL for x in range(1, 8))]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for ticket, mark in zip(made.tickets, marks, strict=True):
        if mark == "缺考":
            writer.writerow([ticket, "缺考", *[""] * 34])
        else:
            writer.writerow(
                [ticket, *(Decimal(mark) * e.full_mark / 100 for e in plan.USUAL for _ in range(7))]
            )
    return out.getvalue().encode()


def enter(session: Session, made: stage.Exam, content: bytes, person: User) -> entry.Confirmed:
    found = read_list(operations.sheet_of(session, made.call), content)
    assert found.ok, [str(error) for error in found.errors]
    kept = entry.stage_entry(
        session, made.call, Stage.FINAL, person, LATER, filename="面试.csv", sha256=hashlib.sha256(content).hexdigest(),
        rows={row.ticket: row.cells for row in found.rows},
    )  # fmt: skip
    return operations.confirm(session, made.call, kept.id, person, LATER)


def interviewed(session: Session, made: stage.Exam, marks: Sequence[str]) -> None:
    plan.draw(session, made.call, made.admin, LATER)
    content = sheet(made, marks)
    assert not enter(session, made, content, made.admin).agreed
    assert enter(session, made, content, made.other).agreed


def test_the_draw_is_stored_as_anybody_computes_it(session: Session) -> None:
    made = field(session)
    assert plan.draw(session, made.call, made.admin, LATER) == 5
    rows = session.execute(
        sa.select(InterviewSlot.number, InterviewSlot.candidate_id).order_by(InterviewSlot.number)
    )
    by_id = {candidate.id: ticket for ticket, candidate in made.candidates.items()}
    assert [by_id[row.candidate_id] for row in rows] == sorted(
        made.tickets, key=lambda ticket: hashlib.sha256(f"2026135{ticket}".encode()).hexdigest()
    )
    with pytest.raises(Refused, match="已经抽签"):
        plan.draw(session, made.call, made.admin, LATER)
    with pytest.raises(Refused, match="原因"):
        plan.undo_draw(session, made.call, "", made.admin, LATER)
    plan.undo_draw(session, made.call, "一名考官须回避", made.admin, LATER)
    assert plan.draw(session, made.call, made.admin, LATER) == 5


def test_a_draw_waits_for_what_it_needs(session: Session) -> None:
    made = stage.exam(session, (2,))
    with pytest.raises(Refused, match="种子"):
        plan.draw(session, made.call, made.admin, LATER)
    stage.enter_twice(session, made, {ticket: ["80", "80"] for ticket in made.tickets})
    stage.publish(session, made)
    set_up(session, made)
    plan.set_groups(session, made.call, [], made.admin, LATER)
    plan.set_examiners(session, made.call, {"1": ("考官", "")}, made.admin, LATER)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    recheck.decide(session, made.candidates[made.tickets[0]], "pass_recheck", reviewer, LATER)
    with pytest.raises(Refused) as refused:
        plan.draw(session, made.call, made.admin, LATER)
    assert [reason.code for reason in refused.value.reasons] == ["rechecks_open", "no_group"]


def test_a_plan_must_add_up(session: Session) -> None:
    made = stage.exam(session, (1,))
    with pytest.raises(Refused) as refused:
        plan.save(
            session, made.call, made.admin, LATER,
            elements=(Element("综合", Decimal(99)),), examiners=5, dropped=1, rounding=None, seed="1",
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["endless", "full_mark"]


def test_from_marks_to_the_medical_list(session: Session) -> None:
    made = field(session)
    interviewed(session, made, ["70", "90", "缺考", "80", "75"])
    assert list(stage.states(session, made).values()) == [
        "interviewed", "interviewed", "interview_absent", "interviewed", "interviewed",
    ]  # fmt: skip
    values = session.scalars(sa.select(InterviewMark.value).order_by(InterviewMark.value.nulls_last()))
    assert list(values) == [70, 75, 80, 90, None]
    ranking = stage.publish(session, made, Stage.FINAL)
    assert verify(ranking.certificate) == ranking.hash
    second = queries.line_of(session, made.candidates[made.tickets[1]], Stage.FINAL)
    # 85 × 0.7 + 90 × 0.3 = 86.5 against 90 × 0.7 + 70 × 0.3 = 84.
    assert second is not None
    assert (second.total, second.final_rank) == (Decimal("86.5"), 1)
    assert "总成绩 86.5 = 笔试折合成绩 59.5 + 面试 90 × 0.30" in second.explanation
    assert operations.to_medical(session, made.call, made.admin, LATER) == 2
    assert operations.to_medical(session, made.call, made.admin, LATER) == 0
    assert list(stage.states(session, made).values()) == [
        "interviewed", "medical", "interview_absent", "medical", "interviewed",
    ]  # fmt: skip
    with pytest.raises(Refused, match="已有 2 名"):
        results.withdraw(session, made.call, ranking.id, "登分错误", made.admin, LATER)


def test_a_full_tie_waits_for_an_extra_interview(session: Session) -> None:
    made = stage.exam(session, (2,))
    stage.enter_twice(session, made, {ticket: ["80", "80"] for ticket in made.tickets})
    stage.publish(session, made)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    for candidate in made.candidates.values():
        recheck.decide(session, candidate, "pass_recheck", reviewer, LATER)
    set_up(session, made)
    interviewed(session, made, ["80", "80"])
    ranking = stage.publish(session, made, Stage.FINAL)
    assert operations.medical_list(session, made.call) == []
    results.withdraw(session, made.call, ranking.id, "并列，组织加试", made.admin, LATER)
    for ticket, mark in zip(made.tickets, ("81", "83"), strict=True):
        operations.set_extra(session, made.call, made.candidates[ticket], mark, "并列加试", made.admin, LATER)
    stage.publish(session, made, Stage.FINAL)
    assert [line.candidate.ticket_number for line in operations.medical_list(session, made.call)] == [
        made.tickets[1]
    ]


def test_two_sheets_must_agree_and_rows_must_be_whole(session: Session) -> None:
    made = field(session)
    plan.draw(session, made.call, made.admin, LATER)
    enter(session, made, sheet(made, ["70", "90", "80", "80", "75"]), made.admin)
    outcome = enter(session, made, sheet(made, ["70", "90", "80", "80", "85"]), made.other)
    assert {item.ticket for item in outcome.differences} == {made.tickets[4]}
    assert set(stage.states(session, made).values()) == {"rechecked"}
    broken = sheet(made, ["70", "90", "80", "80", "75"]).decode().splitlines()
    broken[1] = ",".join(broken[1].split(",")[:-1]) + ","
    broken[2] = ",".join([*broken[2].split(",")[:-1], "缺考"])
    found = read_list(operations.sheet_of(session, made.call), "\n".join(broken).encode())
    assert [(error.row, error.column) for error in found.errors] == [
        (2, "举止仪表·考官7"),
        (3, "举止仪表·考官7"),
    ]


def test_the_pages_of_an_interview(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    made = field(session)
    session.commit()
    slug = made.call.slug
    admin = pages.sign_in(app, session, made.admin)
    for path in ("interview/plan", "interview/groups", "interview/examiners"):
        page = admin.get(f"/admin/calls/{slug}/{path}")
        assert page.status_code == 200
        page = admin.submit(page, "保存")
        assert "已保存" in page.text, pages.text_of(page)
    page = admin.submit(page, "按种子抽签")
    assert "已抽签" in page.text
    anybody = pages.visitor(app)
    words = pages.text_of(anybody.get(f"/calls/{slug}/interview"))
    assert "2026135" in words
    assert all(ticket in words for ticket in made.tickets)
    for who, name in ((made.admin, "请另一个人再录入一次"), (made.other, "两人录入一致")):
        browser = pages.sign_in(app, session, who)
        page = browser.get(f"/admin/calls/{slug}/interview")
        content = sheet(made, ["70", "90", "缺考", "80", "75"])
        page = browser.submit(page, "上传并试读", {"table": pages.upload(content, "面试.csv")})
        # An element a row and an examiner a column: all of them in one row are wider than any screen.
        arranged = plan.plan_of(session, made.call)
        elements = [element.name for element in plan.elements_of(arranged)]
        rows = pages.rows_of(page)
        assert [row[1] for row in rows[: len(elements)]] == elements
        assert {len(row) for row in rows} == {2 + arranged.examiners}
        page = browser.submit(page, "确认我的录入")
        assert name in page.text
    signatures = admin.submit(admin.get(f"/admin/calls/{slug}/interview"), "下载签到表")
    assert signatures.data.startswith(b"PK")
    extra = {"ticket": made.tickets[0], "cell": "81", "reason": "并列"}
    page = admin.submit(admin.get(f"/admin/calls/{slug}/interview/extra"), "登记", extra | {"ticket": "1"})
    assert pages.errors_beside(page) == {"ticket": "错误： 没有这个准考证号，请核对。"}
    assert "已登记加试成绩" in admin.submit(page, "登记", extra).text
    page = admin.submit(admin.get(f"/admin/calls/{slug}/ranking/final"), "计算名次")
    page = admin.submit(page, "公布")
    assert "已公布" in page.text
    page = admin.submit(admin.get(f"/admin/calls/{slug}/medical-list"), "2人进入体检")
    assert "2名考生进入体检" in page.text
    page = admin.submit(admin.get(f"/admin/calls/{slug}/closing"), "结束并通知2人")
    assert "已通知2名考生" in page.text
