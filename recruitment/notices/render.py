"""Turn a notice's name and facts into the words that a person reads."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from jinja2 import StrictUndefined

BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered notice.

    Attributes:
        version: the first 12 hex digits of a SHA-256 over the template's files.
    """

    subject: str
    body: str
    body_html: str
    version: str


def render(name: str, context: dict[str, Any]) -> Text:
    """Render ``templates/notices/<name>/``.

    Raises:
        jinja2.TemplateNotFound: there is no such notice.
        jinja2.UndefinedError: the context lacks a value that the text needs.
    """
    environment = current_app.jinja_env.overlay(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    subject = environment.get_template(f"notices/{name}/subject.txt").render(context).strip()
    body = environment.get_template(f"notices/{name}/body.txt").render(context)
    body = BLANK_LINES.sub("\n\n", body).strip() + "\n"
    paragraphs = [block.splitlines() for block in body.strip().split("\n\n")]
    html = current_app.jinja_env.get_template("notices/layout.html").render(
        subject=subject, paragraphs=paragraphs
    )
    return Text(subject, body, html, version(name))


def version(name: str) -> str:
    """Identify the present wording of a notice, so that a kept text can name what it came from."""
    digest = hashlib.sha256()
    folder = Path(str(current_app.template_folder), "notices")
    for part in ("layout.txt", f"{name}/subject.txt", f"{name}/body.txt"):
        digest.update((folder / part).read_bytes())
    return digest.hexdigest()[:12]
