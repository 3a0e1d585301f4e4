"""The people of the demo: staff by area, and cadres with their dossiers."""

import io
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from recruitment.areas import catalogue
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
from recruitment.demo.people import Profile
from recruitment.people.id_number import parse
from recruitment.people.models import Grant, Role, User
from recruitment.people.uploads import Document, path_of, store_image

COUNTY, PREFECTURE = "510722", "510700"
# No password has this hash: these accounts decide in the made-up past and sign in nowhere.
_NO_SIGN_IN = "!"
STAFF = {
    "xian@kaolu.example": ("何审核", Role.COUNTY_REVIEWER, COUNTY),
    "xian2@kaolu.example": ("唐审核", Role.COUNTY_REVIEWER, COUNTY),
    "shi@kaolu.example": ("蒋审核", Role.PREFECTURE_REVIEWER, PREFECTURE),
    "sheng@kaolu.example": ("魏审核", Role.PROVINCE_REVIEWER, catalogue.PROVINCE_CODE),
    "admin@kaolu.example": ("罗管理", Role.ADMIN, catalogue.PROVINCE_CODE),
    "admin2@kaolu.example": ("文管理", Role.ADMIN, catalogue.PROVINCE_CODE),
    "jiandu@kaolu.example": ("严监督", Role.SUPERVISOR, catalogue.PROVINCE_CODE),
    "system@kaolu.example": ("程系统", Role.SYSTEM_ADMIN, catalogue.PROVINCE_CODE),
}


def staff(session: Session, password: str, moment: datetime) -> dict[str, User]:
    people = {}
    for email, (name, role, area) in STAFF.items():
        user = User(email=email, name=name, password=password, email_confirmed_at=moment)
        user.grants.append(Grant(role=role, area_code=area))
        session.add(user)
        people[email] = user
    session.flush()
    return people


def portraits(session: Session, owner: User) -> list[Document]:
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


def cadre(
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


def reviewer(session: Session, role: Role, county_code: str) -> uuid.UUID:
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
