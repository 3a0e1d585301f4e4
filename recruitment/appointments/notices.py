"""The facts that the notices from the approval to the appointment name."""

from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.appointments import queries
from recruitment.appointments.approval import day
from recruitment.appointments.models import Appointment
from recruitment.appointments.vocabulary import (
    APPROVAL_CLAUSE,
    CANCEL_REASONS,
    PROBATION_CLAUSE,
    SERVICE_CLAUSE,
)
from recruitment.candidates.models import Candidate
from recruitment.notices.context import about, event_form
from recruitment.people.models import User


@about("candidate.approved")
def _approved(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(Candidate, row.subject_id)
    return {
        "clause": APPROVAL_CLAUSE,
        "service_years": queries.terms(session, candidate.call_id).service_years,
        "service_clause": SERVICE_CLAUSE,
    }


@about(
    "candidate.probation_begun",
    "candidate.probation_ending",
    "candidate.probation_ending_office",
    "candidate.appointed",
)
def _service(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    held = session.get_one(Appointment, row.subject_id)
    candidate = session.get_one(Candidate, row.subject_id)
    site = current_app.config["SETTINGS"].site_url
    return {
        "clause": PROBATION_CLAUSE,
        "reported_on": day(held.reported_on),
        "probation_ends_on": day(held.probation_ends_on),
        "service_ends_on": day(held.service_ends_on),
        "appointed_on": day(held.appointed_on) if held.appointed_on else "",
        "person": candidate.owner.name,
        "office_link": f"{site}/admin/calls/{candidate.call.slug}/approvals/{candidate.id}",
    }


@about("candidate.appointment_cancelled")
def _cancelled(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    reason = CANCEL_REASONS.get(event_form(session, row).get("code", ""))
    return {"cause": reason.words if reason else "", "clause": reason.citation if reason else ""}
