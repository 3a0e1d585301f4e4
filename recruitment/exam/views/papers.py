"""Paper for the exam day: tickets in bulk, door lists, desk labels, sheets to sign."""

import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence

from flask import abort, send_file, stream_with_context
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.calls.views.base import call_to_read
from recruitment.clock import now
from recruitment.database import db
from recruitment.exam import queries, ticket_queries
from recruitment.exam.models import ExamPlan, ExamRoom, Venue
from recruitment.exam.paper.bundle import bundle
from recruitment.exam.paper.photos import photo_of
from recruitment.exam.paper.rooms import attendance_sheets_pdf, door_lists_pdf, labels_pdf
from recruitment.exam.paper.ticket import tickets_pdf
from recruitment.exam.ticket_views import check_url
from recruitment.exam.tickets import Ticket
from recruitment.exam.views.base import blueprint, plan_or_404, room_or_404, venue_or_404
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

Make = Callable[[Iterable[Sequence[Ticket]]], bytes]
# What is printed for a room or a whole venue: its name on the button and in the file.
KINDS: dict[str, tuple[LazyString, str, Make]] = {
    "doors": (_l("座次表"), "座次表", door_lists_pdf),
    "labels": (_l("桌贴"), "桌贴", labels_pdf),
    "sheets": (_l("签到表"), "签到表", attendance_sheets_pdf),
}


def _tickets(people: Sequence[Ticket]) -> bytes:
    return tickets_pdf(people, photo_of, check_url())


@blueprint.post("/venues/<uuid:venue_id>/print/<any(doors, labels, sheets, tickets):kind>")
@allow(Role.ADMIN)
def print_venue(slug: str, venue_id: uuid.UUID, kind: str) -> Response:
    """One file for all rooms of a venue; tickets as one file for each room, sent as they are made."""
    call = call_to_read(slug)
    plan = _released(call)
    venue = venue_or_404(call, venue_id)
    _record(kind, "exam_venue", venue.id)
    if kind == "tickets":
        return _stream(call.id, venue.id)
    _, name, make = KINDS[kind]
    content = make(people for _, people in ticket_queries.tickets_by_room(db.session, call, plan, venue.id))
    return _pdf(content, f"{name}-{venue.name}.pdf")


@blueprint.post("/rooms/<uuid:room_id>/print/<any(doors, labels, sheets, tickets):kind>")
@allow(Role.ADMIN)
def print_room(slug: str, room_id: uuid.UUID, kind: str) -> Response:
    call = call_to_read(slug)
    plan = _released(call)
    room = room_or_404(call, room_id)
    _record(kind, "exam_room", room.id)
    people = ticket_queries.tickets_in(db.session, call, plan, room.id)
    if not people:
        abort(404)
    if kind == "tickets":
        return _pdf(_tickets(people), f"准考证-{_room_name(room)}.pdf")
    _, name, make = KINDS[kind]
    return _pdf(make([people]), f"{name}-{_room_name(room)}.pdf")


def _released(call: Call) -> ExamPlan:
    """Numbers and seats are on all of this paper, so it is printed once they stand."""
    plan = plan_or_404(call)
    if plan.released_at is None:
        abort(404)
    return plan


def _record(kind: str, subject_kind: str, subject_id: uuid.UUID) -> None:
    record(
        db.session,
        current_user(),
        "exam.print",
        at=now(),
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail={"kind": kind},
    )
    db.session.commit()


def _room_name(room: ExamRoom) -> str:
    return f"{room.venue.name}-第{room.number:03d}考场"


def _stream(call_id: uuid.UUID, venue_id: uuid.UUID) -> Response:
    def files() -> Iterator[tuple[str, bytes]]:
        # The request's own session ends before the last room is drawn.
        with Session(db.engine) as session:
            call = session.get_one(Call, call_id)
            plan = queries.plan_of(session, call_id)
            name = session.get_one(Venue, venue_id).name
            if plan is None:
                return
            for room, people in ticket_queries.tickets_by_room(session, call, plan, venue_id):
                yield f"准考证-{name}-第{room.number:03d}考场.pdf", _tickets(people)

    response = Response(stream_with_context(bundle(files())), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="tickets.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _pdf(content: bytes, filename: str) -> Response:
    response = send_file(
        io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=filename
    )
    response.headers["Cache-Control"] = "no-store"
    return response
