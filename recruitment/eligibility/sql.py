"""The same rules as SQL, from the same parameters.

``outcomes`` gives one expression per rule over the columns of ``factrow.fact_row``. Each rule is stated by
two conditions, *passes* and *fails*; where neither is true, NULL included, it is unknown. The conditions
never look at more than one row, so they work over any table, join or VALUES that has the columns.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from recruitment.eligibility.factrow import ANYWHERE, DECLARED_BITS
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.position import POSITION_TABLE
from recruitment.eligibility.rules.tenure import lengths
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, EDUCATION_RANK

Flag = ColumnElement[bool]

CONDITIONS: Final = ("education", "language", "major", "party_member", "area", "years", "sex")


def fact_columns() -> list[Column[Any]]:
    """New columns of a fact table, in the order of ``factrow.fact_row``; add your own key."""
    return [
        Column("birth_date", Date),
        Column("education_rank", SmallInteger),
        Column("commended", Boolean),
        Column("autonomous", Boolean),
        Column("tibetan", Boolean),
        Column("position_prefecture", SmallInteger),
        Column("serving", Boolean),
        Column("since", Date),
        Column("since_possible", Date),
        Column("stationed_since", Date),
        Column("stationed_since_possible", Date),
        Column("relieved", Boolean),
        Column("stationed_appraised", Boolean),
        Column("prefecture", SmallInteger),
        Column("prefecture_possible", SmallInteger),
        Column("appraisal_last", SmallInteger),
        Column("appraisal_lowest", SmallInteger),
        Column("declared", Integer),
        Column("undeclared", Integer),
        Column("languages", ARRAY(Text)),
        Column("major", Text),
        Column("party_member", Boolean),
        Column("sex", Text),
        Column("places", ARRAY(Text)),
        Column("places_possible", ARRAY(Text)),
        Column("position_education_rank", SmallInteger),
        Column("position_languages", ARRAY(Text)),
        Column("position_majors", ARRAY(Text)),
        Column("position_party_member", Boolean),
        Column("position_areas", ARRAY(Text)),
        Column("position_years", SmallInteger),
        Column("position_sex", Text),
        Column("position_sex_basis", Text),
    ]


@dataclass(frozen=True, slots=True)
class RuleSql:
    """One rule over a row of facts.

    Attributes:
        rule: its name.
        passes: true where it passes; false or NULL elsewhere.
        fails: true where it fails; false or NULL elsewhere.
        judged: true where the rule applies at all, e.g. the position has the condition; ``None`` is always.
        citation: what is cited for a fail or an unknown.
    """

    rule: str
    passes: Flag
    fails: Flag
    judged: Flag | None
    citation: ColumnElement[str]

    @property
    def outcome(self) -> ColumnElement[str | None]:
        """``pass``, ``fail`` or ``unknown``; NULL where the rule is not judged."""
        whens: list[tuple[Flag, Any]] = [(self.passes, literal_column(f"'{PASS}'"))]
        if self.judged is not None:
            whens.insert(0, (~self.judged, null()))
        whens.append((self.fails, literal_column(f"'{FAIL}'")))
        return case(*whens, else_=literal_column(f"'{UNKNOWN}'"))


def _text(value: str) -> ColumnElement[str]:
    return literal(str(value), Text)


def _age(params: Parameters, c: Mapping[str, ColumnElement[Any]]) -> Iterable[RuleSql]:
    birth, dates = c["birth_date"], params.windows
    yield RuleSql(
        "age.minimum",
        birth <= dates.minimum,
        birth > dates.minimum,
        None,
        _text(params.cite("age.minimum")),
    )
    relaxed = [
        (dates.autonomous, c["autonomous"], params.cite("age.ceiling.autonomous")),
        (dates.commendation, c["commended"], params.cite("age.ceiling.commendation")),
    ]
    # A band that lets in nobody more than the general one changes nothing, its citation included.
    relaxed = [band for band in relaxed if band[0] < dates.base]
    # Highest ceiling first; equal ones in the order above.
    relaxed.sort(key=lambda band: band[0])
    general = params.cite("age.ceiling.base")
    cite: ColumnElement[str] = _text(general)
    if any(band[2] != general for band in relaxed):
        cite = case(*((holds, _text(words)) for _, holds, words in relaxed), else_=cite)
    yield RuleSql(
        "age.ceiling",
        or_(birth >= dates.base, *(and_(birth >= cutoff, holds) for cutoff, holds, _ in relaxed)),
        and_(birth < dates.base, *(or_(birth < cutoff, ~holds) for cutoff, holds, _ in relaxed)),
        None,
        cite,
    )


def _education(params: Parameters, c: Mapping[str, ColumnElement[Any]]) -> RuleSql:
    rank, tibetan = c["education_rank"], c["tibetan"]
    general = EDUCATION_RANK[params["education.floor"]]
    lower = EDUCATION_RANK[params["education.floor_tibetan"]]
    cites = params.cite("education.floor"), params.cite("education.floor_tibetan")
    return RuleSql(
        "education.floor",
        or_(rank >= general, and_(rank >= lower, tibetan)),
        or_(rank < lower, and_(rank < general, ~tibetan)),
        None,
        _text(cites[0]) if cites[0] == cites[1] else case((tibetan, _text(cites[1])), else_=_text(cites[0])),
    )


def _service(params: Parameters, c: Mapping[str, ColumnElement[Any]]) -> Iterable[RuleSql]:
    yield RuleSql("post.serving", c["serving"], ~c["serving"], None, _text(params.cite("post.qualifying")))
    asked = lengths(params)
    certain = [
        c["since"] <= asked.cutoff,
        and_(c["stationed_since"] <= asked.stationed_cutoff, c["stationed_appraised"]),
    ]
    possible = [
        c["since_possible"] <= asked.cutoff,
        and_(c["stationed_since_possible"] <= asked.stationed_cutoff, c["stationed_appraised"].is_not(False)),
    ]
    if params["tenure.relief_excellent"] > 0:
        certain.append(and_(c["since"] <= asked.relief_cutoff, c["relieved"]))
        possible.append(and_(c["since_possible"] <= asked.relief_cutoff, c["relieved"].is_not(False)))
    regular, stationed = params.cite("tenure.minimum"), params.cite("tenure.stationed_minimum")
    fails = and_(*(condition.is_not(True) for condition in possible))
    cite: ColumnElement[str] = _text(regular)
    if regular != stationed:
        own = func.coalesce(c["stationed_since"], c["stationed_since_possible"])
        other = func.coalesce(c["since"], c["since_possible"])
        earlier = and_(fails, own.is_not(None), or_(other.is_(None), own < other))
        cite = case((earlier, _text(stationed)), else_=cite)
    yield RuleSql("tenure.length", or_(*certain), fails, None, cite)
    if params["area.same_prefecture"]:
        possibly = c["prefecture_possible"]
        yield RuleSql(
            "area.prefecture",
            c["prefecture"] == c["position_prefecture"],
            or_(possibly.is_(None), and_(possibly != ANYWHERE, possibly != c["position_prefecture"])),
            None,
            _text(params.cite("area.same_prefecture")),
        )


def _appraisal(params: Parameters, c: Mapping[str, ColumnElement[Any]]) -> RuleSql:
    last, lowest = c["appraisal_last"], c["appraisal_lowest"]
    excluded = APPRAISAL_RANK[params["appraisal.excluded_below"]]
    enough = APPRAISAL_RANK[params["appraisal.last_at_least"]]
    cites = params.cite("appraisal.last_at_least"), params.cite("appraisal.excluded_below")
    below = lowest < excluded
    return RuleSql(
        "appraisal.recent",
        and_(last >= enough, below.is_not(True)),
        or_(below, last < enough),
        None,
        _text(cites[0]) if cites[0] == cites[1] else case((below, _text(cites[1])), else_=_text(cites[0])),
    )


def _bars(params: Parameters, c: Mapping[str, ColumnElement[Any]]) -> Iterable[RuleSql]:
    for key in params.bars:
        declared, undeclared = (_has(c[name], DECLARED_BITS[key]) for name in ("declared", "undeclared"))
        judged = None if params[f"bar.{key}"] == "asked" else ~undeclared
        cite = _text(params.cite(f"bar.{key}"))
        yield RuleSql(f"bar.{key}", ~or_(declared, undeclared), declared, judged, cite)


def bar_masks(params: Parameters) -> tuple[int, int]:
    """``DECLARED_BITS`` of the bars that are judged, and of those that must be answered."""
    judged = sum(DECLARED_BITS[key] for key in params.bars)
    return judged, sum(DECLARED_BITS[key] for key in params.bars if params[f"bar.{key}"] == "asked")


def _has(column: ColumnElement[int], bits: int) -> Flag:
    return column.op("&")(literal_column(str(bits), Integer)) != literal_column("0", Integer)


def _conditions(
    params: Parameters, c: Mapping[str, ColumnElement[Any]], wanted: Collection[str]
) -> Iterable[RuleSql]:
    def rule(name: str, asked: ColumnElement[Any], passes: Flag, fails: Flag) -> RuleSql:
        cite = c["position_sex_basis"] if name == "sex" else _text(POSITION_TABLE)
        return RuleSql(f"position.{name}", passes, fails, asked.is_not(None), cite)

    if "education" in wanted:
        own, asked = c["education_rank"], c["position_education_rank"]
        yield rule("education", asked, own >= asked, own < asked)
    if "language" in wanted:
        asked = c["position_languages"]
        spoken = c["languages"].op("&&", is_comparison=True)(asked)
        yield rule("language", asked, spoken, ~spoken)
    if "major" in wanted:
        asked = c["position_majors"]
        studied = c["major"] == func.any(asked)
        yield rule("major", asked, studied, ~studied)
    if "party_member" in wanted:
        member = c["party_member"]
        yield rule("party_member", c["position_party_member"], member, ~member)
    if "area" in wanted:
        asked = c["position_areas"]
        yield rule(
            "area",
            asked,
            _any_inside(c["places"], asked, finer=False),
            ~_any_inside(c["places_possible"], asked, finer=True),
        )
    if "years" in wanted:
        asked = c["position_years"]
        on = literal(params.reference_date, Date)
        cutoff = cast(on - func.make_interval(asked), Date)
        served, stationed = c["since"], c["stationed_since"]
        possible = or_(c["since_possible"] <= cutoff, c["stationed_since_possible"] <= cutoff)
        yield rule("years", asked, or_(served <= cutoff, stationed <= cutoff), possible.is_not(True))
    if "sex" in wanted:
        own, asked = c["sex"], c["position_sex"]
        yield rule("sex", asked, own == asked, own != asked)


def _any_inside(places: ColumnElement[Any], areas: ColumnElement[Any], *, finer: bool) -> Flag:
    """Some place lies in some area; with ``finer`` also where the area is the smaller of the two."""
    place = func.unnest(places).table_valued("code").render_derived(name="place")
    area = func.unnest(areas).table_valued("code").render_derived(name="area")
    inside: Flag = func.starts_with(place.c.code, area.c.code)
    if finer:
        inside = or_(inside, func.starts_with(area.c.code, place.c.code))
    return select(true()).select_from(place.join(area, inside)).exists()


def rules(
    params: Parameters, columns: Mapping[str, ColumnElement[Any]], conditions: Collection[str] = ()
) -> list[RuleSql]:
    """Every rule of the call as SQL, in the order of ``Verdict.results``.

    Args:
        params: the parameters of the call.
        columns: expressions by the column names of ``factrow.fact_row``, e.g. ``dict(table.c.items())``.
        conditions: those of ``CONDITIONS`` that some position of the call sets.
    """
    return [
        *_age(params, columns),
        _education(params, columns),
        *_service(params, columns),
        _appraisal(params, columns),
        *_bars(params, columns),
        *_conditions(params, columns, conditions),
    ]


def eligible(
    params: Parameters, columns: Mapping[str, ColumnElement[Any]], conditions: Collection[str] = ()
) -> Flag:
    """True where the verdict is ``eligible``, false or NULL elsewhere: a WHERE clause."""
    judged, asked = bar_masks(params)
    return and_(
        *(
            rule.passes if rule.judged is None else or_(~rule.judged, rule.passes)
            for rule in rules(params, columns, conditions)
            if not rule.rule.startswith("bar.")
        ),
        # All bars in two comparisons.
        ~_has(columns["declared"], judged),
        ~_has(columns["undeclared"], asked),
    )
