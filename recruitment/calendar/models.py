"""Announced holidays and days worked in lieu, as people entered them."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database import Base


class Kind(StrEnum):
    """What a special day is."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class SpecialDay(Base):
    """One day that is not what its weekday, or the package's calendar, says.

    Attributes:
        kind: see :class:`Kind`.
        source: the announcement it rests on, e.g. 国办发明电〔2025〕7号.
    """

    __tablename__ = "special_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    __table_args__ = (
        CheckConstraint("kind IN ('holiday', 'workday')", name="kind_known"),
        CheckConstraint("btrim(source) <> ''", name="source_given"),
    )


class CalendarYear(Base):
    """A year whose whole arrangement stands in :class:`SpecialDay`; days without a row there go by their weekday."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    confirmed_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year_sensible"),
        CheckConstraint("btrim(source) <> ''", name="source_given"),
    )
