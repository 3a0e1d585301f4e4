"""The list of reasons that a refusal may rest on."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """A reason with a stable code, the words a cadre reads, and the clause it rests on.

    Attributes:
        rule: the family of eligibility rules that bears on it (``"age"`` for ``age.*``), or empty.
    """

    code: str
    words: str
    rule: str
    citation: str


@cache
def refusal_reasons() -> dict[str, RefusalReason]:
    """Every reason by its code, in the order shown."""
    text = files("recruitment.applications").joinpath("refusal_reasons.toml").read_text("utf-8")
    return {row["code"]: RefusalReason(**row) for row in tomllib.loads(text)["reason"]}
