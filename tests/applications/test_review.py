"""What a reviewer reads: the queue of their own area, one file, its scans."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import queries
from recruitment.applications.models import Application
from recruitment.applications.queries import ApplicationFilter
from recruitment.audit.models import AccessRecord
from recruitment.cadres import operations as cadres
from recruitment.cadres.models import (
    Appraisal,
    Commendation,
    DocumentKind,
    Dossier,
    DossierDocument,
    Schooling,
)
from recruitment.calls.models import Call
from recruitment.people.models import Role, User
from recruitment.people.uploads import store_image
from tests import factories
from tests.applications.reviewing import LATER
from tests.client import heading, tree, words
from tests.conftest import Clock
from tests.factories import COUNTY, NOW, OTHER_COUNTY
from tests.pages import counted, sign_in

HOUR = timedelta(hours=1)
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


def applicant(session: Session, name: str = "", **dossier: Any) -> User:
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner, **dossier)
    return owner


def names(page_text: object) -> list[str]:
    """The people of the queue, in the order shown."""
    root = tree(page_text)  # type: ignore[arg-type]
    return [words(link) for row in root.iter("tr") for link in row.iterfind("th[@scope='row']/a")]


# Whose files


def test_a_county_sees_its_own_files_only(app: Flask, session: Session, call: Call, reviewer: User) -> None:
    mine = factories.application(session, call, applicant(session, "甲在本县"))
    owner = factories.cadre(session, name="乙在外县")
    factories.dossier(session, owner, OTHER_COUNTY)
    foreign = factories.application(session, call, owner, county_code=OTHER_COUNTY)
    client = sign_in(app, session, reviewer)

    page = client.get("/review/")
    assert names(page) == ["甲在本县"]
    assert client.get(f"/review/{mine.id}").status_code == 200
    assert client.get(f"/review/{foreign.id}").status_code == 404
    assert client.get(f"/review/?area={OTHER_COUNTY}").status_code == 200
    assert "乙在外县" not in client.get(f"/review/?area={OTHER_COUNTY}&state=any").text
    assert form_of(foreign)["documents"]
    scan = form_of(foreign)["documents"][0]["id"]
    assert client.get(f"/review/{foreign.id}/documents/{scan}").status_code == 404


def form_of(application: Application) -> dict[str, list[dict[str, str]]]:
    assert application.form
    return application.form


@pytest.mark.parametrize("trigger", ["pass", "return", "refuse", "unmask", "recuse"])
def test_a_foreign_file_cannot_be_acted_on(
    app: Flask, session: Session, call: Call, reviewer: User, trigger: str
) -> None:
    mine = factories.application(session, call)
    foreign = factories.application(session, call, county_code=OTHER_COUNTY)
    client = sign_in(app, session, reviewer)
    sent = token(client.get(f"/review/{mine.id}").text) | {
        "reason": "因为",
        "version": "2",
        "key": uuid.uuid4().hex,
    }
    assert client.post(f"/review/{foreign.id}/{trigger}", data=sent).status_code == 404
    assert client.post(f"/review/{uuid.uuid4()}/{trigger}", data=sent).status_code == 404


def token(text: str) -> dict[str, str]:
    marker = 'name="csrf_token" value="'
    start = text.index(marker) + len(marker)
    return {"csrf_token": text[start : text.index('"', start)]}


def test_what_was_never_handed_in_is_nobodys_to_review(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    draft = factories.application(session, call, state="draft")
    client = sign_in(app, session, reviewer)
    assert names(client.get("/review/?state=any")) == []
    assert client.get(f"/review/{draft.id}").status_code == 404


def test_each_level_finds_its_own_work_first(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    for name, state in (("甲待初审", "submitted"), ("乙待确认", "county_passed"), ("丙不通过", "refused")):
        factories.application(session, call, applicant(session, name), state)
    for role, area, name in (
        (Role.COUNTY_REVIEWER, COUNTY, "甲待初审"),
        (Role.PREFECTURE_REVIEWER, PREFECTURE, "乙待确认"),
        (Role.PROVINCE_REVIEWER, factories.PROVINCE, "丙不通过"),
    ):
        client = sign_in(app, session, factories.staff(session, role, area))
        assert names(client.get("/review/")) == [name]
    supervisor = sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    assert len(names(supervisor.get("/review/"))) == 3


@pytest.mark.parametrize("role", [Role.CADRE, Role.ADMIN, Role.SYSTEM_ADMIN])
def test_who_reviews_nothing_is_kept_out(app: Flask, session: Session, call: Call, role: Role) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, factories.staff(session, role))
    assert client.get("/review/").status_code == 403
    assert client.get(f"/review/{application.id}").status_code == 403


def test_supervision_reads_and_changes_nothing(app: Flask, session: Session, call: Call) -> None:
    application = factories.application(session, call)
    client = sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = client.get(f"/review/{application.id}")
    assert "您可以查看这份报名，不能处理。" in page.text
    assert "登记回避" not in page.text
    sent = token(page.text) | {"reason": "因为", "version": "2", "key": uuid.uuid4().hex}
    for trigger in ("pass", "return", "unmask", "recuse"):
        assert client.post(f"/review/{application.id}/{trigger}", data=sent).status_code == 403
    scan = form_of(application)["documents"][0]["id"]
    with client.get(f"/review/{application.id}/documents/{scan}") as answer:
        assert answer.status_code == 200


# The queue


def test_who_waits_longest_comes_first_and_overdue_is_said(
    app: Flask, session: Session, call: Call, reviewer: User, clock: Clock
) -> None:
    factories.application(session, call, applicant(session, "后提交"), at=NOW + HOUR)
    factories.application(session, call, applicant(session, "先提交"), at=NOW - 46 * HOUR)
    client = sign_in(app, session, reviewer)
    page = client.get("/review/")
    assert names(page) == ["先提交", "后提交"]
    assert "已等 2 天 1 小时，超过时限" in page.text
    assert "已等 2 小时" in page.text
    assert "超过时限 1 份" in page.text
    assert names(client.get("/review/?overdue=1")) == ["先提交"]


def test_the_last_second_of_the_time_allowed_is_not_overdue(
    app: Flask, session: Session, call: Call, reviewer: User, clock: Clock
) -> None:
    factories.application(session, call, at=LATER - 48 * HOUR + timedelta(seconds=1))
    client = sign_in(app, session, reviewer)
    assert "，超过时限" not in client.get("/review/").text
    clock.set(LATER + timedelta(seconds=1))
    assert "超过时限 1 份" in client.get("/review/").text


def test_filters_narrow_and_travel_along(app: Flask, session: Session, call: Call, reviewer: User) -> None:
    township = session.scalar(sa.text("SELECT min(code) FROM township WHERE county_code = :c"), {"c": COUNTY})
    there = factories.position(session, call, COUNTY, code="80000001", township_code=township)
    factories.application(session, call, applicant(session, "王小明"), chosen=there)
    factories.application(session, call, applicant(session, "李大力", appraisals=[]))
    client = sign_in(app, session, reviewer)
    receipt = session.scalars(
        sa.select(Application.receipt_number).where(Application.position_id == there.id)
    ).one()
    assert receipt
    for query, found in {
        "text=小明": ["王小明"],
        "text=%25": [],
        f"text={receipt.lower().replace('-', ' ')}": ["王小明"],
        "position=80000001": ["王小明"],
        f"area={township}": ["王小明"],
        f"area={PREFECTURE}": ["王小明", "李大力"],
        "verdict=unverified": ["李大力"],
        "verdict=eligible": ["王小明"],
        "state=returned": [],
        "state=any": ["王小明", "李大力"],
        "state=draft": ["王小明", "李大力"],
        "call=nonsense": ["王小明", "李大力"],
    }.items():
        assert sorted(names(client.get(f"/review/?{query}"))) == sorted(found), query
    page = client.get("/review/?text=小明&verdict=eligible")
    link = next(link for link in tree(page).iter("a") if words(link) == "王小明")
    page = client.get(link.get("href", ""))
    back = next(link for link in tree(page).iter("a") if words(link) == "回到列表")
    assert names(client.get(back.get("href", ""))) == ["王小明"]


def test_pages_follow_one_another_without_gap(session: Session, call: Call) -> None:
    at = [NOW, NOW, NOW + HOUR]
    made = [factories.application(session, call, at=moment) for moment in at]
    session.flush()
    chosen, seen, after = ApplicationFilter((COUNTY,)), [], ""
    while True:
        page = queries.oldest_first(session, chosen, after, limit=1)
        seen += [row.id for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == [row.id for row in sorted(made, key=lambda row: (row.submitted_at or NOW, row.id))]


def test_a_page_key_that_is_none_shows_the_first_page(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    factories.application(session, call, applicant(session, "甲"))
    client = sign_in(app, session, reviewer)
    assert names(client.get("/review/?after=nonsense")) == ["甲"]


def test_a_longer_queue_takes_no_more_questions(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    factories.application(session, call)
    client = sign_in(app, session, reviewer)
    client.get("/review/")
    with counted(app) as one:
        client.get("/review/")
    for _ in range(2):
        factories.application(session, call, applicant(session, appraisals=[]))
    session.commit()
    with counted(app) as three:
        page = client.get("/review/")
    assert len(names(page)) == 3
    assert len(three) == len(one), "\n\n".join(three)


# One file


def test_the_file_shows_the_checklist_before_what_is_fine(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    wanted = factories.position(session, call, COUNTY, education="bachelor")
    owner = applicant(
        session,
        "赵高中",
        appraisals=[Appraisal(year=2024, result="competent")],
        schoolings=[Schooling(level="senior_high", school="县中学", graduated_on=date(2006, 6, 30))],
    )
    application = factories.application(session, call, owner, chosen=wanted)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    assert heading(page) == "赵高中的报名"
    text = words(tree(page))
    fails, unknown = text.index("不符合 职位要求的学历"), text.index("待核实 年度考核")
    assert fails < unknown < text.index("符合的")
    assert "要求本科" in text
    assert "实际高中" in text
    assert "依据" in text
    # The rules speak to the cadre; here somebody else reads.
    assert "您未" not in text


def test_numbers_are_masked_until_a_reason_is_recorded(
    app: Flask, session: Session, call: Call, reviewer: User, clock: Clock
) -> None:
    application = factories.application(session, call)
    owner = application.owner
    number, phone = str(owner.id_number), str(owner.phone)
    client = sign_in(app, session, reviewer)
    page = client.get(f"/review/{application.id}")
    assert number not in page.text
    assert phone not in page.text

    answer = client.submit(page, "记录原因并显示", {"reason": "  "})
    assert answer.status_code == 422
    assert "请写明查看的原因。" in answer.text
    assert number not in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(AccessRecord)) == 0

    shown = client.submit(page, "记录原因并显示", {"reason": "电话联系报考人"})
    assert number in shown.text
    assert phone in shown.text
    session.rollback()
    record = session.scalars(sa.select(AccessRecord)).one()
    assert (record.user_id, record.action, record.reason) == (
        reviewer.id,
        "id_number.unmask",
        "电话联系报考人",
    )
    assert (record.subject_kind, record.subject_id) == ("user", str(owner.id))
    assert number not in str(record.detail)

    colleague = sign_in(app, session, factories.staff(session, Role.COUNTY_REVIEWER, COUNTY))
    assert number not in colleague.get(f"/review/{application.id}").text
    clock.set(LATER + timedelta(minutes=16))
    assert number not in client.get(f"/review/{application.id}").text


def test_scans_of_the_frozen_form_and_no_others_are_shown(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    owner = applicant(session)
    dossier = session.scalars(sa.select(Dossier).where(Dossier.user_id == owner.id)).one()
    proof = store_image(session, owner.id, factories.image(), "任职证明.png")
    kept = cadres.add_document(session, dossier, DocumentKind.TENURE_PROOF, proof)
    application = factories.application(session, call, owner)
    later = store_image(session, owner.id, factories.image(), "后来的.png")
    cadres.add_document(session, dossier, DocumentKind.OTHER, later)
    cadres.remove_document(session, dossier, kept.id)
    somebody = factories.application(session, call)
    client = sign_in(app, session, reviewer)

    page = client.get(f"/review/{application.id}")
    assert "任职证明.png" in page.text
    assert "后来的.png" not in page.text
    with client.get(f"/review/{application.id}/documents/{proof.id}") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/review/{application.id}/documents/{later.id}").status_code == 404
    # A scan is shown with its own application only.
    assert client.get(f"/review/{somebody.id}/documents/{proof.id}").status_code == 404
    assert client.get(f"/review/{application.id}/documents/{uuid.uuid4()}").status_code == 404


def test_a_fuller_file_takes_no_more_questions(
    app: Flask, session: Session, call: Call, reviewer: User
) -> None:
    plain = factories.application(session, call)
    owner = applicant(
        session,
        has_commendations=True,
        commendations=[
            Commendation(title=f"表彰{n}", issuer="机关", comprehensive=False, awarded_on=date(2020, 1, n))
            for n in (1, 2, 3)
        ],
        appraisals=[],
    )
    dossier = session.scalars(sa.select(Dossier).where(Dossier.user_id == owner.id)).one()
    for _ in range(3):
        scan = store_image(session, owner.id, factories.image(), "材料.png")
        dossier.documents.append(DossierDocument(kind=DocumentKind.TENURE_PROOF, document_id=scan.id))
    full = factories.application(session, call, owner)
    client = sign_in(app, session, reviewer)
    plain_url, full_url = f"/review/{plain.id}", f"/review/{full.id}"
    client.get(plain_url)
    with counted(app) as one:
        client.get(plain_url)
    with counted(app) as three:
        client.get(full_url)
    assert len(three) == len(one), "\n\n".join(three)
    assert len(one) <= 15
