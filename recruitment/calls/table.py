"""A position table as one call may take it: read by itself, then held against the call's own floor."""

from dataclasses import replace

from recruitment.calls.conditions import level_words
from recruitment.calls.models import Call
from recruitment.calls.position_table import POSITION_TABLE, PositionRow, read_position_table
from recruitment.calls.rules import parameters_of
from recruitment.eligibility.vocabulary import EDUCATION_RANK
from recruitment.lists.reading import ImportResult, ListError


def read_for(call: Call, content: bytes) -> ImportResult[PositionRow]:
    """All positions of a spreadsheet, or every error and no position.

    A position may ask for more schooling than the call, never for less: it would draw people whom the call
    refuses.
    """
    found = read_position_table(content)
    parameters = parameters_of(call)
    tibetan = parameters.counties("education.tibetan_counties")
    errors = []
    for row, number in zip(found.rows, found.numbers, strict=True):
        here = "education.floor_tibetan" if row.county_code in tibetan else "education.floor"
        floor = parameters[here]
        if EDUCATION_RANK[row.education] < EDUCATION_RANK[floor]:
            errors.append(
                ListError(
                    f"{level_words(row.education)}低于本次招考的最低学历",
                    f"应为{level_words(floor)}或更高。依据：{parameters.cite(here)}",
                    number,
                    POSITION_TABLE.column("education").title,
                )
            )
    return replace(found, rows=[], numbers=[], errors=errors) if errors else found
