"""What the pages of fees have in common."""

from typing import Any

from flask import Blueprint
from flask_babel import LazyString
from werkzeug.wrappers import Response

from recruitment.fees.words import DECISIONS, OUTCOMES, SOURCES

blueprint = Blueprint("fees", __name__)
Page = str | Response | tuple[str, int]


@blueprint.app_template_global("fee_outcome")
def _outcome(outcome: str) -> tuple[LazyString, str]:
    """An outcome in words, with its tone. Macros see globals only."""
    return OUTCOMES[outcome]


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"fee_outcomes": OUTCOMES, "fee_sources": SOURCES, "fee_decisions": DECISIONS}
