"""An earlier call whose stages have been gone through, each by the operations of its room, up to a public notice.

Everything is counted back from the present, so that what is still open (a re-exam to ask for, a notice that runs)
is open whenever the demo starts. Who does what stands in the tables of this module; the stages read them.
"""

import random
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.areas.models import Community
from recruitment.calls import operations as calls
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import PositionRow
from recruitment.demo import stages_end, stages_exam, stages_fees
from recruitment.demo.accounts import COUNTY, cadre
from recruitment.demo.people import GIVEN, SURNAMES, Profile, id_number
from recruitment.demo.stages_ground import Play, apply
from recruitment.people.models import User
from recruitment.people.uploads import Document
from workflows.terms import Actor

SEED = 20251122
OPENED = 366  # days ago, so that it is last year's call on any day
AUTONOMOUS, NEIGHBOUR = "510726", "510781"
# County, openings and applicants of each position.
POSITIONS = (
    (COUNTY, 2, 11),
    (COUNTY, 2, 11),
    (COUNTY, 1, 9),
    (COUNTY, 3, 11),
    (COUNTY, 1, 3),
    (COUNTY, 1, 5),
    (AUTONOMOUS, 1, 4),
    (NEIGHBOUR, 1, 6),
)
# Position and place in it of those with an account for the walk-through; places are in the order of the marks.
NAMED = {
    (1, 2): ("kaosheng@kaolu.example", "成知秋"),
    (7, 0): ("fujian@kaolu.example", "傅简之"),
    (2, 0): ("gongshi@kaolu.example", "龚世安"),
}
# So that no ID number is that of somebody in the other call: the sequence follows from the number.
FIRST_NUMBER = 5420


def play(
    session: Session, staff: dict[str, User], password: str, photos: list[Document], moment: datetime
) -> None:
    """Take the call through all stages."""
    ground = registered(session, staff, password, photos, moment)
    stages_fees.play(ground)
    stages_exam.play(ground)
    stages_end.play(ground)


def registered(
    session: Session, staff: dict[str, User], password: str, photos: list[Document], moment: datetime
) -> Play:
    """The call when registration is over and every application is qualified."""
    admin = staff["admin@kaolu.example"]
    ground = Play(
        session,
        Call(),
        admin,
        staff["admin2@kaolu.example"],
        staff["xian@kaolu.example"],
        staff["shi@kaolu.example"],
        moment,
    )
    ground.call = _call(ground)
    _apply(ground, password, photos)
    return ground


def _call(ground: Play) -> Call:
    session, admin = ground.session, ground.admin.actor()
    opens = ground.at(OPENED, 8)
    call = calls.create(
        session,
        admin,
        ground.at(OPENED + 10),
        slug=f"{opens.year}",
        title=f"四川省{opens.year}年面向优秀村（社区）干部定向考录乡镇（街道）机关公务员",
        introduction="面向全省现职村（社区）党组织书记和村（居）民委员会主任，定向考录乡镇（街道）机关公务员。"
        "本公告为演示数据，职位和人员均为虚构。",
        reference_date=opens.date(),
        registration_opens_at=opens,
        registration_closes_at=ground.at(OPENED - 10, 8),
        hotline="028-5550-0000（演示）",
    )
    names = {COUNTY: "三台县", AUTONOMOUS: "北川羌族自治县", NEIGHBOUR: "江油市"}
    rows = [
        PositionRow(
            code=f"{opens.year % 100:02d}07{number:04d}",
            organ=f"{names[county]}演示{number}镇人民政府",
            name="综合管理岗位",
            county_code=county,
            township_code=None,
            openings=openings,
            education="senior_high",
            phone="0816-5550000",
        )
        for number, (county, openings, _) in enumerate(POSITIONS, 1)
    ]
    calls.replace_positions(session, call, admin, rows)
    calls.advance(session, call, "publish", admin, ground.at(OPENED + 7))
    calls.advance(session, call, "open_registration", admin, opens)
    found = session.scalars(sa.select(Position).where(Position.call_id == call.id).order_by(Position.code))
    ground.positions = list(found)
    return call


def _apply(ground: Play, password: str, photos: list[Document]) -> None:
    session, call = ground.session, ground.call
    homes = {
        county: session.scalars(
            sa.select(Community.code)
            .where(Community.code.startswith(county))
            .order_by(Community.code.desc())
            .limit(9)
        ).all()
        for county in {county for county, _, _ in POSITIONS}
    }
    draw = random.Random(SEED)  # noqa: S311 - demo data, not secrets
    number = FIRST_NUMBER
    for which, (county, _, size) in enumerate(POSITIONS):
        for place in range(size):
            community = homes[county][place % len(homes[county])]
            profile = _profile(draw, number, call.reference_date, community, NAMED.get((which, place)))
            user, _dossier = cadre(session, profile, password, photos, ground.at(OPENED))
            ground.owners[which, place] = user
            apply(ground, user, ground.positions[which], ground.at(OPENED - 1 - number % 7, 10, number % 60))
            number += 1
    calls.advance(
        session, call, "close_registration", Actor.system("timer.registration_end"), ground.at(OPENED - 10, 8)
    )
    calls.advance(session, call, "begin_review", ground.admin.actor(), ground.at(OPENED - 10))


def _profile(
    draw: random.Random, number: int, reference: date, community: str, named: tuple[str, str] | None
) -> Profile:
    """Somebody whom no rule stops."""
    male = draw.random() < 0.6
    birth = reference - timedelta(days=draw.randint(28, 38) * 365 + draw.randint(10, 350))
    email, name = named or (
        f"ganbu{number}@kaolu.example",
        draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, draw.choice((1, 2, 2)))),
    )
    return Profile(
        number=number,
        name=name,
        sex="male" if male else "female",
        birth_date=birth,
        id_number=id_number(birth, number, male),
        phone=f"1990000{number:04d}",
        email=email,
        ethnicity="汉族",
        community=community,
        level=draw.choice(("senior_high", "junior_college", "bachelor")),
        tenures=[
            {
                "post": draw.choice(("party_secretary", "committee_director")),
                "community": community,
                "from": reference - timedelta(days=draw.randint(4, 9) * 366),
                "to": None,
            }
        ],
        appraisals=[(reference.year - back, "competent") for back in (1, 2, 3)],
    )
