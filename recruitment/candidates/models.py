"""A candidate: one qualified application on its way from the fee to the appointment."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Position
from recruitment.database import Base, Id
from recruitment.people.models import User
from workflows.subject import Subject


class Candidate(Subject, Base):
    """State, version, owner and area come from :class:`workflows.subject.Subject`.

    What a stage finds out (payments, seats, marks, medicals …) stands in tables of that stage's room, which
    point here.

    Attributes:
        owner_id: the cadre's user.
        area_code: the county of the position; decides who is in charge.
        application_id: the qualified application; its frozen form is what later stages quote.
        call_id, position_id: those of the application, repeated for queries.
        ticket_number: of the admission ticket; what marks, lists and the public notice name the candidate by.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("application_id"),
        UniqueConstraint("call_id", "ticket_number"),
        Index("ix_candidate_position", "position_id", "state"),
        Index("ix_candidate_call", "call_id", "state", "area_code", "id"),
    )

    id: Mapped[Id]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("position.id"))
    ticket_number: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    application: Mapped[Application] = relationship()
    call: Mapped[Call] = relationship()
    position: Mapped[Position] = relationship()
    owner: Mapped[User] = relationship(primaryjoin="foreign(Candidate.owner_id) == User.id", viewonly=True)
