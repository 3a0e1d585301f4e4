"""An appeal against marks that was upheld: corrected, ranked again, told; and when others have gone on already."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.appeals import operations, queries, scores
from recruitment.appeals.models import Appeal
from recruitment.notices.models import Notice
from recruitment.notices.operations import publish
from recruitment.people.models import Role, User
from recruitment.selection import plans
from recruitment.selection.certificate import verify
from recruitment.selection.marks import operations as marks
from recruitment.selection.models import Stage
from recruitment.selection.recheck import operations as recheck
from recruitment.selection.results import operations as results
from recruitment.selection.results.queries import rows_of
from recruitment.selection.results.supplement import supplement
from tests import factories, pages
from tests.appeals import filing
from tests.conftest import Clock
from tests.selection import stage
from tests.selection.stage import LATER
from workflows.schema import outbox
from workflows.terms import Refused

MARKS = ["90", "85", "80", "75", "70"]
NEXT = LATER + timedelta(hours=1)


@pytest.fixture
def made(session: Session) -> stage.Exam:
    """The fifth has been marked 70 and says that it was more."""
    found = stage.exam(session, (5,))
    rows = {ticket: [mark, mark] for ticket, mark in zip(found.tickets, MARKS, strict=True)}
    stage.enter_twice(session, found, rows)
    stage.publish(session, found)
    return found


def upheld(session: Session, made: stage.Exam) -> Appeal:
    """The fifth's appeal, upheld and published."""
    fifth = made.candidates[made.tickets[4]]
    (decision,) = queries.decisions(session, fifth.application, fifth)
    appeal = filing.appeal(session, decision, LATER)
    _first, second = filing.ruled(session, appeal, "uphold", LATER)
    operations.decide(session, appeal, "release", second, LATER)
    return appeal


def correct(session: Session, made: stage.Exam, cell: str = "88", number: int = 4) -> None:
    candidate = made.candidates[made.tickets[number]]
    for subject in ("xingce", "shenlun"):
        marks.correct(session, made.call, candidate, subject, cell, "申诉成立，核对答题卡", made.admin, NEXT)


def again(session: Session, made: stage.Exam) -> None:
    """Withdrawn, computed, published."""
    ranking = plans.published(session, made.call.id, Stage.WRITTEN)
    assert ranking
    results.withdraw(session, made.call, ranking.id, "成绩更正", made.admin, NEXT)
    computed = results.compute(session, made.call, Stage.WRITTEN, made.admin, NEXT)
    results.publish(session, made.call, computed.id, made.admin, NEXT)


def standing(session: Session, appeal: Appeal) -> tuple[bool, bool]:
    found = scores.remedy(session, appeal)
    assert found
    return found.corrected, found.ranked


def told(session: Session, appeal: Appeal) -> list[str]:
    ids = session.scalars(
        sa.select(outbox.c.id).where(outbox.c.subject_id == appeal.id, outbox.c.notice == "appeal.settled")
    ).all()
    for id_ in ids:
        publish(session, id_, NEXT)
    session.flush()
    return list(session.scalars(sa.select(Notice.body).where(Notice.outbox_id.in_(ids))))


def test_it_is_settled_when_the_corrected_marks_are_ranked_again(session: Session, made: stage.Exam) -> None:
    appeal = upheld(session, made)
    assert (appeal.state, standing(session, appeal)) == ("upheld", (False, False))
    assert scores.waiting(session, made.call) == [appeal]
    # Ranked again without a correction: nothing is settled by that.
    again(session, made)
    assert (appeal.state, told(session, appeal)) == ("upheld", [])
    correct(session, made)
    assert standing(session, appeal) == (True, False)
    again(session, made)
    session.refresh(appeal)
    assert (appeal.state, standing(session, appeal)) == ("settled", (True, True))
    assert scores.waiting(session, made.call) == []
    assert stage.states(session, made)[made.tickets[4]] == "shortlisted"
    (body,) = told(session, appeal)
    assert "88" in body
    again(session, made)
    assert len(told(session, appeal)) == 1


def test_an_appeal_that_is_held_or_rejected_is_settled_by_nothing(session: Session, made: stage.Exam) -> None:
    fifth = made.candidates[made.tickets[4]]
    (decision,) = queries.decisions(session, fifth.application, fifth)
    appeal = filing.appeal(session, decision, LATER)
    _first, second = filing.ruled(session, appeal, "uphold", LATER)
    assert scores.remedy(session, appeal) is None
    correct(session, made)
    again(session, made)
    session.refresh(appeal)
    assert appeal.public_state == "accepted"
    # Released afterwards: the correction has been made, the next ranking settles it.
    operations.decide(session, appeal, "release", second, NEXT)
    assert standing(session, appeal) == (True, False)


@pytest.fixture
def reviewer(session: Session) -> User:
    return factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)


def test_when_others_have_gone_on_the_corrected_ranking_drops_nobody(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    for number in range(3):
        recheck.decide(session, made.candidates[made.tickets[number]], "pass_recheck", reviewer, LATER)
    appeal = upheld(session, made)
    ranking = plans.published(session, made.call.id, Stage.WRITTEN)
    assert ranking
    with pytest.raises(Refused, match="就是最新的"):
        supplement(session, made.call, "申诉成立", made.admin, NEXT)
    correct(session, made)
    with pytest.raises(Refused, match="不能撤回"):
        results.withdraw(session, made.call, ranking.id, "成绩更正", made.admin, NEXT)
    with pytest.raises(Refused, match="补充公布"):
        results.compute(session, made.call, Stage.FINAL, made.admin, NEXT)
    with pytest.raises(Refused, match="原因"):
        supplement(session, made.call, " ", made.admin, NEXT)

    new = supplement(session, made.call, "申诉成立，成绩更正", made.admin, NEXT)

    session.refresh(appeal)
    assert appeal.state == "settled"
    assert list(stage.states(session, made).values()) == [
        "rechecked", "rechecked", "rechecked", "reserve", "shortlisted",
    ]  # fmt: skip
    assert plans.published(session, made.call.id, Stage.WRITTEN) == new
    assert verify(new.certificate) == new.hash
    assert not results.stale(session, made.call, new)
    position = made.candidates[made.tickets[0]].position_id
    ranks = {row.candidate.ticket_number: row for row in rows_of(session, new, position)}
    assert [ranks[ticket].written_rank for ticket in made.tickets] == [1, 3, 4, 5, 2]
    assert "保留资格" in ranks[made.tickets[2]].explanation
    final = results.compute(session, made.call, Stage.FINAL, made.admin, NEXT)
    inside = {row.candidate.ticket_number for row in rows_of(session, final, position) if row.shortlisted}
    assert inside == {*made.tickets[:3], made.tickets[4]}


def test_whose_own_marks_fell_does_not_keep_a_place_silently(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    for number in (0, 2):
        recheck.decide(session, made.candidates[made.tickets[number]], "pass_recheck", reviewer, LATER)
    correct(session, made, "60", 2)
    with pytest.raises(Refused, match=made.tickets[2]):
        supplement(session, made.call, "登分错误", made.admin, NEXT)
    recheck.decide(
        session, made.candidates[made.tickets[2]], "record_giving_up", reviewer, NEXT, reason="成绩更正"
    )
    supplement(session, made.call, "登分错误", made.admin, NEXT)
    assert list(stage.states(session, made).values()) == [
        "rechecked", "shortlisted", "gave_up", "shortlisted", "reserve",
    ]  # fmt: skip


def test_the_pages_lead_from_the_appeal_to_the_new_ranking(
    app: Flask, session: Session, made: stage.Exam, reviewer: User, clock: Clock
) -> None:
    clock.set(NEXT)
    recheck.decide(session, made.candidates[made.tickets[0]], "pass_recheck", reviewer, LATER)
    appeal = upheld(session, made)
    session.commit()
    slug, ticket = made.call.slug, made.tickets[4]
    reader = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    cadre = pages.sign_in(app, session, made.candidates[ticket].owner)
    admin = pages.sign_in(app, session, made.admin)
    link = f'href="/admin/calls/{slug}/marks/of/{ticket}"'
    assert link in reader.get(f"/review/appeals/{appeal.id}").text
    assert link in admin.get(f"/admin/calls/{slug}/marks").text
    assert pages.text_of(cadre.get(f"/appeals/{appeal.id}")).count("等待办理") == 2
    page = admin.get(f"/admin/calls/{slug}/marks/of/{ticket}")
    admin.submit(page, "更正", {"subject": "xingce", "cell": "95", "reason": "申诉成立"})
    assert pages.text_of(cadre.get(f"/appeals/{appeal.id}")).count("等待办理") == 1
    page = admin.get(f"/admin/calls/{slug}/ranking/written")
    assert admin.submit(page, "重新排名并补充公布").status_code == 422
    page = admin.submit(page, "重新排名并补充公布", {"supplement-reason": "申诉成立"})
    assert "已按更正后的成绩补充公布" in page.text
    assert "成绩已经更正，名次已经重新公布" in cadre.get(f"/appeals/{appeal.id}").text
