"""The medical at the screen: officers, candidates, and a hospital's file."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.lists.models import ListUpload
from recruitment.medical.models import MedicalPlan, MedicalResult
from recruitment.medical.operations import ask_retest
from recruitment.people.models import Role
from tests import factories
from tests.client import Client, heading
from tests.conftest import Clock
from tests.factories import NOW, OTHER_COUNTY
from tests.medical.stages import DAY, enter, in_medical, notices, officer
from tests.pages import counted, errors_beside, rows_of, sign_in, signed_in, text_of, upload


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(NOW)


@pytest.fixture
def call(session: Session) -> Call:
    return factories.call(session)


@pytest.fixture
def desk(app: Flask, session: Session) -> Client:
    """An officer of the prefecture at the screen."""
    return sign_in(app, session, officer(session))


def state(session: Session, candidate: Candidate) -> str:
    session.rollback()
    return session.scalars(sa.select(Candidate.state).where(Candidate.id == candidate.id)).one()


def test_from_the_list_to_a_result_to_the_re_exam(
    app: Flask, session: Session, call: Call, desk: Client
) -> None:
    candidate = in_medical(session, call)
    session.commit()
    page = desk.get(f"/admin/calls/{call.slug}/medical/")
    assert rows_of(page)[0][3] == "还没有登记"
    form = desk.get(f"/admin/calls/{call.slug}/medical/{candidate.id}")

    wrong = desk.submit(form, "登记并通知本人", {"outcome": "fail", "examined_on": "2026-11-21"})
    assert wrong.status_code == 422
    assert errors_beside(wrong) == {"item": "错误： 请选择不合格项目。"}
    done = desk.submit(
        wrong, "登记并通知本人", {"outcome": "fail", "item": "视力", "examined_on": "2026-11-21"}
    )
    assert rows_of(done)[0][3] == "初检不合格 2026年11月29日（星期日）24:00前可申请复检"
    # Two windows: the older page decides nothing.
    late = desk.submit(form, "登记并通知本人", {"outcome": "pass", "examined_on": "2026-11-21"})
    assert late.status_code == 422
    assert state(session, candidate) == "medical"

    mine = signed_in(app, candidate.owner)
    home = mine.get(f"/candidates/{candidate.id}")
    assert "体检" in text_of(home)
    own = mine.get(f"/candidates/{candidate.id}/medical")
    assert "初检，2026年11月21日 不合格：视力" in text_of(own)
    assert mine.submit(own, "申请复检").status_code == 422
    asked = mine.submit(own, "申请复检", {"sure": True})
    assert "已申请复检" in asked.get_data(as_text=True)
    assert state(session, candidate) == "medical_retest"
    assert notices(session, candidate) == ["to_medical", "medical_unfit", "medical_retest"]


def test_the_item_is_shown_only_after_a_reason(session: Session, call: Call, desk: Client) -> None:
    candidate = in_medical(session, call)
    enter(session, candidate, "fail", item="皮肤")
    session.commit()
    page = desk.get(f"/admin/calls/{call.slug}/medical/{candidate.id}")
    assert "皮肤" not in text_of(page)
    assert desk.submit(page, "记录并查看").status_code == 422
    shown = desk.submit(page, "记录并查看", {"reason": "本人来电询问"})
    assert rows_of(shown) == [["初检", "2026年11月21日", "不合格", "皮肤"]]
    session.rollback()
    assert session.scalars(sa.select(AccessRecord.action)).all() == ["medical.reveal"]


def test_supervision_reads_the_list_and_nothing_of_anybodys_health(
    app: Flask, session: Session, call: Call
) -> None:
    candidate = in_medical(session, call)
    enter(session, candidate, "fail", item="皮肤")
    reader = sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = reader.get(f"/admin/calls/{call.slug}/medical/")
    assert "皮肤" not in page.get_data(as_text=True)
    assert reader.get(f"/admin/calls/{call.slug}/medical/{candidate.id}").status_code == 403


def test_another_prefectures_candidates_do_not_exist(session: Session, call: Call, desk: Client) -> None:
    foreign = in_medical(session, call, county_code=OTHER_COUNTY)
    session.commit()
    assert "还没有人进入体检" in text_of(desk.get(f"/admin/calls/{call.slug}/medical/"))
    assert desk.get(f"/admin/calls/{call.slug}/medical/{foreign.id}").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    app: Flask, session: Session, call: Call, desk: Client
) -> None:
    def cost() -> int:
        session.commit()
        with counted(app) as asked:
            desk.get(f"/admin/calls/{call.slug}/medical/")
        return len(asked)

    enter(session, in_medical(session, call), "fail")
    one = cost()
    for _ in range(2):
        enter(session, in_medical(session, call), "fail")
    assert cost() == one


def test_the_plan_is_set_for_ones_own_area(session: Session, call: Call, desk: Client) -> None:
    session.commit()
    page = desk.get(f"/admin/calls/{call.slug}/medical/plan")
    values = {
        "area_code": "510700",
        "reports_at": "2026-12-20T08:00",
        "hospital": "绵阳市中心医院",
        "address": "常家巷12号",
        "note": "空腹",
    }
    foreign = desk.submit(page, "保存安排", values | {"area_code": "511300"})
    assert foreign.status_code == 422
    saved = desk.submit(page, "保存安排", values)
    assert "绵阳市中心医院 常家巷12号" in rows_of(saved)[0]
    session.rollback()
    plan = session.scalars(sa.select(MedicalPlan)).one()
    assert plan.reports_at.isoformat() == "2026-12-20T00:00:00+00:00"
    assert "保存期限和项目" not in saved.get_data(as_text=True)


def test_the_admin_sets_days_and_items(app: Flask, session: Session, call: Call) -> None:
    admin = sign_in(app, session, factories.staff(session, Role.ADMIN))
    page = admin.get(f"/admin/calls/{call.slug}/medical/plan")
    doubled = admin.submit(page, "保存期限和项目", {"retest_days": "5", "items": "视力\n听力\n视力"})
    assert errors_beside(doubled) == {"terms-items": "错误： 有重复的项目，请删去。"}
    saved = admin.submit(page, "保存期限和项目", {"retest_days": "5", "items": "视力\n\n 听力 "})
    assert 'value="5"' in saved.get_data(as_text=True)


# A hospital's file

HEADER = "准考证号,姓名,体检结果,不合格项目,体检日期"


def table(*rows: tuple[Candidate, str, str]) -> bytes:
    """A filled-in file: candidate, result in words, item."""
    lines = [f"{who.ticket_number},{who.owner.name},{result},{item},{DAY}" for who, result, item in rows]
    return "\n".join([HEADER, *lines]).encode()


def send(desk: Client, call: Call, content: bytes) -> TestResponse:
    page = desk.get(f"/admin/calls/{call.slug}/medical/import")
    return desk.submit(page, "上传并试读", {"table": upload(content, "结果.csv")})


def test_a_file_goes_through_a_dry_run_and_is_entered_as_a_whole(
    session: Session, call: Call, desk: Client
) -> None:
    well, unwell, again = (in_medical(session, call) for _ in range(3))
    enter(session, again, "fail")
    ask_retest(session, again, factories.actor(again.owner), NOW)
    session.commit()
    content = table((well, "合格", ""), (unwell, "不合格", "血压"), (again, "未到", ""))
    dry = send(desk, call, content)
    assert heading(dry) == "试读结果"
    assert state(session, well) == "medical"
    stored = session.execute(sa.text("SELECT content || result FROM list_upload")).scalar_one()
    assert "血压" not in stored
    done = desk.submit(dry, "确认登记3人")
    assert "已登记3人的体检结果" in done.get_data(as_text=True)
    assert [state(session, who) for who in (well, unwell, again)] == [
        "inspection",
        "medical",
        "medical_failed",
    ]
    assert notices(session, unwell) == ["to_medical", "medical_unfit"]
    kept = session.scalars(sa.select(ListUpload)).one()
    assert (kept.content, kept.result) == (None, None)
    # The same page sent once more enters nobody twice.
    assert heading(desk.submit(dry, "确认登记3人")) == "已导入"
    assert session.scalar(sa.select(sa.func.count()).select_from(MedicalResult)) == 4


def test_errors_are_told_by_row_and_column_and_nothing_is_entered(
    session: Session, call: Call, desk: Client
) -> None:
    well, other = in_medical(session, call), in_medical(session, call)
    foreign = in_medical(session, call, county_code=OTHER_COUNTY)
    waits = in_medical(session, call)
    enter(session, waits, "fail")
    session.commit()
    lines = [
        HEADER,
        f"{well.ticket_number},{well.owner.name},合格,,2026-11-21",
        f"{other.ticket_number},别人,不合格,气色,2026-11-29",
        f"{foreign.ticket_number},{foreign.owner.name},合格,,2026-11-21",
        f"{waits.ticket_number},{waits.owner.name},合格,,2026-11-21",
    ]
    dry = send(desk, call, "\n".join(lines).encode())
    found = [(row, column) for row, column, *_ in rows_of(dry)]
    assert found == [
        ("第3行", "姓名 B3"),
        ("第3行", "不合格项目 D3"),
        ("第3行", "体检日期 E3"),
        ("第4行", "准考证号 A4"),
        ("第5行", "准考证号 A5"),
    ]
    assert "确认登记" not in dry.get_data(as_text=True)
    assert state(session, well) == "medical"


def test_what_changed_since_the_dry_run_stops_the_import(session: Session, call: Call, desk: Client) -> None:
    one, two = in_medical(session, call), in_medical(session, call)
    session.commit()
    dry = send(desk, call, table((one, "合格", ""), (two, "合格", "")))
    enter(session, one, "fail")
    session.commit()
    refused = desk.submit(dry, "确认登记2人")
    assert refused.status_code == 409
    assert state(session, two) == "medical"


def test_the_names_go_out_on_record_and_come_back_filled_in(
    session: Session, call: Call, desk: Client
) -> None:
    candidate = in_medical(session, call)
    session.commit()
    page = desk.get(f"/admin/calls/{call.slug}/medical/import")
    assert desk.submit(page, "下载名单（.xlsx）").status_code == 422
    file = desk.submit(page, "下载名单（.xlsx）", {"purpose": "交市中心医院"})
    _, *cells = CalamineWorkbook.from_filelike(io.BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert cells[0] == ["准考证号", "姓名", "体检结果", "不合格项目", "体检日期"]
    assert cells[1][:2] == [candidate.ticket_number, candidate.owner.name]
    session.rollback()
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "medical.names")).one()
    assert (kept.reason, kept.detail["rows"]) == ("交市中心医院", 1)
