"""The HTML of a mail, made from the text that everybody gets: nothing stands in the one that is not in the other.

Above it stand the deadline and what to do, taken from the same facts, as ``about.toml`` names them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from jinja2.environment import TemplateExpression
from markupsafe import Markup, escape

from recruitment.notices.catalogue import Kind

BULLET = "- "


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, or with ``items`` a list."""

    lines: tuple[Markup, ...]
    items: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands first: until when, and where to do it. Either may be empty."""

    label: str
    until: str
    action: str
    link: str


def summary(environment: Environment, kind: Kind | None, context: dict[str, Any]) -> Summary | None:
    """The deadline and the action of a notice; none if it has neither, or if somebody wrote another body."""
    if kind is None or context.get("replaced"):
        return None
    until = _expression(environment, kind.until)(**context) if kind.until else None
    if not until and kind.only_until:
        return None
    if not until and not kind.action:
        return None
    return Summary(kind.until_label, str(until or ""), kind.action, str(context.get("link") or ""))


@cache
def _expression(environment: Environment, text: str) -> TemplateExpression:
    return environment.compile_expression(text)


def blocks(text: str, context: dict[str, Any]) -> list[list[Block]]:
    """The paragraphs of a text, each as its blocks, with our own addresses and the telephone number as links."""
    marked = _marker(str(context.get("link") or ""), str(context.get("hotline") or ""))
    return [_paragraph(part.splitlines(), marked) for part in text.strip().split("\n\n")]


def _paragraph(lines: list[str], marked: Callable[[str], Markup]) -> list[Block]:
    found: list[Block] = []
    for line in lines:
        item = line.startswith(BULLET)
        words = marked(line.removeprefix(BULLET))
        if found and found[-1].items == item:
            found[-1] = Block((*found[-1].lines, words), item)
        else:
            found.append(Block((words,), item))
    return found


def _marker(link: str, hotline: str) -> Callable[[str], Markup]:
    # Only our own site: an address that somebody typed into a reason stays what it is, words.
    site = "/".join(link.split("/", 3)[:3])
    patterns = [rf"(?P<link>{re.escape(site)}/[\w/.%?=&#~-]*)"] if link else []
    if hotline:
        patterns.append(rf"(?P<hotline>{re.escape(hotline)})")
    pattern = re.compile("|".join(patterns)) if patterns else None

    def marked(line: str) -> Markup:
        if pattern is None:
            return escape(line)
        made, end = Markup(""), 0
        for match in pattern.finditer(line):
            words = escape(match[0])
            address = words if match.lastgroup == "link" else Markup("tel:") + words
            made += escape(line[end : match.start()]) + Markup('<a href="{}">{}</a>').format(address, words)
            end = match.end()
        return made + escape(line[end:])

    return marked
