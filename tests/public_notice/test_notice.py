"""A notice from the list to its end: who is on it, what refuses it, when it is over, what may follow."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from recruitment.calendar.models import SpecialDay
from recruitment.candidates.models import Candidate
from recruitment.clock import local
from recruitment.database import db
from recruitment.people.models import Role
from recruitment.public_notice import content, operations, queries
from recruitment.public_notice.models import PublicNotice, PublicNoticeRow
from recruitment.selection.models import CallRanking, RankedCandidate
from recruitment.workflow import engine, fire
from tests import factories
from tests.factories import NOW, OTHER_COUNTY
from tests.public_notice import board
from workflows import agreement, timers
from workflows.schema import outbox
from workflows.terms import Refused

# NOW is Sunday 22 November 2026: five working days later is the end of Friday 27 November.
END = datetime(2026, 11, 27, 15, 59, 59, 999999, tzinfo=UTC)
AFTER = END + timedelta(microseconds=1)


def refusal(act: object) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()  # type: ignore[operator]
    return {reason.code for reason in refused.value.reasons}


def rank(session: Session, candidate: Candidate, total: str, *, published: bool) -> None:
    """A final ranking with the candidate alone."""
    ranking = CallRanking(
        call_id=candidate.call_id,
        stage="final",
        scheme="",
        scores="",
        certificate=b"",
        hash="",
        computed_by=candidate.owner_id,
        computed_at=NOW,
        published_at=NOW if published else None,
    )
    session.add(ranking)
    session.flush()
    session.add(
        RankedCandidate(
            ranking_id=ranking.id,
            candidate_id=candidate.id,
            position_id=candidate.position_id,
            shortlisted=True,
            substitution_round=0,
            total=Decimal(total),
            explanation="",
        )
    )
    session.flush()


def test_the_list_is_what_it_may_show_and_frozen(session: Session) -> None:
    one = board.cleared(session)
    one.ticket_number = "26070100101"
    rank(session, one, "66.4325", published=True)
    notice = operations.prepare(session, one.call, factories.PROVINCE, board.admin(session), NOW)
    (row,) = notice.rows
    shown = content.cells(row)
    assert list(shown) == [
        "县（市、区）", "职位", "姓名", "性别", "出生年月", "学历",
        "准考证号", "现任职务", "任职年限（年）", "总成绩", "监督电话",
    ]  # fmt: skip
    community = one.application.form["tenures"][0]["community_name"]  # type: ignore[index]
    assert shown["县（市、区）"] == "绵阳市三台县"
    assert shown["姓名"] == one.owner.name
    assert (shown["性别"], shown["出生年月"], shown["学历"]) == ("女", "1988.05", "高中")
    assert shown["现任职务"] == f"{community.removesuffix('居民委员会').removesuffix('村民委员会')}党组织书记"
    assert (shown["任职年限（年）"], shown["总成绩"]) == ("7", "66.4325")
    assert (shown["准考证号"], shown["监督电话"]) == ("26070100101", "028-5550-0000")
    one.owner.name = "改了名"
    session.flush()
    session.refresh(notice)
    assert content.cells(notice.rows[0])["姓名"] == shown["姓名"]


def test_without_a_published_result_the_total_stays_empty(session: Session) -> None:
    one = board.cleared(session)
    rank(session, one, "70", published=False)
    notice = board.running(session, one)
    assert notice.rows[0].total == ""


def test_publication_moves_everybody_on_the_list_and_tells_them(session: Session) -> None:
    one = board.cleared(session)
    two = board.cleared(session, one.call, county_code=OTHER_COUNTY)
    notice = board.running(session, one, two)
    assert (one.state, two.state, notice.state) == ("announced", "announced", "running")
    assert notice.ends_at == END
    assert local(END).date() == date(2026, 11, 27)
    told = session.scalars(sa.select(outbox.c.recipient).where(outbox.c.notice == "candidate.announced"))
    assert set(told) == {one.owner_id, two.owner_id}


def test_holidays_make_it_longer(session: Session) -> None:
    session.add(SpecialDay(day=date(2026, 11, 25), kind="holiday", source="省政府通知"))
    notice = board.running(session, board.cleared(session))
    assert notice.ends_at == END + timedelta(days=3)


def test_a_notice_into_an_unknown_year_is_refused(session: Session) -> None:
    one = board.cleared(session)
    actor = board.admin(session)
    late = datetime(2026, 12, 29, 2, 0, tzinfo=UTC)
    notice = operations.prepare(session, one.call, factories.PROVINCE, actor, late)
    assert refusal(lambda: operations.publish(session, notice, actor, late)) == {"calendar_missing"}


def test_the_call_says_how_long_and_never_less_than_the_law(session: Session) -> None:
    one = board.cleared(session)
    person = factories.staff(session, Role.ADMIN)
    assert queries.term(session, one.call).working_days == 5
    operations.set_term(session, one.call, person, 7, 15, NOW)
    notice = board.running(session, one)
    assert local(notice.ends_at).date() == date(2026, 12, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 5"):
        operations.set_term(session, one.call, person, 4, 15, NOW)


@pytest.mark.parametrize(
    ("place", "leak"),
    [("post", "id"), ("name", "phone"), ("total", "phone"), ("introduction", "id"), ("ticket", "phone")],
)
def test_a_list_with_a_number_on_it_is_not_published(session: Session, place: str, leak: str) -> None:
    one = board.cleared(session)
    number = str(one.owner.id_number if leak == "id" else one.owner.phone)
    actor = board.admin(session)
    typed = number if place == "introduction" else ""
    notice = operations.prepare(session, one.call, factories.PROVINCE, actor, NOW, introduction=typed)
    if place != "introduction":
        setattr(notice.rows[0], "ticket_number" if place == "ticket" else place, f"{number[:6]} {number[6:]}")
    session.commit()
    with pytest.raises(Refused) as refused:
        operations.publish(session, notice, actor, NOW)
    session.rollback()
    assert {reason.code for reason in refused.value.reasons} >= {"leak_known_number"}
    assert number not in str(refused.value)
    assert (notice.state, one.state) == ("prepared", "cleared")


def test_all_are_announced_or_nobody(session: Session) -> None:
    one = board.cleared(session)
    two = board.cleared(session, one.call)
    actor = board.admin(session)
    notice = operations.prepare(session, one.call, factories.PROVINCE, actor, NOW)
    fire(session, two, "give_up", actor=factories.actor(two.owner), now=NOW)
    session.commit()
    with pytest.raises(Refused, match=two.owner.name):
        operations.publish(session, notice, actor, NOW)
    session.rollback()
    assert (one.state, notice.state, notice.published_at) == ("cleared", "prepared", None)


def test_only_one_prefecture_and_only_by_who_is_in_charge(session: Session) -> None:
    here = board.cleared(session)
    there = board.cleared(session, here.call, county_code=OTHER_COUNTY)
    local_admin = board.admin(session, "510700")
    notice = operations.prepare(session, here.call, "510700", local_admin, NOW)
    assert [row.candidate_id for row in notice.rows] == [here.id]
    assert "绵阳市拟录用人员公示" in notice.title
    operations.publish(session, notice, local_admin, NOW)
    assert "outside_area" in refusal(
        lambda: operations.prepare(session, there.call, "511300", local_admin, NOW)
    )
    assert refusal(lambda: operations.prepare(session, here.call, "510700", local_admin, NOW)) == {
        "nobody_cleared"
    }


def test_a_second_press_publishes_nothing_twice(session: Session) -> None:
    one = board.cleared(session)
    actor = board.admin(session)
    notice = operations.prepare(session, one.call, factories.PROVINCE, actor, NOW)
    for _ in range(2):
        operations.publish(session, notice, actor, NOW, expected_version=1, key="press")
    told = sa.select(sa.func.count()).where(outbox.c.notice == "candidate.announced")
    assert session.scalar(told) == 1
    assert refusal(lambda: operations.publish(session, notice, actor, NOW, expected_version=1)) == {"stale"}


def ring(at: datetime) -> list[str]:
    return [
        rung.outcome
        for rung in timers.run(engine(), sessionmaker(db.engine), now=lambda: at)
        if rung.workflow == "public_notice"
    ]


def test_it_ends_by_itself_and_only_then_may_be_approved(session: Session) -> None:
    one = board.cleared(session)
    notice = board.running(session, one)
    session.commit()
    reviewer = factories.actor(factories.staff(session, Role.PREFECTURE_REVIEWER, "510700"))
    assert ring(END - timedelta(seconds=1)) == []
    assert refusal(lambda: fire(session, one, "approve", actor=reviewer, now=END)) == {"notice_running"}
    session.commit()
    assert ring(AFTER) == ["fired"]
    session.refresh(notice)
    assert notice.state == "ended"
    fire(session, one, "approve", actor=reviewer, now=AFTER)
    assert one.state == "approved"


def test_somebody_never_announced_cannot_be_approved(session: Session) -> None:
    one = board.stand(session, factories.candidate(session), "announced")
    reviewer = factories.actor(factories.staff(session, Role.PREFECTURE_REVIEWER, "510700"))
    assert refusal(lambda: fire(session, one, "approve", actor=reviewer, now=AFTER)) == {"not_on_notice"}


def test_a_list_taken_down_counts_for_nothing(session: Session) -> None:
    one = board.cleared(session)
    notice = board.running(session, one)
    actor = board.admin(session)
    assert refusal(lambda: operations.withdraw(session, notice, actor, NOW, " ")) == {"reason_missing"}
    operations.withdraw(session, notice, actor, NOW, "名单有误")
    session.refresh(one)
    assert (notice.state, one.state) == ("withdrawn", "cleared")
    again = board.running(session, one, at=NOW + timedelta(days=1))
    assert again.ends_at == END + timedelta(days=3)
    session.commit()
    # The timer of the first list is gone with it.
    assert ring(AFTER) == []


@pytest.mark.parametrize("seed", range(2))
def test_python_and_sql_say_the_same_about_approval(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    people = [board.stand(session, factories.candidate(session), "announced") for _ in range(4)]
    for _ in range(10):
        chosen = draw.sample(people, draw.randint(1, 3))
        begun = NOW + timedelta(days=draw.randint(-12, 3))
        state = draw.choice(["prepared", "running", "ended", "withdrawn"])
        notice = PublicNotice(
            call_id=chosen[0].call_id,
            area_code="510000",
            title="公示",
            working_days=5,
            published_at=None if state == "prepared" else begun,
            ends_at=None if state == "prepared" else begun + timedelta(days=7),
            state=state,
            public_state=state,
            state_since=NOW,
            state_version=1,
            definition_version=1,
            rows=[
                PublicNoticeRow(
                    candidate_id=person.id,
                    number=number,
                    **dict.fromkeys([column.key for column in content.PUBLIC_NOTICE.columns], ""),
                )
                for number, person in enumerate(chosen, start=1)
            ],
        )
        session.add(notice)
    session.flush()
    reviewer = factories.actor(factories.staff(session, Role.PREFECTURE_REVIEWER, "510700"))
    for days in (0, 1, 7, 9):
        found = agreement.disagreements(
            engine(), session, "candidate", actor=reviewer, now=NOW + timedelta(days=days)
        )
        assert found == []
    held = session.scalars(sa.select(Candidate.id)).all()
    assert len(held) == 4
