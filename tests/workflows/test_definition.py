"""Definitions: read with file and line, refused when they cannot work."""

from pathlib import Path

import pytest

from tests.workflows.loan import DEFINITIONS, make_registry
from workflows.definition import Unsound, compare
from workflows.engine import Engine
from workflows.reading import DIRECTORY, load, read
from workflows.soundness import check

LOAN = (DEFINITIONS / "loan.toml").read_text("utf-8")
PATH = Path("loan.toml")


def problems(text: str) -> list[str]:
    """What loading the text would say, as ``line: words``."""
    try:
        found = check(read(text, PATH))
    except Unsound as unsound:
        found = list(unsound.problems)
    return [str(problem).removeprefix("loan.toml:") for problem in found]


def line_of(text: str, piece: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def test_the_definitions_that_come_along_are_sound() -> None:
    assert {"application", "call", "appeal", "objection"} <= load(DIRECTORY).keys()
    assert problems(LOAN) == []


# what is changed, into what, the line that is named (by a piece of it), and the words
FAULTS = [
    ('to = "lent"\nlabel = "借出"', 'to = "returned"\nlabel = "借出"', None, None),
    ('out = ["lent"]', "out = []", "out = []", "group 'out' names no state"),
    ('out = ["lent"]', 'out = ["away"]', 'out = ["away"]', "unknown state 'away'"),
    ('from = ["requested"]\nto = "approved"', 'from = ["asked"]\nto = "approved"', '"asked"', "unknown state 'asked'"),
    ("[transition.give_back]", '[state.lost]\nlabel = "x"\nfinal = true\n[transition.give_back]', "[state.lost]",
     "cannot be reached"),
    ('label = "已归还"\nfinal = true', 'label = "已归还"', "[state.returned]", None),
    ('who = [{ role = "director" }]\nsets', "who = []\nsets", "who = []", "nobody may take 'note'"),
    ('guards = ["!fees_paid"]\n', "", "[transition.ask_for_fees]", "both may hold"),
    ('sets = ["pickup"]', 'sets = ["pick_up"]', 'sets = ["pick_up"]', "unknown timer 'pick_up'"),
    ('fires = "remind"\ndue', 'fires = "nag"\ndue', 'fires = "nag"', "which is no transition"),
    ('sets = ["call_back"]\n', "", "[timer.call_back]", "no transition sets timer"),
    ('kind = "release"\n', "", "[transition.release]", "leads nowhere"),
    ('kind = "correction"\n', "", "from = [\"returned\"]", "is final: only a correction may leave it"),
    ("minutes = 60", "minutes = 0", "minutes = 0", "whole number from 1"),
    ("bulk = true", 'bulk = "yes"', 'bulk = "yes"', "must be true or false"),
    ("held = true", "helt = true", "helt = true", "unknown key 'helt'"),
    ('who = [{ owner = true }]', 'who = [{ owner = "me" }]', '"me"', "who may be owner"),
    ("version = 1", "version = one", "version = one", "not TOML"),
    ('guards = ["!fees_paid"]', 'guards = ["!fees_paid", "fees_paid"]', 'guards = ["!fees_paid", "fees_paid"]',
     "can never be taken"),
    ("[transition.give_back]", '[migrate.1]\nlent = "lent"\n[transition.give_back]', "[migrate.1]",
     "version 1 does not come before version 1"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "line", "words"), FAULTS)
def test_a_fault_is_named_with_its_line(before: str, after: str, line: str | None, words: str | None) -> None:
    assert before in LOAN
    text = LOAN.replace(before, after, 1)
    found = problems(text)
    if line is None:
        assert found
        return
    number = line_of(text, line)
    here = [words_ for words_ in found if words_.startswith(f"{number}: ") or f"line {number}" in words_]
    assert here, found
    assert words is None or any(words in found_words for found_words in here), here


def test_a_dead_end_and_an_endless_circle_are_found() -> None:
    text = """
name = "loop"
version = 1
label = "x"
[state.one]
label = "1"
[state.two]
label = "2"
[state.three]
label = "3"
final = true
[state.four]
label = "4"
[transition.start]
to = "one"
label = "x"
who = [{ owner = true }]
[transition.there]
from = ["one"]
to = "two"
label = "x"
who = [{ owner = true }]
[transition.back]
from = ["two"]
to = "one"
label = "x"
who = [{ owner = true }]
[transition.stop]
from = ["one"]
to = "four"
label = "x"
who = [{ owner = true }]
"""
    found = "\n".join(problems(text))
    assert "5: no final state can be reached from 'one'" in found
    assert "9: state 'three' cannot be reached" in found
    assert "12: state 'four' has no exit and is not final" in found


@pytest.mark.parametrize("kind", ["guards", "forms", "notices", "deadlines", "calendar"])
def test_a_name_without_implementation_stops_the_start(kind: str) -> None:
    registry = make_registry()
    if kind == "calendar":
        registry.calendar = None
    else:
        getattr(registry, kind).popitem()
    with pytest.raises(Unsound, match=r"loan\.toml:\d+: (unknown|no calendar)"):
        Engine(registry, load(DEFINITIONS))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{ role = "director" }', '{ role = "wizard" }'),
        ('label = "待取书"', 'label = "待取书"\nseen_by = ["wizard"]'),
    ],
)
def test_a_role_that_nobody_can_have_stops_the_start(tmp_path: Path, before: str, after: str) -> None:
    registry = make_registry()
    registry.roles = frozenset({"librarian", "director", "member"})
    Engine(registry, load(DEFINITIONS))
    assert before in LOAN
    (tmp_path / "loan.toml").write_text(LOAN.replace(before, after, 1), "utf-8")
    with pytest.raises(Unsound, match=r"loan\.toml:\d+: unknown role 'wizard'"):
        Engine(registry, load(tmp_path))


@pytest.mark.parametrize("name", ["lending.toml", "loan.v2.toml", "loan.draft.toml"])
def test_a_file_is_named_after_what_it_holds(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LOAN, "utf-8")
    with pytest.raises(Unsound, match=r"the file is (not )?named"):
        load(tmp_path)


def test_a_bulk_step_needs_guards_that_sql_can_ask(tmp_path: Path) -> None:
    text = LOAN.replace('sets = ["loan_period"]', 'sets = ["loan_period"]\nbulk = true', 1)
    (tmp_path / "loan.toml").write_text(text, "utf-8")
    with pytest.raises(Unsound, match="has no SQL form"):
        Engine(make_registry(), load(tmp_path))


def test_versions_lie_side_by_side_and_are_compared(tmp_path: Path) -> None:
    newer = LOAN.replace("version = 1", "version = 2").replace('label = "待取书"', 'label = "可取书"')
    newer = newer.replace("[transition.give_back]", "[transition.bring_back]")
    (tmp_path / "loan.v1.toml").write_text(LOAN, "utf-8")
    (tmp_path / "loan.toml").write_text(newer, "utf-8")
    versions = load(tmp_path)["loan"]
    assert list(versions) == [1, 2]
    changes = compare(versions[1], versions[2])
    assert changes.states_changed == ("approved",)
    assert (changes.transitions_added, changes.transitions_removed) == (("bring_back",), ("give_back",))
    (tmp_path / "loan.v1.toml").write_text(newer, "utf-8")
    with pytest.raises(Unsound, match="version 2 is also in"):
        load(tmp_path)


def test_who_may_see_a_state() -> None:
    loan = load(DEFINITIONS)["loan"][1]
    assert "lent" not in loan.seen_by(["member"])
    assert "lent" in loan.seen_by(["librarian"])
    assert "lent" in loan.seen_by([], owner=True)
    assert "requested" in loan.seen_by([])
