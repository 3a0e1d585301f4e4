"""One verdict per row of facts in a single statement: outcome of every rule, who decided, and by which clause.

The outcomes of a row are 64 bits. Each rule has its place for ever: bit *k* says that it fails, bit *k* + 32
that it is unknown; neither, that it passed or was not judged. So the lowest bit that is set belongs to the
first failing rule, or to the first unknown one where none fails: the one that decides.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    case,
    cast,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.sql import RuleSql, bar_masks, rules
from recruitment.eligibility.verdict import ELIGIBLE, FAIL, INELIGIBLE, RULES, UNKNOWN, UNVERIFIED

_FIRST_BAR: Final = 7
_FIRST_CONDITION: Final = 24
_UNKNOWN: Final = 32


def _places() -> dict[str, int]:
    """Bars have room from 7 to 23, conditions of a position from 24 to 31."""
    next_free = {"bar": _FIRST_BAR, "position": _FIRST_CONDITION, "": 0}
    places = {}
    for rule in RULES:
        kind = rule.partition(".")[0]
        kind = kind if kind in next_free else ""
        places[rule] = next_free[kind]
        next_free[kind] += 1
    if next_free[""] > _FIRST_BAR or next_free["bar"] > _FIRST_CONDITION or next_free["position"] > _UNKNOWN:
        raise ValueError("more rules than places")
    return places


PLACES: Final = _places()


def unpack(outcomes: int) -> dict[str, str]:
    """Failures and unknowns by rule, in order; the others passed or were not judged."""
    found = {}
    for rule, place in PLACES.items():
        if outcomes >> place & 1:
            found[rule] = FAIL
        elif outcomes >> (place + _UNKNOWN) & 1:
            found[rule] = UNKNOWN
    return found


def verdicts(
    params: Parameters, source: FromClause, keys: Collection[str], conditions: Collection[str] = ()
) -> Select[Any]:
    """A SELECT of one verdict per row of facts, ready for ``INSERT … FROM SELECT``.

    Columns: the keys, ``verdict``, ``outcomes``, ``deciding_rule`` and ``citation``; the last two are NULL for
    eligible.

    Args:
        params: the parameters of the call.
        source: a table or subquery with the columns of ``factrow.fact_row``.
        keys: names of columns of the source to take over, e.g. the application's id.
        conditions: those of ``sql.CONDITIONS`` that some position of the call sets.
    """
    found = rules(params, dict(source.c.items()), conditions)
    varying = [rule.citation.label(rule.rule) for rule in found if not _is_constant(rule)]
    # OFFSET 0 keeps PostgreSQL from writing the packed expression out once per use of it.
    judged = (
        select(*(source.c[key] for key in keys), _packed(params, source, found).label("outcomes"), *varying)
        .offset(0)
        .subquery("judged")
    )
    outcomes: ColumnElement[int] = judged.c.outcomes
    decided_by = {rule.rule: rule.citation if _is_constant(rule) else judged.c[rule.rule] for rule in found}
    names: dict[Any, Any] = {_bit(0): null()}
    cites: dict[Any, Any] = {_bit(0): null()}
    for shift in (0, _UNKNOWN):
        for rule in found:
            lowest = _bit(1 << (PLACES[rule.rule] + shift))
            names[lowest] = literal_column(f"'{rule.rule}'")
            cites[lowest] = decided_by[rule.rule]
    first = outcomes.op("&")(-outcomes)
    some_fail = outcomes.op("&")(_bit((1 << _UNKNOWN) - 1)) != _bit(0)
    verdict = case(
        (outcomes == _bit(0), literal_column(f"'{ELIGIBLE}'")),
        (some_fail, literal_column(f"'{INELIGIBLE}'")),
        else_=literal_column(f"'{UNVERIFIED}'"),
    )
    return select(
        *(judged.c[key] for key in keys),
        verdict.label("verdict"),
        outcomes.label("outcomes"),
        case(names, value=first).label("deciding_rule"),
        case(cites, value=first).label("citation"),
    )


def _packed(params: Parameters, source: FromClause, found: list[RuleSql]) -> ColumnElement[int]:
    # The facts hold the bars in their order already: one shift moves them all to their places.
    judged, asked = bar_masks(params)
    declared, undeclared = (cast(source.c[name], BigInteger) for name in ("declared", "undeclared"))
    total = declared.op("&")(_bit(judged)).op("<<")(_place(_FIRST_BAR))
    total = total.op("|")(undeclared.op("&")(_bit(asked)).op("<<")(_place(_FIRST_BAR + _UNKNOWN)))
    for rule in found:
        if rule.rule.startswith("bar."):
            continue
        place = PLACES[rule.rule]
        whens: list[tuple[Any, Any]] = [(rule.passes, _bit(0)), (rule.fails, _bit(1 << place))]
        if rule.judged is not None:
            whens.insert(0, (~rule.judged, _bit(0)))
        total = total.op("|")(case(*whens, else_=_bit(1 << (place + _UNKNOWN))))
    return total


def _bit(value: int) -> ColumnElement[int]:
    # A literal of this type keeps everything in 64 bits without a cast per row.
    return literal_column(f"'{value}'::bigint", BigInteger)


def _place(value: int) -> ColumnElement[int]:
    return literal_column(str(value))


def _is_constant(rule: RuleSql) -> bool:
    return isinstance(rule.citation, BindParameter)
