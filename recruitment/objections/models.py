"""Objections and their evidence. Who objects, what they say and what they show is encrypted."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedJSON, EncryptedText
from recruitment.people.models import User
from recruitment.public_notice.models import PublicNotice
from workflows.subject import Subject


class Objection(Subject, Base):
    """One objection to one person on one notice.

    It has no owner: whoever objects may have no account, and one who has is not kept by it. They come back with a code,
    of which only an index is stored.

    Attributes:
        area_code: that of the candidate.
        cadre_id: the person concerned, whom recusal is about.
        application_id: whose frozen form names communities and relatives, for recusal.
        code_index: blind index of the code.
        request_index: blind index of the form that was sent; the same form sent twice is one objection.
        named: whether the informer gave a name.
        informer: ``{"name", "contact", "email"}``; none of an anonymous one.
        text: what is said against the person.
        handled_by: who has taken up the inquiry.
        decide_by: aware; none when the calendar of the days to come was not known.
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("named = (informer IS NOT NULL)", name="named_with_informer"),
        Index("ix_objection_candidate", "candidate_id", "state"),
        Index("ix_objection_queue", "state", "area_code", "created_at", "id"),
    )

    id: Mapped[Id]
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("public_notice.id"))
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    cadre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    code_index: Mapped[str] = mapped_column(unique=True)
    request_index: Mapped[str] = mapped_column(unique=True)
    named: Mapped[bool]
    informer: Mapped[Any | None] = mapped_column(EncryptedJSON)
    text: Mapped[str] = mapped_column(EncryptedText)
    handled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decide_by: Mapped[datetime | None]
    created_at: Mapped[datetime]

    notice: Mapped[PublicNotice] = relationship()
    candidate: Mapped[Candidate] = relationship()
    cadre: Mapped[User] = relationship(foreign_keys=[cadre_id])
    evidence: Mapped[list["ObjectionEvidence"]] = relationship(
        order_by="ObjectionEvidence.created_at, ObjectionEvidence.id"
    )


class ObjectionEvidence(Base):
    """A picture handed in, drawn anew so that nothing hidden travels with it.

    Attributes:
        content: the JPEG in base64, encrypted. What the informer's device called it is not
            kept: names of files name people.
        sha256: of the JPEG, hexadecimal.
    """

    __tablename__ = "objection_evidence"
    __table_args__ = (sa.UniqueConstraint("objection_id", "sha256"),)

    id: Mapped[Id]
    objection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("objection.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(EncryptedText, deferred=True)
    sha256: Mapped[str]
    created_at: Mapped[datetime]
