"""From the approval to the appointment."""

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from docx.oxml.ns import qn
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session, sessionmaker

from recruitment.appointments import approval, operations
from recruitment.appointments.models import Appointment, ServiceUndertaking
from recruitment.appointments.paper import OPINIONS, pdf
from recruitment.appointments.word import docx
from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.database import db
from recruitment.people.models import Role, User
from recruitment.workflow import engine
from tests import factories
from tests.client import Client
from tests.conftest import Clock
from tests.factories import NOW, OTHER_COUNTY
from tests.medical.stages import interviewed, notices, officer, told
from tests.pages import counted, errors_beside, rows_of, sign_in, signed_in, text_of
from tests.paper import assert_fonts_embedded, words_of
from tests.public_notice import board
from workflows import timers
from workflows.agreement import disagreements
from workflows.schema import outbox
from workflows.terms import Actor, Refused

DAY = date(2026, 11, 20)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def put(session: Session, state: str, of: Call | None = None, **chosen: Any) -> Candidate:
    """Somebody in a state; how they got there is the business of other stages."""
    made = interviewed(session, of, **chosen)
    made.state = made.public_state = state
    session.flush()
    return made


def undertake(session: Session, candidate: Candidate) -> None:
    operations.confirm_undertaking(session, candidate, NOW, wording="2026-1", years=8)


def serving(session: Session, of: Call | None = None, reported_on: date = DAY, **chosen: Any) -> Candidate:
    """Somebody in probation."""
    made = put(session, "approved", of, **chosen)
    undertake(session, made)
    person = officer(session, made.area_code[:4] + "00")
    operations.begin_probation(session, made, person, NOW, reported_on=reported_on)
    return made


def test_nobody_reports_for_duty_before_the_undertaking(session: Session) -> None:
    candidate, person = put(session, "approved"), officer(session)
    with pytest.raises(Refused) as refused, session.begin_nested():
        operations.begin_probation(session, candidate, person, NOW, reported_on=DAY)
    assert codes(refused) == {"no_undertaking"}
    undertake(session, candidate)
    operations.begin_probation(session, candidate, person, NOW, reported_on=DAY)
    held = session.get_one(Appointment, candidate.id)
    assert candidate.state == "probation"
    assert (held.probation_ends_on, held.service_ends_on) == (date(2027, 11, 19), date(2034, 11, 19))
    assert held.post == "party_secretary"


def test_the_undertaking_is_the_text_that_was_read(session: Session) -> None:
    candidate = put(session, "approved")
    for wording, years in (("2025-1", 8), ("2026-1", 5)):
        with pytest.raises(Refused) as refused:
            operations.confirm_undertaking(session, candidate, NOW, wording=wording, years=years)
        assert codes(refused) == {"text_changed"}
    undertake(session, candidate)
    later = NOW + timedelta(days=1)
    operations.confirm_undertaking(session, candidate, later, wording="2026-1", years=8)
    assert session.scalars(sa.select(ServiceUndertaking.confirmed_at)).all() == [NOW]
    with pytest.raises(Refused):
        undertake(session, put(session, "inspection"))


def test_the_figures_are_the_calls_and_stay_what_was_undertaken(session: Session) -> None:
    call = factories.call(session)
    admin = factories.staff(session, Role.ADMIN)
    candidate = put(session, "approved", call)
    undertake(session, candidate)
    operations.set_terms(session, call, admin, NOW, service_years=5, probation_months=6, reminder_days=10)
    session.expire_all()
    operations.begin_probation(session, candidate, officer(session), NOW, reported_on=DAY)
    held = session.get_one(Appointment, candidate.id)
    assert (held.probation_ends_on, held.service_ends_on) == (date(2027, 5, 19), date(2034, 11, 19))
    assert held.reminds_on == date(2027, 5, 9)
    with pytest.raises(Refused):
        operations.set_terms(
            session, call, admin, NOW, service_years=1, probation_months=24, reminder_days=10
        )


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2025, 1, 1)])
def test_a_day_that_makes_no_sense_is_refused(session: Session, day: date) -> None:
    candidate = put(session, "approved")
    undertake(session, candidate)
    with pytest.raises(Refused) as refused:
        operations.begin_probation(session, candidate, officer(session), NOW, reported_on=day)
    assert codes(refused) == {"reported_on"}


def test_nobody_is_appointed_before_the_last_day_is_over(session: Session) -> None:
    candidate, person = serving(session), officer(session)
    last = datetime(2027, 11, 19, 23, 59, tzinfo=SHANGHAI)
    with pytest.raises(Refused) as refused:
        operations.appoint(session, candidate, person, last.astimezone(UTC))
    assert codes(refused) == {"in_probation"}
    operations.appoint(session, candidate, person, last.astimezone(UTC) + timedelta(minutes=1))
    assert candidate.state == "appointed"
    assert session.get_one(Appointment, candidate.id).appointed_on == date(2027, 11, 20)
    assert "从2027年11月20日起任职" in told(session, candidate, "appointed").body


def test_both_sides_are_reminded_once_thirty_days_before(app: Flask, session: Session) -> None:
    candidate = serving(session)
    begun_by = session.get_one(Appointment, candidate.id).begun_by
    session.commit()

    def ring(moment: datetime) -> list[str]:
        rung = timers.run(engine(), sessionmaker(db.engine), now=lambda: moment)
        return [item.outcome for item in rung if item.workflow == "candidate"]

    due = datetime(2027, 10, 20, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)
    assert ring(due - timedelta(seconds=1)) == []
    assert ring(due) == ["fired"]
    assert ring(due + timedelta(days=5)) == []
    session.expire_all()
    assert candidate.state == "probation"
    assert notices(session, candidate)[-2:] == ["probation_ending", "probation_ending_office"]
    to = session.scalars(
        sa.select(outbox.c.recipient).where(outbox.c.notice == "candidate.probation_ending_office")
    ).one()
    assert to == begun_by
    assert "2027年11月19日" in told(session, candidate, "probation_ending").body
    session.rollback()


def test_a_cancelled_appointment_names_its_clause(session: Session) -> None:
    candidate, person = serving(session), officer(session)
    for code, explanation in (("weather", "说明"), ("probation", " ")):
        with pytest.raises(Refused), session.begin_nested():
            operations.cancel(session, candidate, person, NOW, code=code, explanation=explanation)
    operations.cancel(session, candidate, person, NOW, code="probation", explanation="年度考核不合格。")
    assert candidate.state == "cancelled"
    assert session.get_one(Appointment, candidate.id).ended_on == date(2026, 11, 22)
    body = told(session, candidate, "appointment_cancelled").body
    assert "《公务员法》第三十四条" in body
    assert "年度考核不合格。" in body


def test_python_and_sql_say_the_same(session: Session) -> None:
    put(session, "approved")
    undertake(session, put(session, "approved"))
    serving(session)
    session.flush()
    for actor in (officer(session).actor(), Actor.system("test")):
        for moment in (
            NOW,
            datetime(2027, 11, 19, 15, 59, tzinfo=UTC),
            datetime(2027, 11, 19, 16, tzinfo=UTC),
        ):
            assert disagreements(engine(), session, "candidate", actor=actor, now=moment) == []


# On paper


def test_a_form_says_what_the_frozen_application_says_and_is_the_same_twice(session: Session) -> None:
    candidate = put(session, "approved")
    made = approval.form_of(candidate, None)
    facts = dict(made.facts)
    assert (facts["姓名"], facts["出生年月"], facts["学历"]) == (candidate.owner.name, "1988.05", "高中")
    assert facts["现任职务"] == "村（社区）党组织书记"
    text = str(made)
    assert str(candidate.owner.id_number) not in text
    assert str(candidate.owner.phone) not in text
    first, second = pdf(made), pdf(made)
    assert first == second
    assert_fonts_embedded(first)
    assert candidate.owner.name in words_of(first)


def test_many_forms_come_as_one_archive_with_its_hash(session: Session) -> None:
    call = factories.call(session)
    people = [put(session, "approved", call) for _ in range(3)]
    target = io.BytesIO()
    written = approval.archive(session, people, NOW, target)
    assert written.rows == 3
    assert written.sha256 == hashlib.sha256(target.getvalue()).hexdigest()
    with zipfile.ZipFile(target) as files:
        assert len(set(files.namelist())) == 3
        assert all(files.read(name).startswith(b"%PDF-") for name in files.namelist())


def test_the_word_form_says_the_same_on_one_upright_a4(session: Session) -> None:
    made = approval.form_of(put(session, "approved"), None)
    document = Document(io.BytesIO(docx(made, NOW)))
    page = document.sections[0]
    assert page.page_width is not None
    assert page.page_height is not None
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    (table,) = document.tables
    said = [cell.text for row in table.rows for cell in row.cells]
    for heading, value in (*made.facts, *made.long):
        # A wide cell answers for each of the columns that it covers.
        assert said[said.index(heading) + 1] == value
    assert all(heading in said for heading in OPINIONS)
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    runs += [run for row in table.rows for cell in row.cells for p in cell.paragraphs for run in p.runs]
    fonts: set[Any] = {run._element.find(f".//{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in runs}
    assert fonts == {"黑体", "宋体"}


# At the screen


@pytest.fixture
def person(session: Session) -> User:
    return officer(session)


@pytest.fixture
def desk(app: Flask, session: Session, clock: Clock, person: User) -> Client:
    clock.set(NOW)
    return sign_in(app, session, person)


def test_from_the_undertaking_to_probation_at_the_screen(app: Flask, session: Session, desk: Client) -> None:
    call = factories.call(session)
    candidate = put(session, "approved", call)
    session.commit()
    address = f"/admin/calls/{call.slug}/approvals/"
    assert "还没有确认" in text_of(desk.get(address))
    page = desk.get(f"{address}{candidate.id}")
    early = desk.submit(page, "登记报到", {"reported_on": "2026-11-20"})
    assert "本人还没有确认最低服务年限承诺。" in text_of(early)

    mine = signed_in(app, candidate.owner)
    own = mine.get(f"/candidates/{candidate.id}/service")
    assert "最低服务8年（含试用期）" in text_of(own)
    assert mine.submit(own, "确认承诺").status_code == 422
    assert "您已于" in text_of(mine.submit(own, "确认承诺", {"agreed": True}))

    page = desk.get(f"{address}{candidate.id}")
    wrong = desk.submit(page, "登记报到", {"reported_on": "2026-11-30"})
    assert list(errors_beside(wrong)) == ["report-reported_on"]
    done = desk.submit(wrong, "登记报到", {"reported_on": "2026-11-20"})
    assert "试用期到2027年11月19日为止，期满后才能任职。" in text_of(done)
    assert "还需服务8年0个月" in text_of(mine.get(f"/candidates/{candidate.id}/service"))
    paper = desk.submit(done, "下载录用审批表（PDF）")
    assert paper.data.startswith(b"%PDF-")
    cancelled = desk.submit(done, "取消录用", {"code": "own_wish", "explanation": "本人申请。"})
    assert "取消录用" in text_of(cancelled)
    session.rollback()
    assert session.scalars(sa.select(Candidate.state)).one() == "cancelled"


def test_approval_together_shows_who_is_left_out(session: Session, desk: Client) -> None:
    call = factories.call(session)
    candidate = put(session, "announced", call)
    session.commit()
    address = f"/admin/calls/{call.slug}/approvals/"
    nobody = desk.get(f"{address}approve", follow_redirects=True)
    assert "请先勾选要批准的人员。" in nobody.get_data(as_text=True)
    page = desk.submit(desk.get(address), "核对勾选的人员", {"pick": [str(candidate.id)]})
    # The public notice is not over, as there was none.
    assert "不能批准的 1 人" in text_of(page)
    assert "批准这" not in text_of(page)


def test_many_are_approved_together_exactly_as_previewed(session: Session, desk: Client) -> None:
    call = factories.call(session)
    people = [board.cleared(session, call) for _ in range(2)]
    board.running(session, *people, at=NOW - timedelta(days=21))
    late = put(session, "announced", call)
    session.commit()
    address = f"/admin/calls/{call.slug}/approvals/"
    ids = [str(row.id) for row in (*people, late)]
    page = desk.submit(desk.get(address), "核对勾选的人员", {"pick": ids})
    assert "将批准的 2 人" in text_of(page)
    assert "不能批准的 1 人" in text_of(page)
    done = desk.submit(page, "批准这 2 人")
    assert "已批准录用 2 人，通知随后发出。" in done.get_data(as_text=True)
    again = desk.submit(page, "批准这 2 人")
    assert again.status_code in (200, 409)
    session.rollback()
    assert [notices(session, row).count("approved") for row in (*people, late)] == [1, 1, 0]
    for words, ending in (("下载审批表（PDF，.zip）", ".pdf"), ("下载审批表（Word，.zip）", ".docx")):
        with desk.submit(done, words, {"purpose": "报批"}) as sent:
            names = zipfile.ZipFile(io.BytesIO(sent.data)).namelist()
        assert len(names) == 3
        assert all(name.endswith(ending) for name in names)
    session.rollback()
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "approval.forms")).all()
    assert [(one.reason, one.detail["rows"]) for one in kept] == [("报批", 3)] * 2


def test_the_list_of_those_appointed_is_the_file_made_from_it(
    app: Flask, session: Session, desk: Client
) -> None:
    call = factories.call(session)
    here = serving(session, call)
    serving(session, call, reported_on=date(2026, 1, 5))
    serving(session, call, county_code=OTHER_COUNTY)
    session.commit()
    page = desk.get("/admin/appointed/")
    assert [row[4] for row in rows_of(page)] == ["0年0个月", "0年10个月"]
    assert rows_of(page)[1][5].startswith("7年2个月")
    assert len(rows_of(desk.get("/admin/appointed/?area=510700&year=2026"))) == 2
    kind = session.scalars(sa.select(Appointment.kind).where(Appointment.candidate_id == here.id)).one()
    other = {"village": "community", "community": "village"}[kind]
    assert "没有符合筛选的人员。" in text_of(desk.get(f"/admin/appointed/?kind={other}"))
    assert desk.submit(page, "导出为 .xlsx").status_code == 422
    file = desk.submit(page, "导出为 .xlsx", {"purpose": "年度统计"})
    _, *cells = CalamineWorkbook.from_filelike(io.BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in cells[1:]] == [row[0] for row in rows_of(page)]
    assert cells[1][1] == here.owner.name
    session.rollback()
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "appointed.export")).one()
    assert (kept.reason, kept.detail["rows"]) == ("年度统计", 2)
    with counted(app) as asked:
        desk.get("/admin/appointed/?year=2026")
    one = len(asked)
    serving(session, call)
    session.commit()
    with counted(app) as asked:
        desk.get("/admin/appointed/?year=2026")
    assert len(asked) == one


def test_anybody_reads_the_figures_over_the_years(app: Flask, session: Session, desk: Client) -> None:
    anybody = Client(app, app.response_class)
    assert "1,093" in text_of(anybody.get("/history"))
    serving(session)
    session.commit()
    page = desk.get("/history")
    assert "1,094 人" in text_of(page)
    assert rows_of(page)[0][0] == "2026"
    assert rows_of(desk.get("/admin/history"), 2)[0][1] == "绵阳市"
