"""Everything that changes from the approval to the appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.appointments import queries, service
from recruitment.appointments.models import Appointment, AppointmentTerms, ServiceUndertaking
from recruitment.appointments.vocabulary import WORDING
from recruitment.calls.exports import current_tenure
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.candidates.steps import take
from recruitment.clock import local
from recruitment.people.models import User
from recruitment.workflow import engine, fire_many
from workflows.terms import Actor, Fired, Reason, Refused

WORKFLOW = "candidate"
# States in which the undertaking may be confirmed.
UNDERTAKING_STATES = ("announced", "approved")
# A report for duty is entered within so many days before and after.
REPORT_WITHIN = timedelta(days=366)


def set_terms(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    service_years: int,
    probation_months: int,
    reminder_days: int,
) -> None:
    """Set what the call asks of those it appoints; who has reported for duty keeps what held then.

    Raises:
        Refused: the probation would be longer than the service.
    """
    if probation_months > service_years * 12:
        raise Refused([Reason("probation_months", _("试用期不能长于最低服务年限。"))])
    values: dict[str, Any] = {
        "service_years": service_years,
        "probation_months": probation_months,
        "reminder_days": reminder_days,
        "updated_by": person.id,
        "updated_at": now,
    }
    session.execute(
        insert(AppointmentTerms)
        .values(call_id=call.id, **values)
        .on_conflict_do_update(index_elements=["call_id"], set_=values)
    )


def confirm_undertaking(
    session: Session, candidate: Candidate, now: datetime, *, wording: str, years: int
) -> None:
    """The candidate undertakes to serve; a first confirmation stays.

    Args:
        wording, years: as the page showed them.

    Raises:
        Refused: it is not time, or the text has changed since.
    """
    session.refresh(candidate, with_for_update={"of": Candidate})
    if candidate.public_state not in UNDERTAKING_STATES:
        raise Refused([Reason("not_now", _("现在不需要确认承诺。"))])
    if wording != WORDING or years != queries.terms(session, candidate.call_id).service_years:
        raise Refused([Reason("text_changed", _("承诺的内容刚才有改动，请重新阅读后再确认。"))])
    session.execute(
        insert(ServiceUndertaking)
        .values(candidate_id=candidate.id, wording=wording, years=years, confirmed_at=now)
        .on_conflict_do_nothing()
    )


@dataclass(frozen=True, slots=True)
class Together:
    """Who would be approved together, who is left out and why, and the token of exactly this."""

    ready: list[Candidate]
    left_out: list[tuple[Candidate, tuple[Reason, ...]]]
    token: str


def preview_approval(
    session: Session, candidates: Sequence[Candidate], actor: Actor, now: datetime
) -> Together:
    """What :func:`approve_many` would do."""
    ids = [row.id for row in candidates]
    seen = engine().preview(session, WORKFLOW, "approve", ids, actor=actor, now=now, form=None)
    against = {item.subject_id: item.reasons for item in seen.excluded}
    return Together(
        [row for row in candidates if row.id not in against],
        [(row, against[row.id]) for row in candidates if row.id in against],
        seen.token,
    )


def approve_many(
    session: Session, candidates: Sequence[Candidate], actor: Actor, now: datetime, *, token: str, key: str
) -> int:
    """Approve exactly those that the preview showed; returns how many.

    Raises:
        workflows.bulk.PreviewStale: something has changed since; nobody was approved.
    """
    ids = [row.id for row in candidates]
    fired = fire_many(
        session, WORKFLOW, "approve", ids, actor=actor, now=now, partial=True, token=token, key=key
    )
    return fired.moved


def begin_probation(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    reported_on: date,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Record that somebody reported for duty: probation and minimum service begin on that day.

    Raises:
        Refused: the undertaking is missing, or the day makes no sense.
    """

    def write() -> None:
        today = local(now).date()
        if not today - REPORT_WITHIN <= reported_on <= today:
            raise Refused([Reason("reported_on", _("报到日期应在今天以前的一年以内。"))])
        terms = queries.terms(session, candidate.call_id)
        ends_on = service.last_day(reported_on, terms.probation_months)
        kind, post = origin(candidate)
        session.add(
            Appointment(
                candidate_id=candidate.id,
                reported_on=reported_on,
                probation_ends_on=ends_on,
                reminds_on=max(ends_on - timedelta(days=terms.reminder_days), reported_on),
                service_ends_on=service.last_day(reported_on, years_of(session, candidate) * 12),
                kind=kind,
                post=post,
                begun_by=person.id,
                begun_at=now,
            )
        )

    if session.get(Appointment, candidate.id) is not None and candidate.state == "approved":
        raise Refused([Reason("begun", _("已经登记过报到。"))])
    return take(
        session,
        candidate,
        "begin_probation",
        person.actor(),
        now,
        write=write,
        expected_version=expected_version,
        key=key,
    )


def years_of(session: Session, candidate: Candidate) -> int:
    """The years somebody undertook to serve; those of the call where nothing is on record."""
    given = session.get(ServiceUndertaking, candidate.id)
    return given.years if given else queries.terms(session, candidate.call_id).service_years


def origin(candidate: Candidate) -> tuple[str, str]:
    """Where somebody served before, and as what, on the call's reference date by their application form."""
    held = current_tenure(candidate.application.form or {}, candidate.call.reference_date)
    return service.kind_of(str(held.get("community_name", ""))), str(held.get("post", "other"))


def appoint(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Confirm somebody in the post after the probation.

    Raises:
        Refused: the probation is not over.
    """

    def write() -> None:
        held = session.get(Appointment, candidate.id)
        if held is not None and held.probation_ends_on < local(now).date():
            held.appointed_on = local(now).date()

    return take(
        session,
        candidate,
        "appoint",
        person.actor(),
        now,
        write=write,
        expected_version=expected_version,
        key=key,
    )


def cancel(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    code: str,
    explanation: str,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Cancel an appointment, with its clause.

    Raises:
        Refused: no reason or no explanation is given.
    """

    def write() -> None:
        held = session.get(Appointment, candidate.id)
        if held is not None:
            held.ended_on = local(now).date()

    return take(
        session,
        candidate,
        "cancel_appointment",
        person.actor(),
        now,
        write=write,
        form={"code": code, "explanation": explanation.strip()},
        expected_version=expected_version,
        key=key,
    )
