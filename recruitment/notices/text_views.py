"""Every notice's text with sample data, for whoever answers for the words."""

from flask import Blueprint, Response, abort, make_response, render_template
from flask_babel import lazy_gettext as _l
from jinja2 import UndefinedError

from recruitment.notices import catalogue
from recruitment.notices.catalogue import Kind
from recruitment.notices.render import SMS_LENGTH, Text, render
from recruitment.people.access import allow
from recruitment.people.models import Role
from recruitment.web.headers import POLICY
from recruitment.web.navigation import entry
from recruitment.wording import official

blueprint = Blueprint("texts", __name__, url_prefix="/admin/notices/texts")
READERS = (Role.ADMIN, Role.SUPERVISOR)
# Mails carry their style in the text; sandboxed, no script runs and no form leaves.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
DUTIES = {"why": _l("原因和依据"), "do": _l("要做什么"), "until": _l("截止日期和星期")}


@blueprint.get("")
@entry(_l("通知文字"), 45, section="texts.")
@allow(*READERS)
def index() -> str:
    """Every kind of notice."""
    return render_template("notices/pages/texts.html", kinds=catalogue.kinds().values(), duties=DUTIES)


@blueprint.get("/<name>")
@allow(*READERS)
def show(name: str) -> Response:
    """One notice as a person would read it."""
    kind = catalogue.kinds().get(name)
    if kind is None:
        abort(404)
    text, missing = _sample(kind)
    response = make_response(
        render_template(
            "notices/pages/text.html",
            kind=kind,
            text=text,
            missing=missing,
            longest=SMS_LENGTH,
            duties=DUTIES,
        )
    )
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@blueprint.get("/<name>/mail")
@allow(*READERS)
def mail(name: str) -> Response:
    """The HTML of the same sample, alone on a page that runs and fetches nothing, to be shown within the other."""
    kind = catalogue.kinds().get(name)
    text, _missing = _sample(kind) if kind else (None, "")
    if text is None:
        abort(404)
    response = make_response(text.body_html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _sample(kind: Kind) -> tuple[Text | None, str]:
    """The text, or what its sample lacks."""
    try:
        with official():
            return render(kind.name, dict(kind.sample)), ""
    except UndefinedError as error:
        return None, str(error)
