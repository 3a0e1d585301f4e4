"""Each section of the dossier: filled in, kept, shown again; what cannot be is said beside its cause."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.cadres.models import Dossier
from recruitment.cadres.operations import dossier_of
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.people.models import User
from tests import factories as make
from tests.client import Client, tree
from tests.pages import counted, day, text

SAVE = "保存并继续"


def stored(session: Session, person: User) -> Dossier:
    session.expire_all()
    dossier = dossier_of(session, person.id)
    assert dossier is not None
    return dossier


def values(page: Any, name: str) -> list[str]:
    """What the inputs of a name hold on a page."""
    return [field.get("value", "") for field in tree(page).iter("input") if field.get("name") == name]


def test_identity(browser: Client, session: Session, person: User) -> None:
    page = browser.get("/dossier/identity")
    assert person.name in text(page)
    assert person.masked_id_number in text(page)
    assert "1988年5月4日" in text(page)
    assert person.id_number
    assert person.id_number not in text(page)
    browser.submit(
        page,
        SAVE,
        {
            "ethnicity": "彝族",
            "political_status": "party_member",
            "party_joined_on": day(2010, 7, 1),
            "address": "三台县某镇某路1号",
            "languages": ["彝语"],
        },
    )
    dossier = stored(session, person)
    assert (dossier.ethnicity, dossier.political_status) == ("彝族", "party_member")
    assert dossier.party_joined_on == date(2010, 7, 1)
    assert (dossier.address, dossier.languages) == ("三台县某镇某路1号", ["彝语"])
    page = browser.get("/dossier/identity")
    assert values(page, "party_joined_on") == ["2010", "7", "1"]
    assert values(page, "address") == ["三台县某镇某路1号"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"political_status": None}, "请选择政治面貌。"),
        ({"ethnicity": ""}, "请选择民族。"),
        ({"political_status": "party_member"}, "您选了党员，请填写入党时间。"),
        ({"party_joined_on": day(2010, 7, 1)}, "您选的政治面貌不是党员。请改选政治面貌，或清空入党时间。"),
        (
            {"political_status": "party_member", "party_joined_on": day(1999, 7, 1)},
            "这时您还不满18周岁，请核对年份。",
        ),
        (
            {"political_status": "party_member", "party_joined_on": day(2026, 11, 23)},
            "这一天还没有到，请核对年份。",
        ),
        (
            {"political_status": "party_member", "party_joined_on": ["2010", "2", "30"]},
            "2月没有30日，请填1到28。",
        ),
    ],
)
def test_identity_refused(browser: Client, changes: dict[str, Any], words: str) -> None:
    sent = {"ethnicity": "汉族", "political_status": "none", "address": "某路1号"} | changes
    page = browser.submit(browser.get("/dossier/identity"), SAVE, sent)
    assert page.status_code == 422
    assert words in text(page)
    assert values(page, "address") == ["某路1号"]


def tenure(number: int, community: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "post": "party_secretary",
        "community_code": community,
        "started_on": day(2019, 3, 1),
        "ongoing": "y",
        "ended_on": ["", "", ""],
        **changes,
    }
    return {f"tenures-{number}-{name}": value for name, value in fields.items() if value is not None}


def send(browser: Client, section: str, fields: dict[str, Any], press: str = "") -> Any:
    """Send the section's form as it stands with fields of any name, also such as no page has yet."""
    page = browser.get(f"/dossier/{section}")
    form = next(form for form in tree(page).iter("form") if form.get("data-draft"))
    hidden = {
        field.get("name"): field.get("value")
        for field in form.iter("input")
        if field.get("type") == "hidden" and field.get("name") in ("csrf_token", "draft_owner")
    }
    pressed = dict([press.split("=")]) if press else {}
    return browser.post(f"/dossier/{section}", data={**hidden, **fields, **pressed})


def test_tenures_with_overlap(browser: Client, session: Session, person: User) -> None:
    first, second = make.community_of(session, make.COUNTY), make.community_of(session, make.OTHER_COUNTY)
    answer = send(
        browser,
        "tenures",
        tenure(0, first)
        | tenure(
            1,
            second,
            post="committee_director",
            started_on=day(2015, 1, 1),
            ongoing=None,
            ended_on=["２０１９", "６", "３０"],
            restructured="y",
        ),
    )
    assert answer.status_code == 303
    rows = stored(session, person).tenures
    assert [
        (row.post, row.community_code, row.started_on, row.ended_on, row.restructured) for row in rows
    ] == [
        ("committee_director", second, date(2015, 1, 1), date(2019, 6, 30), True),
        ("party_secretary", first, date(2019, 3, 1), None, False),
    ]
    session.refresh(person)
    assert person.community_code == first
    page = browser.get("/dossier/tenures")
    assert rows[0].community.full_name in text(page)
    # Shown as stored, sent as shown: nothing changes.
    browser.submit(page, SAVE)
    assert [row.restructured for row in stored(session, person).tenures] == [True, False]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"post": ""}, "请选择职务。"),
        ({"community_code": ""}, "请查找并选择村（社区）。"),
        ({"community_code": "510722999999"}, "没有这个村（社区），请重新查找。"),
        ({"started_on": ["", "", ""]}, "请填写任职开始。"),
        ({"started_on": ["2019", "2", "29"]}, "2019年2月只有28天，没有29日。"),
        ({"started_on": day(2026, 11, 23)}, "这一天还没有到，请核对年份。"),
        ({"started_on": day(1989, 3, 1)}, "这时您还不满16周岁，请核对年份。"),
        ({"ongoing": None}, "请填写结束日期；仍在任的，请勾选“至今仍在任”。"),
        ({"ended_on": day(2020, 1, 1)}, "勾选了“至今仍在任”，又填了结束日期。请去掉其中一个。"),
        ({"ongoing": None, "ended_on": day(2019, 2, 28)}, "结束日期早于开始日期，请核对。"),
        ({"ongoing": None, "ended_on": day(2027, 1, 1)}, "这一天还没有到。仍在任的，请勾选“至今仍在任”。"),
    ],
)
def test_tenures_refused(
    browser: Client, session: Session, person: User, changes: dict[str, Any], words: str
) -> None:
    page = send(browser, "tenures", tenure(0, make.community_of(session, make.COUNTY), **changes))
    assert page.status_code == 422
    assert words in text(page)
    assert dossier_of(session, person.id) is None


def test_no_tenure_is_refused(browser: Client) -> None:
    page = browser.submit(browser.get("/dossier/tenures"), SAVE)
    assert "请至少填写一段任职经历。" in text(page)


def test_rows_are_added_and_removed_without_javascript(browser: Client, session: Session) -> None:
    page = browser.submit(
        browser.get("/dossier/schoolings"), "再加一项学历", {"schoolings-0-school": "县中学"}
    )
    assert values(page, "schoolings-0-school") == ["县中学"]
    page = browser.submit(page, "再加一项学历", {"schoolings-1-school": "市师范"})
    page = browser.submit(page, "删除学历 1")
    names = [n for n in (f.get("name", "") for f in tree(page).iter("input")) if n.endswith("-school")]
    assert [values(page, name) for name in names] == [["市师范"], [""]]
    # A row in which nothing was typed is not there.
    name = names[0].removesuffix("school")
    page = browser.submit(
        page, SAVE, {f"{name}level": "secondary_vocational", f"{name}graduated_on": day(2006, 7, 1)}
    )
    assert page.request.path != "/dossier/schoolings"


def test_schoolings(browser: Client, session: Session, person: User) -> None:
    browser.submit(
        browser.get("/dossier/schoolings"),
        SAVE,
        {
            "schoolings-0-level": "junior_college",
            "schoolings-0-school": "四川广播电视大学",
            "schoolings-0-major": "行政管理",
            "schoolings-0-graduated_on": day(2012, 1, 1),
            "schoolings-0-certificate_number": "5116 1234",
        },
    )
    (row,) = stored(session, person).schoolings
    assert (row.level, row.school, row.major) == ("junior_college", "四川广播电视大学", "行政管理")
    assert (row.graduated_on, row.certificate_number) == (date(2012, 1, 1), "5116 1234")


COMMENDATION = {
    "commendations-0-title": "全省优秀党务工作者",
    "commendations-0-issuer": "某机关",
    "commendations-0-awarded_on": day(2021, 7, 1),
}


@pytest.mark.parametrize(("answer", "kept"), [("yes", True), ("no", False), ("unsure", None)])
def test_commendations(
    browser: Client, session: Session, person: User, answer: str, kept: bool | None
) -> None:
    browser.submit(
        browser.get("/dossier/commendations"),
        SAVE,
        {"has_any": "yes", **COMMENDATION, "commendations-0-comprehensive": answer},
    )
    dossier = stored(session, person)
    assert dossier.has_commendations is True
    assert [row.comprehensive for row in dossier.commendations] == [kept]
    browser.submit(browser.get("/dossier/commendations"), SAVE)
    assert [row.comprehensive for row in stored(session, person).commendations] == [kept]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请选择您受过表彰吗。"),
        ({"has_any": "yes"}, "您选了“有”，请在下面填写表彰；没有受过表彰的，请选“没有”。"),
        (
            {"has_any": "no", **COMMENDATION, "commendations-0-comprehensive": "yes"},
            "您选了“没有”，下面却填了表彰。请改选“有”，或删除下面的内容。",
        ),
        ({"has_any": "yes", **COMMENDATION}, "请选择是不是综合类表彰；拿不准的选“不清楚”。"),
    ],
)
def test_commendations_refused(browser: Client, fields: dict[str, Any], words: str) -> None:
    page = browser.submit(browser.get("/dossier/commendations"), SAVE, fields)
    assert page.status_code == 422
    assert words in text(page)


def test_having_none_is_an_answer(browser: Client, session: Session, person: User) -> None:
    for section in ("commendations", "relatives"):
        browser.submit(browser.get(f"/dossier/{section}"), SAVE, {"has_any": "no"})
    dossier = stored(session, person)
    assert (dossier.has_commendations, dossier.has_relatives) == (False, False)


def test_appraisals(browser: Client, session: Session, person: User) -> None:
    page = browser.get("/dossier/appraisals")
    assert [values(page, f"appraisals-{n}-year") for n in range(3)] == [["2025"], ["2024"], ["2023"]]
    page = browser.submit(page, "再加一年", {"appraisals-0-result": "excellent"})
    browser.submit(page, SAVE, {"appraisals-3-year": "2020", "appraisals-3-result": "basic"})
    found = {row.year: row.result for row in stored(session, person).appraisals}
    assert found == {2025: "excellent", 2020: "basic"}
    # Taken back again: a year without a result is not a claim.
    browser.submit(browser.get("/dossier/appraisals"), SAVE, {"appraisals-0-result": ""})
    assert {row.year for row in stored(session, person).appraisals} == {2020}


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("2025", "2025年填了两次，请删除一个。"),
        ("24", "年度请写四位数，例如2024。"),
        ("2027", "这一年还没有到。"),
    ],
)
def test_appraisals_refused(browser: Client, year: str, words: str) -> None:
    page = browser.submit(
        browser.get("/dossier/appraisals"), "再加一年", {"appraisals-0-result": "excellent"}
    )
    page = browser.submit(page, SAVE, {"appraisals-3-year": year, "appraisals-3-result": "competent"})
    assert page.status_code == 422
    assert words in text(page)


def test_declarations_are_never_answered_in_advance(browser: Client, session: Session, person: User) -> None:
    page = browser.get("/dossier/declarations")
    assert not [f for f in tree(page).iter("input") if f.get("checked") is not None]
    page = browser.submit(page, SAVE, {"criminal_record": "no"})
    assert text(page).count("请选择“是”或“否”。") == 2 * (len(DECLARATIONS) - 1)
    assert dossier_of(session, person.id) is None
    browser.submit(page, SAVE, dict.fromkeys(DECLARATIONS, "no") | {"seconded": "yes"})
    dossier = stored(session, person)
    assert dossier.declarations == dict.fromkeys(DECLARATIONS, False) | {"seconded": True}
    assert dossier.declared_at == make.NOW


def test_relatives(browser: Client, session: Session, person: User) -> None:
    fields = {"relatives-0-relation": "配偶", "relatives-0-name": "赵六", "relatives-0-employer": "务农"}
    browser.submit(browser.get("/dossier/relatives"), SAVE, {"has_any": "yes", **fields})
    (row,) = stored(session, person).relatives
    assert (row.relation, row.name, row.employer) == ("配偶", "赵六", "务农")


@pytest.mark.parametrize("section", ["identity", "tenures", "declarations"])
def test_what_was_refused_is_there_again_tomorrow(browser: Client, section: str) -> None:
    name = {"identity": "address", "tenures": "tenures-0-place", "declarations": "seconded"}[section]
    value = "yes" if section == "declarations" else "青龙"
    page = browser.submit(browser.get(f"/dossier/{section}"), SAVE, {name: value})
    assert page.status_code == 422
    page = browser.get(f"/dossier/{section}")
    assert "已恢复您上次未保存的内容" in text(page)
    if section == "declarations":
        checked = [f.get("name") for f in tree(page).iter("input") if f.get("checked") is not None]
        assert checked == ["seconded"]
    else:
        assert values(page, name) == ["青龙"]


def test_a_draft_survives_saving_another_section(browser: Client) -> None:
    browser.submit(browser.get("/dossier/tenures"), SAVE, {"tenures-0-place": "青龙"})
    browser.submit(browser.get("/dossier/commendations"), SAVE, {"has_any": "no"})
    assert values(browser.get("/dossier/tenures"), "tenures-0-place") == ["青龙"]


def test_an_expired_session_loses_nothing(browser: Client, app: Flask, person: User) -> None:
    page = browser.get("/dossier/identity")
    browser.post("/sign-out", data={"csrf_token": values(page, "csrf_token")[0]})
    page = browser.submit(page, SAVE, {"address": "某路1号", "party_joined_on": ["2010", "7", ""]})
    assert "重新登录后会自动恢复" in text(page)
    page = browser.submit(page, "登录", {"identity": person.email, "password": make.PASSWORD})
    assert page.request.path == "/dossier/identity"
    assert values(page, "address") == ["某路1号"]
    assert values(page, "party_joined_on") == ["2010", "7", ""]


def test_the_number_of_rows_does_not_matter(
    browser: Client, app: Flask, session: Session, person: User
) -> None:
    community = make.community_of(session, make.COUNTY)

    def ask(rows: int) -> int:
        fields: dict[str, Any] = {}
        for number in range(rows):
            fields |= tenure(number, community, started_on=day(2019 - number, 3, 1))
        assert send(browser, "tenures", fields).status_code == 303
        with counted(app) as asked:
            browser.get("/dossier/tenures")
        return len(asked)

    assert ask(1) == ask(3)


def test_saving_leads_to_the_next_section_that_needs_it(browser: Client) -> None:
    answer = send(browser, "commendations", {"has_any": "no"})
    assert answer.location == "/dossier/appraisals"
    answer = send(browser, "relatives", {"has_any": "no"})
    assert answer.location == "/dossier/documents"
    answer = send(browser, "relatives", {"has_any": "no"}, press="then=overview")
    assert answer.location == "/dossier/"
