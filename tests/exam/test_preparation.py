"""An admin prepares the exam: plan, venues, seats, tickets."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import operations, queries, venue_operations
from recruitment.exam.models import ExamPlan, ExamRoom, ExamSeat, Venue
from recruitment.exam.seating import Candidate as Seeker
from recruitment.exam.seating import Room, assign, lines
from recruitment.exam.venue_list import VENUES
from recruitment.lists.reading import read_list
from recruitment.people.models import Role, User
from recruitment.workflow import fire
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.exam.conftest import save_plan, seats_of, venue_row
from workflows.terms import Refused

HOME = "/admin/calls/2026/exam"
HEADER = ["市（州）", "县（市、区）", "考点编号", "考点名称", "考点地址", "考场号", "座位数"]
GOOD = ["绵阳市", "涪城区", "1", "绵阳一中", "临园路72号", "1-20", "30"]


def table(*rows: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *rows])
    return buffer.getvalue().encode()


def send(browser: Client, content: bytes) -> TestResponse:
    page = browser.get(f"{HOME}/venues/import")
    return browser.submit(page, "上传并试读", {"table": pages.upload(content, "考点.csv")})


def test_the_plan_is_filled_in_on_a_page(
    browser: Client, session: Session, person: User, clock: Clock
) -> None:
    clock.set(factories.NOW)
    made = factories.call(session, person.actor(), slug="2026")
    session.commit()
    page = browser.get(f"{HOME}/plan")
    values = {
        "subjects-0-starts_at": "2026-12-19T09:00",
        "subjects-0-ends_at": "2026-12-19T11:00",
        "subjects-1-starts_at": "2026-12-19T10:00",
        "subjects-1-ends_at": "2026-12-19T16:30",
        "tickets_from": "2026-12-10T09:00",
        "tickets_until": "2026-12-19T08:30",
    }
    refused = browser.submit(page, "保存", values)
    assert refused.status_code == 422
    assert "两个科目的时间重叠" in refused.text
    browser.submit(refused, "保存", {"subjects-1-starts_at": "2026-12-19T14:00"})
    plan = queries.plan_of(session, made.id)
    assert plan is not None
    assert [(item.code, item.starts_at.isoformat()) for item in plan.subjects] == [
        ("xingce", "2026-12-19T01:00:00+00:00"),
        ("shenlun", "2026-12-19T06:00:00+00:00"),
    ]
    assert plan.ticket_prefix == "2026"
    words = pages.text_of(browser.get(f"{HOME}/"))
    assert "2026年12月19日（星期六）09:00" in words


@pytest.mark.usefixtures("call")
def test_venues_come_from_a_table_after_a_dry_run(browser: Client, session: Session) -> None:
    page = send(
        browser,
        table(GOOD, [*GOOD[:5], "21", "25"], ["乐山市", "市中区", "1", "乐山一中", "春华路", "1-2", ""]),
    )
    words = pages.text_of(page)
    for number in ("2 个考点", "23 个考场", "685 个座位"):
        assert number in words
    assert session.scalar(sa.select(sa.func.count()).select_from(ExamRoom)) == 2
    browser.submit(page, "确认导入23个考场")
    session.expire_all()
    rows = session.execute(
        sa.select(Venue.county_code, Venue.name, sa.func.sum(ExamRoom.capacity))
        .join(Venue.rooms)
        .group_by(Venue.id)
        .order_by(Venue.prefecture_code)
    ).all()
    assert [tuple(row) for row in rows] == [("510703", "绵阳一中", 625), ("511102", "乐山一中", 60)]


@pytest.mark.usefixtures("call")
def test_every_error_of_a_table_is_told_by_row_and_column(browser: Client, session: Session) -> None:
    page = send(
        browser,
        table(
            GOOD,
            ["", "市中区", "2", "一中", "某路", "1", "30"],
            ["绵阳市", "阆中市", "3", "一中", "某路", "20-1", "0"],
        ),
    )
    assert [(row[0], row[1]) for row in pages.rows_of(page)] == [
        ("第3行", "县（市、区） B3"),
        ("第4行", "考场号 F4"),
        ("第4行", "座位数 G4"),
        ("第4行", "县（市、区） B4"),
    ]
    page = send(browser, table(GOOD, [*GOOD[:3], "另一个名称", GOOD[4], "20-22", "30"]))
    assert [row[0] for row in pages.rows_of(page)] == ["第3行", "第3行"]
    assert "考场 20 与第 2 行重复" in pages.text_of(page)
    assert session.scalar(sa.select(sa.func.count()).select_from(ExamRoom)) == 2


@pytest.mark.usefixtures("call")
def test_the_template_can_be_imported(browser: Client) -> None:
    answer = browser.get(f"{HOME}/venues/template.xlsx")
    found = read_list(VENUES, answer.data)
    assert (found.errors, len(found.rows)) == ([], 1)


@pytest.mark.usefixtures("call")
def test_a_venue_is_added_and_changed_on_a_page(browser: Client, session: Session) -> None:
    page = browser.get(f"{HOME}/venues/new")
    values = {
        "county_code": factories.COUNTY,
        "code": "1",
        "name": "绵阳二中",
        "address": "某路2号",
        "rooms-0-rooms": "1-3",
        "rooms-0-capacity": "25",
    }
    refused = browser.submit(page, "保存", values)
    assert refused.status_code == 422
    assert "已有考点用了这个编号" in pages.errors_beside(refused)["code"]
    browser.submit(refused, "保存", {"code": "2"})
    venue = session.scalars(sa.select(Venue).where(Venue.code == 2)).one()
    page = browser.get(f"{HOME}/venues/{venue.id}/edit")
    browser.submit(page, "保存", {"rooms-0-rooms": "2-4"})
    session.expire_all()
    assert [(room.number, room.capacity) for room in venue.rooms] == [(2, 25), (3, 25), (4, 25)]


def test_a_room_with_people_in_it_can_neither_go_nor_shrink(
    session: Session, call: Call, candidate: Candidate, person: User
) -> None:
    operations.assign_seats(session, call, person, "815", factories.NOW)
    venue = session.scalars(sa.select(Venue)).one()
    with pytest.raises(Refused) as refused:
        venue_operations.save_venue(session, call, person, venue, [venue_row(rooms=1, code=2)], factories.NOW)
    assert {reason.code for reason in refused.value.reasons} == {"seats_assigned"}
    larger = venue_row(rooms=5, capacity=40)
    venue_operations.save_venue(session, call, person, venue, [larger], factories.NOW)
    assert len(venue.rooms) == 5
    with pytest.raises(Refused):
        venue_operations.replace_venues(session, call, person, [larger], factories.NOW)


def test_short_seats_are_told_by_prefecture_and_nothing_changes(
    browser: Client, session: Session, call: Call, candidate: Candidate
) -> None:
    away = factories.candidate(session, call, county_code=factories.OTHER_COUNTY)
    session.commit()
    page = browser.get(f"{HOME}/seats")
    assert pages.rows_of(page)[1][-1] == "1个座位"
    refused = browser.submit(page, "编排座位", {"seed": "815"})
    assert refused.status_code in (409, 422)
    assert "南充市缺1个座位（需要1个，现有0个）" in refused.text
    assert seats_of(session, call.id) == {candidate.id: None, away.id: None}
    assert session.scalar(sa.select(sa.func.count()).select_from(ExamSeat)) == 0


def test_seats_are_published_so_that_anybody_can_repeat_them(
    browser: Client, client: Client, session: Session, call: Call, candidate: Candidate, person: User
) -> None:
    for _ in range(3):
        factories.candidate(session, call)
    session.commit()
    page = browser.submit(browser.get(f"{HOME}/seats"), "编排座位", {"seed": "2026-11-22 815"})
    assert "已编排4人" in page.text
    # The public learns of it with the release, not before.
    assert client.get("/calls/2026/seats").status_code == 404
    browser.submit(page, "发放准考证")
    assert "2026-11-22 815" in pages.text_of(client.get("/calls/2026/seats"))

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client.get(f"/calls/2026/seats/{name}.csv").text)))

    people = [Seeker(row["candidate"], row["prefecture"], row["community"]) for row in rows("candidates")]
    rooms = [
        Room(row["prefecture"], int(row["venue"]), int(row["room"]), int(row["capacity"]))
        for row in rows("rooms")
    ]
    # Everybody of the factories serves in one community; which one must not be read from the tables.
    assert len({one.community for one in people}) == 1
    assert factories.community_of(session, factories.COUNTY) not in str(people)
    # Whatever happens later, the tables stay those that the seats were assigned from.
    fire(session, candidate, "give_up", actor=factories.actor(candidate.owner), now=factories.NOW)
    factories.candidate(session, call)
    operations.seat_latecomers(session, call, person, factories.NOW)
    session.add(ExamRoom(venue_id=session.scalars(sa.select(Venue.id)).one(), number=9))
    session.commit()
    assert len(rows("candidates")) == len(rows("seats")) == 4
    assert len(rows("rooms")) == 2
    published = [",".join(row.values()) for row in rows("seats")]
    assert published == list(lines(assign(people, rooms, "2026-11-22 815")))
    record = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "exam.seats")).one()
    assert record.user_id == person.id
    assert record.detail["seed"] == "2026-11-22 815"


def test_ticket_numbers_come_with_the_release(
    browser: Client, session: Session, call: Call, candidate: Candidate
) -> None:
    other = factories.candidate(session, call)
    session.commit()
    page = browser.submit(browser.get(f"{HOME}/seats"), "编排座位", {"seed": "815"})
    assert set(seats_of(session, call.id).values()) == {None}
    browser.submit(page, "发放准考证")
    numbers = seats_of(session, call.id)
    # Prefix, prefecture 07, venue 01, rooms 001 and 002 as both serve in one community, seat 01.
    assert sorted(filter(None, numbers.values())) == ["2026070100101", "2026070100201"]
    assert numbers.keys() == {candidate.id, other.id}


def test_seats_are_assigned_anew_only_with_a_reason_once_tickets_are_out(
    browser: Client, session: Session, call: Call, ticketed: Candidate, person: User
) -> None:
    session.execute(sa.update(ExamSeat).values(printed_at=factories.NOW))
    session.commit()
    refused = browser.submit(browser.get(f"{HOME}/seats"), "重新编排", {"seed": "816"})
    assert refused.status_code == 422
    assert "请写明理由" in pages.errors_beside(refused)["reason"]
    page = browser.submit(refused, "重新编排", {"reason": "2号楼漏水，不能使用"})
    assert "还没有发放" in pages.text_of(page)
    assert seats_of(session, call.id) == {ticketed.id: None}
    assert session.scalars(sa.select(ExamSeat.printed_at)).all() == [None]
    reasons = session.scalars(
        sa.select(AccessRecord.reason).where(AccessRecord.action == "exam.seats").order_by(AccessRecord.at)
    ).all()
    assert sorted(reasons) == ["", "2号楼漏水，不能使用"]


def test_who_is_confirmed_later_gets_a_free_seat_and_nobody_moves(
    browser: Client, session: Session, call: Call, ticketed: Candidate
) -> None:
    before = seats_of(session, call.id)[ticketed.id]
    late = factories.candidate(session, call)
    session.commit()
    page = browser.submit(browser.get(f"{HOME}/seats"), "补排1人")
    assert "其他人的座位没有变" in page.text
    after = seats_of(session, call.id)
    assert after[ticketed.id] == before
    assert after[late.id] is not None
    assert after[late.id] != before


def test_tickets_are_not_released_over_the_head_of_somebody_without_a_seat(
    session: Session, call: Call, candidate: Candidate, person: User
) -> None:
    operations.assign_seats(session, call, person, "815", factories.NOW)
    factories.candidate(session, call)
    with pytest.raises(Refused) as refused:
        operations.release_tickets(session, call, person, factories.NOW)
    assert [reason.code for reason in refused.value.reasons] == ["without_seat"]


def test_who_gave_up_has_no_seat(session: Session, call: Call, candidate: Candidate, person: User) -> None:
    gone = factories.candidate(session, call)
    fire(session, gone, "give_up", actor=factories.actor(gone.owner), now=factories.NOW)
    made = operations.assign_seats(session, call, person, "815", factories.NOW)
    assert made.people == 1


def test_the_prefix_stays_once_tickets_bear_it(
    session: Session, call: Call, ticketed: Candidate, person: User
) -> None:
    plan = session.scalars(sa.select(ExamPlan)).one()
    save_plan(session, call, person)
    with pytest.raises(Refused):
        operations.save_plan(
            session,
            call,
            person,
            factories.NOW,
            ticket_prefix="99",
            tickets_from=plan.tickets_from,
            tickets_until=plan.tickets_until + timedelta(days=1),
            rules="",
            subjects=[],
        )


def test_an_admin_elsewhere_changes_nothing(session: Session, call: Call, candidate: Candidate) -> None:
    stranger = factories.staff(session, Role.ADMIN, "511300")
    for operation in (
        lambda: save_plan(session, call, stranger),
        lambda: venue_operations.replace_venues(session, call, stranger, [], factories.NOW),
        lambda: operations.assign_seats(session, call, stranger, "1", factories.NOW),
        lambda: operations.release_tickets(session, call, stranger, factories.NOW),
    ):
        with pytest.raises(Refused) as refused:
            operation()
        assert [reason.code for reason in refused.value.reasons] == ["not_allowed"]


@pytest.mark.usefixtures("ticketed")
def test_a_supervisor_reads_and_has_no_buttons(supervisor: Client) -> None:
    for address in ("/", "/venues", "/seats"):
        page = supervisor.get(HOME + address)
        assert page.status_code == 200
        assert pages.buttons(page) == []
