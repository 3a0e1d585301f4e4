"""Score sheets on paper, and interview marks corrected by two people."""

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.selection.interview import corrections, plan
from recruitment.selection.models import InterviewMark, MarkCorrection, Stage
from recruitment.selection.results import operations as results
from recruitment.selection.results import queries
from tests import pages
from tests.conftest import Clock
from tests.paper import assert_fonts_embedded, pages_of, words_of
from tests.selection import stage
from tests.selection.stage import LATER
from tests.selection.test_interview import field, interviewed
from workflows.terms import Refused


def full(session: Session) -> stage.Exam:
    made = field(session)
    interviewed(session, made, ["70", "90", "80", "80", "75"])
    return made


def other_cells(session: Session, made: stage.Exam, ticket: str) -> dict[str, str]:
    """The marks of a candidate with all examiners giving 3 more for the first element."""
    found = session.get_one(InterviewMark, made.candidates[ticket].id)
    return {
        key: str(Decimal(cell) + 3) if key.startswith("e1_") else cell for key, cell in found.sheet.items()
    }


def test_a_correction_takes_two_people_and_a_new_ranking(session: Session) -> None:
    made = full(session)
    ranking = stage.publish(session, made, Stage.FINAL)
    first = made.candidates[made.tickets[0]]
    cells = other_cells(session, made, made.tickets[0])
    with pytest.raises(Refused, match="原因"):
        corrections.propose(session, made.call, first, cells, " ", made.admin, LATER)
    waiting = corrections.propose(session, made.call, first, cells, "登分错误", made.admin, LATER)
    with pytest.raises(Refused, match="等复核"):
        corrections.propose(session, made.call, first, cells, "登分错误", made.other, LATER)
    with pytest.raises(Refused, match="另一个人"):
        corrections.settle(session, made.call, waiting.id, True, made.admin, LATER)
    assert session.get_one(InterviewMark, first.id).value == 70
    assert corrections.settle(session, made.call, waiting.id, True, made.other, LATER) is not None
    assert corrections.settle(session, made.call, waiting.id, True, made.other, LATER) is None, (
        "once is enough"
    )
    assert session.get_one(InterviewMark, first.id).value == 73
    kept = session.scalars(sa.select(MarkCorrection)).one()
    assert (kept.subject, kept.before, kept.after, kept.corrected_by) == (
        "interview",
        "70",
        "73",
        made.other.id,
    )
    assert session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "selection.correct")).one()
    # What is published stands until it is withdrawn and made anew.
    assert results.stale(session, made.call, ranking)
    results.withdraw(session, made.call, ranking.id, "更正面试成绩", made.admin, LATER)
    stage.publish(session, made, Stage.FINAL)
    line = queries.line_of(session, first, Stage.FINAL)
    assert line is not None
    assert line.total == Decimal("90") * Decimal("0.7") + Decimal("73") * Decimal("0.3")


def test_a_refused_correction_changes_nothing_and_may_be_proposed_anew(session: Session) -> None:
    made = full(session)
    first = made.candidates[made.tickets[0]]
    cells = other_cells(session, made, made.tickets[0])
    waiting = corrections.propose(session, made.call, first, cells, "登分错误", made.admin, LATER)
    corrections.settle(session, made.call, waiting.id, False, made.other, LATER)
    assert session.get_one(InterviewMark, first.id).value == 70
    assert corrections.open_corrections(session, made.call) == []
    corrections.propose(session, made.call, first, cells, "登分错误", made.admin, LATER)
    second = made.candidates[made.tickets[1]]
    same = session.get_one(InterviewMark, second.id).sheet
    with pytest.raises(Refused, match="一样"):
        corrections.propose(session, made.call, second, same, "登分错误", made.admin, LATER)


def test_a_correction_at_the_screen(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    made = full(session)
    session.commit()
    slug, ticket = made.call.slug, made.tickets[0]
    first, second = pages.sign_in(app, session, made.admin), pages.sign_in(app, session, made.other)
    page = first.get(f"/admin/calls/{slug}/interview/marks/{ticket}")
    assert "综合分析能力（满分30）" in pages.text_of(page)
    wrong = {"elements-0-marks": "24 24 24", "reason": "登分错误，已核对评分表"}
    page = first.submit(page, "提出更正", wrong)
    assert page.status_code == 422
    assert "“综合分析能力”应有7个分数，现有3个。" in pages.text_of(page)
    assert 'value="24 24 24"' in page.text
    page = first.submit(page, "提出更正", wrong | {"elements-0-marks": "31 24 24 24 24 24 24"})
    assert "高于满分 30" in pages.text_of(page)
    page = first.submit(page, "提出更正", wrong | {"elements-0-marks": "24、24、24、24、24、24、24"})
    assert "已提出更正" in page.text
    link = re.findall(r'href="([^"]*/corrections/[^"]*)"', page.text)[0]
    assert "这是您自己提出的" in pages.text_of(first.get(link))
    review = second.get(link)
    assert [row[:2] for row in pages.rows_of(review)] == [["综合分析能力", str(n)] for n in range(1, 8)]
    page = second.submit(review, "同意更正")
    assert "已更正。请重新计算总成绩名次。" in pages.text_of(page)
    session.expire_all()
    assert session.get_one(InterviewMark, made.candidates[ticket].id).value == 73


def test_blank_sheets_name_nobody(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    made = field(session)
    session.commit()
    admin = pages.sign_in(app, session, made.admin)
    address = f"/admin/calls/{made.call.slug}/interview/score-sheets.pdf"
    assert admin.get(address).status_code == 404
    plan.draw(session, made.call, made.admin, LATER)
    session.commit()
    answer = admin.get(address)
    assert answer.mimetype == "application/pdf"
    assert pages_of(answer.data) == 5
    assert_fonts_embedded(answer.data)
    words = words_of(answer.data)
    for number in range(1, 6):
        assert f"抽签号 {number}" in words.replace("　", " ")
    for item in plan.USUAL:
        assert words.count(item.name) == 5
    assert words.count("考官7") == words.count("考官签名") == words.count("监督员签名") == 5
    for ticket, candidate in made.candidates.items():
        assert ticket not in words
        assert candidate.owner.name not in words
