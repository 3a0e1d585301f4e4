"""A medical from the plan to the last result: what the law gives a candidate, and who may know what."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from recruitment.audit.models import AccessRecord
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.database import db
from recruitment.medical import operations
from recruitment.medical.models import MedicalResult
from recruitment.people.models import Role
from recruitment.workflow import engine
from tests import factories
from tests.factories import COUNTY, NOW, OTHER_COUNTY
from tests.medical.stages import HOUR, PREFECTURE, enter, in_medical, key, notices, officer, steps, told
from workflows import timers
from workflows.agreement import disagreements
from workflows.schema import event
from workflows.terms import Actor, Refused, Stale


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_who_passes_goes_on_to_the_inspection(session: Session) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "pass")
    assert candidate.state == "inspection"
    assert notices(session, candidate) == ["to_medical", "medical_passed"]


def test_a_first_unfit_result_can_be_examined_again_once(session: Session) -> None:
    candidate = in_medical(session)
    owner = factories.actor(candidate.owner)
    enter(session, candidate, "fail")
    assert candidate.state == "medical"
    operations.ask_retest(session, candidate, owner, NOW + timedelta(days=7))
    assert candidate.state == "medical_retest"
    enter(session, candidate, "pass", NOW + timedelta(days=9))
    assert candidate.state == "inspection"
    assert steps(session, candidate)[-4:] == ["to_medical", "report_unfit", "ask_retest", "pass_medical"]


@pytest.mark.parametrize("outcome", ["fail", "absent"])
def test_the_result_of_the_re_exam_is_final(session: Session, outcome: str) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "fail")
    operations.ask_retest(session, candidate, factories.actor(candidate.owner), NOW)
    enter(session, candidate, outcome, NOW + HOUR)
    assert candidate.state == "medical_failed"
    with pytest.raises(Refused):
        operations.ask_retest(session, candidate, factories.actor(candidate.owner), NOW + HOUR)


def test_asking_ends_with_the_last_day_of_the_window(session: Session) -> None:
    candidate = in_medical(session)
    owner = factories.actor(candidate.owner)
    enter(session, candidate, "fail")
    # Told on 22 November: the last day is the 29th.
    midnight = (NOW + timedelta(days=8)).astimezone(SHANGHAI).replace(hour=0, minute=0)
    with pytest.raises(Refused) as late:
        operations.ask_retest(session, candidate, owner, midnight)
    assert codes(late) == {"retest_late"}
    assert "2026年11月29日（星期日）24:00" in late.value.reasons[0].words
    operations.ask_retest(session, candidate, owner, midnight - timedelta(seconds=1))
    assert candidate.state == "medical_retest"


def test_who_does_not_ask_in_time_has_failed(app: Flask, session: Session) -> None:
    slow, quick = in_medical(session), in_medical(session)
    for candidate in (slow, quick):
        enter(session, candidate, "fail")
    operations.ask_retest(session, quick, factories.actor(quick.owner), NOW)
    session.commit()

    def ring(days: int) -> list[str]:
        rung = timers.run(engine(), sessionmaker(db.engine), now=lambda: NOW + timedelta(days=days))
        session.expire_all()
        return [item.outcome for item in rung if item.workflow == "candidate"]

    assert ring(7) == []
    assert (slow.state, quick.state) == ("medical", "medical_retest")
    assert ring(8) == ["fired"]
    assert (slow.state, quick.state) == ("medical_failed", "medical_retest")
    notice = told(session, slow, "medical_failed")
    assert "没有申请复检" in notice.body
    session.rollback()


def test_the_days_are_the_calls(session: Session) -> None:
    candidate = in_medical(session)
    admin = factories.staff(session, Role.ADMIN)
    operations.set_terms(session, candidate.call, admin, NOW, retest_days=3, items=["视力", "血压"])
    enter(session, candidate, "fail")
    result = session.scalars(sa.select(MedicalResult)).one()
    assert result.retest_until is not None
    assert result.retest_until.astimezone(SHANGHAI).isoformat() == "2026-11-26T00:00:00+08:00"
    with pytest.raises(Refused) as unknown:
        enter(session, in_medical(session, candidate.call), "fail", item="心脏")
    assert codes(unknown) == {"item"}


def test_the_office_may_order_the_re_exam_itself(session: Session) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "fail")
    person = officer(session).actor()
    operations.order_retest(session, candidate, person, NOW + HOUR, reason="医院说明仪器故障")
    assert candidate.state == "medical_retest"
    enter(session, candidate, "pass", NOW + HOUR)
    assert candidate.state == "inspection"


def test_what_was_not_met_stays_out_of_journal_notices_and_plain_columns(session: Session) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "fail", item="听力")
    notice = told(session, candidate, "medical_unfit")
    journal = session.scalars(sa.select(event.c.body).where(event.c.subject_id == candidate.id))
    stored = session.execute(
        sa.text("SELECT to_jsonb(medical_result)::text FROM medical_result")
    ).scalar_one()
    for text in (notice.subject, notice.body, stored, *map(str, journal)):
        assert "听力" not in text
    assert "2026年11月29日（星期日）24:00" in notice.subject
    assert session.scalars(sa.select(MedicalResult)).one().item == "听力"


def test_looking_is_on_record_with_its_reason(session: Session) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "fail", item="听力")
    person = officer(session)
    with pytest.raises(Refused):
        operations.reveal(session, candidate, person, NOW, "  ")
    shown = operations.reveal(session, candidate, person, NOW, "本人来电询问")
    session.flush()
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == operations.REVEAL)).one()
    assert [result.item for result in shown] == ["听力"]
    assert (kept.user_id, kept.subject_id, kept.reason) == (person.id, str(candidate.id), "本人来电询问")


@pytest.mark.parametrize(
    ("outcome", "more", "code"),
    [
        ("fail", {"item": None}, "item"),
        ("pass", {"item": "视力"}, "item"),
        ("absent", {}, "outcome"),
        ("pass", {"examined_on": (NOW + timedelta(days=1)).date()}, "examined_on"),
    ],
)
def test_what_makes_no_sense_is_refused(session: Session, outcome: str, more: object, code: str) -> None:
    candidate = in_medical(session)
    with pytest.raises(Refused) as refused:
        enter(session, candidate, outcome, **more)  # type: ignore[arg-type]
    assert code in codes(refused)


def test_a_first_result_is_not_entered_twice(session: Session) -> None:
    candidate = in_medical(session)
    enter(session, candidate, "fail")
    with pytest.raises(Refused) as refused:
        enter(session, candidate, "pass")
    assert codes(refused) == {"waits_for_retest"}


def test_the_same_request_has_one_effect_and_an_old_page_is_told(session: Session) -> None:
    candidate = in_medical(session)
    person, version, name = officer(session), candidate.state_version, key()
    first = enter(session, candidate, "fail", person=person, expected_version=version, key=name)
    again = enter(session, candidate, "fail", person=person, expected_version=version, key=name)
    assert (first.replayed, again.replayed) == (False, True)
    assert session.scalar(sa.select(sa.func.count()).select_from(MedicalResult)) == 1
    with pytest.raises(Stale):
        enter(session, candidate, "pass", expected_version=version, key=key())
    assert session.scalar(sa.select(sa.func.count()).select_from(MedicalResult)) == 1


def test_only_the_prefecture_and_the_admin_enter_results(session: Session) -> None:
    candidate = in_medical(session)
    strangers = [
        factories.staff(session, Role.COUNTY_REVIEWER, COUNTY),
        factories.staff(session, Role.PREFECTURE_REVIEWER, OTHER_COUNTY[:4] + "00"),
        factories.staff(session, Role.SUPERVISOR),
        candidate.owner,
    ]
    for person in strangers:
        with pytest.raises(Refused), session.begin_nested():
            enter(session, candidate, "pass", person=person)
        session.refresh(candidate)
        assert candidate.state == "medical"
    enter(session, candidate, "pass", person=factories.staff(session, Role.ADMIN, PREFECTURE))
    assert candidate.state == "inspection"


def test_nobody_passes_without_a_result(session: Session) -> None:
    candidate = in_medical(session)
    person = officer(session).actor()
    for trigger, code in (("pass_medical", "medical_not_passed"), ("report_unfit", "not_unfit")):
        with pytest.raises(Refused) as refused:
            engine().fire(session, candidate, trigger, actor=person, now=NOW)
        assert codes(refused) == {code}


def test_the_plan_of_the_prefecture_goes_before_that_of_the_province(session: Session) -> None:
    call = factories.call(session)
    for code, hospital in (("510000", "省医院"), ("510700", "旧医院"), ("510700", "市中心医院")):
        operations.set_plan(
            session, call, area_code=code, reports_at=NOW, hospital=hospital, address="某路1号"
        )
    here, there = in_medical(session, call), in_medical(session, call, county_code=OTHER_COUNTY)
    assert "市中心医院" in told(session, here, "to_medical").body
    assert "省医院" in told(session, there, "to_medical").body
    operations.drop_plan(session, call, "510700")
    assert "省医院" in told(session, in_medical(session, call), "to_medical").body


def test_python_and_sql_say_the_same(session: Session) -> None:
    people = [in_medical(session) for _ in range(5)]
    for candidate in people[1:]:
        enter(session, candidate, "fail")
    operations.ask_retest(session, people[2], factories.actor(people[2].owner), NOW)
    operations.ask_retest(session, people[3], factories.actor(people[3].owner), NOW)
    enter(session, people[3], "fail")
    enter(session, in_medical(session), "pass")
    session.flush()
    for actor in (officer(session).actor(), Actor.system("test")):
        for days in (0, 7, 8, 30):
            assert (
                disagreements(engine(), session, "candidate", actor=actor, now=NOW + timedelta(days=days))
                == []
            )
    assert session.scalar(sa.select(sa.func.count()).select_from(Candidate)) == 6
