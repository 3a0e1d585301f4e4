"""A list of bars as other authorities send it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString, lazy_gettext

from recruitment.bars.words import KINDS
from recruitment.lists import parsers
from recruitment.lists.declaration import Column, ListDeclaration, RowWrong
from recruitment.lists.parsers import Wrong
from recruitment.people.id_number import IdNumber, IdNumberError, parse

FOR_LIFE = "终身"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be made; ``until`` none is for life."""

    name: str
    id_number: IdNumber
    kind: str
    source: str
    clause: str
    starts_on: date
    until: date | None

    @property
    def kind_words(self) -> LazyString:
        """The kind as pages say it."""
        return lazy_gettext(KINDS[self.kind])


def _until(value: str) -> date | str:
    return FOR_LIFE if parsers.loose(value) in (FOR_LIFE, "长期") else parsers.day()(value)


def _ends_later(values: Mapping[str, Any]) -> None:
    until = values["until"]
    if until != FOR_LIFE and until < values["starts_on"]:
        raise RowWrong([("until", Wrong("截止日期早于起始日期"))])


def _build(values: Mapping[str, Any]) -> Entry:
    until = None if values["until"] == FOR_LIFE else values["until"]
    return Entry(**(dict(values) | {"until": until}))


def table(today: date) -> ListDeclaration[Entry]:
    """The list as it is read on a day."""

    def number(value: str) -> IdNumber:
        try:
            return parse(value, today)
        except IdNumberError as error:
            raise Wrong(str(error).rstrip("。")) from None

    kinds = {str(words): key for key, words in KINDS.items()}
    return ListDeclaration(
        name="禁考名单",
        columns=(
            Column("name", "姓名", parsers.text(50)),
            Column("id_number", "身份证号", number, ("公民身份号码", "身份证号码")),
            Column("kind", "情形", parsers.choice(kinds), ("违规情形",)),
            Column("source", "决定文号", parsers.text(200), ("来源", "决定机关及文号")),
            Column("clause", "依据条款", parsers.text(200), ("依据",)),
            Column("starts_on", "起始日期", parsers.day(date(1990, 1, 1), None), ("禁考起始",)),
            Column("until", "截止日期", _until, ("禁考截止",)),
        ),
        build=_build,
        rules=(_ends_later,),
    )
