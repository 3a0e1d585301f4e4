"""Turn a notice's name and facts into the words that a person reads."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from jinja2 import Environment, StrictUndefined

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
    paragraphs = [block.splitlines() for block in body.strip().split("\n\n")]
    html = current_app.jinja_env.get_template("notices/layout.html").render(
        subject=subject, paragraphs=paragraphs
    )
    return Text(subject, body, html, version(name), _sms(environment, name, context))


def _sms(environment: Environment, name: str, context: dict[str, Any]) -> str | None:
    if f"notices/{name}/sms.txt" not in _short_texts(environment):
        return None
    text = " ".join(environment.get_template(f"notices/{name}/sms.txt").render(context).split())
    return text if len(text) <= SMS_LENGTH else None


def _short_texts(environment: Environment) -> frozenset[str]:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "notice_short_texts" not in app.extensions:
        app.extensions["notice_short_texts"] = frozenset(
            environment.list_templates(filter_func=lambda name: name.endswith("/sms.txt"))
        )
    found: frozenset[str] = app.extensions["notice_short_texts"]
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


def version(name: str) -> str:
    """Identify the present wording of a notice, so that a kept text can name what it came from."""
    folder = Path(str(current_app.template_folder), "notices")
    names = ("layout.txt", f"{name}/subject.txt", f"{name}/body.txt", f"{name}/sms.txt")
    parts = tuple(path for path in (folder / part for part in names) if path.exists())
    return _digest(parts, tuple(part.stat().st_mtime_ns for part in parts))


@lru_cache(maxsize=256)
def _digest(parts: tuple[Path, ...], changed: tuple[int, ...]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:12]
