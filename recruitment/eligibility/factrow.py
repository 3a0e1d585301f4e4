"""The facts of one application as one flat row, for judging in SQL.

The row holds what has to be worked out from lists (spells, appraisals, commendations, declarations) under
the parameters of a call; comparing it with dates and limits is left to SQL. ``STALE_AFTER`` names the
parameters whose change asks for new rows.
"""

from collections.abc import Iterable
from typing import Any, Final

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.age import commended
from recruitment.eligibility.rules.appraisal import undated_excludes
from recruitment.eligibility.rules.common import either
from recruitment.eligibility.rules.tenure import relieved, stationed_appraised
from recruitment.eligibility.service import Place
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, DECLARATIONS, EDUCATION_RANK

ANYWHERE: Final = -1

# The bit of each declaration in `declared` and `undeclared`.
DECLARED_BITS: Final = {key: 1 << number for number, key in enumerate(DECLARATIONS)}

# A change of any of these, or of the reference date, changes the rows; all other parameters are compared
# with the rows as they are.
STALE_AFTER: Final = frozenset(
    {
        "age.autonomous_counties",
        "education.tibetan_counties",
        "post.qualifying",
        "post.restructured",
        "post.stationed",
        "post.stationed_former",
        "tenure.mode",
        "tenure.in_post",
        "tenure.merge_posts",
        "tenure.concurrent_once",
        "tenure.allowed_gap",
        "tenure.same_county",
        "tenure.relief_excellent",
        "tenure.relief_years",
        "tenure.stationed_minimum",
        "tenure.stationed_appraisal",
        "appraisal.years",
        "appraisal.last_at_least",
        "appraisal.excluded_below",
    }
)


def is_stale(old: Parameters, new: Parameters) -> bool:
    """Whether rows made under ``old`` must be made again before they are judged under ``new``."""
    if old.reference_date != new.reference_date:
        return True
    # A rule set may lack what a later one brings in.
    return any(_value(old, path) != _value(new, path) for path in STALE_AFTER)


def _value(params: Parameters, path: str) -> Any:
    return params[path] if path in params.values else None


def fact_row(person: Person, at: Position, params: Parameters) -> dict[str, Any]:
    """The row of one application: column name → value, ``None`` where unknown.

    Columns:
        birth_date: date.
        education_rank: ``EDUCATION_RANK``.
        commended: holds a comprehensive commendation on the reference date.
        autonomous, tibetan: the position's county lies in the call's set.
        position_prefecture: first four digits of the position's county, as a number.
        serving: in a qualifying post on the reference date.
        since, since_possible: start of the time that counts, see ``service.Service``.
        stationed_since, stationed_since_possible: the same as stationed first secretary.
        relieved: enough excellent years for the shorter time.
        stationed_appraised: the years as first secretary were appraised well enough.
        prefecture, prefecture_possible: the same of the place of service, certain and possible; the
            position's own if it is among several; ``ANYWHERE`` possible anywhere; ``None`` nowhere.
        appraisal_last: ``APPRAISAL_RANK`` of the last year; ``None`` also where other results leave
            the rule unknown.
        appraisal_lowest: the lowest of the last years.
        declared, undeclared: ``DECLARED_BITS`` of the declarations that apply, and of those not answered.
        language, major, party_member, sex and places: what ``position.*`` rules read.
        position_…: the conditions of the position, ``None`` where nothing is asked.
    """
    judge = params.judge
    case = judge.case(person, at)
    places = case.served.places + case.stationed.places
    county = at.county
    wanted = None if county is None else int(county[:4])
    last, lowest = _appraisals(person, params)
    asked = at.conditions
    row: dict[str, Any] = {
        "birth_date": person.birth_date,
        "education_rank": None if person.education is None else EDUCATION_RANK[person.education],
        "commended": commended(person, params.reference_date),
        "autonomous": None if county is None else county in judge.autonomous,
        "tibetan": None if county is None else county in judge.tibetan,
        "position_prefecture": wanted,
        "serving": either(case.served.serving, case.stationed.serving),
        "since": case.served.since,
        "since_possible": case.served.since_possible,
        "stationed_since": case.stationed.since,
        "stationed_since_possible": case.stationed.since_possible,
        "relieved": relieved(params, person),
        "stationed_appraised": stationed_appraised(params, person, case.stationed.until),
        "prefecture": _prefecture((place for place in places if place.certain), wanted, None),
        "prefecture_possible": _prefecture(places, wanted, ANYWHERE),
        "appraisal_last": last,
        "appraisal_lowest": lowest,
    }
    row |= {
        "declared": sum(
            bit
            for key, bit in DECLARED_BITS.items()
            if person.declarations.get(key) or key in person.register
        ),
        "undeclared": sum(
            bit
            for key, bit in DECLARED_BITS.items()
            if person.declarations.get(key) is None and key not in person.register
        ),
        "languages": None if person.languages is None else list(person.languages),
        "major": person.major,
        "party_member": person.party_member,
        "sex": person.sex,
        "places": [place.community for place in places if place.certain and place.community],
        "places_possible": [place.community or "" for place in places],
        "position_education_rank": None if asked.education is None else EDUCATION_RANK[asked.education],
        "position_languages": list(asked.languages) or None,
        "position_majors": list(asked.majors) or None,
        "position_party_member": asked.party_member or None,
        "position_areas": list(asked.areas) or None,
        "position_years": asked.years,
        "position_sex": asked.sex,
        "position_sex_basis": asked.sex_basis,
    }
    return row


def _prefecture(places: Iterable[Place], wanted: int | None, unknown: int | None) -> int | None:
    areas = [unknown if place.community is None else int(place.community[:4]) for place in places]
    if wanted in areas and wanted is not None:
        return wanted
    if unknown in areas:
        return unknown
    return next((area for area in areas if area is not None), None)


def _appraisals(person: Person, params: Parameters) -> tuple[int | None, int | None]:
    last = params.reference_date.year - 1
    years = range(last - params["appraisal.years"] + 1, last + 1)
    ranks = [(a.year, APPRAISAL_RANK[a.result]) for a in person.appraisals or () if a.result is not None]
    of_last = [rank for year, rank in ranks if year == last]
    enough = APPRAISAL_RANK[params["appraisal.last_at_least"]]
    contradictory = len({rank >= enough for rank in of_last}) > 1
    # Below its own limit the last year fails, whatever the undated result may be.
    doubtful = contradictory or (
        bool(of_last) and of_last[-1] >= enough and undated_excludes(person.appraisals, params)
    )
    return (
        None if doubtful or not of_last else of_last[-1],
        min((rank for year, rank in ranks if year in years), default=None),
    )
