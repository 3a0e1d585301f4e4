"""People, calls, positions and applications for tests, made through the operations that the product uses.

Every function flushes and does not commit: a test that lets the application see its rows commits.
"""

import io
import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.areas import catalogue
from recruitment.areas import operations as areas
from recruitment.areas.models import Community, County
from recruitment.cadres.models import Appraisal, Dossier, DossierDocument, Schooling, Tenure
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.calls import operations as calls
from recruitment.calls.models import Call, Position
from recruitment.candidates import operations as candidates
from recruitment.candidates.models import Candidate
from recruitment.demo.people import id_number
from recruitment.people.id_number import parse
from recruitment.people.models import Grant, Role, User
from recruitment.people.passwords import hash_password
from recruitment.people.uploads import store_image
from recruitment.workflow import fire
from workflows.terms import Actor

PASSWORD = "correct-horse-8-staple"
PROVINCE = catalogue.PROVINCE_CODE
COUNTY = "510722"  # 三台县, 绵阳市
OTHER_COUNTY = "511381"  # 阆中市, 南充市
OPENS = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)  # 08:00 in Sichuan
CLOSES = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
REFERENCE = date(2026, 11, 17)

_numbers = itertools.count(1)


@cache
def _password() -> str:
    # Argon2 is slow on purpose; one hash serves every account of a run.
    return hash_password(PASSWORD)


def load_areas(session: Session) -> None:
    """The catalogue, once per database."""
    if not session.scalar(sa.select(sa.func.count()).select_from(County)):
        areas.load(session.connection())


def staff(session: Session, role: Role, area: str = PROVINCE, name: str = "") -> User:
    """Somebody who works here."""
    number = next(_numbers)
    user = User(email=f"staff{number}@test.example", name=name or f"工作人员{number}", password=_password())
    user.grants.append(Grant(role=role, area_code=area))
    session.add(user)
    session.flush()
    return user


def actor(user: User) -> Actor:
    return Actor(user.id, tuple((str(role), area) for role, area in user.jurisdictions()))


def cadre(session: Session, birth_date: date = date(1988, 5, 4), name: str = "") -> User:
    """Somebody with an account, a confirmed address and no dossier."""
    number = next(_numbers)
    user = User(
        email=f"cadre{number}@test.example",
        name=name or f"报考人{number}",
        password=_password(),
        email_confirmed_at=NOW,
    )
    user.set_id_number(parse(id_number(birth_date, number, male=False), NOW.date()))
    user.set_phone(f"199{number:08d}")
    user.grants.append(Grant(role=Role.CADRE, area_code=PROVINCE))
    session.add(user)
    session.flush()
    return user


def image(width: int = 300, height: int = 420, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#7799bb").save(buffer, kind)
    return buffer.getvalue()


def community_of(session: Session, county_code: str) -> str:
    code = session.scalar(
        sa.select(sa.func.min(Community.code)).where(Community.code.startswith(county_code))
    )
    assert code
    return str(code)


def dossier(session: Session, user: User, county_code: str = COUNTY, **changes: Any) -> Dossier:
    """A complete dossier of somebody who may apply in the county's prefecture."""
    load_areas(session)
    community = community_of(session, county_code)
    user.community_code = community
    photo = store_image(session, user.id, image(), "照片.png")
    values: dict[str, Any] = {
        "ethnicity": "汉族",
        "political_status": "party_member",
        "party_joined_on": date(2010, 7, 1),
        "languages": [],
        "declarations": dict.fromkeys(DECLARATIONS, False),
        "declared_at": NOW,
        "has_commendations": False,
        "has_relatives": False,
        "tenures": [Tenure(post="party_secretary", community_code=community, started_on=date(2019, 3, 1))],
        "schoolings": [Schooling(level="senior_high", school="县中学", graduated_on=date(2006, 6, 30))],
        "appraisals": [Appraisal(year=year, result="competent") for year in (2025, 2024, 2023)],
        "documents": [DossierDocument(kind="photo", document_id=photo.id)],
    }
    made = Dossier(user_id=user.id, **(values | changes))
    session.add(made)
    session.flush()
    return made


def draft_call(session: Session, admin: Actor, **changes: Any) -> Call:
    """A call that is being set up, without positions."""
    values: dict[str, Any] = {
        "slug": f"call-{next(_numbers)}",
        "title": "测试招考",
        "reference_date": REFERENCE,
        "registration_opens_at": OPENS,
        "registration_closes_at": CLOSES,
        "hotline": "028-5550-0000",
    }
    return calls.create(session, admin, OPENS - timedelta(days=10), **(values | changes))


def call(session: Session, admin: Actor | None = None, **changes: Any) -> Call:
    """A call with registration open at :data:`NOW` and one position in each of two counties."""
    load_areas(session)
    admin = admin or actor(staff(session, Role.ADMIN))
    made = draft_call(session, admin, **changes)
    position(session, made, COUNTY)
    position(session, made, OTHER_COUNTY)
    calls.advance(session, made, "publish", admin, OPENS - timedelta(days=7))
    calls.advance(session, made, "open_registration", admin, OPENS)
    return made


def position(session: Session, of: Call, county_code: str = COUNTY, **changes: Any) -> Position:
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"{number:08d}",
        "organ": catalogue.counties()[county_code].name + "某镇人民政府",
        "name": "综合岗位",
        "openings": 1,
        "education": "junior_middle" if catalogue.counties()[county_code].tibetan else "senior_high",
        "phone": "0816-5550000",
    }
    made = Position(call_id=of.id, county_code=county_code, **(values | changes))
    session.add(made)
    session.flush()
    return made


def first_position(session: Session, of: Call, county_code: str = COUNTY) -> Position:
    return session.scalars(
        sa.select(Position)
        .where(Position.call_id == of.id, Position.county_code == county_code)
        .order_by(Position.code)
        .limit(1)
    ).one()


def application(
    session: Session,
    of: Call | None = None,
    owner: User | None = None,
    state: str = "submitted",
    at: datetime = NOW,
    county_code: str = COUNTY,
    chosen: Position | None = None,
) -> Application:
    """An application taken to a state by the people whose business it is.

    ``state``: draft, submitted, returned, county_passed, qualified, refused or withdrawn. ``chosen`` is the
    position; default: the first of the county.
    """
    of = of or call(session)
    county_code = chosen.county_code if chosen else county_code
    if owner is None:
        owner = cadre(session)
        dossier(session, owner, county_code)
    who = actor(owner)
    wanted = chosen or first_position(session, of, county_code)
    made = applications.choose_position(session, of, wanted, owner.id, who, at)
    if state == "draft":
        return made
    applications.submit(session, made, who, at)
    if state == "withdrawn":
        applications.withdraw(session, made, who, at)
    elif state == "returned":
        form: dict[str, Any] = {"sections": {"tenures": "请上传盖章的任职证明。"}}
        _decide(session, made, "return", Role.COUNTY_REVIEWER, county_code, at, form)
    elif state == "refused":
        form = {"codes": ["tenure"], "explanation": "任职时间不够。"}
        _decide(session, made, "refuse", Role.COUNTY_REVIEWER, county_code, at, form)
    elif state in ("county_passed", "qualified"):
        _decide(session, made, "pass", Role.COUNTY_REVIEWER, county_code, at)
        if state == "qualified":
            _decide(session, made, "confirm", Role.PREFECTURE_REVIEWER, county_code[:4] + "00", at)
    return made


def _decide(
    session: Session,
    made: Application,
    trigger: str,
    role: Role,
    area: str,
    at: datetime,
    form: dict[str, Any] | None = None,
) -> None:
    reviewer = actor(staff(session, role, area))
    applications.decide(session, made, trigger, reviewer, at, form=form, key=str(uuid.uuid4()))


def candidate(
    session: Session, of: Call | None = None, at: datetime = NOW, confirmed: bool = True, **chosen: Any
) -> Candidate:
    """Somebody whose application is qualified; ``confirmed``: who may sit the exam.

    ``chosen`` goes to :func:`application`.
    """
    of = of or call(session)
    made = application(session, of, state="qualified", at=at, **chosen)
    admin = actor(staff(session, Role.ADMIN))
    enrolled = {row.application_id: row for row in candidates.enrol(session, of, admin, at)}[made.id]
    if confirmed:
        fire(session, enrolled, "confirm_fee", actor=admin, now=at)
    return enrolled
