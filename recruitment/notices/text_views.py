"""Every notice's text with sample data, for whoever answers for the words."""

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext as _l
from jinja2 import UndefinedError

from recruitment.notices import catalogue
from recruitment.notices.catalogue import Kind
from recruitment.notices.render import SMS_LENGTH, Text, render
from recruitment.people.access import allow
from recruitment.people.models import Role
from recruitment.web.navigation import entry
from recruitment.wording import official

blueprint = Blueprint("texts", __name__, url_prefix="/admin/notices/texts")
READERS = (Role.ADMIN, Role.SUPERVISOR)
DUTIES = {"why": _l("原因和依据"), "do": _l("要做什么"), "until": _l("截止日期和星期")}


@blueprint.get("")
@entry(_l("通知文字"), 45, section="texts.")
@allow(*READERS)
def index() -> str:
    """Every kind of notice."""
    return render_template("notices/pages/texts.html", kinds=catalogue.kinds().values(), duties=DUTIES)


@blueprint.get("/<name>")
@allow(*READERS)
def show(name: str) -> str:
    """One notice as a person would read it."""
    kind = catalogue.kinds().get(name)
    if kind is None:
        abort(404)
    text, missing = _sample(kind)
    return render_template(
        "notices/pages/text.html",
        kind=kind,
        text=text,
        missing=missing,
        longest=SMS_LENGTH,
        duties=DUTIES,
    )


def _sample(kind: Kind) -> tuple[Text | None, str]:
    """The text, or what its sample lacks."""
    try:
        with official():
            return render(kind.name, dict(kind.sample)), ""
    except UndefinedError as error:
        return None, str(error)
