"""Forms that lose nothing: words, tokens, drafts, rows. How to build one: ``docs/forms.md``."""

from flask import Flask

from recruitment.forms import problems, rescue
from recruitment.forms.base import DraftForm, Form, Required, Section, options, typed
from recruitment.forms.handling import Outcome, handle
from recruitment.forms.refusal import Refusal

__all__ = [
    "DraftForm",
    "Form",
    "Outcome",
    "Refusal",
    "Required",
    "Section",
    "handle",
    "init_app",
    "options",
    "typed",
]


def init_app(app: Flask) -> None:
    problems.init_app(app)
    rescue.init_app(app)
