"""Examiners stay away from candidates that they are close to, and the draw sees to it."""

import itertools
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.selection.interview import plan, recusal
from recruitment.selection.interview.draw import seats
from recruitment.selection.models import Examiner
from tests import pages
from tests.conftest import Clock
from tests.selection import stage
from tests.selection.stage import LATER
from tests.selection.test_interview import field
from workflows.terms import Refused

FORM: dict[str, Any] = {
    "tenures": [
        {"community_name": "红星社区居民委员会", "from": "2019-03-01", "to": None, "post": "party_secretary"}
    ],
    "relatives": [{"relation": "配偶", "name": "王 芳", "employer": "三台县财政局"}],
}


@pytest.mark.parametrize(
    ("name", "unit", "tie"),
    [
        ("李强", "市委组织部", None),
        ("王芳", "市委党校", "relative"),
        ("李强", "红星社区居民委员会", "community"),
        ("李强", "潼川镇人民政府", "organ"),
        ("李强", "三台县财政局", "organ"),
        ("李强", "", None),
    ],
)
def test_what_a_form_shows(name: str, unit: str, tie: str | None) -> None:
    assert recusal.shown_tie(name, unit, FORM, "潼川镇人民政府", date(2026, 11, 17)) == tie


@given(st.data())
def test_seats_are_filled_whenever_that_is_possible_at_all(data: st.DataObject) -> None:
    groups, each = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    names = [str(number) for number in range(data.draw(st.integers(0, 6)))]
    pairs = st.tuples(st.sampled_from(names or ["-"]), st.integers(0, groups - 1))
    barred = data.draw(st.sets(pairs, max_size=8))
    found = seats(names, groups, each, barred)
    assert not {(name, seat.group) for name, seat in found.items()} & barred
    assert len(set(found.values())) == len(found)
    # The oracle tries every way of sending the examiners to groups or home.
    most = max(
        (
            sum(min(each, where.count(group)) for group in range(groups))
            for where in itertools.product(range(-1, groups), repeat=len(names))
            if not any((name, group) in barred for name, group in zip(names, where, strict=True))
        ),
        default=0,
    )
    assert len(found) == most


def test_nobody_sits_before_a_candidate_they_must_stay_away_from(session: Session) -> None:
    made = field(session)
    free = plan.draw(session, made.call, made.admin, LATER)
    seated = session.scalars(sa.select(Examiner.code).where(Examiner.group_id.is_not(None))).first()
    assert seated is not None
    plan.undo_draw(session, made.call, "一名考官须回避", made.admin, LATER)
    recusal.declare(session, made.call, seated, made.tickets[0], "relative", "表兄弟", made.admin, LATER)
    assert plan.draw(session, made.call, made.admin, LATER) == free
    kept = session.scalars(sa.select(Examiner).where(Examiner.code == seated)).one()
    assert kept.group_id is None
    noted = session.scalars(
        sa.select(AccessRecord.detail)
        .where(AccessRecord.action == "selection.draw")
        .order_by(AccessRecord.at)
    ).all()
    assert {"examiner": seated, "ticket": made.tickets[0], "tie": "relative"} in [
        one for detail in noted for one in detail["recusals"]
    ]


def test_too_few_who_may_sit_stop_the_draw_and_name_the_group(session: Session) -> None:
    made = field(session)
    for code in ("00", "01"):
        recusal.declare(session, made.call, code, made.tickets[1], "organ", "", made.admin, LATER)
    with pytest.raises(Refused) as refused:
        plan.draw(session, made.call, made.admin, LATER)
    assert [str(reason.words) for reason in refused.value.reasons] == [
        "因为回避，第一组还缺1名考官。请补充考官，或者调整分组。"
    ]
    # Who stays on the list keeps their declarations, who leaves it loses them.
    rows = {f"{n:02}": (f"考官{n}", "市委组织部") for n in range(1, 9)}
    plan.set_examiners(session, made.call, rows, made.admin, LATER)
    assert [one.examiner.code for one in recusal.declarations(session, made.call)] == ["01"]
    plan.draw(session, made.call, made.admin, LATER)
    assert recusal.misplaced(session, made.call) == []


def test_recusals_at_the_screen(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(LATER)
    made = field(session)
    session.commit()
    admin = pages.sign_in(app, session, made.admin)
    page = admin.get(f"/admin/calls/{made.call.slug}/interview/recusals")
    assert "还没有登记" in pages.text_of(page)
    said = {"code": "99", "ticket": "1", "tie": "other", "explanation": ""}
    page = admin.submit(page, "登记", said)
    assert pages.errors_beside(page).keys() == {"code", "ticket", "explanation"}
    page = admin.submit(page, "登记", said | {"code": "03", "ticket": made.tickets[0], "explanation": "师生"})
    assert pages.rows_of(page)[0][:3] == ["03 考官3", made.tickets[0], "其他可能影响公正的：师生"]
    overview = admin.submit(admin.get(f"/admin/calls/{made.call.slug}/interview"), "按种子抽签")
    assert "1对考官和考生须回避" in pages.text_of(overview)
    # Declared after the draw: the page says that it must be made again.
    seated = session.scalars(sa.select(Examiner.code).where(Examiner.group_id.is_not(None))).first()
    recusal.declare(session, made.call, str(seated), made.tickets[0], "relative", "", made.admin, LATER)
    session.commit()
    overview = admin.get(f"/admin/calls/{made.call.slug}/interview")
    assert "有考官坐在须回避的考生的组里" in pages.text_of(overview)
    page = admin.get(f"/admin/calls/{made.call.slug}/interview/recusals")
    assert admin.submit(page, "撤回登记").status_code == 409
    page = admin.submit(page, "撤回登记", {"withdraw-reason": "登记错了"})
    assert len(pages.rows_of(page)) == 1
    assert stage.states(session, made)
