"""The exam day: what hangs at the doors, who came, what was noted."""

import csv
import io
import zipfile
from datetime import timedelta
from functools import partial

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.bars.models import Violation
from recruitment.bars.queries import zero_papers
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import attendance, operations, queries
from recruitment.exam.models import Attendance, ExamPlan, ExamRoom, ExamSeat, ExamSubject, Incident, Venue
from recruitment.people.models import Role, User
from recruitment.workflow import fire
from tests import factories, pages
from tests.client import Client
from tests.exam.test_tickets import text_of
from tests.paper import assert_fonts_embedded
from workflows.terms import Refused

HOME = "/admin/calls/2026/exam"


@pytest.fixture
def room(session: Session, call: Call, candidate: Candidate, person: User) -> ExamRoom:
    """Two people of one prefecture in one room, on the exam day."""
    session.execute(sa.delete(ExamRoom).where(ExamRoom.number == 2))
    other = factories.candidate(session, call)
    operations.assign_seats(session, call, person, "815", factories.NOW)
    operations.release_tickets(session, call, person, factories.NOW)
    begin(session, factories.NOW)
    assert other.ticket_number
    return session.scalars(sa.select(ExamRoom)).one()


def begin(session: Session, moment: object) -> None:
    """Let every paper begin then."""
    session.execute(
        sa.update(ExamSubject).values(starts_at=moment, ends_at=ExamSubject.ends_at + timedelta(days=30))
    )
    session.commit()


def numbers(session: Session) -> list[str]:
    found = session.execute(
        sa.select(Candidate.ticket_number)
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .order_by(ExamSeat.number)
    )
    return [str(number) for (number,) in found]


def test_absence_is_ticked_by_room_and_paper(
    browser: Client, session: Session, call: Call, room: ExamRoom
) -> None:
    page = browser.get(f"{HOME}/rooms/{room.id}/attendance/xingce")
    first = session.scalars(sa.select(ExamSeat.candidate_id).where(ExamSeat.number == 1)).one()
    assert queries.absences(session, call.id) == {}
    page = browser.submit(page, "登记", {"absent": [str(first)]})
    assert "到考1人，缺考1人" in page.text
    session.expire_all()
    assert queries.absences(session, call.id) == {first: {"xingce"}}
    # Nobody has said anything about the other paper: that is neither yes nor no.
    rows = pages.rows_of(browser.get(f"{HOME}/attendance"), 1)
    assert rows[0][1:] == ["2", "0", "0", "2"]
    rows = pages.rows_of(browser.get(f"{HOME}/attendance"), 0)
    assert rows[0][1:] == ["2", "1", "1", "0"]
    # Corrected: they had come after all.
    page = browser.get(f"{HOME}/rooms/{room.id}/attendance/xingce")
    assert "已经登记过" in page.text
    browser.submit(page, "登记", {"absent": None})
    session.expire_all()
    assert queries.absences(session, call.id) == {}
    assert session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 2
    trace = session.scalars(
        sa.select(AccessRecord.detail["absent"].as_integer()).where(AccessRecord.action == "exam.attendance")
    ).all()
    assert sorted(trace) == [0, 1]


def test_nothing_is_recorded_before_a_paper_begins(browser: Client, session: Session, room: ExamRoom) -> None:
    begin(session, factories.NOW + timedelta(minutes=1))
    page = browser.get(f"{HOME}/rooms/{room.id}/attendance/xingce")
    refused = browser.submit(page, "登记")
    assert refused.status_code == 422
    assert "还没有开考" in refused.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 0


def test_attendance_stands_once_ranking_has_used_it(
    session: Session, call: Call, room: ExamRoom, person: User
) -> None:
    subject = session.scalars(sa.select(ExamSubject).where(ExamSubject.code == "xingce")).one()
    attendance.record_room(session, room, subject, person, [], factories.NOW)
    ranked = session.scalars(sa.select(Candidate).order_by(Candidate.id).limit(1)).one()
    fire(session, ranked, "reserve", actor=person.actor(), now=factories.NOW)
    with pytest.raises(Refused) as refused:
        attendance.record_room(session, room, subject, person, [ranked.id], factories.NOW)
    assert [reason.code for reason in refused.value.reasons] == ["ranked"]
    # Saying the same again is no change.
    attendance.record_room(session, room, subject, person, [], factories.NOW)
    assert queries.absences(session, call.id) == {}


def test_seats_stay_once_attendance_is_known(
    session: Session, call: Call, room: ExamRoom, person: User
) -> None:
    subject = session.scalars(sa.select(ExamSubject).limit(1)).one()
    attendance.record_room(session, room, subject, person, [], factories.NOW)
    with pytest.raises(Refused) as refused:
        operations.assign_seats(session, call, person, "816", factories.NOW, reason="再来一次")
    assert [reason.code for reason in refused.value.reasons] == ["attendance_known"]


def send(browser: Client, *rows: list[str]) -> TestResponse:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["准考证号", "科目", "到考情况"], *rows])
    page = browser.get(f"{HOME}/attendance/import")
    return browser.submit(page, "上传并试读", {"table": pages.upload(buffer.getvalue().encode(), "到考.csv")})


def test_attendance_is_imported_after_a_dry_run(
    browser: Client, session: Session, call: Call, room: ExamRoom
) -> None:
    one, two = numbers(session)
    page = send(browser, [one, "申论", "缺考"], [two, "shenlun", "到考"])
    assert queries.absences(session, call.id) == {}
    browser.submit(page, "确认导入2行")
    session.expire_all()
    assert list(queries.absences(session, call.id).values()) == [{"shenlun"}]


def test_errors_of_an_attendance_list_are_told_by_row(
    browser: Client, session: Session, room: ExamRoom
) -> None:
    one, _ = numbers(session)
    page = send(
        browser,
        [one, "申论", "缺考"],
        [one, "shenlun", "到考"],
        ["99999999999", "申论", "缺考"],
        [one, "数学", "缺考"],
    )
    assert [row[0] for row in pages.rows_of(page)] == ["第3行", "第4行", "第5行"]
    page = send(browser, [one, "申论", "病了"])
    assert [row[:2] for row in pages.rows_of(page)] == [["第2行", "到考情况 C2"]]
    assert session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 0


def test_what_happened_in_a_room_is_written_down(
    browser: Client, session: Session, room: ExamRoom, candidate: Candidate
) -> None:
    page = browser.get(f"{HOME}/rooms/{room.id}/incidents")
    values = {"candidate": str(candidate.id), "subject": "shenlun", "kind": "item"}
    refused = browser.submit(page, "记录", values)
    assert refused.status_code == 422
    page = browser.submit(refused, "记录", {"description": "14:20 座位上有手机，已关机。"})
    assert "座位上有手机" in pages.text_of(page)
    note = session.scalars(sa.select(Incident)).one()
    assert (note.candidate_id, note.kind) == (candidate.id, "item")
    assert "座位上有手机" in pages.text_of(browser.get(f"{HOME}/attendance"))


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("座次表", ["考场座次表", "第1中学", "第 1 考场（1号楼）", "2 人", "09:00—11:00"]),
        ("签到表", ["考场签到表", "申论　签名", "应到 2 人", "监考员签名"]),
        ("桌贴", ["01", "02", "第 1 考场"]),
    ],
)
def test_lists_for_the_office_name_everybody_and_show_no_whole_id_number(
    browser: Client, session: Session, kind: str, words: list[str]
) -> None:
    # The day of the timetable, not of the fixture.
    venue = session.scalars(sa.select(Venue)).one()
    session.execute(sa.update(ExamSubject).where(ExamSubject.code == "xingce").values(**_morning()))
    session.commit()
    page = browser.get(f"{HOME}/venues/{venue.id}")
    answer = browser.submit(page, kind)
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    for word in [*words, *numbers(session)]:
        assert word in text, word
    for user in session.scalars(sa.select(User).where(User.id_number.is_not(None))):
        assert user.name in text
        assert (user.id_number or "-") not in text
    with pypdfium2.PdfDocument(answer.data) as document:
        assert [round(side) for side in document[0].get_size()] == [595, 842]
    record = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "exam.print")).one()
    assert record.subject_id == str(venue.id)


def _morning() -> dict[str, object]:
    from tests.exam.conftest import DAY

    return {"starts_at": DAY, "ends_at": DAY + timedelta(hours=2)}


def test_a_room_of_ninety_nine_goes_on_another_page() -> None:
    import dataclasses
    import uuid

    from recruitment.exam.paper.rooms import attendance_sheets_pdf, door_lists_pdf, labels_pdf
    from recruitment.exam.tickets import Ticket

    ticket = Ticket(
        candidate_id=uuid.uuid4(),
        call_title="招考",
        hotline="1",
        number="1",
        name="张三",
        sex="",
        id_number="5107*************0",
        organ="甲",
        position="乙",
        position_code="1",
        venue="一中",
        venue_code=1,
        address="路",
        directions="",
        room=1,
        room_place="",
        seat=1,
        photo=None,
        timetable=(),
        rules=(),
        code="x",
    )
    people = [dataclasses.replace(ticket, seat=n, number=f"{2026070100100 + n}") for n in range(1, 100)]
    for make, sheets in ((door_lists_pdf, 3), (attendance_sheets_pdf, 4), (labels_pdf, 5)):
        content = make([people])
        with pypdfium2.PdfDocument(content) as document:
            assert len(document) == sheets, make
        assert_fonts_embedded(content)
        text = text_of(content)
        assert all(one.number in text for one in people)


def test_tickets_of_a_venue_come_as_one_file_for_each_room(
    browser: Client, session: Session, room: ExamRoom
) -> None:
    venue = session.scalars(sa.select(Venue)).one()
    page = browser.get(f"{HOME}/venues/{venue.id}")
    assert "准考证" in pages.buttons(page)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    # Read as it comes, as a server does, in the context of the request.
    answer = browser.post(
        f"{HOME}/venues/{venue.id}/print/tickets", data={"csrf_token": token}, buffered=True
    )
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        (name,) = archive.namelist()
        assert name == "准考证-第1中学-第001考场.pdf"
        content = archive.read(name)
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == 2
    assert all(number in text_of(content) for number in numbers(session))
    # That the office prints is not that the candidate did.
    assert set(session.scalars(sa.select(ExamSeat.printed_at))) == {None}


def test_venues_are_for_those_in_charge_of_their_area(app: Flask, session: Session, room: ExamRoom) -> None:
    address = f"{HOME}/rooms/{room.id}/attendance/xingce"
    here = pages.sign_in(app, session, factories.staff(session, Role.ADMIN, "510700"))
    assert here.submit(here.get(address), "登记").status_code == 200
    away = pages.sign_in(app, session, factories.staff(session, Role.ADMIN, "511300"))
    assert away.get(address).status_code == 404
    assert away.get(f"{HOME}/venues/{room.venue_id}").status_code == 404
    assert away.get(f"{HOME}/venues/{room.venue_id}/edit").status_code in (403, 404)


def test_lists_take_no_more_statements_for_more_rooms(
    browser: Client, session: Session, call: Call, room: ExamRoom, person: User, counted: pages.Counter
) -> None:
    def statements() -> list[int]:
        addresses = ("/", "/venues", "/seats", "/attendance", f"/venues/{room.venue_id}")
        return [counted(partial(browser.get, HOME + address)) for address in addresses]

    before = statements()
    session.add_all(ExamRoom(venue_id=room.venue_id, number=number) for number in range(5, 9))
    factories.candidate(session, call)
    operations.seat_latecomers(session, call, person, factories.NOW)
    session.commit()
    assert statements() == before
    assert session.scalars(sa.select(ExamPlan)).one().released_at


def test_an_incident_leads_to_a_violation_without_typing_it_again(
    browser: Client, session: Session, call: Call, room: ExamRoom
) -> None:
    address = f"{HOME}/rooms/{room.id}/incidents"
    who = session.scalars(sa.select(ExamSeat.candidate_id).where(ExamSeat.number == 1)).one()
    for kind, words in (("time", "开考前动笔答题"), ("suspected", "与邻座传递纸条")):
        values = {"candidate": str(who), "subject": "shenlun", "kind": kind, "description": words}
        browser.submit(browser.get(address), "记录", values)
    session.expire_all()
    incidents = {item.kind: item.id for item in session.scalars(sa.select(Incident))}
    links = {kind: f"/admin/calls/2026/violations?incident={id_}" for kind, id_ in incidents.items()}
    assert all(link in browser.get(f"{HOME}/attendance").text for link in links.values())

    early = browser.get(links["time"])
    browser.submit(browser.get(links["time"]), "登记")

    zeroed = session.scalars(sa.select(Violation)).one()
    assert (zeroed.candidate_id, zeroed.consequence, zeroed.subject, zeroed.facts, zeroed.incident_id) == (
        who, "paper_zero", "shenlun", "开考前动笔答题", incidents["time"],
    )  # fmt: skip
    # Sent from another window it has no effect, whatever it says there; the link itself offers nothing any more.
    twice = browser.submit(early, "登记", {"subject": "xingce"})
    assert "已经处理过" in twice.text
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).select_from(Violation)) == 1
    page = browser.get(links["time"])
    assert "已经处理过" in page.text
    assert "登记" not in pages.buttons(page)
    row = next(row for row in pages.rows_of(browser.get(address)) if "开考前动笔答题" in row[2])
    assert row[-1] == "该科成绩按零分处理"
    other = session.scalars(sa.select(Candidate).where(Candidate.id != who)).one()
    page = browser.get(links["suspected"])
    refused = browser.submit(page, "登记", {"person": other.application.receipt_number})
    assert "另一名考生" in pages.errors_beside(refused)["person"]
    browser.submit(page, "登记")
    session.expire_all()
    assert session.get_one(Candidate, who).state == "void"
    barred = session.scalars(sa.select(Violation).where(Violation.consequence == "bar")).one()
    assert (barred.bar is not None, barred.incident_id) == (True, incidents["suspected"])
    # A zeroed paper is taken back on the same page, with a reason.
    page = browser.get("/admin/calls/2026/violations")
    assert browser.submit(page, "撤销").status_code == 422
    page = browser.submit(page, "撤销", {"reason": "监控显示没有"})
    assert "监控显示没有" in pages.text_of(page)
    assert zero_papers(session, call.id) == {}
