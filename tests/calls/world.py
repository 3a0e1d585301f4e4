"""A small world for tests of calls: four counties, a call, its positions, and people who apply."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.areas import catalogue
from recruitment.areas.models import Community, County, Township
from recruitment.cadres.models import Appraisal, Dossier, DossierDocument, Schooling, Tenure
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.calls import operations
from recruitment.calls.models import Call, Position
from recruitment.clock import SHANGHAI
from recruitment.people.models import Role, User
from recruitment.people.uploads import Document
from tests.people.people import id_number, make_user
from workflows.terms import Actor

# 三台县 (Mianyang), 梓潼县 (Mianyang), 马边彝族自治县 (Leshan, autonomous), 壤塘县 (Aba, Tibetan and autonomous).
SANTAI, ZITONG, MABIAN, RANGTANG = "510722", "510725", "511133", "513230"
COUNTIES = (SANTAI, ZITONG, MABIAN, RANGTANG)
REFERENCE = date(2026, 11, 16)
OPENS = datetime(2026, 11, 16, 0, tzinfo=UTC)  # 08:00 in Sichuan
CLOSES = datetime(2026, 11, 30, 0, tzinfo=UTC)
BEFORE = OPENS - timedelta(days=7)
DURING = OPENS + timedelta(days=3)

_serial = itertools.count(1)


def local(*parts: int) -> datetime:
    """A moment on a clock in Sichuan: ``local(2026, 11, 30, 8)``."""
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


def make_areas(session: Session) -> None:
    """Four counties, each with its first township and that one's first community."""
    townships = {code: (name, county) for code, name, county in reversed(list(catalogue.townships()))}
    for code in COUNTIES:
        county = catalogue.counties()[code]
        session.add(
            County(
                code=code,
                name=county.name,
                prefecture_code=county.prefecture_code,
                prefecture=county.prefecture,
                autonomous=county.autonomous,
                tibetan=county.tibetan,
            )
        )
    session.flush()
    first = {county: code for code, (_, county) in sorted(townships.items(), reverse=True)}
    for code in COUNTIES:
        township = first[code]
        session.add(Township(code=township, name=townships[township][0], county_code=code))
        session.flush()
        community, name, _ = next(row for row in catalogue.communities() if row[2] == township)
        session.add(Community(code=community, name=name, township_code=township))
    session.flush()


def actor_of(user: User) -> Actor:
    return Actor(user.id, tuple((str(role), area) for role, area in user.jurisdictions()))


def make_admin(session: Session, **kwargs: Any) -> User:
    return make_user(session, Role.ADMIN, **({"name": "罗管理"} | kwargs))


def make_call(session: Session, admin: Actor, **changes: Any) -> Call:
    """A draft without positions."""
    arguments: dict[str, Any] = {
        "slug": f"call-{next(_serial)}",
        "title": "四川省2026年定向考录乡镇公务员",
        "reference_date": REFERENCE,
        "registration_opens_at": OPENS,
        "registration_closes_at": CLOSES,
        "hotline": "028-55500000",
    }
    return operations.create(session, admin, BEFORE, **(arguments | changes))


def add_positions(
    session: Session, call: Call, counties: Sequence[str] = COUNTIES, **changes: Any
) -> list[Position]:
    """One position in each of the counties, straight into the table."""
    townships = session.scalars(sa.select(Township).order_by(Township.code))
    township_of = {township.county_code: township for township in townships}
    taken = session.scalar(sa.select(sa.func.count()).where(Position.call_id == call.id)) or 0
    positions = []
    for number, county in enumerate(counties, start=taken + 1):
        township = township_of[county]
        values: dict[str, Any] = {
            "code": f"{county}{number:03d}",
            "organ": f"{township.name}人民政府",
            "name": "综合管理",
            "county_code": county,
            "township_code": township.code,
            "openings": 2,
            "education": "senior_high",
        }
        positions.append(Position(call_id=call.id, **(values | changes)))
    session.add_all(positions)
    session.flush()
    return positions


def make_open_call(session: Session, admin: Actor, **changes: Any) -> Call:
    """A call that has been published and opened, with one position in each of the counties."""
    call = make_call(session, admin, **changes)
    add_positions(session, call)
    operations.advance(session, call, "publish", admin, BEFORE)
    operations.advance(session, call, "open_registration", admin, call.registration_opens_at)
    return call


def make_cadre(session: Session, county: str = SANTAI, name: str = "赵试用", **identity: Any) -> User:
    """A party secretary since six years with a complete dossier, who may apply in their prefecture."""
    number = next(_serial)
    birth = identity.pop("birth_date", date(1990, 3, 7))
    user = make_user(
        session,
        Role.CADRE,
        name=name,
        id_number=id_number(birth, number % 1000, place=county),
        phone=f"138{number:08d}",
    )
    community = session.scalars(sa.select(Community).where(Community.code.startswith(county))).first()
    assert community is not None
    user.community_code = community.code
    photo = Document(
        id=uuid.uuid4(),
        owner_id=user.id,
        filename="photo.jpg",
        size=1,
        sha256="0" * 64,
        width=100,
        height=100,
    )
    session.add(photo)
    session.flush()
    session.add(
        Dossier(
            user_id=user.id,
            ethnicity=identity.pop("ethnicity", "汉族"),
            political_status="party_member",
            declarations=dict.fromkeys(DECLARATIONS, False),
            has_commendations=False,
            has_relatives=False,
            tenures=[
                Tenure(post="party_secretary", community_code=community.code, started_on=date(2020, 11, 1))
            ],
            schoolings=[Schooling(level="junior_college", school="测试学校", graduated_on=date(2009, 6, 30))],
            appraisals=[Appraisal(year=year, result="competent") for year in (2023, 2024, 2025)],
            documents=[DossierDocument(kind="photo", document_id=photo.id)],
        )
    )
    session.flush()
    return user


REVIEWER_OF = {
    "county": lambda code: Actor(uuid.uuid4(), (("county_reviewer", code),)),
    "prefecture": lambda code: Actor(uuid.uuid4(), (("prefecture_reviewer", code[:4]),)),
}


def apply(
    session: Session, cadre: User, position: Position, state: str = "submitted", at: datetime = DURING
) -> Application:
    """An application that has gone the real way to the state."""
    actor = actor_of(cadre)
    call = session.get_one(Call, position.call_id)
    application = applications.choose_position(session, call, position, cadre.id, actor, at)
    if state == "draft":
        return application
    applications.submit(session, application, actor, at)
    county = REVIEWER_OF["county"](position.county_code)
    prefecture = REVIEWER_OF["prefecture"](position.county_code)
    if state in ("county_passed", "qualified"):
        applications.decide(session, application, "pass", county, at)
    if state == "qualified":
        applications.decide(session, application, "confirm", prefecture, at)
    if state == "refused":
        form = {"codes": ["tenure"], "explanation": "不足三年"}
        applications.decide(session, application, "refuse", county, at, form=form)
    if state == "withdrawn":
        applications.withdraw(session, application, actor, at)
    assert application.state == state
    return application
