"""One subject's way as a picture."""

import xml.etree.ElementTree as Xml

import pytest

from workflows import journey
from workflows.definition import Definition
from workflows.reading import load

DEFINITION: Definition = load()["application"][1]


def read(picture: str) -> tuple[str, dict[str, list[str]]]:
    """The text equivalent, and the labels of the stops by kind."""
    root = Xml.fromstring(picture)
    stops: dict[str, list[str]] = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        label = group.find("{http://www.w3.org/2000/svg}text")
        assert label is not None
        stops.setdefault(group.get("class", ""), []).append(label.text or "")
    return root.findtext("{http://www.w3.org/2000/svg}desc") or "", stops


def test_it_shows_where_one_was_where_one_stands_and_where_one_may_go() -> None:
    text, stops = read(journey.svg(DEFINITION, ["draft", "submitted"]))
    assert stops == {
        "journey-past": ["填写中"],
        "journey-here": ["待县级初审"],
        "journey-ahead": ["待市级确认", "退回补正", "资格初审合格", "审核不通过", "已撤回"],
    }
    assert text == (
        "填写中。现在：待县级初审。接下来可能：待市级确认、退回补正、资格初审合格、审核不通过、已撤回。"
    )


def test_a_way_gone_twice_is_one_stop_and_a_correction_is_not_promised() -> None:
    text, stops = read(journey.svg(DEFINITION, ["draft", "submitted", "returned", "submitted", "refused"]))
    assert stops["journey-past"] == ["填写中", "退回补正", "待县级初审"]
    assert stops["journey-here"] == ["审核不通过"]
    assert "journey-ahead" not in stops
    assert text.endswith("现在：审核不通过。")


def test_labels_may_be_in_another_language() -> None:
    _text, stops = read(journey.svg(DEFINITION, ["draft"], labels={"draft": "Being filled in <1>"}))
    assert stops["journey-here"] == ["Being filled in <1>"]


def test_a_subject_stands_somewhere() -> None:
    with pytest.raises(ValueError, match="somewhere"):
        journey.svg(DEFINITION, [])
