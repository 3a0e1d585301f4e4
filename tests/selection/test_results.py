"""The ranking of a call: computed, published in bulk, certified, withdrawn."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.notices.models import Notice
from recruitment.notices.operations import publish
from recruitment.people.models import Role
from recruitment.selection import plans, presets
from recruitment.selection.certificate import verify
from recruitment.selection.commands import rank
from recruitment.selection.interview import plan as interview
from recruitment.selection.marks import operations as marks
from recruitment.selection.models import RankedCandidate, Stage
from recruitment.selection.results import operations
from recruitment.workflow import fire
from tests import factories, pages
from tests.conftest import Clock
from tests.selection import stage
from tests.selection.stage import LATER
from workflows.schema import outbox
from workflows.terms import Refused

# Three for one opening: 1 and 2 tie at the top, 4 and 5 tie at the last place, 6 is out, 7 absent, 8 broke the rules.
FIELD = [("80", "70"), ("70", "80"), ("60", "60"), ("60", "60"), ("59", "60"), ("90", "缺考"), ("99", "违纪")]


def field(session: Session) -> stage.Exam:
    made = stage.exam(session, (7,))
    stage.enter_twice(session, made, dict(zip(made.tickets, map(list, FIELD), strict=True)))
    return made


def written_to(session: Session, ticket: str, made: stage.Exam) -> list[str]:
    """The texts of the notices that a candidate was sent, made as the worker makes them."""
    mine = outbox.c.subject_id == made.candidates[ticket].id
    decided = session.scalars(sa.select(outbox.c.id).where(mine).order_by(outbox.c.event)).all()
    for id_ in decided:
        publish(session, id_, LATER)
    return [session.scalars(sa.select(Notice.body).where(Notice.outbox_id == id_)).one() for id_ in decided]


def test_publication_moves_everybody_and_tells_them(session: Session) -> None:
    made = field(session)
    ranking = operations.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    assert set(stage.states(session, made).values()) == {"confirmed"}
    done = operations.publish(session, made.call, ranking.id, made.admin, LATER)
    assert done.moved == {"shortlist": 4, "reserve": 1, "eliminate": 2}
    assert list(stage.states(session, made).values()) == [
        "shortlisted", "shortlisted", "shortlisted", "shortlisted", "reserve", "eliminated", "eliminated",
    ]  # fmt: skip
    told = session.scalars(
        sa.select(outbox.c.notice).where(
            outbox.c.notice.in_(("candidate.shortlisted", "candidate.reserve", "candidate.eliminated"))
        )
    )
    assert (
        sorted(told) == ["candidate.eliminated"] * 2 + ["candidate.reserve"] + ["candidate.shortlisted"] * 4
    )
    texts = written_to(session, made.tickets[0], made)
    assert "笔试折合成绩 52.5 = 行测 80 × 0.35 + 申论 70 × 0.35" in texts[-1]
    assert "资格复审" in texts[-1]
    # Twice is once.
    assert operations.publish(session, made.call, ranking.id, made.admin, LATER).moved == {}


def test_each_line_carries_its_explanation(session: Session) -> None:
    made = field(session)
    stage.publish(session, made)
    rows = session.execute(
        sa.select(Candidate.ticket_number, RankedCandidate).join(RankedCandidate.candidate)
    )
    lines = {row[0]: row[1] for row in rows}
    first = lines[made.tickets[0]]
    assert (first.written, first.written_rank) == (Decimal("52.5"), 1)
    assert "笔试折合成绩 52.5 = 行测 80 × 0.35 + 申论 70 × 0.35" in first.explanation
    assert "并列第 1 名" in first.explanation
    assert "末位同分的全部入闱，共 4 人" in lines[made.tickets[3]].explanation
    assert "缺考" in lines[made.tickets[5]].explanation
    assert lines[made.tickets[6]].exclusion == "violation"


def test_the_command_makes_the_certificate_again_to_the_byte(session: Session, tmp_path: Path) -> None:
    made = field(session)
    ranking = stage.publish(session, made)
    assert verify(ranking.certificate) == ranking.hash
    said = json.loads(ranking.certificate)
    (tmp_path / "scores.csv").write_text(said["scores"], "utf-8")
    (tmp_path / "scheme.toml").write_text(said["scheme"], "utf-8")
    outcome = CliRunner().invoke(
        rank,
        [
            str(tmp_path / "scores.csv"),
            *("--scheme", str(tmp_path / "scheme.toml")),
            *("--out", str(tmp_path / "ranked.csv")),
            *("--certificate", str(tmp_path / "certificate.json")),
        ],
    )
    assert outcome.exit_code == 0, outcome.output
    assert (tmp_path / "certificate.json").read_bytes() == ranking.certificate
    assert (tmp_path / "ranked.csv").read_text("utf-8") == said["ranked"]
    # Ticket numbers, and nothing that tells who somebody is.
    people = [candidate.owner for candidate in made.candidates.values()]
    for person in people:
        assert person.name not in ranking.certificate.decode()
        assert str(person.id_number) not in ranking.certificate.decode()


def test_what_changed_after_computing_is_not_published(session: Session) -> None:
    made = field(session)
    ranking = operations.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    candidate = made.candidates[made.tickets[4]]
    marks.correct(session, made.call, candidate, "xingce", "61", "登分错误", made.admin, LATER)
    assert operations.stale(session, made.call, ranking)
    with pytest.raises(Refused, match="请重新计算"):
        operations.publish(session, made.call, ranking.id, made.admin, LATER)
    again = operations.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    operations.publish(session, made.call, again.id, made.admin, LATER)
    assert stage.states(session, made)[made.tickets[4]] == "shortlisted"


def test_nobody_who_may_sit_is_forgotten(session: Session) -> None:
    made = stage.exam(session, (3,))
    stage.enter_twice(session, made, {ticket: ["60", "60"] for ticket in made.tickets[:2]})
    ranking = operations.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    with pytest.raises(Refused, match="还有 1 名"):
        operations.publish(session, made.call, ranking.id, made.admin, LATER)
    assert set(stage.states(session, made).values()) == {"confirmed"}


def test_a_withdrawn_ranking_is_made_anew_with_the_correction(session: Session) -> None:
    made = field(session)
    ranking = stage.publish(session, made)
    candidate = made.candidates[made.tickets[4]]
    marks.correct(session, made.call, candidate, "xingce", "85", "漏登一页", made.admin, LATER)
    with pytest.raises(Refused, match="先撤回"):
        operations.compute(session, made.call, Stage.WRITTEN, made.admin, LATER)
    with pytest.raises(Refused, match="原因"):
        operations.withdraw(session, made.call, ranking.id, "", made.admin, LATER)
    assert operations.withdraw(session, made.call, ranking.id, "漏登一页", made.admin, LATER) == 7
    assert set(stage.states(session, made).values()) == {"confirmed"}
    assert plans.published(session, made.call.id, Stage.WRITTEN) is None
    assert "原因：漏登一页" in written_to(session, made.tickets[0], made)[-1]
    stage.publish(session, made)
    assert list(stage.states(session, made).values())[2:5] == ["reserve", "reserve", "shortlisted"]


def test_what_has_led_on_is_not_withdrawn(session: Session) -> None:
    made = field(session)
    ranking = stage.publish(session, made)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    first = made.candidates[made.tickets[0]]
    fire(session, first, "pass_recheck", actor=factories.actor(reviewer), now=LATER)
    with pytest.raises(Refused, match="已有 1 名考生"):
        operations.withdraw(session, made.call, ranking.id, "漏登", made.admin, LATER)


def test_the_scheme_is_locked_once_results_are_out(session: Session) -> None:
    made = field(session)

    def save(scheme: str, hours: int = 48) -> None:
        plans.save(
            session, made.call, made.admin, LATER, scheme=scheme, bonuses=[], bonus_proof_by=None,
            query_opens_at=None, query_closes_at=None, consent_hours=hours,
        )  # fmt: skip

    with pytest.raises(Refused, match="科目和满分不能再改"):
        save(presets.PRESETS["22.5_22.5_15_40"].toml)
    save(presets.PRESETS["30_30_40"].toml)
    ranking = stage.publish(session, made)
    assert 'weight = "0.30"' in ranking.scheme
    with pytest.raises(Refused, match="方案和加分不能再改"):
        save(presets.PRESETS["35_35_30"].toml)
    save(presets.PRESETS["30_30_40"].toml, hours=24)
    assert plans.plan_of(session, made.call).consent_hours == 24


def test_the_calls_own_page_leads_to_what_is_published(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    made = stage.exam(session, (2,))
    stage.enter_twice(session, made, {ticket: ["80", "70"] for ticket in made.tickets})
    session.commit()
    anybody = pages.visitor(app)
    home = f"/calls/{made.call.slug}"
    assert "还没有公布。成绩、名次和面试抽签公布以后，在这里查看。" in pages.text_of(anybody.get(home))
    stage.publish(session, made)
    interview.save(
        session, made.call, made.admin, LATER,
        elements=interview.USUAL, examiners=7, dropped=1, rounding=None, seed="2026135",
    )  # fmt: skip
    session.commit()
    page = anybody.get(home)
    assert "种子已公布，还没有抽签" in pages.text_of(page)
    position = made.candidates[made.tickets[0]].position
    for path in ("ranking/written", f"ranking/written/{position.code}", "interview"):
        shown = anybody.get(f"{home}/{path}")
        assert shown.status_code == 200
        for candidate in made.candidates.values():
            for secret in (candidate.owner.id_number, candidate.owner.phone, candidate.owner.name):
                assert str(secret) not in shown.text
    assert f'href="{home}/ranking/written"' in page.text
    assert f'href="{home}/interview"' in page.text
    assert "ranking/final" not in page.text
