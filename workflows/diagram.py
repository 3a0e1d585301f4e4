"""Pictures of a definition: SVG, Mermaid, BPMN 2.0, and JSON for everything else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from workflows.definition import START, Definition, Transition
from workflows.soundness import targets

FORMATS = ("svg", "mermaid", "bpmn", "json")

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 150, 48, 70, 44, 24
ANYWHERE = "各环节都可能到："
_SVG = "http://www.w3.org/2000/svg"
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DI = "http://www.omg.org/spec/DD/20100524/DI"
for _prefix, _uri in (("svg", _SVG), ("bpmn", _BPMN), ("bpmndi", _BPMNDI), ("dc", _DC), ("di", _DI)):
    if _prefix != "svg":
        Xml.register_namespace(_prefix, _uri)


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition between two states; ``source`` is empty for the beginning."""

    source: str | None
    target: str
    steps: tuple[Transition, ...]

    @property
    def label(self) -> str:
        return " / ".join(dict.fromkeys(step.label for step in self.steps))


def edges(definition: Definition) -> list[Edge]:
    """One edge for each pair of states, with every transition between them."""
    between: dict[tuple[str | None, str], list[Transition]] = {}
    for step in definition.transitions.values():
        if step.name == START:
            between.setdefault((None, step.target or ""), []).append(step)
            continue
        for source in step.sources:
            ends = (source,) if step.kind == "release" else targets(definition, step)
            for target in ends:
                between.setdefault((source, target), []).append(step)
    return [Edge(source, target, tuple(steps)) for (source, target), steps in between.items()]


def anywhere(definition: Definition) -> list[str]:
    """Ends that more than half of the open states lead to (given up, disqualified): lines would say nothing."""
    open_states = {name for name, state in definition.states.items() if not state.final}
    sources: dict[str, set[str]] = {}
    for edge in edges(definition):
        if edge.source in open_states:
            sources.setdefault(edge.target, set()).add(edge.source)
    return [
        name
        for name, state in definition.states.items()
        if state.final and len(open_states) > 4 and len(sources.get(name, ())) > len(open_states) / 2
    ]


def layers(definition: Definition) -> list[list[str]]:
    """States in rows, by how many steps they are from the beginning."""
    depth = {definition.start.target or "": 0}
    todo = list(depth)
    while todo:
        here = todo.pop(0)
        for edge in edges(definition):
            if edge.source == here and edge.target not in depth:
                depth[edge.target] = depth[here] + 1
                todo.append(edge.target)
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for state in definition.states:
        rows[depth.get(state, 0)].append(state)
    return rows


def _places(definition: Definition) -> dict[str, tuple[int, int]]:
    """Top left corner of each state's box."""
    apart = anywhere(definition)
    rows = [row for depth in layers(definition) if (row := [name for name in depth if name not in apart])]
    if apart:
        rows.append(apart)
    widest = max(len(row) for row in rows)
    places = {}
    for depth, row in enumerate(rows):
        indent = (widest - len(row)) * (_WIDTH + _GAP_X) // 2
        for number, state in enumerate(row):
            x = _MARGIN + indent + number * (_WIDTH + _GAP_X)
            places[state] = (x, _MARGIN + 40 + depth * (_HEIGHT + _GAP_Y))
    return places


def render(definition: Definition, format_: str, *, current: str | None = None) -> str:
    """The picture in one of ``FORMATS``. ``current`` marks a state (SVG only)."""
    match format_:
        case "svg":
            return svg(definition, current=current)
        case "mermaid":
            return mermaid(definition)
        case "bpmn":
            return bpmn(definition)
        case "json":
            return as_json(definition)
    raise ValueError(f"unknown format {format_!r}")


def mermaid(definition: Definition) -> str:
    """A Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.name}' for state in definition.states.values()]
    for edge in edges(definition):
        label = edge.label.replace(":", ":").replace(";", ";")
        lines.append(f"    {edge.source or '[*]'} --> {edge.target}: {label}")
    lines += [f"    {state.name} --> [*]" for state in definition.states.values() if state.final]
    return "\n".join(lines) + "\n"


def as_json(definition: Definition) -> str:
    """States, groups, transitions and timers as data."""
    data = {
        "name": definition.name,
        "version": definition.version,
        "label": definition.label,
        "groups": {name: list(states) for name, states in definition.groups.items()},
        "states": [
            {
                "name": state.name,
                "label": state.label,
                "final": state.final,
                "groups": sorted(state.groups),
                "seen_by": sorted(state.seen_by),
            }
            for state in definition.states.values()
        ],
        "transitions": [_step_data(definition, step) for step in definition.transitions.values()],
        "timers": [
            {
                "name": timer.name,
                "label": timer.label,
                "fires": timer.fires,
                "minutes": timer.minutes,
                "working_days": timer.working_days,
                "due": timer.due,
            }
            for timer in definition.timers.values()
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _step_data(definition: Definition, step: Transition) -> dict[str, object]:
    return {
        "name": step.name,
        "trigger": step.trigger,
        "label": step.label,
        "kind": step.kind,
        "from": list(step.sources),
        "to": list(dict.fromkeys(targets(definition, step))),
        "who": [
            {"owner": True}
            if who.owner
            else {"system": True}
            if who.system
            else {"role": who.role, "within": "area" if who.within_area else None}
            for who in step.who
        ],
        "guards": [("!" if use.negated else "") + use.name for use in step.guards],
        "form": step.form,
        "notices": list(step.notices),
        "sets": list(step.sets),
        "clears": list(step.clears),
        "bulk": step.bulk,
        "held": step.held,
        "four_eyes": step.four_eyes,
    }


def svg(definition: Definition, *, current: str | None = None) -> str:
    """An SVG with a title and a text description; boxes have classes, so that a page's styles may apply."""
    places = _places(definition)
    width = max(x for x, _ in places.values()) + _WIDTH + _MARGIN
    height = max(y for _, y in places.values()) + _HEIGHT + _MARGIN
    root = Xml.Element(
        "svg",
        {
            "xmlns": _SVG,
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-labelledby": f"{definition.name}-title {definition.name}-text",
            "class": "workflow",
            "font-family": "sans-serif",
            "font-size": "14",
        },
    )
    Xml.SubElement(root, "title", {"id": f"{definition.name}-title"}).text = definition.label
    Xml.SubElement(root, "desc", {"id": f"{definition.name}-text"}).text = describe(definition, current)
    marker = Xml.SubElement(
        Xml.SubElement(root, "defs"),
        "marker",
        {
            "id": f"{definition.name}-arrow",
            "viewBox": "0 0 10 10",
            "refX": "9",
            "refY": "5",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto-start-reverse",
        },
    )
    Xml.SubElement(marker, "path", {"d": "M0 0L10 5L0 10z", "fill": "#5b6570"})
    apart = anywhere(definition)
    for edge in edges(definition):
        if edge.source != edge.target and edge.target not in apart:
            _draw_edge(root, definition, edge, places)
    for state in definition.states.values():
        _draw_state(root, definition, state.name, places[state.name], here=state.name == current)
    if apart:
        note = {"x": str(width // 2), "y": str(places[apart[0]][1] - 14), "text-anchor": "middle"}
        Xml.SubElement(root, "text", note | {"fill": "#5b6570"}).text = ANYWHERE
    return Xml.tostring(root, encoding="unicode") + "\n"


def _draw_edge(
    root: Xml.Element, definition: Definition, edge: Edge, places: dict[str, tuple[int, int]]
) -> None:
    to_x, to_y = places[edge.target]
    if edge.source is None:
        x, y = to_x + _WIDTH // 2, to_y - 30
        Xml.SubElement(root, "circle", {"cx": str(x), "cy": str(y), "r": "6", "fill": "#5b6570"})
        path = f"M{x} {y + 6}L{x} {to_y}"
    else:
        path = _path(places[edge.source], (to_x, to_y))
    group = Xml.SubElement(root, "g", {"class": "transition"})
    Xml.SubElement(group, "title").text = edge.label
    line = {"d": path, "fill": "none", "stroke": "#5b6570", "marker-end": f"url(#{definition.name}-arrow)"}
    if all(step.kind == "correction" for step in edge.steps):
        line["stroke-dasharray"] = "5 4"
    Xml.SubElement(group, "path", line)


def _path(source: tuple[int, int], target: tuple[int, int]) -> str:
    """Down from the lower edge, else around the side, bent so that there and back do not lie on each other."""
    (x1, y1), (x2, y2) = source, target
    middle1, middle2 = x1 + _WIDTH // 2, x2 + _WIDTH // 2
    if y2 > y1:
        start, end = (middle1, y1 + _HEIGHT), (middle2, y2)
        bend = (y2 - y1 - _HEIGHT) // 2
        return (
            f"M{start[0]} {start[1]}C{start[0]} {start[1] + bend} {end[0]} {end[1] - bend} {end[0]} {end[1]}"
        )
    side = _WIDTH if x2 >= x1 else 0
    start, end = (x1 + side, y1 + _HEIGHT // 2), (x2 + side, y2 + _HEIGHT // 2)
    out = _GAP_X - 10 if side else 10 - _GAP_X
    if y1 == y2 and x1 != x2:
        start, end = (x1 + side, y1 + 12), (x2 + _WIDTH - side, y2 + 12)
        return f"M{start[0]} {start[1]}L{end[0]} {end[1]}"
    return f"M{start[0]} {start[1]}C{start[0] + out} {start[1]} {end[0] + out} {end[1]} {end[0]} {end[1]}"


def _draw_state(
    root: Xml.Element, definition: Definition, name: str, place: tuple[int, int], *, here: bool
) -> None:
    state = definition.states[name]
    x, y = place
    classes = ["state"] + ["final"] * state.final + ["current"] * here
    group = Xml.SubElement(root, "g", {"class": " ".join(classes)})
    box = {
        "x": str(x),
        "y": str(y),
        "width": str(_WIDTH),
        "height": str(_HEIGHT),
        "rx": "8",
        "fill": "#0b5cad" if here else "#ffffff",
        "stroke": "#0b5cad" if here else "#5b6570",
        "stroke-width": "3" if state.final else "1.5",
    }
    Xml.SubElement(group, "rect", box)
    text = {
        "x": str(x + _WIDTH // 2),
        "y": str(y + _HEIGHT // 2 + 5),
        "text-anchor": "middle",
        "fill": "#ffffff" if here else "#1d2329",
    }
    Xml.SubElement(group, "text", text).text = state.label


def describe(definition: Definition, current: str | None = None) -> str:
    """The picture in words: where one stands, and where each state leads."""
    words = [f"现在是“{definition.states[current].label}”。"] if current else []
    for state in definition.states.values():
        ways = [
            f"{edge.label}到“{definition.states[edge.target].label}”"
            for edge in edges(definition)
            if edge.source == state.name and edge.target != state.name
        ]
        end = "到此结束。" if not ways else f"可由{'、'.join(ways)}。"
        words.append(f"“{state.label}”{end}")
    return "".join(words)


def bpmn(definition: Definition) -> str:
    """A BPMN 2.0 process with its drawing: a task for each state, a sequence flow for each way between two.

    BPMN has no states; a state is drawn as the user task of waiting in it, a final one also leads to an end
    event.
    """
    root = Xml.Element(
        f"{{{_BPMN}}}definitions",
        {"id": f"definitions_{definition.name}", "targetNamespace": "urn:workflow", "exporter": "workflows"},
    )
    process_id = f"process_{definition.name}"
    process = Xml.SubElement(
        root, f"{{{_BPMN}}}process", {"id": process_id, "name": definition.label, "isExecutable": "false"}
    )
    flows = list(_flows(definition))
    Xml.SubElement(process, f"{{{_BPMN}}}startEvent", {"id": "start", "name": definition.start.label})
    for state in definition.states.values():
        Xml.SubElement(process, f"{{{_BPMN}}}userTask", {"id": f"state_{state.name}", "name": state.label})
        if state.final:
            Xml.SubElement(process, f"{{{_BPMN}}}endEvent", {"id": f"end_{state.name}"})
    for node in process:
        for direction, side in (("incoming", 2), ("outgoing", 1)):
            for flow in flows:
                if flow[side] == node.get("id"):
                    Xml.SubElement(node, f"{{{_BPMN}}}{direction}").text = flow[0]
    for id_, source, target, label in flows:
        attributes = {"id": id_, "sourceRef": source, "targetRef": target} | (
            {"name": label} if label else {}
        )
        Xml.SubElement(process, f"{{{_BPMN}}}sequenceFlow", attributes)
    _draw_bpmn(root, process_id, definition, flows)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _flows(definition: Definition) -> Iterator[tuple[str, str, str, str]]:
    """id, source, target and name of each sequence flow."""
    for number, edge in enumerate(edges(definition), start=1):
        source = f"state_{edge.source}" if edge.source else "start"
        yield f"flow_{number}", source, f"state_{edge.target}", edge.label
    for state in definition.states.values():
        if state.final:
            yield f"flow_end_{state.name}", f"state_{state.name}", f"end_{state.name}", ""


def _draw_bpmn(
    root: Xml.Element, process_id: str, definition: Definition, flows: list[tuple[str, str, str, str]]
) -> None:
    diagram = Xml.SubElement(root, f"{{{_BPMNDI}}}BPMNDiagram", {"id": "diagram"})
    plane = Xml.SubElement(diagram, f"{{{_BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": process_id})
    boxes: dict[str, tuple[int, int, int, int]] = {}
    for name, (x, y) in _places(definition).items():
        boxes[f"state_{name}"] = (x, y * 2, _WIDTH, _HEIGHT)
        if definition.states[name].final:
            boxes[f"end_{name}"] = (x + _WIDTH // 2 - 18, y * 2 + _HEIGHT + 30, 36, 36)
    x, y, _, _ = boxes[f"state_{definition.start.target}"]
    boxes["start"] = (x + _WIDTH // 2 - 18, y - 70, 36, 36)
    for id_, (left, top, width, height) in boxes.items():
        shape = Xml.SubElement(plane, f"{{{_BPMNDI}}}BPMNShape", {"id": f"{id_}_shape", "bpmnElement": id_})
        bounds = {"x": str(left), "y": str(top), "width": str(width), "height": str(height)}
        Xml.SubElement(shape, f"{{{_DC}}}Bounds", bounds)
    for id_, source, target, _ in flows:
        edge = Xml.SubElement(plane, f"{{{_BPMNDI}}}BPMNEdge", {"id": f"{id_}_edge", "bpmnElement": id_})
        for px, py in _waypoints(boxes[source], boxes[target]):
            Xml.SubElement(edge, f"{{{_DI}}}waypoint", {"x": str(px), "y": str(py)})


Box = tuple[int, int, int, int]


def _waypoints(source: Box, target: Box) -> list[tuple[int, int]]:
    x1, y1, w1, h1 = source
    x2, y2, w2, h2 = target
    if source == target:
        return [(x1 + w1, y1 + 10), (x1 + w1 + 25, y1 + 10), (x1 + w1 + 25, y1 - 15), (x1 + w1 // 2, y1 - 15), (x1 + w1 // 2, y1)]  # fmt: skip  # noqa: E501
    if y2 > y1:
        return [(x1 + w1 // 2, y1 + h1), (x2 + w2 // 2, y2)]
    if y2 < y1:
        return [(x1 + w1, y1 + h1 // 2), (x1 + w1 + 30, y1 + h1 // 2), (x2 + w2, y2 + h2 // 2)]
    return [(x1 + (w1 if x2 > x1 else 0), y1 + h1 // 2), (x2 + (0 if x2 > x1 else w2), y2 + h2 // 2)]
