"""Turn a notice's name and facts into the words that a person reads."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from jinja2 import Environment, StrictUndefined

from recruitment.notices import catalogue, html
from recruitment.notices.models import Notice

# A message of Chinese characters; longer ones are cut into parts that cost and arrive one by one.
SMS_LENGTH = 70
BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered notice.

    Attributes:
        version: the first 12 hex digits of a SHA-256 over the template's files.
        sms: a text message of its own, if the notice has one and it is not longer than :data:`SMS_LENGTH`.
    """

    subject: str
    body: str
    body_html: str
    version: str
    sms: str | None = None


def render(name: str, context: dict[str, Any]) -> Text:
    """Render ``templates/notices/<name>/``.

    Raises:
        jinja2.TemplateNotFound: there is no such notice.
        jinja2.UndefinedError: the context lacks a value that the text needs.
    """
    environment = _texts()
    subject = environment.get_template(f"notices/{name}/subject.txt").render(context).strip()
    body = environment.get_template(f"notices/{name}/body.txt").render(context)
    body = BLANK_LINES.sub("\n\n", body).strip() + "\n"
    return Text(
        subject, body, _html(name, subject, body, context), version(name), _sms(environment, name, context)
    )


def _html(name: str, subject: str, body: str, context: dict[str, Any]) -> str:
    """In the layout that all share, unless the notice's folder has a ``body.html`` of its own."""
    own = f"notices/{name}/body.html"
    pages = _pages()
    return pages.get_template(own if own in _optional(pages) else "notices/layout.html").render(
        context,
        subject=subject,
        summary=html.summary(_texts(), catalogue.kinds().get(name), context),
        paragraphs=html.blocks(body, context),
    )


def _sms(environment: Environment, name: str, context: dict[str, Any]) -> str | None:
    if f"notices/{name}/sms.txt" not in _optional(environment):
        return None
    text = " ".join(environment.get_template(f"notices/{name}/sms.txt").render(context).split())
    return text if len(text) <= SMS_LENGTH else None


def _optional(environment: Environment) -> frozenset[str]:
    """The files that a folder may have and need not. Kept, as asking the disk takes longer than a text."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "notice_optional" not in app.extensions:
        app.extensions["notice_optional"] = frozenset(
            environment.list_templates(filter_func=lambda name: name.endswith(("/sms.txt", "/body.html")))
        )
    found: frozenset[str] = app.extensions["notice_optional"]
    return found


def text_of(notice: Notice) -> Text:
    """A notice as it was rendered."""
    return Text(notice.subject, notice.body, notice.body_html, notice.template_version)


def render_short(name: str, **more: str) -> str:
    """A short text that says nothing about anybody: ``templates/notices/short/<name>.txt``."""
    settings = current_app.config["SETTINGS"]
    values = {"link": settings.site_url, "hotline": settings.hotline, **more}
    return _texts().get_template(f"notices/short/{name}.txt").render(values).strip() + "\n"


def _texts() -> Environment:
    """The application's templates as texts. Kept, as it remembers those that it has compiled."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "notice_texts" not in app.extensions:
        app.extensions["notice_texts"] = app.jinja_env.overlay(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True
        )
    texts: Environment = app.extensions["notice_texts"]
    return texts


def _pages() -> Environment:
    """The same for HTML, where what people typed is escaped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "notice_pages" not in app.extensions:
        app.extensions["notice_pages"] = _texts().overlay(autoescape=True, lstrip_blocks=True)
    pages: Environment = app.extensions["notice_pages"]
    return pages


def version(name: str) -> str:
    """Identify the present wording of a notice, so that a kept text can name what it came from."""
    folder = Path(str(current_app.template_folder), "notices")
    own = ("about.toml", "subject.txt", "body.txt", "body.html", "sms.txt")
    names = ("layout.txt", "layout.html", *(f"{name}/{part}" for part in own))
    parts = tuple(path for path in (folder / part for part in names) if path.exists())
    return _digest(parts, tuple(part.stat().st_mtime_ns for part in parts))


@lru_cache(maxsize=256)
def _digest(parts: tuple[Path, ...], changed: tuple[int, ...]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:12]
