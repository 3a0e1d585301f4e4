"""Words for people: Chinese text that remembers its parts, so that a page can say it in another language."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Union

Part = Union[int, str, date, "Words", tuple[str, ...]]
"""A part of a sentence: a number; text that is the same in every language, such as a name; a day; words; or an
enumeration of names and words."""


@lru_cache(maxsize=1 << 15)  # birth dates of a lifetime
def day(value: date) -> str:
    """``2021年2月24日``"""
    return f"{value.year}年{value.month}月{value.day}日"


class Words(str):
    """Chinese text, made of a template and the parts that stand at its named places.

    The template is what catalogues of other languages know the sentence by, so it is written out where it is
    used. What takes the text apart (``replace``, ``+``) gives plain text that no other language knows.

    >>> Words("%(born)s出生，未满%(age)s周岁。", born=date(2003, 2, 25), age=18)
    '2003年2月25日出生，未满18周岁。'

    Attributes:
        template: the sentence with its places, ``%(name)s``; without parts it is taken as it stands.
        parts: part by name.
    """

    __slots__ = ("parts", "template")

    template: str
    parts: Mapping[str, Part]

    def __new__(cls, template: str, /, **parts: Part) -> "Words":
        text = template
        if parts:
            said: dict[str, object] = {}
            for name, part in parts.items():
                kind = part.__class__
                if kind is date:
                    said[name] = day(part)
                else:
                    said[name] = "、".join(part) if kind is tuple else part  # type: ignore[arg-type]
            text = template % said
        self = str.__new__(cls, text)
        self.template = template
        self.parts = parts
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.template,), dict(self.parts)

    def to_json(self) -> dict[str, Any]:
        """Plain data; ``from_json`` gives equal words with equal parts."""
        return {"template": self.template} | (
            {"parts": {name: _to_json(part) for name, part in self.parts.items()}} if self.parts else {}
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Words":
        return cls(data["template"], **{key: _from_json(part) for key, part in data.get("parts", {}).items()})


def _to_json(part: Part) -> Any:
    match part:
        case Words():
            return part.to_json()
        case date():
            return {"day": part.isoformat()}
        case tuple():
            return [_to_json(item) for item in part]
        case _:
            return part


def _from_json(data: Any) -> Part:
    match data:
        case {"day": str(iso)}:
            return date.fromisoformat(iso)
        case dict():
            return Words.from_json(data)
        case list():
            return tuple(Words.from_json(item) if isinstance(item, dict) else str(item) for item in data)
        case _:
            part: int | str = data
            return part
