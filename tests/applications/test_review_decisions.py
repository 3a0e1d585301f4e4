"""What a reviewer decides, through the pages: effect, record, refusal, and nothing typed lost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.applications import operations, timeline
from recruitment.applications.models import Application, Recusal
from recruitment.audit.models import AccessRecord
from recruitment.cadres.models import Relative
from recruitment.calls.models import Call
from recruitment.database import db
from recruitment.forms.models import FormDraft
from recruitment.people.models import Grant, Role, SignIn, User
from recruitment.wording import moment
from tests import factories
from tests.applications.reviewing import LATER, journal, notices, state_of
from tests.client import heading, tree, words
from tests.conftest import Clock
from tests.factories import COUNTY, NOW
from tests.pages import sign_in
from workflows.schema import timer
from workflows.terms import Refused

PREFECTURE = "510700"


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(LATER)


@pytest.fixture
def call(session: Session) -> Call:
    return factories.call(session)


@pytest.fixture
def reviewer(session: Session) -> User:
    return factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name="何审核")


@pytest.fixture
def prefecture(session: Session) -> User:
    return factories.staff(session, Role.PREFECTURE_REVIEWER, PREFECTURE, name="蒋审核")


def applicant(session: Session, name: str = "", **dossier: Any) -> User:
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner, **dossier)
    return owner


def failing(session: Session, call: Call, state: str = "submitted") -> Application:
    """An application that a rule speaks against: senior high school for a position that asks for more."""
    wanted = factories.position(session, call, COUNTY, education="bachelor")
    return factories.application(session, call, applicant(session, "赵高中"), state, chosen=wanted)


def fields(page: TestResponse, action: str) -> dict[str, list[str]]:
    """The hidden fields of the form that is sent to an address ending so."""
    form = next(f for f in tree(page).iter("form") if f.get("action", "").partition("?")[0].endswith(action))
    found: dict[str, list[str]] = {}
    for item in form.iter("input"):
        if item.get("type") == "hidden":
            found.setdefault(item.get("name", ""), []).append(item.get("value", ""))
    return found


# Each decision


@pytest.mark.parametrize(
    ("start", "role", "button", "form", "state", "notice", "kept"),
    [
        (
            "submitted",
            "county",
            "县级初审通过",
            {},
            "county_passed",
            "application.county_passed",
            {"overruled": []},
        ),
        (
            "submitted",
            "county",
            "退回补正",
            {"section_tenures": " 缺乡镇盖章 "},
            "returned",
            "application.returned",
            {"sections": {"tenures": "缺乡镇盖章"}},
        ),
        (
            "submitted",
            "county",
            "审核不通过",
            {"codes": ["tenure", "age"], "explanation": "任职不满三年。"},
            "refused",
            "application.refused",
            {"codes": ["tenure", "age"], "explanation": "任职不满三年。"},
        ),
        (
            "county_passed",
            "prefecture",
            "市级确认合格",
            {},
            "qualified",
            "application.qualified",
            {"overruled": []},
        ),
        (
            "county_passed",
            "prefecture",
            "发回县级重审",
            {"reason": "任职证明看不清"},
            "submitted",
            None,
            {"reason": "任职证明看不清"},
        ),
        (
            "refused",
            "prefecture",
            "撤销不通过决定",
            {"reason": "漏看一份材料"},
            "submitted",
            "application.reopened",
            {"reason": "漏看一份材料"},
        ),
        (
            "refused",
            "province",
            "撤销不通过决定",
            {"reason": "申诉成立"},
            "submitted",
            "application.reopened",
            {"reason": "申诉成立"},
        ),
    ],
)
def test_a_decision_is_recorded_with_its_reasons_and_told(
    app: Flask,
    session: Session,
    call: Call,
    start: str,
    role: str,
    button: str,
    form: dict[str, object],
    state: str,
    notice: str | None,
    kept: dict[str, object],
) -> None:
    area = {"county": COUNTY, "prefecture": PREFECTURE, "province": factories.PROVINCE}[role]
    who = factories.staff(session, Role(f"{role}_reviewer"), area)
    application = factories.application(session, call, applicant(session), start)
    before = notices(session, application)
    client = sign_in(app, session, who)
    page = client.submit(client.get(f"/review/{application.id}"), button, form, follow=False)
    assert page.status_code == 303, page.text
    assert state_of(session, application) == state
    last = journal(session, application)[-1]
    assert (last.actor, last.role, last.form) == (str(who.id), f"{role}_reviewer", kept)
    assert notices(session, application) == before + ([notice] if notice else [])


def test_a_return_starts_the_time_for_correction(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    client.submit(client.get(f"/review/{application.id}"), "退回补正", {"section_documents": "照片不清楚"})
    due = session.scalar(sa.select(timer.c.due_at).where(timer.c.name == "correction_deadline"))
    assert due == LATER + timedelta(hours=48)


def test_without_a_second_review_the_countys_pass_qualifies(
    app: Flask, session: Session, reviewer: User
) -> None:
    application = factories.application(session, factories.call(session, second_review=False))
    client = sign_in(app, session, reviewer)
    client.submit(client.get(f"/review/{application.id}"), "审核合格")
    assert state_of(session, application) == "qualified"
    assert notices(session, application)[-1] == "application.qualified"


def test_state_journal_and_notice_are_one_transaction(session: Session, call: Call, reviewer: User) -> None:
    application = factories.application(session, call)
    session.commit()
    actor = reviewer.actor()
    operations.decide(session, application, "pass", actor, LATER)
    with db.engine.connect() as outside:
        seen = outside.execute(sa.select(Application.state).where(Application.id == application.id)).scalar()
        assert seen == "submitted"
    session.rollback()
    assert state_of(session, application) == "submitted"
    assert [row.transition for row in journal(session, application)] == ["start", "submit"]
    assert notices(session, application) == ["application.submitted"]


def test_after_a_decision_comes_the_next_file(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    for number, name in enumerate(("甲一", "乙二", "丙三")):
        factories.application(session, call, applicant(session, name), at=NOW + timedelta(minutes=number))
    client = sign_in(app, session, reviewer)
    page = client.get("/review/next?past=" + str(first(session, "丙三").id), follow_redirects=True)
    assert heading(page) == "甲一的报名"
    page = client.submit(client.get(f"/review/{first(session, '乙二').id}"), "县级初审通过")
    assert heading(page) == "丙三的报名"
    assert "已通过：乙二" in page.text
    page = client.submit(page, "县级初审通过")
    assert heading(page) == "甲一的报名"
    page = client.submit(page, "县级初审通过")
    assert heading(page) == "报名审核"


def first(session: Session, name: str) -> Application:
    return session.scalars(sa.select(Application).join(Application.owner).where(User.name == name)).one()


# What is not enough


@pytest.mark.parametrize(
    ("button", "form", "words_said"),
    [
        ("退回补正", {"section_tenures": "  "}, "请至少写明一处需要补正的内容。"),
        ("退回补正", {"section_tenures": "长" * 2001}, "文字太长了，请不超过 2000 字。"),
        ("审核不通过", {"explanation": "就是不行"}, "请至少选择一条不通过的理由。"),
    ],
)
def test_a_decision_without_its_reasons_is_not_taken_and_keeps_the_text(
    app: Flask,
    session: Session,
    call: Call,
    reviewer: User,
    button: str,
    form: dict[str, str],
    words_said: str,
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    page = client.submit(client.get(f"/review/{application.id}"), button, form)
    assert page.status_code == 422
    assert words_said in page.text
    assert all(text in page.text for text in form.values())
    assert state_of(session, application) == "submitted"
    # And the form works once it is complete.
    more = {"section_tenures": "缺盖章"} if button == "退回补正" else {"codes": ["unproven"]}
    client.submit(page, button, more)
    assert state_of(session, application) in ("returned", "refused")


def test_refusal_reasons_are_suggested_and_never_ticked(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    wanted = factories.position(session, call, COUNTY, conditions={"party_member": True})
    owner = applicant(session, political_status="none", party_joined_on=None)
    application = factories.application(session, call, owner, chosen=wanted)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    boxes = [box for box in tree(page).iter("input") if box.get("name") == "codes"]
    assert boxes[0].get("value") == "position_condition"
    assert not any(box.get("checked") is not None for box in boxes)
    labels = [words(label) for label in tree(page).iter("label") if "规则判定不符合" in words(label)]
    assert len(labels) == 1


# Against the rules


def test_passing_against_a_rule_needs_a_reason_and_shows_both(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = failing(session, call)
    client = sign_in(app, session, reviewer)
    page = client.submit(client.get(f"/review/{application.id}"), "县级初审通过")
    assert page.status_code == 422
    assert "仍要通过的，请写明理由。" in page.text
    assert state_of(session, application) == "submitted"

    client.submit(page, "县级初审通过", {"reason": "学历已函证属实"})
    assert state_of(session, application) == "county_passed"
    assert journal(session, application)[-1].form == {
        "reason": "学历已函证属实",
        "overruled": ["position.education"],
    }
    page = client.get(f"/review/{application.id}")
    assert "与规则判定不同" in page.text
    assert "学历已函证属实" in page.text
    # The cadre's own timeline does not carry what was meant for colleagues.
    for step in timeline.for_cadre(session, application):
        assert not step.explanation
        assert not step.overruled


def test_no_page_can_hide_what_is_overruled(session: Session, call: Call, reviewer: User) -> None:
    application = failing(session, call)
    with pytest.raises(Refused) as refused:
        operations.decide(session, application, "pass", reviewer.actor(), LATER, form={"overruled": []})
    assert [reason.code for reason in refused.value.reasons] == ["overrule_reason_missing"]


def test_what_is_only_unknown_passes_with_or_without_a_note(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call, applicant(session, appraisals=[]))
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    assert "待核实" in page.text
    client.submit(page, "县级初审通过", {"reason": "已看考核表原件"})
    assert journal(session, application)[-1].form == {"reason": "已看考核表原件", "overruled": []}


# Twice, and two at once


def test_the_same_press_twice_has_one_effect(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    answers = [
        client.submit(page, "退回补正", {"section_tenures": "缺盖章"}, follow=False).status_code
        for _ in range(2)
    ]
    assert answers == [303, 303]
    assert [row.transition for row in journal(session, application)] == ["start", "submit", "return"]
    assert notices(session, application) == ["application.submitted", "application.returned"]


def test_the_second_to_decide_is_told_who_did_what_and_loses_no_text(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    colleague = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name="唐审核")
    mine, theirs = sign_in(app, session, reviewer), sign_in(app, session, colleague)
    page = mine.get(f"/review/{application.id}")
    theirs.submit(theirs.get(f"/review/{application.id}"), "县级初审通过")

    answer = mine.submit(page, "退回补正", {"section_tenures": "第一段任职缺乡镇盖章的证明"})
    assert answer.status_code == 409
    assert f"唐审核已在{moment(LATER)}处理了这份报名" in answer.text
    assert "县级初审通过" in answer.text
    assert "“待市级确认”" in answer.text
    assert "第一段任职缺乡镇盖章的证明" in answer.text
    assert state_of(session, application) == "county_passed"
    assert session.scalar(sa.select(FormDraft.data).where(FormDraft.user_id == reviewer.id)) is not None


def test_after_a_change_the_same_text_can_be_sent_again(
    app: Flask, session: Session, call: Call, reviewer: User, prefecture: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    colleague = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    operations.decide(session, application, "pass", colleague.actor(), LATER)
    form = {"reason": "证明不全"}
    operations.decide(session, application, "send_back", prefecture.actor(), LATER, form=form)
    session.commit()
    answer = client.submit(page, "退回补正", {"section_tenures": "缺盖章"})
    assert answer.status_code == 409
    assert state_of(session, application) == "submitted"
    client.submit(answer, "退回补正")
    assert state_of(session, application) == "returned"
    assert journal(session, application)[-1].form == {"sections": {"tenures": "缺盖章"}}


def test_a_request_without_version_or_key_is_no_decision(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    sent = fields(client.get(f"/review/{application.id}"), "/pass")
    for name in ("version", "key"):
        broken = {key: value for key, value in sent.items() if key != name}
        assert client.post(f"/review/{application.id}/pass", data=broken).status_code == 400
    assert state_of(session, application) == "submitted"


def test_text_survives_the_end_of_the_session(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    session.execute(sa.update(SignIn).values(ended_at=LATER))
    session.commit()
    form = {"codes": ["tenure"], "explanation": "任职起止日期与乡镇证明不一致"}
    answer = client.submit(page, "审核不通过", form, follow=False)
    assert answer.status_code == 302
    assert state_of(session, application) == "submitted"

    again = sign_in(app, session, reviewer).get(f"/review/{application.id}")
    assert "任职起止日期与乡镇证明不一致" in again.text
    ticked = [
        b for b in tree(again).iter("input") if b.get("name") == "codes" and b.get("checked") is not None
    ]
    assert [box.get("value") for box in ticked] == ["tenure"]


def test_the_address_of_a_decision_leads_to_the_file(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}/return", follow_redirects=True)
    assert page.request.path == f"/review/{application.id}"


# Recusal


@pytest.mark.parametrize("kind", ["self", "community", "relative", "declared"])
def test_who_is_partial_cannot_decide_and_is_told_why(
    app: Flask, session: Session, call: Call, kind: str
) -> None:
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name="何亲属")
    relatives = {
        "has_relatives": True,
        "relatives": [Relative(relation="兄弟", name="何亲属", employer="县委组织部")],
    }
    owner = applicant(session, "某报考人", **(relatives if kind == "relative" else {}))
    if kind == "self":
        reviewer = owner
        reviewer.grants = [*owner.grants, Grant(role=Role.COUNTY_REVIEWER, area_code=COUNTY)]
    if kind == "community":
        reviewer.community_code = owner.community_code
    application = factories.application(session, call, owner)
    client = sign_in(app, session, reviewer)
    said = {
        "self": "这是您本人的报名",
        "community": "报考人与您在同一村（社区）",
        "relative": "与您同名",
        "declared": "您已对这名报考人登记回避",
    }[kind]
    if kind == "declared":
        page = client.get(f"/review/{application.id}")
        sent = fields(page, "/pass")
        assert client.submit(page, "登记回避", {"reason": " "}).status_code == 422
        page = client.submit(page, "登记回避", {"reason": "是我的同学"})
        session.rollback()
        assert session.scalars(sa.select(Recusal.reason)).all() == ["是我的同学"]
        assert session.scalars(sa.select(AccessRecord.action)).all() == ["application.recuse"]
    else:
        page = client.get(f"/review/{application.id}")
        sent = fields(page, "/sign-out") | {"version": ["2"], "key": [uuid.uuid4().hex]}
    assert "您不能处理这份报名。" in page.text
    assert said in page.text
    assert "县级初审通过" not in words(next(s for s in tree(page).iter("section") if s.get("id") == "decide"))
    assert "应当回避" in client.get("/review/").text

    answer = client.post(f"/review/{application.id}/pass", data=sent)
    assert answer.status_code == 409
    assert said in answer.text
    assert client.post(f"/review/{application.id}/unmask", data=sent | {"reason": "看看"}).status_code == 422
    assert state_of(session, application) == "submitted"
    # A colleague goes on.
    other = sign_in(app, session, factories.staff(session, Role.COUNTY_REVIEWER, COUNTY))
    other.submit(other.get(f"/review/{application.id}"), "县级初审通过")
    assert state_of(session, application) == "county_passed"


def test_the_next_file_is_one_that_may_be_handled(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    made = [factories.application(session, call, applicant(session, name)) for name in ("甲", "乙", "丙")]
    order = sorted(made, key=lambda application: application.id)
    operations.recuse(session, order[1], reviewer, "邻居", LATER)
    client = sign_in(app, session, reviewer)
    page = client.submit(client.get(f"/review/{order[0].id}"), "县级初审通过")
    assert page.request.path == f"/review/{order[2].id}"


# Many at once


def test_many_are_confirmed_after_a_look_at_the_list(
    app: Flask, session: Session, call: Call, prefecture: User
) -> None:
    made = [
        factories.application(session, call, applicant(session, n), "county_passed")
        for n in ("甲", "乙", "丙")
    ]
    odd = failing(session, call)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    operations.decide(session, odd, "pass", reviewer.actor(), NOW, form={"reason": "已核实"})
    foreign = factories.application(session, call, state="county_passed", county_code=factories.OTHER_COUNTY)
    client = sign_in(app, session, prefecture)
    queue = client.get("/review/?all=1")
    picks = [box.get("value") for box in tree(queue).iter("input") if box.get("name") == "pick"]
    assert set(picks) == {str(a.id) for a in (*made, odd)}

    query = "&".join(f"pick={a.id}" for a in (*made, odd, foreign))
    page = client.get(f"/review/confirm?{query}")
    assert "将确认的 3 份" in page.text
    assert "规则判定有不符合的条件，请打开逐份处理。" in page.text
    assert foreign.owner.name not in page.text

    # One of them moves on between the look and the press: nobody is confirmed unseen.
    gone = made[2]
    operations.decide(session, gone, "send_back", prefecture.actor(), LATER, form={"reason": "再看看"})
    session.commit()
    answer = client.submit(page, "确认这 3 份合格")
    assert answer.status_code == 409
    assert "名单刚才有了变化，一份也没有确认。请重新核对。" in answer.text
    assert state_of(session, made[0]) == "county_passed"

    answers = [client.submit(answer, "确认这 2 份合格") for _ in range(2)]
    assert all("已确认 2 份报名合格。" in page.text for page in answers)
    assert [state_of(session, a) for a in (*made, odd, foreign)] == [
        "qualified",
        "qualified",
        "submitted",
        "county_passed",
        "county_passed",
    ]
    for confirmed in made[:2]:
        assert notices(session, confirmed).count("application.qualified") == 1
        assert journal(session, confirmed)[-1].form == {"overruled": []}
        assert confirmed.decided_at == LATER


def test_nobody_but_the_prefecture_confirms_many(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    application = factories.application(session, call, state="county_passed")
    client = sign_in(app, session, reviewer)
    assert client.get(f"/review/confirm?pick={application.id}").status_code == 403
