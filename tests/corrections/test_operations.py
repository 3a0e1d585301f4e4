"""Nothing changes before the confirmation; the confirmation does what was shown, or nothing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.audit.models import AccessRecord
from recruitment.calls import operations as calls
from recruitment.calls.models import Call
from recruitment.calls.rules import parameters_of
from recruitment.corrections import operations, queries
from recruitment.corrections.models import Correction, Rejudgement
from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters, parameters_for
from recruitment.eligibility.rulesets import Override
from recruitment.eligibility.verdict import Verdict
from recruitment.people.models import Role, User
from tests import factories
from tests.corrections.conftest import Round
from workflows.terms import Refused

NOW = factories.NOW
WHY = {"reason": "印刷有误", "source": "川组函〔2026〕9号"}


def with_values(call: Call, **values: object) -> Parameters:
    overrides = [
        Override(path.replace("__", "."), value, WHY["reason"], WHY["source"])
        for path, value in values.items()
    ]
    return parameters_for(call.reference_date, "sichuan", overrides)


def propose(session: Session, round_: Round, person: User, **values: object) -> Correction:
    made = operations.propose(
        session,
        round_.call,
        person.actor(),
        NOW,
        parameters=with_values(round_.call, **(values or {"tenure__minimum": 2})),
        **WHY,
    )
    session.commit()
    return made


def confirm(session: Session, correction: Correction, person: User) -> None:
    operations.confirm(session, correction, person.actor(), NOW, judged_at=correction.judged_at)
    session.commit()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def outcomes(session: Session, *found: Application) -> list[str | None]:
    session.expire_all()
    return [application.verdict_outcome for application in found]


def test_a_proposal_changes_nothing_and_shows_who_would_change(
    session: Session, round_: Round, person: User
) -> None:
    before = parameters_of(round_.call)
    made = propose(session, round_, person)
    assert outcomes(session, round_.young, round_.late) == ["eligible", "ineligible"]
    assert parameters_of(round_.call) == before
    figures = queries.figures(session, made)
    assert (figures.judged, figures.decided) == (3, 1)
    assert figures.moves == {("ineligible", "eligible"): 2}
    assert figures.rules == {("tenure.length", "fail", "pass"): 2}
    shown = queries.page(session, queries.RejudgementFilter(made.id)).rows
    assert {row.application_id for row in shown} == {round_.late.id, round_.refused.id}


def test_confirming_stores_the_new_verdicts_and_decides_nobody(
    session: Session, round_: Round, person: User
) -> None:
    was = round_.late.verdict
    made = propose(session, round_, person)
    confirm(session, made, person)
    assert outcomes(session, round_.young, round_.late, round_.refused) == ["eligible"] * 3
    # People decide about people.
    assert (round_.late.state, round_.refused.state) == ("submitted", "refused")
    assert parameters_of(round_.call)["tenure.minimum"] == 2
    assert (round_.late.verdict or {})["parameters"] == parameters_of(round_.call).digest
    kept = session.get_one(Rejudgement, (made.id, round_.late.id))
    assert kept.superseded == was
    entry = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "rules.correct")).one()
    assert (entry.user_id, entry.reason) == (person.id, WHY["reason"])
    assert (entry.detail["judged"], entry.detail["changed"]) == (3, 2)
    assert entry.detail["after"] == parameters_of(round_.call).digest


def test_a_superseded_verdict_names_its_rules_and_can_be_given_again(
    session: Session, round_: Round, person: User
) -> None:
    first = propose(session, round_, person)
    confirm(session, first, person)
    confirm(session, propose(session, round_, person, tenure__minimum=4), person)
    rows = session.scalars(sa.select(Rejudgement)).all()
    assert len(rows) == 6
    for row in rows:
        old = Parameters.from_json(row.correction.before)
        assert row.superseded is not None
        assert row.superseded["parameters"] == old.digest
        facts = Person.from_json(row.facts["person"]), Position.from_json(row.facts["position"])
        assert old.judge(*facts) == Verdict.from_json(row.superseded)
        new = Parameters.from_json(row.correction.after)
        assert row.verdict["parameters"] == new.digest
        assert new.judge(*facts) == Verdict.from_json(row.verdict)
    assert [row.number for row in queries.of_call(session, round_.call)] == [3, 2]


def test_decided_applications_wait_for_a_reviewer_until_they_decide(
    session: Session, round_: Round, person: User
) -> None:
    made = propose(session, round_, person)
    assert queries.to_look_at(session, ("5107",)) == []
    confirm(session, made, person)
    waiting = queries.to_look_at(session, ("5107",))
    assert [row.application_id for row in waiting] == [round_.refused.id]
    assert queries.to_look_at(session, ("5113",)) == []
    assert queries.number_to_look_at(session, ("51",)) == 1
    reviewer = factories.staff(session, Role.PREFECTURE_REVIEWER, "510700")
    form = {"reason": "条件已更正，重新审核。"}
    applications.decide(
        session, round_.refused, "reverse_refusal", factories.actor(reviewer), NOW, form=form, key="12345678"
    )
    assert queries.number_to_look_at(session, ("51",)) == 0


def test_a_stale_confirmation_is_refused_whole(session: Session, round_: Round, person: User) -> None:
    made = propose(session, round_, person)
    factories.application(session, round_.call)
    session.commit()
    with pytest.raises(Refused) as refused:
        confirm(session, made, person)
    session.rollback()
    assert codes(refused) == ["stale"]
    assert "1份" in refused.value.reasons[0].words
    assert outcomes(session, round_.late) == ["ineligible"]
    operations.judge_again(session, made, person.actor(), NOW + timedelta(minutes=1))
    confirm(session, made, person)
    assert outcomes(session, round_.late) == ["eligible"]


def test_a_decision_in_between_makes_it_stale_too(session: Session, round_: Round, person: User) -> None:
    made = propose(session, round_, person)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    applications.decide(session, round_.young, "pass", factories.actor(reviewer), NOW, key="12345678")
    session.commit()
    with pytest.raises(Refused) as refused:
        confirm(session, made, person)
    assert codes(refused) == ["stale"]


def test_what_another_page_showed_is_not_confirmed(session: Session, round_: Round, person: User) -> None:
    made = propose(session, round_, person)
    shown = made.judged_at
    operations.judge_again(session, made, person.actor(), NOW + timedelta(minutes=1))
    session.commit()
    with pytest.raises(Refused) as refused:
        operations.confirm(session, made, person.actor(), NOW, judged_at=shown)
    assert codes(refused) == ["stale"]


def test_confirming_twice_has_one_effect(session: Session, round_: Round, person: User) -> None:
    made = propose(session, round_, person)
    confirm(session, made, person)
    confirm(session, made, person)
    records = sa.select(sa.func.count()).where(AccessRecord.action == "rules.correct")
    assert session.scalar(records) == 1
    with pytest.raises(Refused) as refused:
        operations.judge_again(session, made, person.actor(), NOW)
    assert codes(refused) == ["confirmed"]
    session.rollback()
    with pytest.raises(Refused):
        operations.discard(session, made, person.actor())


def test_a_new_proposal_takes_the_place_of_the_open_one(
    session: Session, round_: Round, person: User
) -> None:
    propose(session, round_, person)
    second = propose(session, round_, person, age__ceiling__base=35)
    assert [row.id for row in queries.of_call(session, round_.call)] == [second.id]
    operations.discard(session, second, person.actor())
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(Rejudgement)) == 0


@pytest.mark.parametrize(
    ("values", "why", "code"),
    [
        ({}, WHY, "nothing_changed"),
        ({"tenure__minimum": 3}, WHY, "nothing_changed"),
        ({"tenure__minimum": 2}, WHY | {"reason": " "}, "reason_missing"),
        ({"tenure__minimum": 2}, WHY | {"source": ""}, "source_missing"),
    ],
)
def test_a_proposal_that_cannot_be(
    session: Session,
    round_: Round,
    person: User,
    values: dict[str, object],
    why: dict[str, str],
    code: str,
) -> None:
    with pytest.raises(Refused) as refused:
        operations.propose(
            session,
            round_.call,
            person.actor(),
            NOW,
            parameters=with_values(round_.call, **values),
            **why,
        )
    assert codes(refused) == [code]


def test_only_who_is_in_charge_and_only_before_the_exam(
    session: Session, round_: Round, person: User
) -> None:
    stranger = factories.staff(session, Role.ADMIN, "510700")
    parameters = with_values(round_.call, tenure__minimum=2)
    with pytest.raises(Refused) as refused:
        operations.propose(session, round_.call, stranger.actor(), NOW, parameters=parameters, **WHY)
    assert codes(refused) == ["not_allowed"]
    draft = factories.draft_call(session, person.actor())
    with pytest.raises(Refused) as refused:
        operations.propose(session, draft, person.actor(), NOW, parameters=parameters, **WHY)
    assert codes(refused) == ["not_published"]
    calls.advance(session, round_.call, "cancel", person.actor(), NOW, reason="取消")
    with pytest.raises(Refused) as refused:
        operations.propose(session, round_.call, person.actor(), NOW, parameters=parameters, **WHY)
    assert codes(refused) == ["too_late"]


def test_who_submits_after_the_correction_is_judged_by_it(
    session: Session, round_: Round, person: User
) -> None:
    confirm(session, propose(session, round_, person, age__ceiling__base=35), person)
    with pytest.raises(Refused):
        factories.application(session, round_.call)
