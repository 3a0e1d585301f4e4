"""Which clause is encoded by which rule and proven by which tests, in the order of the texts."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that bears on eligibility.

    Attributes:
        document: the text it stands in, for people.
        part: article or section, may be empty.
        text: what it says, restated.
        rules: names of the rules that encode it.
        tests: ``file::function`` in ``tests/eligibility``.
        note: why something is missing, or what the rule cannot see.
    """

    document: str
    part: str
    text: str
    rules: tuple[str, ...]
    tests: tuple[str, ...]
    note: str

    @property
    def status(self) -> str:
        """``proven``; ``untested`` (a rule, no test) or ``open`` (no rule)."""
        if not self.rules:
            return "open"
        return "proven" if self.tests else "untested"


STATUS_WORDS = {"proven": "已编码并有测试", "untested": "有规则、无测试", "open": "没有规则"}


@cache
def clauses() -> tuple[Clause, ...]:
    """Every clause, in the order of the texts."""
    raw = files("recruitment.eligibility").joinpath("data", "coverage.toml").read_text(encoding="utf-8")
    data = tomllib.loads(raw)
    return tuple(
        Clause(
            data["documents"][entry["document"]],
            entry["part"],
            entry["text"],
            tuple(entry["rules"]),
            tuple(entry["tests"]),
            entry.get("note", ""),
        )
        for entry in data["clause"]
    )


def markdown() -> str:
    """The table of ``docs/eligibility.md``, one per text."""
    lines: list[str] = []
    document = None
    for clause in clauses():
        if clause.document != document:
            document = clause.document
            lines += [
                "",
                f"### {document}",
                "",
                "| 条款 | 内容 | 规则 | 测试 | 状态 |",
                "|---|---|---|---|---|",
            ]
        rules = " ".join(f"`{rule}`" for rule in clause.rules) or "—"
        tests = "<br>".join(f"`{test}`" for test in clause.tests) or "—"
        status = STATUS_WORDS[clause.status] + (f"；{clause.note}" if clause.note else "")
        lines.append(f"| {clause.part or '—'} | {clause.text} | {rules} | {tests} | {status} |")
    return "\n".join(lines).strip() + "\n"
