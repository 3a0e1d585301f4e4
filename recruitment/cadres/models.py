"""The dossier of a cadre: what they claim, and the scans beside each claim."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.areas.models import Community
from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedText
from recruitment.people.models import User
from recruitment.people.uploads import Document


class Post(StrEnum):
    """Posts in a village or community; the first two are those the calls name."""

    PARTY_SECRETARY = "party_secretary"
    COMMITTEE_DIRECTOR = "committee_director"
    FIRST_SECRETARY = "first_secretary"
    DEPUTY_SECRETARY = "deputy_secretary"
    COMMITTEE_MEMBER = "committee_member"
    OTHER = "other"


class EducationLevel(StrEnum):
    """Schooling in ascending order; senior high and secondary vocational are equal."""

    PRIMARY = "primary"
    JUNIOR_MIDDLE = "junior_middle"
    SENIOR_HIGH = "senior_high"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    JUNIOR_COLLEGE = "junior_college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORATE = "doctorate"


class AppraisalResult(StrEnum):
    EXCELLENT = "excellent"
    COMPETENT = "competent"
    BASIC = "basic"
    INCOMPETENT = "incompetent"


class DocumentKind(StrEnum):
    """What a scan is evidence of; each kind is shown beside the claims of one section."""

    PHOTO = "photo"
    ID_CARD = "id_card"
    TENURE_PROOF = "tenure_proof"
    EDUCATION_CERTIFICATE = "education_certificate"
    COMMENDATION_CERTIFICATE = "commendation_certificate"
    APPRAISAL_FORM = "appraisal_form"
    OTHER = "other"


def one_of(name: str, values: type[StrEnum], column: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class Dossier(Base):
    """One per cadre. An application keeps a copy of it as it was when submitted."""

    __tablename__ = "dossier"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    ethnicity: Mapped[str | None]
    political_status: Mapped[str | None]
    party_joined_on: Mapped[date | None]
    address: Mapped[str | None] = mapped_column(EncryptedText)
    languages: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"), default=list)
    # The answer to each declaration; a missing key has not been answered, which is not "no".
    declarations: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"), default=dict)
    declared_at: Mapped[datetime | None]
    # None: not yet answered. False: answered "I have none", which is a claim of its own.
    has_commendations: Mapped[bool | None]
    has_relatives: Mapped[bool | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now(), onupdate=sa.func.now())

    user: Mapped[User] = relationship()
    tenures: Mapped[list["Tenure"]] = relationship(
        cascade="all, delete-orphan", order_by="Tenure.started_on", lazy="selectin"
    )
    schoolings: Mapped[list["Schooling"]] = relationship(
        cascade="all, delete-orphan", order_by="Schooling.graduated_on", lazy="selectin"
    )
    commendations: Mapped[list["Commendation"]] = relationship(
        cascade="all, delete-orphan", order_by="Commendation.awarded_on", lazy="selectin"
    )
    appraisals: Mapped[list["Appraisal"]] = relationship(
        cascade="all, delete-orphan", order_by="Appraisal.year.desc()", lazy="selectin"
    )
    relatives: Mapped[list["Relative"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    documents: Mapped[list["DossierDocument"]] = relationship(
        cascade="all, delete-orphan", order_by="DossierDocument.added_at", lazy="selectin"
    )


class Tenure(Base):
    """A spell in one post of one community, first and last day both counted.

    Attributes:
        ended_on: last day; none means still in the post.
        restructured: moved here from another post because the community was merged or split (建制调整).
    """

    __tablename__ = "tenure"
    __table_args__ = (
        one_of("post", Post, "post"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
    )

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    post: Mapped[str]
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    restructured: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)

    community: Mapped[Community] = relationship(lazy="joined")


class Schooling(Base):
    """A completed course of education."""

    __tablename__ = "schooling"
    __table_args__ = (one_of("level", EducationLevel, "level"),)

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    level: Mapped[str]
    school: Mapped[str]
    major: Mapped[str | None]
    graduated_on: Mapped[date]
    certificate_number: Mapped[str | None]


class Commendation(Base):
    """An honour; a comprehensive one lifts the age ceiling.

    Attributes:
        comprehensive: none when the cadre cannot tell; the reviewer reads it from the certificate.
    """

    __tablename__ = "commendation"

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    title: Mapped[str]
    issuer: Mapped[str]
    comprehensive: Mapped[bool | None]
    awarded_on: Mapped[date]


class Appraisal(Base):
    """The result of one year's appraisal."""

    __tablename__ = "appraisal"
    __table_args__ = (
        one_of("result", AppraisalResult, "result"),
        UniqueConstraint("dossier_id", "year"),
        CheckConstraint("year BETWEEN 1980 AND 2100", name="year"),
    )

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    year: Mapped[int]
    result: Mapped[str]


class Relative(Base):
    """A family member or close relative, for recusal of reviewers and the rule on relatives."""

    __tablename__ = "relative"

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    relation: Mapped[str]
    name: Mapped[str]
    employer: Mapped[str | None]


class DossierDocument(Base):
    """A scan in the dossier. Removing it unlinks; a submitted copy keeps pointing at the file."""

    __tablename__ = "dossier_document"
    __table_args__ = (one_of("kind", DocumentKind, "kind"),)

    id: Mapped[Id]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str]
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    added_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    document: Mapped[Document] = relationship(lazy="joined")
