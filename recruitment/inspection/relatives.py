"""Whether somebody would work with their relatives (Civil Servants Law, art. 74). Pure.

The law forbids spouses, blood relatives in direct line, collateral blood relatives within three generations and close
relatives by marriage to work in one organ under the same leader or one under the other, and to do organisation,
personnel, discipline, supervision, audit or finance work where the other leads. Whether a tie is one of these the
inspectors judge; this finds the ties they must look at.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recruitment.wording import N_

CLAUSE = N_("《公务员法》第七十四条")
# Relations of the application form that the law names in any case; another relative may be too far.
NAMED = frozenset({"配偶", "父亲", "母亲", "儿子", "女儿", "兄弟姐妹", "配偶的父母", "子女的配偶"})


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works in the organ; ``leads`` who leads it."""

    name: str
    post: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """A declared relative who seems to work where the candidate would.

    Attributes:
        staff: whom of the organ's staff the name is; none where only the declared employer is the organ.
        named: whether the law names the relation in any case.
    """

    relation: str
    name: str
    employer: str
    staff: Staff | None
    named: bool


def plain(text: str) -> str:
    """A name or employer for comparing: half width, without spaces, dots and brackets."""
    return re.sub(r"[\s·•．.,，（）()]", "", unicodedata.normalize("NFKC", text)).casefold()


def ties(relatives: Iterable[Mapping[str, Any]], organ: str, staff: Iterable[Staff]) -> list[Tie]:
    """Every declared relative who bears the name of one of the staff, or whose employer is the organ.

    Args:
        relatives: of the frozen form: ``relation``, ``name``, ``employer``.
        organ: the employing organ as the position table names it.
    """
    known: dict[str, Staff] = {}
    for person in staff:
        # Two of one name: the one who leads weighs more.
        present = known.get(plain(person.name))
        if present is None or person.leads:
            known[plain(person.name)] = person
    found = []
    for item in relatives:
        name, employer = str(item.get("name") or ""), str(item.get("employer") or "")
        person_there = known.get(plain(name)) if plain(name) else None
        same_organ = bool(plain(employer)) and (
            plain(employer) in plain(organ) or plain(organ) in plain(employer)
        )
        if person_there or same_organ:
            relation = str(item.get("relation") or "")
            found.append(Tie(relation, name, employer, person_there, relation in NAMED))
    return found


def read_staff(text: str) -> list[Staff]:
    """Names as typed: one person a line, the post after a space, ``*`` before who leads.

    >>> read_staff("*王某 镇长\\n李某")
    [Staff(name='王某', post='镇长', leads=True), Staff(name='李某', post='', leads=False)]
    """
    found = []
    for line in text.splitlines():
        words = unicodedata.normalize("NFKC", line).split(maxsplit=1)
        if not words:
            continue
        name, post = words[0], words[1].strip() if len(words) > 1 else ""
        if name.strip("*"):
            found.append(Staff(name.strip("*"), post, name.startswith("*")))
    return found


def write_staff(staff: Iterable[Staff]) -> str:
    """The text that :func:`read_staff` reads."""
    return "\n".join(f"{'*' if person.leads else ''}{person.name} {person.post}".strip() for person in staff)
