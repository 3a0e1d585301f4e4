"""Pictures: complete, well-formed, and said in words as well."""

import json
from xml.etree import ElementTree as Xml

import pytest

from workflows import diagram
from workflows.definition import Definition
from workflows.reading import load

ALL = [versions[max(versions)] for versions in load().values()]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.name)
def test_every_state_and_way_is_in_every_picture(definition: Definition) -> None:
    svg = Xml.fromstring(diagram.svg(definition))
    shown = {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert shown - {diagram.ANYWHERE} == {state.label for state in definition.states.values()}
    mermaid = diagram.mermaid(definition)
    data = json.loads(diagram.as_json(definition))
    for step in definition.transitions.values():
        assert step.label in mermaid
        assert step.name in {item["name"] for item in data["transitions"]}
    assert [state["name"] for state in data["states"]] == list(definition.states)


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.name)
def test_bpmn_keeps_the_rules_of_its_schema(definition: Definition) -> None:
    root = Xml.fromstring(diagram.bpmn(definition))
    assert root.tag == f"{BPMN}definitions"
    assert root.get("targetNamespace")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    (process,) = root.findall(f"{BPMN}process")
    nodes = {node.get("id"): node for node in process if node.tag != f"{BPMN}sequenceFlow"}
    flows = {flow.get("id"): flow for flow in process.findall(f"{BPMN}sequenceFlow")}
    for id_, flow in flows.items():
        source, target = nodes[flow.get("sourceRef")], nodes[flow.get("targetRef")]
        assert id_ in [out.text for out in source.findall(f"{BPMN}outgoing")]
        assert id_ in [into.text for into in target.findall(f"{BPMN}incoming")]
    for node in nodes.values():
        kinds = [child.tag.removeprefix(BPMN) for child in node]
        assert kinds == sorted(kinds)  # incoming before outgoing
        assert node.tag != f"{BPMN}startEvent" or "incoming" not in kinds
        assert node.tag != f"{BPMN}endEvent" or "outgoing" not in kinds
    drawn = [shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")]
    assert sorted(map(str, drawn)) == sorted(map(str, nodes))
    lines = [edge.get("bpmnElement") for edge in root.iter(f"{DI}BPMNEdge")]
    assert sorted(map(str, lines)) == sorted(map(str, flows))
    assert all(len(edge) >= 2 for edge in root.iter(f"{DI}BPMNEdge"))


def test_the_picture_shows_where_one_stands_and_says_so() -> None:
    application = next(definition for definition in ALL if definition.name == "application")
    svg = Xml.fromstring(diagram.svg(application, current="returned"))
    (current,) = [group for group in svg.iter() if "current" in group.get("class", "").split()]
    assert [text.text for text in current if text.tag.endswith("text")] == ["退回补正"]
    (words,) = [element.text for element in svg if element.tag.endswith("desc")]
    assert words is not None
    assert words.startswith("现在是“退回补正”。")
    assert "补正后重新提交到“待县级初审”" in words
