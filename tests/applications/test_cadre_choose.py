"""What somebody may choose in a call: exactly what the rules say, and why."""

import re
import threading
from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.applications.models import Application
from recruitment.cadres.form import freeze
from recruitment.cadres.models import Commendation, Schooling
from recruitment.calls import operations as calls
from recruitment.calls.models import Position
from recruitment.calls.rules import judge
from recruitment.database import db
from recruitment.people.models import Role, User
from tests import factories as make
from tests.client import Client, tree, words
from tests.conftest import Clock
from tests.pages import counted, signed_in, text

TIBETAN = "513322"  # 泸定县, 甘孜州


def shown(page: TestResponse) -> dict[str, str]:
    """Position code → the words of its card."""
    return {
        (li.get("id") or "").removeprefix("p-"): words(li)
        for li in tree(page).iter("li")
        if (li.get("class") or "").startswith("position ")
    }


def test_every_position_with_exactly_what_the_rules_say(app: Flask, session: Session, person: User) -> None:
    """A person of 44 with a commendation of unsure kind and an unfinished education."""
    person.birth_date = date(1982, 3, 1)
    dossier = make.dossier(
        session,
        person,
        schoolings=[Schooling(level="senior_high", school="县中学", graduated_on=date(2000, 6, 30))],
        has_commendations=True,
        commendations=[
            Commendation(title="优秀", issuer="某县", comprehensive=None, awarded_on=date(2020, 7, 1))
        ],
    )
    call = make.call(session)
    make.position(session, call, make.COUNTY, education="bachelor")
    make.position(session, call, make.COUNTY, conditions={"languages": ["彝语"]})
    make.position(session, call, TIBETAN)
    session.commit()
    page = signed_in(app, person).get(f"/calls/{call.slug}/choose?area=all")
    cards, whole = shown(page), text(page)
    form = freeze(dossier)
    positions = session.scalars(sa.select(Position).where(Position.call_id == call.id)).all()
    assert cards.keys() == {position.code for position in positions}
    names = {"eligible": "可以报", "unverified": "待核实", "ineligible": "(差一条|不能报)"}
    for position in positions:
        verdict = judge(call, form, position)
        assert re.search(names[verdict.verdict], cards[position.code])
        for result in verdict.results:
            # What stands against every position is said once, above them.
            said = result.message in cards[position.code] or whole.count(result.message) == 1
            assert said == (result.outcome != "pass"), (position.code, result)
        assert ("选这个职位" in cards[position.code]) == (not verdict.stopping)


def test_the_own_prefecture_comes_first(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    session.commit()
    browser = signed_in(app, person)
    here, there = make.first_position(session, call), make.first_position(session, call, make.OTHER_COUNTY)
    assert shown(browser.get(f"/calls/{call.slug}/choose")).keys() == {here.code}
    everywhere = shown(browser.get(f"/calls/{call.slug}/choose?area=all"))
    assert list(everywhere) == [here.code, there.code]
    assert "不能跨市（州）报考" in everywhere[there.code]
    assert "选这个职位" not in everywhere[there.code]


def test_a_near_miss_says_what_would_change_it(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    position = make.position(session, call, make.COUNTY, education="bachelor")
    session.commit()
    card = shown(signed_in(app, person).get(f"/calls/{call.slug}/choose"))[position.code]
    assert "差一条" in card
    assert "学历是高中，这个职位要求本科及以上。" in card.replace(",", "，")
    assert "依据：职位表" in card
    assert "仍选这个职位，请审核人看" in card


def test_reasons_that_all_share_are_said_once(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person, appraisals=[])
    call = make.call(session)
    make.position(session, call, make.COUNTY)
    session.commit()
    page = signed_in(app, person).get(f"/calls/{call.slug}/choose")
    assert len(shown(page)) == 2
    assert text(page).count("没有2025年度的考核结果") == 1


def test_choosing_starts_a_draft_and_choosing_again_moves_it(
    app: Flask, session: Session, person: User
) -> None:
    make.dossier(session, person)
    call = make.call(session)
    second = make.position(session, call, make.COUNTY, name="第二岗位")
    session.commit()
    browser = signed_in(app, person)
    first = make.first_position(session, call)
    page = choose(browser, call.slug, first)
    assert page.request.path.endswith("/check")
    page = choose(browser, call.slug, second)
    (application,) = session.scalars(sa.select(Application)).all()
    assert (application.state, application.position_id) == ("draft", second.id)
    assert "第二岗位" in text(page)


def choose(browser: Client, slug: str, position: Position) -> TestResponse:
    page = browser.get(f"/calls/{slug}/choose?area=all")
    return browser.submit(page, f"选这个职位{position.organ} · {position.name}")


def press(browser: Client, slug: str, code: str) -> TestResponse:
    """Press the button of a position, whether or not the page offers one."""
    page = browser.get(f"/calls/{slug}/choose?area=all")
    hidden = {
        field.get("name"): field.get("value")
        for field in tree(page).iter("input")
        if field.get("name") in ("csrf_token", "draft_owner")
    }
    return browser.post(f"/calls/{slug}/choose?area=all", data={**hidden, "position": code})


def test_nothing_to_choose_outside_registration(
    app: Flask, session: Session, person: User, clock: Clock
) -> None:
    make.dossier(session, person)
    call = make.call(session)
    session.commit()
    code = make.first_position(session, call).code
    clock.set(make.CLOSES)
    browser = signed_in(app, person)
    assert "已截止" in text(browser.get(f"/calls/{call.slug}/choose"))
    page = press(browser, call.slug, code)
    assert page.status_code == 422
    assert "报名已于2026年12月02日（星期三）08:00截止。" in text(page)
    assert session.scalars(sa.select(Application)).all() == []


def test_an_extension_of_the_county_counts(app: Flask, session: Session, person: User, clock: Clock) -> None:
    make.dossier(session, person)
    admin = make.actor(make.staff(session, Role.ADMIN))
    call = make.call(session, admin)
    calls.extend(
        session,
        call,
        admin,
        make.NOW,
        closes_at=make.CLOSES + timedelta(hours=9),
        reason="当地停电",
        county_code=make.COUNTY,
    )
    session.commit()
    clock.set(make.CLOSES + timedelta(hours=1))
    browser = signed_in(app, person)
    card = shown(browser.get(f"/calls/{call.slug}/choose"))[make.first_position(session, call).code]
    assert "这个县的报名截止：2026年12月02日（星期三）17:00" in card
    assert choose(browser, call.slug, make.first_position(session, call)).request.path.endswith("/check")


def test_a_position_refused_before_is_not_offered_again(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    other = make.position(session, call, make.COUNTY, name="第二岗位")
    refused = make.application(session, call, person, "refused").position
    session.commit()
    browser = signed_in(app, person)
    cards = shown(browser.get(f"/calls/{call.slug}/choose"))
    assert "您报这个职位没有通过审核，不能再报。" in cards[refused.code]
    assert "选这个职位" not in cards[refused.code]
    page = press(browser, call.slug, refused.code)
    assert "不能再报同一职位" in text(page)
    assert choose(browser, call.slug, other).request.path.endswith("/check")


def test_one_application_per_call(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    other = make.position(session, call, make.COUNTY)
    make.application(session, call, person)
    session.commit()
    browser = signed_in(app, person)
    page = browser.get(f"/calls/{call.slug}/choose")
    assert "一人只能报一个职位，要改报，请先撤回。" in text(page)
    assert "选这个职位" not in text(page)
    page = press(browser, call.slug, other.code)
    assert page.status_code == 422
    assert "您在本次招考中已经报了一个职位。" in text(page)


def test_one_application_per_call_under_two_requests_at_once(
    app: Flask, session: Session, person: User
) -> None:
    make.dossier(session, person)
    call = make.call(session)
    second = make.position(session, call, make.COUNTY)
    session.commit()
    codes = [make.first_position(session, call).code, second.code]
    browsers: list[Client] = [signed_in(app, person) for _ in codes]
    barrier = threading.Barrier(2)
    answers: list[int] = []

    def both(browser: Client, code: str) -> None:
        slug = call_slug
        page = browser.get(f"/calls/{slug}/choose")
        hidden = {
            field.get("name"): field.get("value")
            for field in tree(page).iter("input")
            if field.get("name") in ("csrf_token", "draft_owner")
        }
        barrier.wait(timeout=30)
        answers.append(browser.post(f"/calls/{slug}/choose", data={**hidden, "position": code}).status_code)

    call_slug = call.slug
    threads = [threading.Thread(target=both, args=pair) for pair in zip(browsers, codes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [303, 303]
    with app.app_context():
        (application,) = db.session.scalars(sa.select(Application)).all()
        assert application.state == "draft"


def test_questions_do_not_grow_with_positions(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    session.commit()
    browser = signed_in(app, person)

    def ask() -> int:
        with counted(app) as asked:
            browser.get(f"/calls/{call.slug}/choose?area=all")
        return len(asked)

    few = ask()
    for county in (make.COUNTY, make.OTHER_COUNTY, TIBETAN, "510104"):
        make.position(session, call, county)
    session.commit()
    assert ask() == few


def test_an_unfinished_dossier_is_told(browser: Client, session: Session) -> None:
    call = make.call(session)
    session.commit()
    page = browser.get(f"/calls/{call.slug}/choose")
    assert "资料还没有填完，下面的结果可能会变。" in text(page)
    assert "待核实" in text(page)


def test_a_draft_call_is_not_there(browser: Client, session: Session) -> None:
    call = make.draft_call(session, make.actor(make.staff(session, Role.ADMIN)))
    session.commit()
    assert browser.get(f"/calls/{call.slug}/choose").status_code == 404
