"""Calls, their deadlines, and their position tables."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.areas.models import County, Township
from recruitment.database import Base, Id
from workflows.subject import Subject


class Call(Subject, Base):
    """One announced recruitment round. Every figure a rule needs is a field of it.

    Attributes:
        parameters: the frozen rules that judge its applications, with every value's source, the call's own
            overrides, and the birth-date windows (:meth:`recruitment.eligibility.parameters.Parameters.to_json`).
        second_review: whether a prefecture must confirm what a county passed.
        correction_hours: time a cadre has to answer a return, in hours.
        review_hours: time a county has to answer a submission, in hours.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("registration_closes_at > registration_opens_at", name="registration_order"),
        CheckConstraint("correction_hours > 0 AND review_hours > 0", name="hours"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    introduction: Mapped[str] = mapped_column(server_default="")
    reference_date: Mapped[date]
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime]
    parameters: Mapped[dict[str, Any]]
    second_review: Mapped[bool] = mapped_column(server_default=sa.true(), default=True)
    correction_hours: Mapped[int] = mapped_column(server_default=sa.text("48"), default=48)
    review_hours: Mapped[int] = mapped_column(server_default=sa.text("48"), default=48)
    hotline: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    positions: Mapped[list["Position"]] = relationship(back_populates="call", order_by="Position.code")


class Extension(Base):
    """A later closing time for everyone, one county or one person, with its reason.

    A county here is the county of the position applied for.
    """

    __tablename__ = "extension"
    __table_args__ = (CheckConstraint("county_code IS NULL OR user_id IS NULL", name="one_scope"),)

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    closes_at: Mapped[datetime]
    reason: Mapped[str]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class Position(Base):
    """A post at a township organ, as one row of the position table.

    Attributes:
        conditions: what it asks beyond the call, under the names that eligibility facts use
            (``languages``, ``majors``, ``party_member``, ``areas``, ``years``).
        conditions_text: the same as printed in the table.
        openings: as they stand; fewer than announced where too few have paid, 0 when the position is cancelled.
        announced_openings: as the position table has them.
    """

    __tablename__ = "position"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("announced_openings BETWEEN 1 AND 99", name="announced_openings"),
        CheckConstraint("openings BETWEEN 0 AND announced_openings", name="openings"),
        CheckConstraint("(cancelled_at IS NULL) = (openings > 0)", name="cancelled"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), index=True)
    code: Mapped[str]
    organ: Mapped[str]
    name: Mapped[str]
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), index=True)
    township_code: Mapped[str | None] = mapped_column(ForeignKey("township.code"))
    openings: Mapped[int]
    announced_openings: Mapped[int] = mapped_column(
        default=lambda context: context.get_current_parameters()["openings"]
    )
    cancelled_at: Mapped[datetime | None]
    education: Mapped[str]
    conditions: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"), default=dict)
    conditions_text: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")

    call: Mapped[Call] = relationship(back_populates="positions")
    county: Mapped[County] = relationship(lazy="joined")
    township: Mapped[Township | None] = relationship()
