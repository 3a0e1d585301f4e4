"""Make the demo's accounts, call and applications."""

import random
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.applications import operations as applications
from recruitment.applications.refusals import refusal_reasons
from recruitment.areas import catalogue
from recruitment.areas.models import Community, Township
from recruitment.calls import operations as calls
from recruitment.calls.demo_table import demo_table
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import read_position_table
from recruitment.clock import SHANGHAI, now
from recruitment.database import db
from recruitment.demo import ACCOUNTS, PASSWORD, stages
from recruitment.demo.accounts import COUNTY, cadre, portraits, reviewer, staff
from recruitment.demo.people import Profile, id_number, profiles
from recruitment.notices.dispatches import STARTED
from recruitment.notices.models import Delivery, Dispatch
from recruitment.notices.operations import publish
from recruitment.people.id_number import parse
from recruitment.people.models import Grant, Role, User
from recruitment.people.passwords import hash_password
from recruitment.people.uploads import Document
from recruitment.workflow import PENDING, fire
from workflows.schema import outbox
from workflows.terms import Actor, Refused

log = get_logger()
SEED = 20261122
# How many of the made-up applications end in each state.
ENDS = {
    "draft": 40,
    "submitted": 140,
    "returned": 30,
    "county_passed": 60,
    "qualified": 90,
    "refused": 30,
    "withdrawn": 20,
    "lapsed": 10,
}


def fill() -> bool:
    """Fill the database of the current application; ``False`` when somebody has an account in it already."""
    session = db.session
    if session.scalar(sa.select(sa.func.count()).select_from(User)):
        return False
    draw = random.Random(SEED)  # noqa: S311 - demo data, not secrets
    moment = now()
    password = hash_password(PASSWORD)
    people = staff(session, password, moment)
    photos = portraits(session, people["admin@kaolu.example"])
    stages.play(session, people, password, photos, moment)
    admin = Actor(people["admin@kaolu.example"].id, (("admin", "51"),))
    call = _call(session, admin, moment)
    _applications(session, draw, call, password, photos, moment)
    _walk_through_cadres(session, call, password, photos, moment)
    into_inboxes(session, moment)
    session.commit()
    log.info("demo.loaded")
    return True


def _call(session: Session, admin: Actor, moment: datetime) -> Call:
    """The parameters of Sichuan's call of 2021, open since five days for ten more."""
    today = moment.astimezone(SHANGHAI).date()
    reference = today - timedelta(days=5)
    opens = datetime.combine(reference, datetime.min.time(), SHANGHAI).replace(hour=8)
    call = calls.create(
        session,
        admin,
        opens.astimezone(UTC) - timedelta(days=10),
        slug=f"{today.year}",
        title=f"四川省{today.year}年面向优秀村（社区）干部定向考录乡镇（街道）机关公务员",
        introduction="面向全省现职村（社区）党组织书记和村（居）民委员会主任，定向考录乡镇（街道）机关公务员。"
        "本公告为演示数据，职位和人员均为虚构。",
        reference_date=reference,
        registration_opens_at=opens,
        registration_closes_at=opens + timedelta(days=15),
        hotline="028-5550-0000（演示）",
    )
    rows = read_position_table(demo_table(SEED), "职位表.xlsx").rows
    calls.replace_positions(session, call, admin, rows)
    calls.advance(session, call, "publish", admin, opens - timedelta(days=7))
    calls.advance(session, call, "open_registration", admin, opens)
    return call


def _communities(session: Session, county_codes: list[str]) -> list[str]:
    """One community in each county, in the order of the counties."""
    rows = session.execute(
        sa.select(Township.county_code, sa.func.min(Community.code))
        .join(Township, Township.code == Community.township_code)
        .where(Township.county_code.in_(county_codes))
        .group_by(Township.county_code)
        .order_by(Township.county_code)
    )
    return [code for _, code in rows]


def _applications(
    session: Session, draw: random.Random, call: Call, password: str, photos: list[Document], moment: datetime
) -> None:
    positions = session.scalars(
        sa.select(Position).where(Position.call_id == call.id).order_by(Position.code)
    ).all()
    by_prefecture: dict[str, list[Position]] = {}
    for position in positions:
        by_prefecture.setdefault(position.county_code[:4], []).append(position)
    # Every sixth cadre serves in the county that the walk-through reviewers judge.
    counties = sorted({position.county_code for position in positions})
    spread = _communities(session, counties)
    home = session.scalars(
        sa.select(Community.code).where(Community.code.startswith(COUNTY)).order_by(Community.code).limit(40)
    ).all()
    ends = [state for state, number in ENDS.items() for _ in range(number)]
    draw.shuffle(ends)
    communities = []
    for index in range(len(ends)):
        communities.append(home[index % len(home)] if index % 6 == 0 else spread[index % len(spread)])
    people = profiles(SEED, call.reference_date, communities)
    for end in ends:
        profile = next(people)
        user, _ = cadre(session, profile, password, photos, moment)
        choices = by_prefecture.get(profile.community[:4], [])
        local = [position for position in choices if position.county_code == profile.community[:6]]
        if not choices:
            continue
        # A correction is due after two days: what is still to be corrected was returned yesterday.
        span = (70, 90) if end == "returned" else (1, 30) if end == "lapsed" else (1, 96)
        started = call.registration_opens_at + timedelta(hours=draw.uniform(*span))
        _one(session, draw, call, user, draw.choice(local or choices), end, min(started, moment))


def _one(
    session: Session, draw: random.Random, call: Call, user: User, position: Position, end: str, at: datetime
) -> None:
    """Take one application as far as it is to go; what the rules stop stays a draft."""
    cadre = Actor(user.id, (("cadre", "51"),))
    application = applications.choose_position(session, call, position, user.id, cadre, at)
    if end == "draft":
        return
    try:
        with session.begin_nested():
            applications.submit(session, application, cadre, at + timedelta(minutes=20))
    except Refused:
        # The fields that were set before asking must not stay on a draft.
        session.refresh(application)
        application.form = application.verdict = application.verdict_outcome = None
        application.submitted_at = application.receipt_number = None
        return
    if end == "submitted":
        return
    if end == "withdrawn":
        applications.withdraw(session, application, cadre, at + timedelta(hours=2))
        return
    later = at + timedelta(hours=draw.randint(3, 20))
    county = Actor(
        reviewer(session, Role.COUNTY_REVIEWER, position.county_code),
        (("county_reviewer", position.county_code),),
    )
    if end in ("returned", "lapsed"):
        form = {"sections": {"tenures": "任职证明没有盖章。请上传乡镇盖章后的证明。"}}
        applications.decide(session, application, "return", county, later, form=form)
        if end == "lapsed":
            system = Actor.system("timer")
            fire(session, application, "lapse", actor=system, now=later + timedelta(hours=49))
        return
    reasons = (application.verdict or {})["reasons"]
    failed = {reason["rule"].partition(".")[0] for reason in reasons if reason["outcome"] == "fail"}
    if end == "refused" or failed:
        grounds = {
            "codes": sorted(failed & refusal_reasons().keys()) or ["unproven"],
            "explanation": "经核对材料，与公告条件不符。",
        }
        applications.decide(session, application, "refuse", county, later, form=grounds)
        return
    applications.decide(session, application, "pass", county, later)
    if end == "qualified":
        prefecture = Actor(
            reviewer(session, Role.PREFECTURE_REVIEWER, position.county_code),
            (("prefecture_reviewer", position.county_code[:4]),),
        )
        applications.decide(session, application, "confirm", prefecture, later + timedelta(hours=4))


def _walk_through_cadres(
    session: Session, call: Call, password: str, photos: list[Document], moment: datetime
) -> None:
    """The three cadres of the walk-through: ready to apply, returned for correction, and just signed up."""
    home = session.scalars(
        sa.select(Community.code)
        .where(Community.code.startswith(COUNTY))
        .order_by(Community.code.desc())
        .limit(2)
    ).all()
    birth = date(call.reference_date.year - 35, 6, 15)
    made = {}
    for number, (email, name, community) in enumerate(
        (("ganbu@kaolu.example", "罗小满", home[0]), ("buzheng@kaolu.example", "沈立春", home[-1])), 9001
    ):
        profile = Profile(
            number=number,
            name=name,
            sex="female",
            birth_date=birth,
            id_number=id_number(birth, number, male=False),
            phone=f"1990000{number:04d}",
            email=email,
            ethnicity="汉族",
            community=community,
            level="junior_college",
            tenures=[
                {
                    "post": "party_secretary",
                    "community": community,
                    "from": date(call.reference_date.year - 5, 3, 1),
                    "to": None,
                }
            ],
            appraisals=[(call.reference_date.year - back, "competent") for back in (1, 2, 3)],
        )
        made[email] = cadre(session, profile, password, photos, moment)[0]
    position = session.scalars(
        sa.select(Position)
        .where(Position.call_id == call.id, Position.county_code == COUNTY)
        .order_by(Position.code)
    ).first()
    if position is not None:
        user = made["buzheng@kaolu.example"]
        _one(session, random.Random(SEED), call, user, position, "returned", moment - timedelta(hours=26))  # noqa: S311
    birth = date(call.reference_date.year - 30, 2, 3)
    newcomer = User(email="xinren@kaolu.example", name="白夏至", password=password, email_confirmed_at=moment)
    newcomer.set_id_number(parse(id_number(birth, 9003, male=True), moment.date()))
    newcomer.set_phone("19900009003")
    newcomer.grants.append(Grant(role=Role.CADRE, area_code=catalogue.PROVINCE_CODE))
    session.add(newcomer)
    session.flush()


def into_inboxes(session: Session, moment: datetime) -> None:
    """Publish the made-up past to the inboxes of the walk-through, and let no mail of it leave for anybody."""
    known = sa.select(User.id).where(User.email.in_([email for _, email, _ in ACCOUNTS]))
    waiting = sa.select(outbox.c.id).where(outbox.c.finished_at.is_(None), outbox.c.recipient.in_(known))
    for outbox_id in session.scalars(waiting).all():
        publish(session, outbox_id, moment)
    session.execute(sa.delete(Delivery))
    session.execute(
        sa.update(outbox).where(outbox.c.finished_at.is_(None)).values(finished_at=moment, outcome="demo")
    )
    session.execute(sa.update(Dispatch).values(finished_at=moment))
    session.info.pop(PENDING, None)
    session.info.pop(STARTED, None)
