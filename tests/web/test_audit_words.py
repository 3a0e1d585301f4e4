"""Nobody is shown the name of an act as it stands in the record."""

import ast
from pathlib import Path

import recruitment
from recruitment.audit.words import ACTIONS


def _recorded(tree: ast.Module) -> set[str]:
    """What a module hands to ``record`` as the act: words written there, or constants of the module."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) < 3:
            continue
        if call.func.id in ("record", "_record", "_note"):
            act = call.args[2]
            value = act.value if isinstance(act, ast.Constant) else constants.get(getattr(act, "id", ""))
            found |= {value} if isinstance(value, str) and "." in value else set()
    return found


def test_every_act_on_record_has_words() -> None:
    root = Path(recruitment.__file__).parent
    acts = set().union(*(_recorded(ast.parse(path.read_text())) for path in root.rglob("*.py")))
    assert len(acts) > 40, "the acts are found"
    assert acts <= ACTIONS.keys()
