"""Public notices and their rows, frozen when they are prepared."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from workflows.subject import Subject

# At least so many working days (Law 2018, art. 32; Rules 2019).
FEWEST_DAYS = 5


class PublicNotice(Subject, Base):
    """One list of people to be appointed, of a call or one prefecture of it.

    Attributes:
        area_code: the prefecture, or the province for the whole call.
        introduction: what stands above the list.
        working_days: how long it is to stand, as the call said when it was prepared.
        published_at, ends_at: aware; the last moment is still within the notice. None before publication.
        sha256: of the .xlsx file of the list, hexadecimal; none before publication.
    """

    __tablename__ = "public_notice"
    __table_args__ = (
        CheckConstraint(f"working_days >= {FEWEST_DAYS}", name="long_enough"),
        CheckConstraint("(published_at IS NULL) = (ends_at IS NULL)", name="period_whole"),
        CheckConstraint("ends_at > published_at", name="period_order"),
        Index("ix_public_notice_call", "call_id", "state"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    title: Mapped[str]
    introduction: Mapped[str] = mapped_column(server_default="")
    working_days: Mapped[int]
    published_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    sha256: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    call: Mapped[Call] = relationship()
    rows: Mapped[list["PublicNoticeRow"]] = relationship(
        back_populates="notice", order_by="PublicNoticeRow.number", cascade="all, delete-orphan"
    )


class PublicNoticeRow(Base):
    """One person on a list. The other columns are what is shown, as it was when the list was prepared."""

    __tablename__ = "public_notice_row"
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        UniqueConstraint("notice_id", "candidate_id"),
        Index("ix_public_notice_row_candidate", "candidate_id"),
    )

    id: Mapped[Id]
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("public_notice.id", ondelete="CASCADE"))
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    number: Mapped[int]
    county: Mapped[str]
    position: Mapped[str]
    name: Mapped[str]
    sex: Mapped[str]
    birth_month: Mapped[str]
    education: Mapped[str]
    ticket_number: Mapped[str]
    post: Mapped[str]
    years: Mapped[str]
    total: Mapped[str]
    hotline: Mapped[str]

    notice: Mapped[PublicNotice] = relationship(back_populates="rows")
    candidate: Mapped[Candidate] = relationship()


class NoticeSettings(Base):
    """What a call says about its public notices; without a row the default that is in force counts.

    Attributes:
        working_days: how long a notice stands.
        inquiry_days: working days within which an objection is to be settled.
    """

    __tablename__ = "public_notice_settings"
    __table_args__ = (
        CheckConstraint(f"working_days BETWEEN {FEWEST_DAYS} AND 30", name="long_enough"),
        CheckConstraint("inquiry_days BETWEEN 1 AND 60", name="inquiry_days"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    working_days: Mapped[int]
    inquiry_days: Mapped[int] = mapped_column(server_default=sa.text("15"))
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]
