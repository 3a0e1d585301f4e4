"""Setting up a call, and what may not be done to it."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.calls import deadlines, operations
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import PositionRow
from recruitment.calls.rules import parameters_of
from recruitment.eligibility.rulesets import Override, RulesError
from recruitment.people.models import Role, User
from recruitment.workflow import engine
from tests import factories
from tests.factories import CLOSES, OPENS
from workflows.terms import Actor, Refused

DAY = timedelta(days=1)
BEFORE, DURING = OPENS - 7 * DAY, factories.NOW
SANTAI, LANGZHONG = factories.COUNTY, factories.OTHER_COUNTY
ZITONG = "510725"  # in the same prefecture as 三台县


@pytest.fixture
def admin(session: Session) -> Actor:
    factories.load_areas(session)
    return factories.actor(factories.staff(session, Role.ADMIN))


def row(code: str = "A001", **changes: object) -> PositionRow:
    values = {
        "code": code,
        "organ": "潼川镇人民政府",
        "name": "综合管理",
        "county_code": SANTAI,
        "township_code": None,
        "openings": 1,
        "education": "senior_high",
    }
    return PositionRow(**(values | changes))  # type: ignore[arg-type]


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_a_call_freezes_the_rules_and_dates_of_its_reference_date(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin, reference_date=date(2021, 2, 24))
    windows = parameters_of(call).windows
    assert windows.base == date(1980, 2, 24)
    assert windows.autonomous == date(1978, 2, 24)
    assert windows.commendation == date(1975, 2, 24)
    assert windows.minimum == date(2003, 2, 24)
    assert call.state == "draft"


def test_a_raised_ceiling_moves_the_birth_dates(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin, reference_date=date(2026, 11, 16))
    assert parameters_of(call).windows.base == date(1985, 11, 16)
    raised = Override("age.ceiling.base", 43, "三州人手不足", "省委组织部批复")
    operations.revise(session, call, admin, {"overrides": [raised]})
    parameters = parameters_of(call)
    assert parameters.windows.base == date(1982, 11, 16)
    assert parameters.windows.autonomous == date(1983, 11, 16)
    assert "省委组织部批复" in parameters.cite("age.ceiling.base")
    assert operations.overrides_of(call) == [raised]
    # What the form does not touch stays.
    operations.revise(session, call, admin, {"title": "新标题"})
    assert parameters_of(call).windows.base == date(1982, 11, 16)


def test_a_legal_floor_cannot_be_undercut(session: Session, admin: Actor) -> None:
    with pytest.raises(RulesError, match="第十三条"):
        factories.draft_call(session, admin, overrides=[Override("age.minimum", 16, "缺人", "会议纪要")])


def test_somebody_elses_call_is_not_changed(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    for other in (
        factories.staff(session, Role.ADMIN, "510700"),
        factories.staff(session, Role.SUPERVISOR),
        factories.staff(session, Role.PROVINCE_REVIEWER),
    ):
        actor = factories.actor(other)
        with pytest.raises(Refused):
            operations.revise(session, call, actor, {"title": "别人的"})
        with pytest.raises(Refused):
            operations.replace_positions(session, call, actor, [row()])
        with pytest.raises(Refused):
            operations.extend(session, call, actor, DURING, closes_at=CLOSES + DAY, reason="拥堵")
        with pytest.raises(Refused):
            operations.create(
                session,
                actor,
                BEFORE,
                slug="mine",
                title="我的",
                reference_date=factories.REFERENCE,
                registration_opens_at=OPENS,
                registration_closes_at=CLOSES,
                hotline="1",
            )
        with pytest.raises(Refused):
            operations.advance(session, call, "cancel", actor, BEFORE, reason="不办了")
    assert call.state == "draft"
    assert call.title != "别人的"


def test_two_admins_do_not_overwrite_each_other(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    seen = operations.fingerprint(call)
    operations.revise(session, call, admin, {"hotline": "028-1"}, expected_fingerprint=seen)
    with pytest.raises(Refused) as refused:
        operations.revise(session, call, admin, {"hotline": "028-2"}, expected_fingerprint=seen)
    assert codes_of(refused) == {"call_changed"}
    assert call.hotline == "028-1"


def test_publishing_needs_positions_and_time_left(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    with pytest.raises(Refused) as refused:
        operations.advance(session, call, "publish", admin, CLOSES)
    assert codes_of(refused) == {"no_positions", "already_over"}
    factories.position(session, call)
    with pytest.raises(Refused) as refused:
        operations.advance(session, call, "publish", admin, CLOSES)
    assert codes_of(refused) == {"already_over"}
    operations.advance(session, call, "publish", admin, CLOSES - timedelta(seconds=1))
    assert call.state == "published"


def test_what_is_published_is_not_revised(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    with pytest.raises(Refused) as refused:
        operations.revise(session, call, admin, {"title": "改名"})
    assert codes_of(refused) == {"call_published"}
    with pytest.raises(Refused) as refused:
        operations.replace_positions(session, call, admin, [row()])
    assert codes_of(refused) == {"call_published"}
    assert session.scalar(sa.select(sa.func.count()).select_from(Position)) == 2


def test_a_withdrawn_notice_is_not_revised_once_somebody_applied(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    position = factories.position(session, call)
    operations.advance(session, call, "publish", admin, BEFORE)
    factories.application(session, call, chosen=position)
    operations.advance(session, call, "withdraw_notice", admin, DURING, reason="职位表有误")
    with pytest.raises(Refused) as refused:
        operations.replace_positions(session, call, admin, [row()])
    assert codes_of(refused) == {"has_applications"}


def test_a_new_table_takes_the_place_of_the_old_one(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    assert operations.replace_positions(session, call, admin, [row("A001"), row("A002")]) == 2
    assert operations.replace_positions(session, call, admin, [row("A002"), row("A003", openings=3)]) == 2
    assert [(p.code, p.openings) for p in call.positions] == [("A002", 1), ("A003", 3)]


def test_a_cancellation_says_why(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    with pytest.raises(Refused) as refused:
        operations.advance(session, call, "cancel", admin, DURING, reason="  ")
    assert codes_of(refused) == {"reason_missing"}
    operations.advance(session, call, "cancel", admin, DURING, reason="机构改革")
    assert call.state == "cancelled"
    last = engine().last_event(session, call)
    assert last is not None
    assert last.transition == "cancel"


# Extensions


def closing_times(session: Session, call: Call, people: dict[str, tuple[str, User]]) -> dict[str, datetime]:
    return {
        name: deadlines.closes_at(session, call, county, user.id) for name, (county, user) in people.items()
    }


def test_an_extension_moves_the_deadline_for_exactly_whom_it_names(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    here, there = factories.cadre(session), factories.cadre(session)
    people = {"here": (SANTAI, here), "there": (ZITONG, there), "here too": (SANTAI, there)}
    unmoved = {"here": CLOSES, "there": CLOSES, "here too": CLOSES}
    assert closing_times(session, call, people) == unmoved

    operations.extend(session, call, admin, DURING, closes_at=CLOSES + DAY, reason="断网", county_code=SANTAI)
    assert closing_times(session, call, people) == unmoved | {"here": CLOSES + DAY, "here too": CLOSES + DAY}

    operations.extend(
        session, call, admin, DURING, closes_at=CLOSES + 2 * DAY, reason="停电", user_id=there.id
    )
    assert closing_times(session, call, people) == {
        "here": CLOSES + DAY,
        "there": CLOSES + 2 * DAY,
        "here too": CLOSES + 2 * DAY,
    }

    operations.extend(session, call, admin, DURING, closes_at=CLOSES + 3 * DAY, reason="系统拥堵")
    assert set(closing_times(session, call, people).values()) == {CLOSES + 3 * DAY}
    other = factories.call(session, admin)
    assert deadlines.closes_at(session, other, SANTAI, there.id) == CLOSES


def test_who_is_named_may_still_apply_and_nobody_else(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    named, neighbour, other = (factories.cadre(session) for _ in range(3))
    for person, county in ((named, SANTAI), (neighbour, SANTAI), (other, LANGZHONG)):
        factories.dossier(session, person, county)
    drafts = {
        person: factories.application(session, call, person, "draft", county_code=county)
        for person, county in ((named, SANTAI), (neighbour, SANTAI), (other, LANGZHONG))
    }
    late = CLOSES + timedelta(hours=1)

    def submit(person: User, at: datetime) -> set[str]:
        try:
            with session.begin_nested():
                applications.submit(session, drafts[person], factories.actor(person), at)
        except Refused as refused:
            return {reason.code for reason in refused.reasons}
        return set()

    operations.advance(session, call, "close_registration", Actor.system("timer"), CLOSES)
    operations.extend(session, call, admin, CLOSES, closes_at=CLOSES + DAY, reason="断网", user_id=named.id)
    assert submit(neighbour, late) == submit(other, late) == {"registration_closed"}
    assert submit(named, late) == set()
    operations.extend(
        session, call, admin, late, closes_at=CLOSES + DAY, reason="断网", county_code=LANGZHONG
    )
    assert submit(neighbour, late) == {"registration_closed"}
    # At the extended minute itself it is too late.
    assert submit(other, CLOSES + DAY) == {"registration_closed"}
    assert submit(other, CLOSES + DAY - timedelta(minutes=1)) == set()


def test_an_extension_for_everyone_opens_registration_again(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    operations.advance(session, call, "close_registration", Actor.system("timer"), CLOSES)
    operations.extend(session, call, admin, CLOSES + DAY, closes_at=CLOSES + 2 * DAY, reason="系统故障")
    assert call.state == "registration_open"
    with pytest.raises(Refused):
        operations.advance(session, call, "close_registration", Actor.system("timer"), CLOSES + DAY)
    operations.advance(session, call, "close_registration", Actor.system("timer"), CLOSES + 2 * DAY)


def test_an_extension_that_extends_nothing_is_refused(session: Session, admin: Actor) -> None:
    call = factories.call(session, admin)
    with pytest.raises(Refused) as refused:
        operations.extend(session, call, admin, CLOSES + DAY, closes_at=CLOSES, reason=" ")
    assert codes_of(refused) == {"reason_missing", "not_later", "in_the_past"}
    operations.extend(session, call, admin, DURING, closes_at=CLOSES + 2 * DAY, reason="拥堵")
    with pytest.raises(Refused) as refused:
        operations.extend(
            session, call, admin, DURING, closes_at=CLOSES + DAY, reason="断网", county_code=SANTAI
        )
    assert codes_of(refused) == {"not_later"}


def test_a_draft_and_a_cancelled_call_cannot_be_extended(session: Session, admin: Actor) -> None:
    call = factories.draft_call(session, admin)
    with pytest.raises(Refused) as refused:
        operations.extend(session, call, admin, BEFORE, closes_at=CLOSES + DAY, reason="改期")
    assert codes_of(refused) == {"not_extendable"}
    operations.advance(session, call, "cancel", admin, BEFORE, reason="不办了")
    with pytest.raises(Refused):
        operations.extend(session, call, admin, BEFORE, closes_at=CLOSES + DAY, reason="改期")
