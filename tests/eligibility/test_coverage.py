"""The table of clauses is true: every rule and test it names exists, every rule stands in it."""

import ast
from pathlib import Path

from recruitment.eligibility.coverage import clauses, markdown
from recruitment.eligibility.verdict import RULES

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "eligibility.md"


def test_every_test_named_exists() -> None:
    for clause in clauses():
        for test in clause.tests:
            name, _, function = test.partition("::")
            tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
            assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


def test_every_rule_stands_for_a_clause_and_every_rule_named_exists() -> None:
    assert {rule for clause in clauses() for rule in clause.rules} == set(RULES)


def test_what_is_not_covered_says_why() -> None:
    assert all(clause.note for clause in clauses() if clause.status != "proven")


def test_the_clauses_of_one_text_stand_together() -> None:
    order = [clause.document for clause in clauses()]
    assert order == sorted(order, key=order.index)


def test_the_documentation_shows_the_table_as_it_is() -> None:
    """Mend with ``recruitment eligibility coverage``."""
    text = DOCS.read_text(encoding="utf-8")
    table = text.partition("<!-- coverage -->\n")[2].partition("<!-- /coverage -->")[0]
    assert table == markdown()
