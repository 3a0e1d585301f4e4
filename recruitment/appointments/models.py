"""What a call asks of those it appoints, what they undertook, and how far their service has come."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.candidates.models import Candidate
from recruitment.database import Base

# Sichuan's directed recruits serve 8 years, the year of probation among them; elsewhere 5 (Rules 2019).
SERVICE_YEARS = 8
# Civil Servants Law, art. 34: one year.
PROBATION_MONTHS = 12
REMINDER_DAYS = 30
# Where somebody served before: in a village or in an urban community.
KINDS = ("village", "community")


class AppointmentTerms(Base):
    """What a call asks of those it appoints. A call without a row has the defaults.

    Attributes:
        service_years: minimum service in full years, probation included.
        probation_months: full months.
        reminder_days: how many days before its end everybody concerned is reminded.
    """

    __tablename__ = "appointment_terms"
    __table_args__ = (
        CheckConstraint("service_years BETWEEN 1 AND 30", name="service_years"),
        CheckConstraint("probation_months BETWEEN 1 AND 24", name="probation_months"),
        CheckConstraint("reminder_days BETWEEN 1 AND 90", name="reminder_days"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    service_years: Mapped[int] = mapped_column(default=SERVICE_YEARS, server_default=sa.text("8"))
    probation_months: Mapped[int] = mapped_column(default=PROBATION_MONTHS, server_default=sa.text("12"))
    reminder_days: Mapped[int] = mapped_column(default=REMINDER_DAYS, server_default=sa.text("30"))
    updated_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class ServiceUndertaking(Base):
    """That a candidate undertook to serve for so many years.

    Attributes:
        wording: which text they agreed to; a key of :data:`recruitment.appointments.vocabulary.UNDERTAKINGS`.
        years: of minimum service, as the text said then.
    """

    __tablename__ = "service_undertaking"
    __table_args__ = (CheckConstraint("years BETWEEN 1 AND 30", name="years"),)

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    wording: Mapped[str]
    years: Mapped[int]
    confirmed_at: Mapped[datetime]


class Appointment(Base):
    """The service of somebody who reported for duty.

    Attributes:
        reported_on: first day of the probation and of the minimum service.
        probation_ends_on: its last day.
        reminds_on: the day on which everybody concerned is reminded of the end.
        service_ends_on: last day of the minimum service.
        kind: ``village`` or ``community``, where they served before.
        post: the post they held there, as the application form names it.
        begun_by: who recorded the report for duty; is reminded too.
        appointed_on: since when they hold the post for good; none in probation.
        ended_on: when the appointment was cancelled.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(
            "reported_on < probation_ends_on AND probation_ends_on <= service_ends_on", name="order"
        ),
        CheckConstraint("kind IN ('village', 'community')", name="kind"),
        CheckConstraint("appointed_on IS NULL OR appointed_on > probation_ends_on", name="appointed_after"),
        Index("ix_appointment_reported_on", "reported_on"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    reported_on: Mapped[date]
    probation_ends_on: Mapped[date]
    reminds_on: Mapped[date]
    service_ends_on: Mapped[date]
    kind: Mapped[str]
    post: Mapped[str]
    begun_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[datetime]
    appointed_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    candidate: Mapped[Candidate] = relationship()
