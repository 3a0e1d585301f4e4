"""The law once more, by another road: what a person would be told if everything were known.

Written from the specification alone. ``decide`` takes a person in the shape of a people file, with nothing
missing in what one rule reads, and answers yes or no. Three-valued answers are not programmed here at all:
``judge`` fills every gap with every value that could matter, asks ``decide`` each time, and says
``unknown`` where the answers differ.

Shares no code with the product; even the counties are read from the source file.
"""

import calendar
import csv
import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

COUNTIES = Path(__file__).parents[2] / "recruitment" / "areas" / "data" / "counties.csv"
with COUNTIES.open(encoding="utf-8", newline="") as _file:
    FLAGS = {row["code"]: (row["autonomous"] == "1", row["tibetan"] == "1") for row in csv.DictReader(_file)}

LEVELS = [
    ["primary"],
    ["junior_middle"],
    ["senior_high", "secondary_vocational"],
    ["junior_college"],
    ["bachelor"],
    ["master"],
    ["doctorate"],
]
RANK = {name: number for number, names in enumerate(LEVELS) for name in names}
POSTS = ("party_secretary", "committee_director")
ALL_POSTS = (*POSTS, "first_secretary", "committee_member")
DECLARED = (
    "criminal_record",
    "expelled_from_party",
    "dismissed_from_office",
    "joint_discipline",
    "active_soldier",
    "full_time_student",
    "civil_servant_on_probation",
    "under_sanction",
    "grave_incident",
    "seconded",
)


def years_before(day: date, years: int) -> date:
    """Same month and day, the last of the month where that day does not exist."""
    year = day.year - years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def as_date(text: str) -> date:
    return date(*map(int, text.split("-")))


def ceilings(on: date) -> tuple[int, int, int]:
    """Base, autonomous area, commendation."""
    return (35, 38, 45) if on < date(2021, 2, 24) else (40, 42, 45)


# --- one answer per rule, all facts known -------------------------------------------------------------


def old_enough(person: Facts, on: date) -> bool:
    return as_date(person["birth_date"]) <= years_before(on, 18)


def young_enough(person: Facts, on: date) -> bool:
    base, autonomous, honoured = ceilings(on)
    allowed = [base]
    if FLAGS.get(person["position"]["county"], (False, False))[0]:
        allowed.append(autonomous)
    if any(c["comprehensive"] and as_date(c["date"]) <= on for c in person["commendations"]):
        allowed.append(honoured)
    return as_date(person["birth_date"]) >= years_before(on, max(allowed) + 1)


def educated(person: Facts, on: date) -> bool:
    tibetan = FLAGS.get(person["position"]["county"], (False, False))[1]
    return RANK[person["education"]] >= RANK["junior_middle" if tibetan else "senior_high"]


def regular(spell: Facts, on: date) -> bool:
    return spell["post"] in POSTS or (bool(spell.get("restructured")) and on >= date(2021, 2, 24))


def held(person: Facts, on: date) -> list[Facts]:
    """Qualifying posts on the day itself."""
    return [
        spell
        for spell in person["posts"]
        if (regular(spell, on) or spell["post"] == "first_secretary")
        and as_date(spell["from"]) <= on
        and (spell["to"] is None or as_date(spell["to"]) >= on)
    ]


def stations(person: Facts, on: date) -> list[Facts]:
    """Spells as stationed first secretary that had begun."""
    return [s for s in person["posts"] if s["post"] == "first_secretary" and as_date(s["from"]) <= on]


def last_day(spell: Facts, on: date) -> date:
    return on if spell["to"] is None else min(as_date(spell["to"]), on)


def last_stations(person: Facts, on: date) -> list[Facts]:
    """Since the call of 2023 those who have left count by the station that they left last."""
    all_ = stations(person, on) if on >= date(2023, 1, 4) else []
    return [s for s in all_ if last_day(s, on) == max(last_day(other, on) for other in all_)]


def serving(person: Facts, on: date) -> bool:
    return bool(held(person, on) or last_stations(person, on))


def in_prefecture(person: Facts, on: date) -> bool:
    spells = held(person, on) or last_stations(person, on)
    return any(spell["community"][:4] == person["position"]["county"][:4] for spell in spells)


def covered(spells: list[Facts], first: date, last: date) -> bool:
    """Every single day from first to last lies in some spell."""
    days = 0
    for spell in spells:
        start = max(as_date(spell["from"]), first)
        end = last if spell["to"] is None else min(as_date(spell["to"]), last)
        if start <= end:
            days |= ((1 << (end - start).days + 1) - 1) << (start - first).days
    return days == (1 << (last - first).days + 1) - 1


def long_enough(person: Facts, on: date) -> bool:
    own = [spell for spell in person["posts"] if regular(spell, on)]
    if covered(own, years_before(on, 3), on):
        return True
    stationed = [spell for spell in person["posts"] if spell["post"] == "first_secretary"]
    results = {a["year"]: a["result"] for a in person["appraisals"]}
    if on < date(2023, 1, 4):
        long = covered(stationed, years_before(on, 2), on)
    else:
        long = any(
            covered(stationed, first, last)
            and years_before(on if last == on else last + timedelta(1), 2) >= first
            for first in (as_date(s["from"]) for s in stations(person, on))
            for last in (last_day(s, on) for s in stations(person, on))
            if first <= last
        )
    return long and all(results[y] in ("competent", "excellent") for y in stationed_years_of(person, on))


def stationed_years_of(person: Facts, on: date) -> tuple[int, int]:
    """The two calendar years whose appraisals a first secretary needs."""
    last = max((last_day(s, on) for s in last_stations(person, on)), default=on)
    year = on.year if last == on else (last + timedelta(1)).year
    return year - 1, year - 2


def appraised(person: Facts, on: date) -> bool:
    results = {a["year"]: a["result"] for a in person["appraisals"]}
    if any(a["result"] == "incompetent" and on.year - 3 <= a["year"] < on.year for a in person["appraisals"]):
        return False
    return results[on.year - 1] in ("competent", "excellent")


# --- every way in which the gaps could be filled --------------------------------------------------------


def fill_birth(person: Facts, on: date) -> Iterator[Facts]:
    if person.get("birth_date") is not None:
        yield person
        return
    for year in range(on.year - 60, on.year + 1):
        yield person | {"birth_date": f"{year}-07-01"}


def fill_education(person: Facts, on: date) -> Iterator[Facts]:
    if person.get("education") is not None:
        yield person
        return
    for level in RANK:
        yield person | {"education": level}


def fill_position(person: Facts, on: date) -> Iterator[Facts]:
    if (person.get("position") or {}).get("county") is not None:
        yield person
        return
    # A plain, an autonomous and a Tibetan county, and one in each prefecture that a spell names.
    places = {str(spell["community"])[:4] for spell in person.get("posts") or []}
    for county in FLAGS:
        if county in ("510104", "511132", "513221") or county[:4] in places:
            yield person | {"position": {"county": county}}


def fill_commendations(person: Facts, on: date) -> Iterator[Facts]:
    items = person.get("commendations")
    if items is None:
        yield person | {"commendations": []}
        yield person | {"commendations": [{"comprehensive": True, "date": on.isoformat()}]}
        return
    choices = []
    for item in items:
        kinds = [True, False] if item.get("comprehensive") is None else [item["comprehensive"]]
        days = [item["date"]] if item.get("date") else [on.isoformat(), (on + timedelta(1)).isoformat()]
        choices.append([{"comprehensive": kind, "date": day} for kind in kinds for day in days])
    for chosen in itertools.product(*choices):
        yield person | {"commendations": list(chosen)}


def fill_posts(person: Facts, on: date) -> Iterator[Facts]:
    wanted = ((person.get("position") or {}).get("county") or "5101")[:4]
    places = [f"{wanted}00000000", "590000000000"]
    spells = person.get("posts")
    if spells is None:
        yield person | {"posts": []}
        for place in places:
            yield person | {
                "posts": [{"post": POSTS[0], "community": place, "from": "1990-01-01", "to": None}]
            }
        return
    choices = []
    for spell in spells:
        kinds = ALL_POSTS if spell.get("post") is None else (spell["post"],)
        communities = places if spell.get("community") is None else [spell["community"]]
        end = spell.get("to")
        starts = [spell.get("from")]
        if starts == [None]:
            starts = ["1950-01-01", end or (on + timedelta(1)).isoformat()]
        choices.append(
            [
                spell | {"post": kind, "community": place, "from": start, "to": end}
                for kind in kinds
                for place in communities
                for start in starts
            ]
        )
    for chosen in itertools.product(*choices):
        yield person | {"posts": list(chosen)}


def fill_appraisals(person: Facts, on: date, years: tuple[int, ...]) -> Iterator[Facts]:
    stated = [a for a in person.get("appraisals") or [] if a and a.get("result")]
    known = {a["year"]: a["result"] for a in stated if a.get("year")}
    undated = [a["result"] for a in stated if not a.get("year")]
    gaps = [year for year in years if year not in known]
    # A result without a year is that of some year without a result, or of one long past.
    homes = [1990, *(on.year - back for back in (1, 2, 3) if on.year - back not in known)]
    for results in itertools.product(("incompetent", "competent"), repeat=len(gaps)):
        full = [*known.items(), *zip(gaps, results, strict=True)]
        for chosen in itertools.product(homes, repeat=len(undated)):
            found = [*zip(chosen, undated, strict=True), *full]
            yield person | {"appraisals": [{"year": y, "result": r} for y, r in found]}


Fill = Callable[[Facts, date], Iterator[Facts]]


def last_year(person: Facts, on: date) -> Iterator[Facts]:
    # Only a missing last year leaves the appraisal rule open; an earlier gap says nothing.
    return fill_appraisals(person, on, (on.year - 1,))


def stationed_years(person: Facts, on: date) -> Iterator[Facts]:
    # Comes after the posts are filled.
    return fill_appraisals(person, on, stationed_years_of(person, on))


RULES: dict[str, tuple[Callable[[Facts, date], bool], tuple[Fill, ...]]] = {
    "age.minimum": (old_enough, (fill_birth,)),
    "age.ceiling": (young_enough, (fill_birth, fill_position, fill_commendations)),
    "education.floor": (educated, (fill_education, fill_position)),
    "post.serving": (serving, (fill_posts,)),
    "tenure.length": (long_enough, (fill_posts, stationed_years)),
    "area.prefecture": (in_prefecture, (fill_position, fill_posts)),
    "appraisal.recent": (appraised, (last_year,)),
}


def worlds(person: Facts, on: date, fills: tuple[Fill, ...]) -> Iterator[Facts]:
    if not fills:
        yield person
        return
    for filled in fills[0](person, on):
        yield from worlds(filled, on, fills[1:])


def judge(person: Facts, on: date) -> tuple[str, dict[str, str]]:
    """Verdict and outcome per rule."""
    rules = {}
    for name, (decide, fills) in RULES.items():
        answers: set[bool] = set()
        for world in worlds(person, on, fills):
            answers.add(decide(world, on))
            if len(answers) == 2:
                break
        rules[name] = "unknown" if len(answers) == 2 else "pass" if answers == {True} else "fail"
    declared = person.get("declarations") or {}
    for name in DECLARED:
        answer = declared.get(name)
        rules[f"bar.{name}"] = "unknown" if answer is None else "fail" if answer else "pass"
    outcomes = set(rules.values())
    verdict = "ineligible" if "fail" in outcomes else "unverified" if "unknown" in outcomes else "eligible"
    return verdict, rules
