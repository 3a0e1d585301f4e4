"""Which clause of which text is encoded by which rule and proven by which tests."""

from itertools import groupby

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from recruitment.calls.views.base import READERS
from recruitment.eligibility import coverage as texts
from recruitment.people.access import allow
from recruitment.web import navigation

blueprint = Blueprint("rules", __name__, url_prefix="/admin/rules")
TONES = {"proven": "good", "untested": "warn", "open": "bad"}


@blueprint.get("")
@navigation.entry(_l("规则依据"), 35, section="rules.")
@allow(*READERS)
def coverage() -> str:
    """Every clause that bears on eligibility, in the order of the texts."""
    clauses = texts.clauses()
    return render_template(
        "calls/coverage.html",
        documents=[(name, list(found)) for name, found in groupby(clauses, lambda clause: clause.document)],
        words=texts.STATUS_WORDS,
        tones=TONES,
        counts={status: sum(clause.status == status for clause in clauses) for status in texts.STATUS_WORDS},
    )
