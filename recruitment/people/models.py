"""Accounts: who somebody is, what they may do where, and where they are signed in."""

import re
import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from recruitment.areas.catalogue import prefix
from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedText, blind_index
from recruitment.people.id_number import IdNumber, Sex, mask
from workflows.terms import Actor


class Role(StrEnum):
    """What a person may be. Where they may be it stands in the grant."""

    CADRE = "cadre"
    COUNTY_REVIEWER = "county_reviewer"
    PREFECTURE_REVIEWER = "prefecture_reviewer"
    PROVINCE_REVIEWER = "province_reviewer"
    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMIN = "system_admin"


REVIEWERS = frozenset({Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER})
# Who works here, as opposed to who applies here: a second factor may be asked of them.
STAFF = frozenset(Role) - {Role.CADRE}


class Jurisdiction(NamedTuple):
    """A role, and the digits that every area code it reaches begins with (``"51"``, ``"510722"``)."""

    role: Role
    area: str


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def normalise_phone(text: str) -> str:
    """A mobile number's 11 digits, or the text without spaces when it is none."""
    digits = re.sub(r"[\s\-()（）]", "", text)
    return re.sub(r"^(\+?86)(?=1\d{10}$)", "", digits)


def mask_phone(phone: str) -> str:
    """
    >>> mask_phone("13800001234")
    '138****1234'
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


class User(Base):
    """A person with an account.

    Attributes:
        email_confirmed_at: when the link sent to the address was followed; none as long as it was not.
        email_failed_at: when the address turned out not to take mail; none again once it changes or is confirmed.
        phone_confirmed_at: when a code sent to the number came back.
        phone_failed_at: when the number turned out not to take text messages.
        channels: names of the channels on which the person wants notices, beside the inbox.
        id_number: 18 characters; staff may have none. Set with :meth:`set_id_number` only, which keeps
            index, birth date and sex beside it true.
        phone: 11 digits; set with :meth:`set_phone` only.
        community_code: twelve digits, the community somebody serves in or lives in, for recusal.
        password: Argon2 hash.
        totp_secret: base32; ``totp_enabled_at`` says whether it has been confirmed with a first code.
        totp_last_step: the 30-second step of the last code accepted; none is accepted twice.
        recovery_codes: HMAC of each unused code.
    """

    __tablename__ = "user_account"

    id: orm.Mapped[Id]
    email: orm.Mapped[str] = orm.mapped_column(unique=True)
    email_confirmed_at: orm.Mapped[datetime | None]
    email_failed_at: orm.Mapped[datetime | None]
    name: orm.Mapped[str]
    phone: orm.Mapped[str | None] = orm.mapped_column(EncryptedText)
    phone_index: orm.Mapped[str | None] = orm.mapped_column(unique=True)
    phone_confirmed_at: orm.Mapped[datetime | None]
    phone_failed_at: orm.Mapped[datetime | None]
    channels: orm.Mapped[list[str]] = orm.mapped_column(
        JSONB, default=lambda: ["email"], server_default=sa.text("'[\"email\"]'::jsonb")
    )
    id_number: orm.Mapped[str | None] = orm.mapped_column(EncryptedText)
    id_number_index: orm.Mapped[str | None] = orm.mapped_column(unique=True)
    birth_date: orm.Mapped[date | None]
    sex: orm.Mapped[str | None]
    community_code: orm.Mapped[str | None]

    password: orm.Mapped[str]
    password_changed_at: orm.Mapped[datetime] = orm.mapped_column(server_default=sa.func.now())
    must_change_password: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    active: orm.Mapped[bool] = orm.mapped_column(default=True, server_default=sa.true())
    failed_logins: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    locked_until: orm.Mapped[datetime | None]
    totp_secret: orm.Mapped[str | None] = orm.mapped_column(EncryptedText)
    totp_enabled_at: orm.Mapped[datetime | None]
    totp_last_step: orm.Mapped[int | None]
    recovery_codes: orm.Mapped[list[str]] = orm.mapped_column(
        JSONB, default=list, server_default=sa.text("'[]'::jsonb")
    )
    created_at: orm.Mapped[datetime] = orm.mapped_column(server_default=sa.func.now())
    updated_at: orm.Mapped[datetime] = orm.mapped_column(server_default=sa.func.now(), onupdate=sa.func.now())

    grants: orm.Mapped[list["Grant"]] = orm.relationship(
        back_populates="user",
        foreign_keys="Grant.user_id",
        cascade="all, delete-orphan",
        order_by="Grant.role, Grant.area_code",
        lazy="selectin",
    )

    __table_args__ = (
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email_form"),
        sa.CheckConstraint("btrim(name) <> ''", name="name_given"),
        sa.CheckConstraint("(phone IS NULL) = (phone_index IS NULL)", name="phone_indexed"),
        sa.CheckConstraint("(id_number IS NULL) = (id_number_index IS NULL)", name="id_number_indexed"),
        sa.CheckConstraint(
            "id_number IS NULL OR (birth_date IS NOT NULL AND sex IS NOT NULL)", name="id_number_read"
        ),
        sa.CheckConstraint(_one_of("sex", Sex), name="sex_known"),
        sa.CheckConstraint(r"community_code ~ '^51\d{10}$'", name="community_code_form"),
        sa.CheckConstraint("failed_logins >= 0", name="failed_logins_counted"),
        sa.CheckConstraint("totp_enabled_at IS NULL OR totp_secret IS NOT NULL", name="totp_secret_kept"),
    )

    def set_id_number(self, number: IdNumber) -> None:
        self.id_number = number.value
        self.id_number_index = blind_index("id_number", number.value)
        self.birth_date = number.birth_date
        self.sex = number.sex

    def set_phone(self, phone: str | None) -> None:
        normal = normalise_phone(phone) if phone else None
        if normal != self.phone:
            self.phone_confirmed_at = self.phone_failed_at = None
        self.phone = normal
        self.phone_index = blind_index("phone", normal) if normal else None

    def set_email(self, email: str) -> None:
        """Another address has yet to be confirmed."""
        if email != self.email:
            self.email, self.email_confirmed_at, self.email_failed_at = email, None, None

    @property
    def masked_id_number(self) -> str:
        return mask(self.id_number) if self.id_number else ""

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def jurisdictions(self, *roles: Role) -> tuple[Jurisdiction, ...]:
        """What the person may be and where; with roles named, only of those."""
        return tuple(
            Jurisdiction(Role(grant.role), prefix(grant.area_code))
            for grant in self.grants
            if not roles or grant.role in roles
        )

    def actor(self) -> Actor:
        """The person as the workflow engine knows them."""
        return Actor(self.id, self.jurisdictions())

    def may(self, role: Role, area_code: str) -> bool:
        """Whether the person holds the role for an area that contains the code."""
        return any(area_code.startswith(area) for _, area in self.jurisdictions(role))


class Grant(Base):
    """One role of one person in one area and all below it.

    Attributes:
        area_code: six digits; ``510000`` for the whole province.
        granted_by: the system admin; none for what sign-up gives.
    """

    __tablename__ = "user_grant"

    id: orm.Mapped[Id]
    user_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    role: orm.Mapped[str]
    area_code: orm.Mapped[str]
    granted_at: orm.Mapped[datetime] = orm.mapped_column(server_default=sa.func.now())
    granted_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )

    user: orm.Mapped[User] = orm.relationship(back_populates="grants", foreign_keys=[user_id])

    __table_args__ = (
        sa.UniqueConstraint("user_id", "role", "area_code"),
        sa.Index(None, "role", "area_code"),
        sa.CheckConstraint(_one_of("role", Role), name="role_known"),
        sa.CheckConstraint(r"area_code ~ '^51\d{4}$'", name="area_code_form"),
        sa.CheckConstraint(
            r"role <> 'county_reviewer' OR area_code !~ '00$'", name="county_reviewer_of_a_county"
        ),
        sa.CheckConstraint(
            r"role <> 'prefecture_reviewer' OR area_code ~ '^51(?!00)\d\d00$'",
            name="prefecture_reviewer_of_a_prefecture",
        ),
        sa.CheckConstraint(
            "role NOT IN ('cadre', 'province_reviewer', 'system_admin') OR area_code = '510000'",
            name="role_of_the_province",
        ),
    )


class SignIn(Base):
    """A browser in which somebody is signed in. The cookie holds its id; ending the row ends the session.

    Attributes:
        ended_at: signed out, or ended from another browser, by a new password or by an admin.
    """

    __tablename__ = "sign_in"

    id: orm.Mapped[Id]
    user_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: orm.Mapped[datetime]
    ended_at: orm.Mapped[datetime | None]
    address: orm.Mapped[str | None]
    browser: orm.Mapped[str | None]

    user: orm.Mapped[User] = orm.relationship()


class Letter(Base):
    """One mail about an account, on its way.

    Attributes:
        body: none once it was sent or given up.
    """

    __tablename__ = "account_letter"

    id: orm.Mapped[Id]
    address: orm.Mapped[str] = orm.mapped_column(EncryptedText)
    subject: orm.Mapped[str]
    body: orm.Mapped[str | None] = orm.mapped_column(EncryptedText)
    created_at: orm.Mapped[datetime]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    next_attempt_at: orm.Mapped[datetime | None]
    sent_at: orm.Mapped[datetime | None]
    last_error: orm.Mapped[str | None]

    __table_args__ = (
        sa.Index("ix_account_letter_due", "next_attempt_at", postgresql_where=sa.text("body IS NOT NULL")),
        sa.CheckConstraint("body IS NOT NULL OR next_attempt_at IS NULL", name="due_with_body"),
    )
