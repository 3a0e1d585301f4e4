"""A notice as a text message: ``sms.txt`` of its folder, within what one message holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from jinja2 import StrictUndefined

# Characters of one message in Chinese, the sender's signature among them.
LONGEST = 70
SIGNATURE = "【四川考录】"


class TooLong(ValueError):
    """A text message would be cut into several."""


def has_sms(name: str) -> bool:
    return Path(str(current_app.template_folder), "notices", name, "sms.txt").is_file()


def render_sms(name: str, context: Mapping[str, Any]) -> str:
    """The text message of a notice, without signature, which the gateway puts before it.

    Raises:
        jinja2.TemplateNotFound: the notice has none.
        jinja2.UndefinedError: the context lacks a value.
        TooLong: with the signature it does not fit into one message.
    """
    environment = current_app.jinja_env.overlay(undefined=StrictUndefined, autoescape=False)
    text = "".join(environment.get_template(f"notices/{name}/sms.txt").render(context).split("\n")).strip()
    if len(SIGNATURE) + len(text) > LONGEST:
        raise TooLong(f"{name}: {len(SIGNATURE) + len(text)} characters, {LONGEST} fit")
    return text
