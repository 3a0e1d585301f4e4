"""Make the demo's accounts, call and applications."""

import io
import random
import uuid
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.applications import operations as applications
from recruitment.applications.refusals import refusal_reasons
from recruitment.areas import catalogue
from recruitment.areas.models import Community, Township
from recruitment.cadres.models import (
    Appraisal,
    Commendation,
    Dossier,
    DossierDocument,
    Relative,
    Schooling,
    Tenure,
)
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.calls import operations as calls
from recruitment.calls.demo_table import demo_table
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import read_position_table
from recruitment.clock import SHANGHAI, now
from recruitment.database import db
from recruitment.demo import ACCOUNTS, PASSWORD
from recruitment.demo.people import Profile, id_number, profiles
from recruitment.notices.models import Delivery
from recruitment.notices.operations import publish
from recruitment.people.id_number import parse
from recruitment.people.models import Grant, Role, User
from recruitment.people.passwords import hash_password
from recruitment.people.uploads import Document, path_of, store_image
from recruitment.workflow import PENDING, fire
from workflows.schema import outbox
from workflows.terms import Actor, Refused

log = get_logger()
SEED = 20261122
COUNTY, PREFECTURE = "510722", "510700"
# No password has this hash: these accounts decide in the made-up past and sign in nowhere.
_NO_SIGN_IN = "!"
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
STAFF = {
    "xian@kaolu.example": ("何审核", Role.COUNTY_REVIEWER, COUNTY),
    "xian2@kaolu.example": ("唐审核", Role.COUNTY_REVIEWER, COUNTY),
    "shi@kaolu.example": ("蒋审核", Role.PREFECTURE_REVIEWER, PREFECTURE),
    "sheng@kaolu.example": ("魏审核", Role.PROVINCE_REVIEWER, catalogue.PROVINCE_CODE),
    "admin@kaolu.example": ("罗管理", Role.ADMIN, catalogue.PROVINCE_CODE),
    "jiandu@kaolu.example": ("严监督", Role.SUPERVISOR, catalogue.PROVINCE_CODE),
    "system@kaolu.example": ("程系统", Role.SYSTEM_ADMIN, catalogue.PROVINCE_CODE),
}


def fill() -> bool:
    """Fill the database of the current application; ``False`` when somebody has an account in it already."""
    session = db.session
    if session.scalar(sa.select(sa.func.count()).select_from(User)):
        return False
    draw = random.Random(SEED)  # noqa: S311 - demo data, not secrets
    moment = now()
    password = hash_password(PASSWORD)
    staff = _staff(session, password, moment)
    admin = Actor(staff["admin@kaolu.example"].id, (("admin", "51"),))
    call = _call(session, admin, moment)
    photos = _photos(session, staff["admin@kaolu.example"])
    _applications(session, draw, call, password, photos, moment)
    _walk_through_cadres(session, call, password, photos, moment)
    _into_inboxes(session, moment)
    session.commit()
    log.info("demo.loaded")
    return True


def _staff(session: Session, password: str, moment: datetime) -> dict[str, User]:
    people = {}
    for email, (name, role, area) in STAFF.items():
        user = User(email=email, name=name, password=password, email_confirmed_at=moment)
        user.grants.append(Grant(role=role, area_code=area))
        session.add(user)
        people[email] = user
    session.flush()
    return people


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
    session.commit()
    return call


def _photos(session: Session, owner: User) -> list[Document]:
    """A few drawn portraits and a drawn certificate, stored through the same check as an upload."""
    images = []
    for tint in ("#9db4c8", "#c8b49d", "#a9c89d"):
        image = Image.new("RGB", (295, 413), "#e9eef3")
        pen = ImageDraw.Draw(image)
        pen.ellipse((88, 70, 208, 220), fill=tint)
        pen.rounded_rectangle((40, 240, 255, 440), 80, fill=tint)
        images.append(image)
    certificate = Image.new("RGB", (1000, 700), "#fbf7ea")
    pen = ImageDraw.Draw(certificate)
    pen.rectangle((30, 30, 970, 670), outline="#8c1d18", width=6)
    for line in range(6):
        pen.line((120, 200 + 70 * line, 880, 200 + 70 * line), fill="#555555", width=3)
    images.append(certificate)
    stored = []
    for number, image in enumerate(images):
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        stored.append(store_image(session, owner.id, buffer.getvalue(), f"demo-{number}.png"))
    return stored


def _copy(document: Document, owner: User) -> Document:
    """The same picture as a document of somebody else; on the disk it lies once."""
    copy = Document(
        id=uuid.uuid4(),
        owner_id=owner.id,
        filename=document.filename,
        size=document.size,
        sha256=document.sha256,
        width=document.width,
        height=document.height,
    )
    target = path_of(copy.id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.hardlink_to(path_of(document.id))
    return copy


def _cadre(
    session: Session, profile: Profile, password: str, photos: list[Document], moment: datetime
) -> tuple[User, Dossier]:
    user = User(email=profile.email, name=profile.name, password=password, email_confirmed_at=moment)
    user.set_id_number(parse(profile.id_number, moment.date()))
    user.set_phone(profile.phone)
    user.community_code = profile.community
    user.grants.append(Grant(role=Role.CADRE, area_code=catalogue.PROVINCE_CODE))
    session.add(user)
    session.flush()
    dossier = Dossier(
        user_id=user.id,
        ethnicity=profile.ethnicity,
        political_status="party_member",
        party_joined_on=date(profile.birth_date.year + 22, 7, 1),
        address="四川省（演示地址）",
        languages=["藏语"]
        if profile.ethnicity == "藏族"
        else ["彝语"]
        if profile.ethnicity == "彝族"
        else [],
        declarations=dict.fromkeys(DECLARATIONS, False),
        declared_at=moment,
        has_commendations=profile.comprehensive,
        has_relatives=True,
        tenures=[
            Tenure(
                post=row["post"],
                community_code=row["community"],
                started_on=row["from"],
                ended_on=row["to"],
            )
            for row in profile.tenures
        ],
        schoolings=[
            Schooling(
                level=profile.level,
                school="演示学校",
                graduated_on=date(profile.birth_date.year + 19, 6, 30),
                certificate_number=f"YS{profile.number:06d}",
            )
        ],
        commendations=[
            Commendation(
                title="全国优秀党务工作者（演示）",
                issuer="演示机关",
                comprehensive=True,
                awarded_on=date(profile.birth_date.year + 36, 7, 1),
            )
        ]
        if profile.comprehensive
        else [],
        appraisals=[Appraisal(year=year, result=result) for year, result in profile.appraisals],
        relatives=[Relative(relation="配偶", name=f"{profile.name[0]}家属", employer="务农")],
        documents=[
            DossierDocument(kind="photo", document=_copy(photos[profile.number % 3], user)),
            *(
                DossierDocument(kind=kind, document=scan)
                for scan in [_copy(photos[3], user)]
                for kind in ("id_card", "tenure_proof", "education_certificate", "appraisal_form")
            ),
        ],
    )
    session.add(dossier)
    session.flush()
    return user, dossier


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
        user, _ = _cadre(session, profile, password, photos, moment)
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
        _reviewer(session, Role.COUNTY_REVIEWER, position.county_code),
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
            _reviewer(session, Role.PREFECTURE_REVIEWER, position.county_code),
            (("prefecture_reviewer", position.county_code[:4]),),
        )
        applications.decide(session, application, "confirm", prefecture, later + timedelta(hours=4))


def _reviewer(session: Session, role: Role, county_code: str) -> uuid.UUID:
    """The reviewer for a county, or a made-up colleague where no account exists."""
    area = county_code if role == Role.COUNTY_REVIEWER else county_code[:4] + "00"
    known = session.scalar(
        sa.select(Grant.user_id).where(Grant.role == role, Grant.area_code == area).limit(1)
    )
    if known:
        return known
    name = f"{catalogue.counties()[county_code].name}审核人"
    if role == Role.PREFECTURE_REVIEWER:
        name = f"{catalogue.counties()[county_code].prefecture}审核人"
    user = User(email=f"{role.value.split('_')[0]}{area}@kaolu.example", name=name, password=_NO_SIGN_IN)
    user.grants.append(Grant(role=role, area_code=area))
    session.add(user)
    session.flush()
    return user.id


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
        made[email] = _cadre(session, profile, password, photos, moment)[0]
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


def _into_inboxes(session: Session, moment: datetime) -> None:
    """Publish the made-up past to the inboxes of the walk-through, and let no mail of it leave for anybody."""
    known = sa.select(User.id).where(User.email.in_([email for _, email, _ in ACCOUNTS]))
    waiting = sa.select(outbox.c.id).where(outbox.c.finished_at.is_(None), outbox.c.recipient.in_(known))
    for outbox_id in session.scalars(waiting).all():
        publish(session, outbox_id, moment)
    session.execute(sa.delete(Delivery))
    session.execute(
        sa.update(outbox).where(outbox.c.finished_at.is_(None)).values(finished_at=moment, outcome="demo")
    )
    session.info.pop(PENDING, None)
