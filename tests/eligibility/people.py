"""Random people on the edges of the law: the day before, the day, the day after, and gaps everywhere."""

from datetime import date, timedelta
from random import Random
from typing import Any

from .oracle import DECLARED, FLAGS, LEVELS, years_before

COUNTIES = sorted(FLAGS)
NEAR_BY = {code: [other for other in COUNTIES if other[:4] == code[:4]] for code in COUNTIES}
LEVEL_NAMES = [name for names in LEVELS for name in names]
POST_NAMES = (
    "party_secretary",
    "committee_director",
    "first_secretary",
    "committee_member",
    "deputy_secretary",
    "other",
)
RESULTS = ("excellent", "competent", "basic", "incompetent")

# First days of rules, ordinary days, month ends, leap days and the days around them.
REFERENCE_DATES = [
    date(2016, 3, 17),
    date(2018, 2, 28),
    date(2020, 2, 28),
    date(2020, 2, 29),
    date(2020, 3, 1),
    date(2021, 2, 23),
    date(2021, 2, 24),
    date(2021, 2, 28),
    date(2022, 6, 30),
    date(2023, 2, 28),
    date(2023, 3, 1),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2026, 11, 22),
    date(2028, 2, 29),
]


def near(rnd: Random, day: date) -> date:
    return day + timedelta(days=rnd.choice((-2, -1, -1, 0, 0, 0, 1, 1, 2)))


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def birth(rnd: Random, on: date) -> str | None:
    if rnd.random() < 0.06:
        return None
    if rnd.random() < 0.5:
        return near(
            rnd, years_before(on, rnd.choice((18, 35, 36, 38, 39, 40, 41, 42, 43, 45, 46)))
        ).isoformat()
    if rnd.random() < 0.1:
        return f"{rnd.choice((1976, 1980, 1984, 1988, 2004))}-02-29"
    return (on - timedelta(days=rnd.randint(17 * 365, 48 * 366))).isoformat()


def community(rnd: Random, county: str | None) -> str | None:
    if rnd.random() < 0.03:
        return None
    near_by = NEAR_BY[county] if county is not None and rnd.random() < 0.8 else COUNTIES
    return f"{rnd.choice(near_by)}{rnd.randint(100, 120)}{rnd.randint(200, 230)}"


def posts(rnd: Random, on: date, county: str | None) -> list[dict[str, Any]] | None:
    if rnd.random() < 0.04:
        return None
    place = community(rnd, county)
    spells: list[dict[str, Any]] = []
    day = (
        near(rnd, years_before(on, rnd.choice((2, 3, 3, 3))))
        if rnd.random() < 0.6
        else on - timedelta(days=rnd.randint(-20, 4000))
    )
    for _ in range(rnd.choice((0, 1, 1, 1, 2, 2, 3))):
        post: str | None = rnd.choice(POST_NAMES) if rnd.random() < 0.4 else rnd.choice(POST_NAMES[:2])
        chance = rnd.random()
        if chance < 0.45:
            end = None
        elif chance < 0.7:
            end = max(day, near(rnd, on))
        else:
            end = day + timedelta(days=rnd.randint(0, 800))
        spell: dict[str, Any] = {"post": post, "community": place, "from": iso(day), "to": iso(end)}
        if rnd.random() < 0.04:
            spell[rnd.choice(("post", "from", "community"))] = None
        if post == "other" and rnd.random() < 0.2:
            spell["restructured"] = True
        spells.append(spell)
        # Overlapping, touching, adjacent, one day apart, further apart.
        day = (end or day) + timedelta(days=rnd.choice((-40, 0, 1, 1, 1, 2, 30)))
        if rnd.random() < 0.1:
            place = community(rnd, county)
    rnd.shuffle(spells)
    return spells


def person(rnd: Random, on: date) -> dict[str, Any]:
    """One person in the shape of a people file."""
    county = None if rnd.random() < 0.03 else rnd.choice(COUNTIES)
    commendations: list[dict[str, Any]] | None = None
    if rnd.random() > 0.06:
        commendations = [
            {
                "title": "表彰",
                "comprehensive": rnd.choice((True, True, False, None)),
                "date": iso(near(rnd, on) if rnd.random() < 0.2 else date(2015, 5, 4)),
            }
            for _ in range(rnd.choice((0, 0, 0, 1, 1, 2)))
        ]
        for item in commendations:
            if rnd.random() < 0.03:
                item["date"] = None
    appraisals: list[dict[str, Any]] | None = None
    if rnd.random() > 0.03:
        appraisals = [
            {
                "year": on.year - back,
                "result": rnd.choice(RESULTS) if rnd.random() < 0.08 else rnd.choice(RESULTS[:2]),
            }
            for back in range(5)
            if rnd.random() > 0.05
        ]
        if appraisals and rnd.random() < 0.03:
            rnd.choice(appraisals)["result"] = None
        if appraisals and rnd.random() < 0.03:
            rnd.choice(appraisals)["year"] = None
    declarations: dict[str, bool | None] = dict.fromkeys(DECLARED, False)
    if rnd.random() < 0.1:
        declarations[rnd.choice(DECLARED)] = rnd.choice((True, None))
    found: dict[str, Any] = {
        "id": f"r{rnd.randint(0, 10**9)}",
        "birth_date": birth(rnd, on),
        "education": None if rnd.random() < 0.04 else rnd.choice(LEVEL_NAMES),
        "position": {"county": county} if rnd.random() > 0.01 else None,
        "posts": posts(rnd, on, county),
        "commendations": commendations,
        "appraisals": appraisals,
        "declarations": declarations if rnd.random() > 0.01 else None,
    }
    # Absent and null are the same thing.
    return {key: value for key, value in found.items() if value is not None or rnd.random() < 0.5}
