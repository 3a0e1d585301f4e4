"""A position table as one call may take it: its own rules, and the call's floor of schooling."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from recruitment.calls.conditions import level_words
from recruitment.calls.models import Call
from recruitment.calls.position_table import POSITION_TABLE, PositionRow, county_of
from recruitment.calls.rules import parameters_of
from recruitment.eligibility.vocabulary import EDUCATION_RANK
from recruitment.lists.declaration import ListDeclaration, RowWrong
from recruitment.lists.parsers import Wrong


def table_of(call: Call) -> ListDeclaration[PositionRow]:
    """The position table of a call.

    A position may ask for more schooling than the call, never for less: it would draw people whom the call
    refuses.
    """
    parameters = parameters_of(call)
    tibetan = parameters.counties("education.tibetan_counties")

    def above_the_floor(values: Mapping[str, Any]) -> None:
        asked = values["education"]
        try:
            county_code = county_of(values)
        except RowWrong:
            # Said by the table's own rule.
            return
        here = "education.floor_tibetan" if county_code in tibetan else "education.floor"
        floor = parameters[here]
        if EDUCATION_RANK[asked] < EDUCATION_RANK[floor]:
            wrong = Wrong(
                f"{level_words(asked)}低于本次招考的最低学历",
                f"应为{level_words(floor)}或更高。依据：{parameters.cite(here)}",
            )
            raise RowWrong([("education", wrong)])

    return replace(POSITION_TABLE, rules=(*POSITION_TABLE.rules, above_the_floor))
