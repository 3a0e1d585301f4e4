"""The admission ticket as its holder sees it, and the page on which anybody can check one."""

import io
import uuid

from flask import Blueprint, abort, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.candidates import queries as candidates
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.exam import operations, queries, ticket_queries
from recruitment.exam.paper.photos import photo_of
from recruitment.exam.paper.ticket import code_svg, day_of, tickets_pdf, times_of
from recruitment.exam.tickets import Ticket, mask_name
from recruitment.people.access import allow, current_user, public
from recruitment.people.models import Role
from recruitment.people.uploads import CONTENT_TYPE
from recruitment.web import stages
from recruitment.web.limits import limiter

blueprint = Blueprint("tickets", __name__)


def _released(candidate: Candidate) -> bool:
    return candidate.public_state not in queries.unseated() and queries.released(
        db.session, candidate.call_id
    )


def _own(candidate_id: uuid.UUID) -> Candidate:
    found = candidates.own(db.session, current_user(), candidate_id)
    if found is None:
        abort(404)
    return found


def _ticket(candidate: Candidate) -> Ticket:
    """The person's ticket while it may be printed; 404 at any other time."""
    plan = queries.plan_of(db.session, candidate.call_id)
    found = ticket_queries.ticket(db.session, candidate) if queries.tickets_open(plan, now()) else None
    if found is None:
        abort(404)
    return found


@blueprint.get("/candidates/<uuid:candidate_id>/ticket")
@stages.of_candidate(_l("准考证"), 30, when=_released, due=("confirmed",))
@allow(Role.CADRE)
def show(candidate_id: uuid.UUID) -> str:
    """Whether the ticket can be printed, and how."""
    candidate = _own(candidate_id)
    plan = queries.plan_of(db.session, candidate.call_id)
    released = plan is not None and _released(candidate)
    return render_template(
        "exam/ticket.html",
        candidate=candidate,
        plan=plan,
        ticket=ticket_queries.ticket(db.session, candidate) if released else None,
        open=queries.tickets_open(plan, now()),
        early=plan is not None and now() < plan.tickets_from,
        day_of=day_of,
        times_of=times_of,
    )


@blueprint.post("/candidates/<uuid:candidate_id>/ticket/<any(page, pdf):kind>")
@allow(Role.CADRE)
def print_ticket(candidate_id: uuid.UUID, kind: str) -> Response:
    """Remember that the ticket is being printed, and lead to it."""
    candidate = _own(candidate_id)
    _ticket(candidate)
    operations.mark_printed(db.session, candidate.id, now())
    db.session.commit()
    endpoint = "tickets.pdf" if kind == "pdf" else "tickets.page"
    return redirect(url_for(endpoint, candidate_id=candidate_id), 303)


@blueprint.get("/candidates/<uuid:candidate_id>/ticket/page")
@allow(Role.CADRE)
def page(candidate_id: uuid.UUID) -> str:
    """The ticket as a page that prints on one sheet of A4."""
    ticket = _ticket(_own(candidate_id))
    return render_template(
        "exam/ticket_page.html",
        ticket=ticket,
        check_url=check_url(),
        day_of=day_of,
        times_of=times_of,
    )


@blueprint.get("/candidates/<uuid:candidate_id>/ticket.pdf")
@allow(Role.CADRE)
def pdf(candidate_id: uuid.UUID) -> Response:
    ticket = _ticket(_own(candidate_id))
    content = tickets_pdf([ticket], photo_of, check_url())
    return _private(
        send_file(
            io.BytesIO(content),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"准考证-{ticket.number}.pdf",
        )
    )


@blueprint.get("/candidates/<uuid:candidate_id>/ticket/photo")
@allow(Role.CADRE)
def photo(candidate_id: uuid.UUID) -> Response:
    content = photo_of(_ticket(_own(candidate_id)))
    if content is None:
        abort(404)
    return _private(send_file(io.BytesIO(content), mimetype=CONTENT_TYPE))


@blueprint.get("/candidates/<uuid:candidate_id>/ticket/code.svg")
@allow(Role.CADRE)
def code(candidate_id: uuid.UUID) -> Response:
    ticket = _ticket(_own(candidate_id))
    return _private(Response(code_svg(f"{check_url()}?code={ticket.code}"), mimetype="image/svg+xml"))


@blueprint.get("/tickets/check")
# Enough for every door of a school behind one address, and hopeless against 60 bits.
@limiter.limit("600 per minute")
@public
def check() -> str:
    """Whether an admission ticket is genuine; says no more than a door-keeper needs."""
    typed = request.args.get("code", "")[:80].strip()
    found = ticket_queries.check(db.session, typed) if typed else None
    return render_template(
        "exam/check.html", typed=typed, found=found, name=mask_name(found.name) if found else ""
    )


def check_url() -> str:
    """The address of the check, as it is printed."""
    return str(current_app.config["SETTINGS"].site_url).rstrip("/") + url_for("tickets.check")


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
