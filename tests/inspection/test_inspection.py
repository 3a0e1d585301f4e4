"""An inspection from the team to the decision."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.cadres.models import Relative
from recruitment.candidates.models import Candidate
from recruitment.inspection import operations
from recruitment.inspection.models import Evidence, Inspection, Inspector
from recruitment.people.models import Role
from recruitment.workflow import engine
from tests import factories
from tests.conftest import Clock
from tests.factories import COUNTY, NOW
from tests.inspection.stages import BAD, GOOD, inspector, reported, staffed
from tests.medical.stages import in_inspection, notices, told
from tests.pages import errors_beside, sign_in, text_of
from workflows.agreement import disagreements
from workflows.terms import Actor, Refused


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


@pytest.fixture
def candidate(session: Session) -> Candidate:
    """Somebody whose brother 周某 works at a school."""
    owner = factories.cadre(session)
    factories.dossier(
        session,
        owner,
        has_relatives=True,
        relatives=[Relative(relation="兄弟姐妹", name="周某", employer="县中学")],
    )
    return in_inspection(session, owner=owner)


def test_two_inspectors_and_a_report_come_before_any_decision(session: Session, candidate: Candidate) -> None:
    person = inspector(session, candidate)
    with pytest.raises(Refused) as refused:
        operations.decide(session, candidate, "pass_inspection", person, NOW)
    assert codes(refused) == {"too_few_inspectors", "report_missing", "not_favourable"}
    operations.add_inspector(session, candidate, person, NOW, name="赵某", organ="县委组织部")
    with pytest.raises(Refused) as refused:
        operations.save_report(session, candidate, person, NOW, report=GOOD, conclusion="pass", submit=True)
    assert codes(refused) == {"inspectors", "staff"}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_the_database_itself_asks_for_two_different_people(
    session: Session, candidate: Candidate, number: int
) -> None:
    """The report is handed in whatever the operations say; the guard in SQL has the last word."""
    person = reported(session, candidate)
    team = session.scalars(sa.select(Inspector).order_by(Inspector.id)).all()
    operations.reopen(session, candidate, person, NOW, "换人")
    for name in ("孙某", "李某")[: max(number - 2, 0)]:
        operations.add_inspector(session, candidate, person, NOW, name=name, organ="县委组织部")
    for item in team[number:]:
        operations.remove_inspector(session, candidate, person, NOW, item.id)
    session.execute(sa.update(Inspection).values(submitted_at=NOW, submitted_by=person.id))
    session.flush()
    session.expire_all()
    assert disagreements(engine(), session, "candidate", actor=person.actor(), now=NOW) == []
    if number < 2:
        with pytest.raises(Refused) as refused:
            operations.decide(session, candidate, "pass_inspection", person, NOW)
        assert codes(refused) == {"too_few_inspectors"}
        assert candidate.state == "inspection"
    else:
        operations.decide(session, candidate, "pass_inspection", person, NOW)
        assert candidate.state == "cleared"


def test_one_person_twice_is_no_team(session: Session, candidate: Candidate) -> None:
    """By name or by account: whatever is tried, the team of one stays one."""
    person = inspector(session, candidate)
    operations.add_inspector(session, candidate, person, NOW, name="赵 某", organ="县委组织部")
    other = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name="赵某")
    for name, user in (("赵某", None), ("", other)):
        with pytest.raises(Refused) as refused:
            operations.add_inspector(session, candidate, person, NOW, name=name, organ="县纪委", user=user)
        assert codes(refused) == {"on_the_team"}
    assert session.scalar(sa.select(sa.func.count()).select_from(Inspector)) == 1


def test_a_good_report_clears_and_a_bad_one_fails_with_its_clauses(
    session: Session, candidate: Candidate
) -> None:
    person = reported(session, candidate, "fail")
    with pytest.raises(Refused) as refused:
        operations.decide(session, candidate, "pass_inspection", person, NOW)
    assert codes(refused) == {"not_favourable"}
    form: dict[str, Any] = {"codes": ["false"], "explanation": "学历证书系伪造。"}
    lacking: list[dict[str, Any]] = [{"codes": []}, {"explanation": " "}, {"codes": ["weather"]}]
    for change in lacking:
        with pytest.raises(Refused):
            operations.decide(session, candidate, "fail_inspection", person, NOW, form=form | change)
    operations.decide(session, candidate, "fail_inspection", person, NOW, form=form)
    assert candidate.state == "inspection_failed"
    body = told(session, candidate, "inspection_failed").body
    assert "《公务员录用违规违纪行为处理办法》" in body
    assert "学历证书系伪造。" in body


def test_who_passes_waits_for_the_public_notice(session: Session, candidate: Candidate) -> None:
    person = reported(session, candidate)
    operations.decide(session, candidate, "pass_inspection", person, NOW)
    assert candidate.state == "cleared"
    assert notices(session, candidate)[-1] == "inspection_passed"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"name": "周 某", "organ": "县委组织部"}, "relative"),
        ({"name": "", "organ": "县委组织部"}, "name_missing"),
        ({"name": "吴某", "organ": " "}, "organ_missing"),
    ],
)
def test_who_must_stay_away_is_not_put_on_the_team(
    session: Session, candidate: Candidate, who: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        operations.add_inspector(session, candidate, inspector(session, candidate), NOW, **who)
    assert codes(refused) == {code}


def test_neither_is_a_neighbour_the_candidate_or_somebody_twice(
    session: Session, candidate: Candidate
) -> None:
    person = inspector(session, candidate)
    place = (candidate.application.form or {})["tenures"][0]["community_name"]
    neighbour = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    neighbour.community_code = candidate.owner.community_code
    session.flush()
    for name, organ, user, code in (
        (candidate.owner.name, "县委组织部", None, "own_application"),
        ("", "本人", candidate.owner, "own_application"),
        ("吴某", f"{place}党支部", None, "same_community"),
        ("", "县委组织部", neighbour, "same_community"),
    ):
        with pytest.raises(Refused) as refused:
            operations.add_inspector(session, candidate, person, NOW, name=name, organ=organ, user=user)
        assert code in codes(refused)
    operations.add_inspector(session, candidate, person, NOW, name="", organ="县委组织部", user=person)
    with pytest.raises(Refused) as refused:
        operations.add_inspector(session, candidate, person, NOW, name=person.name, organ="县委组织部")
    assert codes(refused) == {"on_the_team"}


def test_a_report_lacks_nothing_before_it_is_handed_in(session: Session, candidate: Candidate) -> None:
    person = staffed(session, candidate)
    for report, conclusion, code in (
        (GOOD | {"work": {"finding": "", "text": "略"}}, "pass", "work_finding"),
        (GOOD | {"work": {"finding": "fit", "text": " "}}, "pass", "work_text"),
        (GOOD | {"summary": ""}, "pass", "summary"),
        (GOOD, None, "conclusion"),
        (GOOD, "fail", "conclusion"),
    ):
        with pytest.raises(Refused) as refused:
            operations.save_report(
                session, candidate, person, NOW, report=report, conclusion=conclusion, submit=True
            )
        assert codes(refused) == {code}
        operations.save_report(
            session, candidate, person, NOW, report=report, conclusion=conclusion, submit=False
        )


def test_a_report_that_was_handed_in_is_changed_only_on_record(
    session: Session, candidate: Candidate
) -> None:
    person = reported(session, candidate)
    for change in (
        lambda: operations.save_report(
            session, candidate, person, NOW, report=BAD, conclusion="fail", submit=True
        ),
        lambda: operations.add_inspector(session, candidate, person, NOW, name="冯某", organ="县纪委"),
        lambda: operations.remove_inspector(session, candidate, person, NOW, None),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert codes(refused) == {"report_submitted"}
    operations.reopen(session, candidate, person, NOW, "补充核实情况")
    operations.save_report(session, candidate, person, NOW, report=BAD, conclusion="fail", submit=True)
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == operations.REOPEN)).one()
    assert (kept.user_id, kept.reason) == (person.id, "补充核实情况")


def test_what_was_found_is_not_stored_in_plain_text(session: Session, candidate: Candidate) -> None:
    reported(session, candidate, "fail")
    stored = session.execute(sa.text("SELECT to_jsonb(inspection)::text FROM inspection")).scalar_one()
    assert "伪造" not in stored
    assert session.scalars(sa.select(Inspection)).one().report["integrity"]["text"].endswith("伪造。")


def test_python_and_sql_say_the_same(session: Session) -> None:
    good, bad, open_, few = (in_inspection(session) for _ in range(4))
    reported(session, good)
    reported(session, bad, "fail")
    staffed(session, open_)
    operations.add_inspector(session, few, inspector(session, few), NOW, name="赵某", organ="县委组织部")
    for actor in (inspector(session, good).actor(), Actor.system("test")):
        assert disagreements(engine(), session, "candidate", actor=actor, now=NOW) == []


def test_at_the_screen(app: Flask, session: Session, clock: Clock, candidate: Candidate) -> None:
    clock.set(NOW)
    person = inspector(session, candidate)
    browser = sign_in(app, session, person)
    address = f"/admin/calls/{candidate.call.slug}/inspections/"
    assert "还没有提交" in text_of(browser.get(address))
    page = browser.get(f"{address}{candidate.id}")
    wrong = browser.submit(page, "登记考察人员", {"name": "周某", "organ": "县中学"})
    assert errors_beside(wrong) == {
        "inspector-name": "错误： 考生填报的家庭成员中有同名的人，应当回避。（《公务员录用规定》(2019)关于回避的规定）"
    }
    for name in ("赵某", "钱某", "孙某"):
        page = browser.submit(page, "登记考察人员", {"name": name, "organ": "县委组织部"})
    page = browser.submit(page, "移出孙某")
    page = browser.submit(page, "保存并核对", {"names": "*周某 镇长\n李某"})
    assert "兄弟姐妹周某：与招录机关人员同名（镇长），是领导成员。" in text_of(page)
    picture = (io.BytesIO(factories.image()), "证明.png")
    page = browser.submit(page, "上传材料", {"title": "派出所证明", "image": picture})
    with browser.get(_link(session, address, candidate)) as shown:
        assert shown.mimetype == "image/jpeg"
    values = {"summary": "表现较好。", "conclusion": "pass"}
    for item in ("political", "integrity", "work", "discipline", "relatives"):
        values |= {f"{item}_finding": "fit", f"{item}_text": "没有发现问题。"}
    short = browser.submit(page, "提交报告", values | {"work_text": ""})
    assert list(errors_beside(short)) == ["report-work_text"]
    page = browser.submit(short, "提交报告", values)
    assert "没有发现问题：没有发现问题。" in text_of(page)
    done = browser.submit(page, "考察合格")
    assert "考察合格，待公示" in text_of(done)
    # The same page once more.
    assert browser.submit(page, "考察合格").status_code == 200
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Inspector)) == 2
    reader = sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    assert "没有发现问题：没有发现问题。" in text_of(reader.get(f"{address}{candidate.id}"))


def _link(session: Session, address: str, candidate: Candidate) -> str:
    session.rollback()
    kept = session.scalars(sa.select(Evidence.id)).one()
    return f"{address}{candidate.id}/evidence/{kept}"
