"""A page loads the style sheets of the classes that it uses."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SHEETS = {path.name: path for path in (ROOT / "recruitment" / "static").glob("*.css")}
CLASS = re.compile(r"[a-zA-Z][\w-]*")


def _defined(sheet: Path) -> set[str]:
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "{}", sheet.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def _parts(name: str, seen: set[str]) -> set[str]:
    """A template and all that it extends and includes."""
    if name not in seen:
        seen.add(name)
        for other in re.findall(r'{%\s*(?:extends|include)\s+"([^"]+)"', (TEMPLATES / name).read_text()):
            _parts(other, seen)
    return seen


def _used(source: str) -> set[str]:
    plain = (re.sub(r"{{.*?}}|{%.*?%}", " ", words) for words in re.findall(r'class="([^"]*)"', source))
    return {name for words in plain for name in CLASS.findall(words)}


def _pages() -> list[str]:
    names = (path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    return sorted(name for name in names if "layout/base.html" in _parts(name, set()))


def test_a_page_loads_what_its_classes_need() -> None:
    missing = {}
    for name in _pages():
        source = "".join((TEMPLATES / part).read_text() for part in _parts(name, set()))
        loaded = set(re.findall(r'filename="(\w+\.css)"', source))
        assert loaded <= SHEETS.keys(), name
        styled = set().union(*(_defined(SHEETS[sheet]) for sheet in loaded))
        elsewhere = set().union(*(_defined(sheet) for sheet in SHEETS.values())) - styled
        if lost := _used(source) & elsewhere:
            missing[name] = lost
    assert not missing
