"""The recheck: who decides, who is called up for whom and until when, giving up, and the end."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from recruitment.cadres.form import freeze
from recruitment.database import db
from recruitment.notices.models import Notice
from recruitment.notices.operations import publish
from recruitment.people.models import Role, User
from recruitment.selection import plans, presets
from recruitment.selection.certificate import verify
from recruitment.selection.marks import operations as marks
from recruitment.selection.models import InterviewPlan, Stage
from recruitment.selection.ranking import Candidate, rank
from recruitment.selection.recheck import operations, substitution
from recruitment.selection.results import operations as results
from recruitment.selection.results import queries
from recruitment.selection.results.table import inputs
from recruitment.selection.scheme import Scheme, load_scheme
from recruitment.workflow import engine, fire
from tests import factories, pages
from tests.client import tree
from tests.conftest import Clock
from tests.factories import COUNTY, OTHER_COUNTY
from tests.pages import signed_in
from tests.selection import stage
from tests.selection.stage import LATER
from workflows import timers
from workflows.agreement import disagreements
from workflows.schema import outbox, timer
from workflows.terms import Actor, Refused

HOUR = timedelta(hours=1)


def scheme(rounds: str) -> Scheme:
    text = presets.PRESETS["35_35_30"].toml.replace(
        "substitution_rounds = 1", f"substitution_rounds = {rounds}"
    )
    return load_scheme(text.replace('too_few = "prefecture"', 'too_few = "none"'))


def entrants(marks: list[int], failed: set[int], openings: int = 1) -> list[Candidate]:
    return [
        Candidate(
            "P", openings, f"T{number}", (Decimal(mark), Decimal(mark)), Decimal(0),
            recheck=False if number in failed else None,
        )
        for number, mark in enumerate(marks)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marks", "failed", "rounds", "called"),
    [
        ([9, 8, 7, 6, 5], set(), "1", set()),
        ([9, 8, 7, 6, 5], {0}, "1", {"T3"}),
        # Four entered through a tie: three are left, and that is enough.
        ([9, 8, 7, 7, 5], {0}, "1", set()),
        ([9, 8, 7, 7, 5], {0, 1}, "1", {"T4"}),
        # Tied substitutes are called together.
        ([9, 8, 7, 6, 6], {0}, "1", {"T3", "T4"}),
        # The substitute fails, too: another round, if there is one.
        ([9, 8, 7, 6, 5], {0, 3}, "1", {"T3"}),
        ([9, 8, 7, 6, 5], {0, 3}, "2", {"T3", "T4"}),
        ([9, 8, 7, 6, 5], {0, 3}, '"as_needed"', {"T3", "T4"}),
        ([9, 8, 7, 6, 5], {0}, "0", set()),
        ([9, 8], {0}, "1", set()),
    ],
)
def test_who_is_called_up(marks: list[int], failed: set[int], rounds: str, called: set[str]) -> None:
    found = substitution.vacancies(entrants(marks, failed), scheme(rounds))
    assert set(found["P"].called if "P" in found else ()) == called


@pytest.mark.parametrize(
    ("marks", "failed", "called", "inside"),
    [
        # T0 failed, T3 was called, T0 came back.
        ([9, 8, 7, 6, 5], set(), {3}, {0, 1, 2, 3}),
        # Four are in: one may drop out without a vacancy, the second makes one that T4 fills.
        ([9, 8, 7, 6, 5], {1}, {3}, {0, 1, 2, 3}),
        ([9, 8, 7, 6, 5], {1, 2}, {3}, {0, 1, 2, 3, 4}),
        # The office called T4 before T3, and T5 is level with T4: no click decides between them.
        ([9, 8, 7, 6, 5, 5, 4], set(), {4}, {0, 1, 2, 3, 4, 5}),
        # Who was called and failed is no reason to call somebody else for a vacancy that went away.
        ([9, 8, 7, 6, 5], {3}, {3}, {0, 1, 2, 3}),
    ],
)
def test_nobody_who_was_called_up_is_dropped(
    marks: list[int], failed: set[int], called: set[int], inside: set[int]
) -> None:
    given_ = [
        entrant._replace(kept=number in called) for number, entrant in enumerate(entrants(marks, failed))
    ]
    found = rank(given_, scheme("2")).results
    assert {number for number, result in enumerate(found) if result.shortlisted} == inside


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=14),
    st.sets(st.integers(0, 13)),
    st.integers(1, 3),
    st.sampled_from(["0", "1", "2", '"as_needed"']),
    st.randoms(use_true_random=False),
)
def test_substitutes_follow_the_marks_alone(
    marks: list[int], failed: set[int], openings: int, rounds: str, draw: random.Random
) -> None:
    given_ = entrants(marks, failed, openings)
    found = substitution.vacancies(given_, scheme(rounds)).get("P")
    called = dict(found.called) if found else {}
    shuffled = list(given_)
    draw.shuffle(shuffled)
    again = substitution.vacancies(shuffled, scheme(rounds)).get("P")
    assert called == (dict(again.called) if again else {})
    quota = openings * 3
    by_ticket = {entrant.candidate: entrant.marks[0] or Decimal(0) for entrant in given_}
    cut = sorted(by_ticket.values(), reverse=True)[:quota][-1]
    entered = {ticket for ticket, mark in by_ticket.items() if mark >= cut}
    # Nobody who entered is called, nobody is jumped over, and no vacancy means nobody.
    assert not called.keys() & entered
    waiting = [mark for ticket, mark in by_ticket.items() if ticket not in entered | called.keys()]
    assert all(by_ticket[ticket] > mark for ticket in called for mark in waiting)
    left = [entrant for entrant in given_ if entrant.candidate in entered and entrant.recheck is None]
    assert bool(called) == (len(left) < quota and rounds != "0" and len(entered) < len(given_))


MARKS = ["90", "85", "80", "75", "70"]


def field(session: Session) -> stage.Exam:
    made = stage.exam(session, (5,))
    stage.enter_twice(
        session, made, {ticket: [mark, mark] for ticket, mark in zip(made.tickets, MARKS, strict=True)}
    )
    stage.publish(session, made)
    return made


@pytest.fixture
def made(session: Session) -> stage.Exam:
    return field(session)


@pytest.fixture
def reviewer(session: Session) -> User:
    return factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name="县审核人")


def decide(
    session: Session, made: stage.Exam, number: int, trigger: str, who: User, reason: str = ""
) -> None:
    operations.decide(session, made.candidates[made.tickets[number]], trigger, who, LATER, reason=reason)


def due(session: Session, made: stage.Exam) -> set[str]:
    found = substitution.proposals(session, made.call).due
    return {ticket for ticket, candidate in made.candidates.items() if candidate.id in found}


def test_a_failed_recheck_calls_the_next_who_agrees_in_time(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    assert due(session, made) == set()
    with pytest.raises(Refused, match="轮不到"):
        decide(session, made, 3, "call_up", reviewer)
    with pytest.raises(Refused, match="理由"):
        decide(session, made, 0, "fail_recheck", reviewer)
    decide(session, made, 0, "fail_recheck", reviewer, "学历证书与填报不一致。")
    assert due(session, made) == {made.tickets[3]}
    with pytest.raises(Refused, match="轮不到"):
        decide(session, made, 4, "call_up", reviewer)
    decide(session, made, 3, "call_up", reviewer)
    assert due(session, made) == set()
    fourth = made.candidates[made.tickets[3]]
    ends = session.scalars(sa.select(timer.c.due_at).where(timer.c.subject_id == fourth.id)).one()
    assert ends == LATER + 48 * HOUR
    with pytest.raises(Refused, match="确认递补已于"):
        operations.accept(session, fourth, fourth.owner, ends)
    operations.accept(session, fourth, fourth.owner, ends - timedelta(minutes=1))
    assert list(stage.states(session, made).values()) == [
        "recheck_failed", "shortlisted", "shortlisted", "shortlisted", "reserve",
    ]  # fmt: skip


def test_a_substitute_stays_when_the_failed_recheck_is_reversed(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    decide(session, made, 0, "fail_recheck", reviewer, "学历证书与填报不一致。")
    decide(session, made, 3, "call_up", reviewer)
    fourth = made.candidates[made.tickets[3]]
    operations.accept(session, fourth, fourth.owner, LATER)
    higher = factories.staff(session, Role.PREFECTURE_REVIEWER, "510700")
    first = made.candidates[made.tickets[0]]
    fire(session, first, "reverse", actor=higher.actor(), now=LATER, form={"reason": "证书属实"})

    ranking = results.compute(session, made.call, Stage.FINAL, made.admin, LATER)
    rows = {row.candidate_id: row for row in queries.rows_of(session, ranking, first.position_id)}

    inside = [rows[candidate.id].shortlisted for candidate in made.candidates.values()]
    assert inside == [True, True, True, True, False]
    assert "此前已通知入闱（含递补）的保留资格" in rows[fourth.id].explanation
    assert verify(ranking.certificate) == ranking.hash
    assert due(session, made) == set()
    # Four are in: the first to leave makes no vacancy, the second does.
    decide(session, made, 1, "record_giving_up", reviewer, "本人来电")
    assert due(session, made) == set()
    decide(session, made, 2, "record_giving_up", reviewer, "本人来电")
    assert due(session, made) == {made.tickets[4]}


def test_what_was_done_under_a_withdrawn_ranking_keeps_nobody(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    decide(session, made, 0, "record_giving_up", reviewer, "本人来电")
    decide(session, made, 3, "call_up", reviewer)
    fourth = made.candidates[made.tickets[3]]
    operations.accept(session, fourth, fourth.owner, LATER)
    ranking = plans.published(session, made.call.id, Stage.WRITTEN)
    assert ranking
    assert kept(session, made) == made.tickets[:4]
    results.withdraw(session, made.call, ranking.id, "成绩更正", made.admin, LATER)
    for subject in ("xingce", "shenlun"):
        marks.correct(session, made.call, fourth, subject, "10", "登分错误", made.admin, LATER)
    stage.publish(session, made)
    assert kept(session, made) == [made.tickets[1], made.tickets[2], made.tickets[4]]


def kept(session: Session, made: stage.Exam) -> list[str]:
    """Who has been told of a place, as the table of the final ranking has it."""
    lines = [line.split(",") for line in inputs(session, made.call, Stage.FINAL).scores.splitlines()]
    return [line[2] for line in lines if line[-1] == "Y"]


def test_silence_is_giving_up(app: Flask, session: Session, made: stage.Exam, reviewer: User) -> None:
    decide(session, made, 1, "record_giving_up", reviewer, "本人来电")
    decide(session, made, 3, "call_up", reviewer)
    session.commit()
    with app.app_context():
        bind = db.engine
    rung = timers.run(engine(), sessionmaker(bind), now=lambda: LATER + 48 * HOUR)
    assert [(one.timer, one.outcome) for one in rung if one.workflow == "candidate"] == [
        ("consent_deadline", "fired")
    ]
    assert stage.states(session, made)[made.tickets[3]] == "gave_up"
    # The scheme has one round: nobody is called after that.
    assert due(session, made) == set()


def test_only_the_county_decides_and_not_about_itself(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    first = made.candidates[made.tickets[0]]
    for person in (
        factories.staff(session, Role.COUNTY_REVIEWER, OTHER_COUNTY),
        factories.staff(session, Role.PREFECTURE_REVIEWER, "510700"),
        made.admin,
    ):
        with pytest.raises(Refused):
            operations.decide(session, first, "pass_recheck", person, LATER)
    reviewer.name = "王某"
    first.application.form = {"relatives": [{"name": "王某"}]}
    session.flush()
    with pytest.raises(Refused, match="回避"):
        operations.decide(session, first, "pass_recheck", reviewer, LATER)


def test_who_gives_up_after_the_draw_is_not_replaced(
    session: Session, made: stage.Exam, reviewer: User
) -> None:
    for number in range(3):
        decide(session, made, number, "pass_recheck", reviewer)
    decide(session, made, 0, "record_giving_up", reviewer, "本人来电")
    assert due(session, made) == {made.tickets[3]}
    session.add(InterviewPlan(call_id=made.call.id, elements=[], seed="1", drawn_at=LATER, changed_at=LATER))
    assert due(session, made) == set()
    with pytest.raises(Refused, match="轮不到"):
        decide(session, made, 3, "call_up", reviewer)


def test_the_guards_agree_in_python_and_sql(session: Session, made: stage.Exam, reviewer: User) -> None:
    decide(session, made, 0, "fail_recheck", reviewer, "不符")
    decide(session, made, 3, "call_up", reviewer)
    for now in (LATER, LATER + 48 * HOUR, LATER + 49 * HOUR):
        for actor in (reviewer.actor(), Actor.system("test")):
            assert disagreements(engine(), session, "candidate", actor=actor, now=now) == []


def test_what_is_left_is_closed(session: Session, made: stage.Exam, reviewer: User) -> None:
    decide(session, made, 0, "fail_recheck", reviewer, "不符")
    decide(session, made, 3, "call_up", reviewer)
    assert operations.close(session, made.call, made.admin, LATER) == 2
    assert operations.close(session, made.call, made.admin, LATER) == 0
    assert list(stage.states(session, made).values())[3:] == ["not_selected", "not_selected"]
    with pytest.raises(Refused):
        operations.close(session, made.call, reviewer, LATER)


def test_every_notice_can_be_written(session: Session, made: stage.Exam, reviewer: User) -> None:
    decide(session, made, 0, "fail_recheck", reviewer, "学历证书与填报不一致。")
    decide(session, made, 1, "pass_recheck", reviewer)
    decide(session, made, 3, "call_up", reviewer)
    operations.accept(
        session, made.candidates[made.tickets[3]], made.candidates[made.tickets[3]].owner, LATER
    )
    decide(session, made, 2, "record_giving_up", reviewer, "本人来电")
    operations.close(session, made.call, made.admin, LATER)
    ids = session.scalars(sa.select(outbox.c.id).where(outbox.c.notice.startswith("candidate."))).all()
    for id_ in ids:
        publish(session, id_, LATER)
    texts: dict[str, str] = dict(session.execute(sa.select(Notice.template, Notice.body)).all())
    assert "学历证书与填报不一致。" in texts["candidate.recheck_failed"]
    assert "2026年11月24日（星期二）14:00前" in texts["candidate.called_up"]
    assert "本人来电" in texts["candidate.gave_up"]
    assert len(texts) >= 7


def test_the_county_works_through_its_queue(
    app: Flask, session: Session, made: stage.Exam, reviewer: User, clock: Clock
) -> None:
    clock.set(LATER)
    person = made.candidates[made.tickets[0]].owner
    made.candidates[made.tickets[0]].application.form = freeze(factories.dossier(session, person))
    browser = pages.sign_in(app, session, reviewer)
    page = browser.get("/recheck/")
    assert [row[1] for row in pages.rows_of(page)] == made.tickets[:3]
    first = made.candidates[made.tickets[0]]
    page = browser.get(f"/recheck/{first.id}")
    refused = browser.submit(page, "资格复审不合格")
    assert refused.status_code == 422
    assert "理由" in pages.text_of(refused) or "原因" in pages.text_of(refused)
    page = browser.submit(page, "资格复审不合格", {"reason": "学历证书与填报不一致。"})
    assert [row[1] for row in pages.rows_of(page)] == made.tickets[1:3]
    page = browser.get("/recheck/substitutes")
    assert "空缺1名" in pages.text_of(page)
    name = made.candidates[made.tickets[3]].owner.name
    page = browser.submit(page, f"通知递补{name}")
    assert "已经通知了递补的人" in pages.text_of(page)
    cadre = signed_in(app, made.candidates[made.tickets[3]].owner)
    own = f"/candidates/{made.candidates[made.tickets[3]].id}"
    assert "确认是否递补" in cadre.get(own).text
    page = cadre.submit(cadre.get(f"{own}/substitution"), "同意递补")
    assert "已确认递补" in page.text
    stranger = pages.sign_in(app, session, factories.staff(session, Role.COUNTY_REVIEWER, OTHER_COUNTY))
    assert stranger.get(f"/recheck/{first.id}").status_code == 404
    assert pages.text_of(stranger.get("/recheck/")).count("这里现在没有考生") == 1


def test_a_cadre_gives_up_only_after_saying_so_twice(
    app: Flask, session: Session, made: stage.Exam, clock: Clock
) -> None:
    clock.set(LATER)
    session.commit()
    mine = made.candidates[made.tickets[0]]
    cadre = signed_in(app, mine.owner)
    page = cadre.get(f"/candidates/{mine.id}/give-up")
    page = cadre.submit(page, "放弃")
    assert page.status_code == 422
    assert stage.states(session, made)[made.tickets[0]] == "shortlisted"
    page = cadre.submit(page, "放弃", {"sure": True})
    assert "已登记放弃" in page.text
    assert stage.states(session, made)[made.tickets[0]] == "gave_up"


def test_every_scan_and_link_of_the_page_opens_for_who_sees_it(
    app: Flask, session: Session, made: stage.Exam, clock: Clock
) -> None:
    clock.set(LATER)
    first = made.candidates[made.tickets[0]]
    first.application.form = freeze(factories.dossier(session, first.owner))
    session.commit()
    for role, area, scans in (
        (Role.COUNTY_REVIEWER, COUNTY, True),
        (Role.SUPERVISOR, factories.PROVINCE, True),
        (Role.ADMIN, factories.PROVINCE, False),
    ):
        browser = pages.sign_in(app, session, factories.staff(session, role, area))
        page = browser.get(f"/recheck/{first.id}")
        addresses = [
            value
            for element in tree(page).iter()
            for name, value in element.attrib.items()
            if name in ("href", "src") and value.startswith(("/review/", "/dossier/"))
        ]
        assert any("/documents/" in address for address in addresses) is scans
        for address in addresses:
            with browser.get(address) as answer:
                assert answer.status_code == 200, address
