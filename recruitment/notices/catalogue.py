"""What notices there are: one folder each under ``templates/notices/``, with an ``about.toml`` that describes it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import current_app

# What a text may have to say besides what happened and whom to call: why (with the clause), what to do, until when.
DUTIES = ("why", "do", "until")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    Attributes:
        name: its folder, ``<workflow>.<what>``.
        label: what staff call it.
        says: which of :data:`DUTIES` its text has to fulfil.
        legal: a person's rights run from it, so it is never quietly dropped.
        until: an expression for the deadline that a mail shows first, of the facts of its text; empty: none.
        until_label: what that time is.
        action: what the button under it says; it leads where the text's ``link`` does.
        only_until: without the deadline there is nothing to do either.
        sample: facts to render it with.
    """

    name: str
    label: str
    says: tuple[str, ...] = ()
    legal: bool = False
    until: str = ""
    until_label: str = "截止时间"
    action: str = ""
    only_until: bool = False
    sample: Mapping[str, Any] = field(default_factory=dict)


def kinds() -> Mapping[str, Kind]:
    """Every kind by name, in the order of names."""
    return _read(str(current_app.template_folder))


def label(name: str) -> str:
    """What staff call a kind; its name if it is no more."""
    known = kinds().get(name)
    return known.label if known else name


@lru_cache(maxsize=4)
def _read(folder: str) -> Mapping[str, Kind]:
    found = {}
    common = tomllib.loads(Path(folder, "notices", "sample.toml").read_text("utf-8"))
    for path in sorted(Path(folder, "notices").glob("*.*/body.txt")):
        name = path.parent.name
        about = path.with_name("about.toml")
        found[name] = _kind(name, tomllib.loads(about.read_text("utf-8")) if about.is_file() else {}, common)
    return MappingProxyType(found)


def _kind(name: str, raw: dict[str, Any], common: dict[str, Any]) -> Kind:
    says = tuple(raw.get("says", ()))
    if unknown := set(says) - set(DUTIES):
        raise ValueError(f"{name}: {', '.join(sorted(unknown))} is no duty of a text")
    sample = MappingProxyType({**common, **raw.get("sample", {})})
    return Kind(
        name,
        raw.get("label", name),
        says,
        bool(raw.get("legal", False)),
        sample=sample,
        **raw.get("first", {}),
    )
