"""One subject's way as a picture that fits a phone: where it came from, where it stands, where it may go.

The picture of a whole definition is :mod:`workflows.diagram`'s.
"""

import xml.etree.ElementTree as Xml
from collections.abc import Sequence
from typing import Literal

from workflows.definition import Definition
from workflows.diagram import anywhere

_WIDTH, _ROW, _TOP, _LINE = 340, 44, 28, 22
_TEXT = _LINE + 24
# A circle around the middle of 2 × 10 holds the tick of a stop that lies behind.
_TICK = "M-4 0L-1 4L5 -4"
Kind = Literal["past", "here", "ahead"]


def svg(
    definition: Definition,
    visited: Sequence[str],
    *,
    labels: dict[str, str] | None = None,
    words: tuple[str, str] = ("现在：", "接下来可能："),
) -> str:
    """The picture as SVG with its text equivalent; every mark has a class and no style of its own.

    Args:
        visited: names of states in the order in which the subject stood in them; the last is the present one.
        labels: state → what it is called here; default: its label in the definition.
        words: what introduces the present state and those that may follow.

    Raises:
        ValueError: ``visited`` is empty.
    """
    if not visited:
        raise ValueError("a subject stands somewhere")
    named = {name: state.label for name, state in definition.states.items()} | (labels or {})
    present = visited[-1]
    # Going round twice is one line on the way: only where one stood last counts.
    past = [name for n, name in enumerate(visited[:-1]) if name not in visited[n + 1 :]]
    ahead = _ahead(definition, present)
    stops: list[tuple[str, Kind]] = [
        *((name, "past") for name in past),
        (present, "here"),
        *((name, "ahead") for name in ahead),
    ]
    height = _TOP * 2 + _ROW * (len(stops) - 1)
    name = f"{definition.name}-journey"
    root = Xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {height}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-text",
            "class": "journey",
        },
    )
    Xml.SubElement(root, "title", {"id": f"{name}-title"}).text = definition.label
    Xml.SubElement(root, "desc", {"id": f"{name}-text"}).text = describe(
        [named[one] for one in past], named[present], [named[one] for one in ahead], words
    )
    _line(root, "journey-done", 0, len(past))
    _line(root, "journey-open", len(past), len(stops) - 1)
    for row, (state, kind) in enumerate(stops):
        _stop(root, row, named[state], kind)
    return Xml.tostring(root, encoding="unicode")


def describe(past: Sequence[str], present: str, ahead: Sequence[str], words: tuple[str, str]) -> str:
    """The picture in words."""
    way = [f"{'→'.join(past)}。"] if past else []
    way.append(f"{words[0]}{present}。")
    if ahead:
        way.append(f"{words[1]}{'、'.join(ahead)}。")
    return "".join(way)


def _ahead(definition: Definition, present: str) -> list[str]:
    """Where the subject may go next by an ordinary step, in the order of the definition's states.

    Where almost everything may end at any time (given up, disqualified) says nothing about this step.
    """
    sources: dict[str, set[str]] = {}
    for step in definition.transitions.values():
        if step.kind == "correction" or step.target is None:
            continue
        sources.setdefault(step.target, set()).update(step.sources)
    apart = anywhere(definition)
    return [
        name
        for name in definition.states
        if name != present and present in sources.get(name, ()) and name not in apart
    ]


def _line(root: Xml.Element, class_: str, first: int, last: int) -> None:
    if last > first:
        Xml.SubElement(
            root,
            "path",
            {"class": class_, "d": f"M{_LINE} {_TOP + _ROW * first}V{_TOP + _ROW * last}"},
        )


def _stop(root: Xml.Element, row: int, label: str, kind: Kind) -> None:
    y = _TOP + _ROW * row
    group = Xml.SubElement(root, "g", {"class": f"journey-{kind}"})
    radius = {"past": "10", "here": "13", "ahead": "8"}[kind]
    Xml.SubElement(group, "circle", {"cx": str(_LINE), "cy": str(y), "r": radius})
    if kind == "past":
        Xml.SubElement(group, "path", {"d": _TICK, "transform": f"translate({_LINE} {y})"})
    Xml.SubElement(group, "text", {"x": str(_TEXT), "y": str(y + 6)}).text = label
