"""Verdicts as a whole: kept, replayed, compared, offered, and never worse for more evidence."""

import json
import pickle
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from recruitment.eligibility import Person, Position, Verdict, parameters_for
from recruitment.eligibility.changes import compare, rejudge, summary
from recruitment.eligibility.offers import offers
from recruitment.eligibility.record import make_record, replay

from . import people
from .build import (
    AUTONOMOUS,
    CALL_2021,
    IN_NANCHONG,
    PLAIN,
    TIBETAN,
    asking,
    born,
    cadre,
    call,
    spell,
)
from .oracle import DECLARED

COUNT = 200


def cases(seed: int, on: date = date(2021, 2, 24)) -> list[tuple[Person, Position]]:
    rnd = Random(seed)
    raw = [people.person(rnd, on) for _ in range(COUNT)]
    return [(Person.from_json(p), Position.from_json(p.get("position"))) for p in raw]


# --- kept and replayed ----------------------------------------------------------------------------------


def test_a_record_gives_the_same_answer_years_later() -> None:
    params = call(age__ceiling__base=43)
    for person, at in cases(1):
        verdict = params.judge(person, at)
        record = json.loads(json.dumps(make_record(person, at, params, verdict), sort_keys=True))
        kept, now = replay(record)
        assert kept == now == verdict
        assert kept.ruleset == "sichuan@2"


@pytest.mark.parametrize("part", ["person", "position", "parameters", "verdict"])
def test_an_altered_record_is_refused(part: str) -> None:
    record = make_record(cadre(), PLAIN, CALL_2021, CALL_2021.judge(cadre(), PLAIN))
    record[part]["added"] = 1
    with pytest.raises(ValueError, match="摘要"):
        replay(record)


def test_parameters_travel_to_a_worker() -> None:
    CALL_2021.judge(cadre(), PLAIN)
    again = pickle.loads(pickle.dumps(CALL_2021))
    assert again == CALL_2021
    assert again.judge(cadre(), PLAIN) == CALL_2021.judge(cadre(), PLAIN)


def test_the_first_failure_decides_else_the_first_unknown() -> None:
    verdict = CALL_2021.judge(born("1979-01-01", education=None), PLAIN)
    assert (verdict.verdict, verdict.deciding and verdict.deciding.rule) == ("ineligible", "age.ceiling")
    verdict = CALL_2021.judge(cadre(education=None), PLAIN)
    assert (verdict.verdict, verdict.deciding and verdict.deciding.rule) == ("unverified", "education.floor")
    assert CALL_2021.judge(cadre(), PLAIN).deciding is None


# --- compared -------------------------------------------------------------------------------------------


def test_a_change_of_rules_is_shown_and_nothing_else() -> None:
    old, new = CALL_2021, call(age__ceiling__base=43)
    standing = [
        ("moves", born("1979-06-01"), PLAIN, old.judge(born("1979-06-01"), PLAIN)),
        ("stays", cadre(), PLAIN, old.judge(cadre(), PLAIN)),
        ("still out", born("1970-01-01"), PLAIN, old.judge(born("1970-01-01"), PLAIN)),
    ]
    (change,) = rejudge(standing, new)
    assert change.to_json() == {
        "key": "moves",
        "before": "ineligible",
        "after": "eligible",
        "rules": [{"rule": "age.ceiling", "before": "fail", "after": "pass"}],
    }
    assert summary([change]) == {("ineligible", "eligible"): 1}
    assert [result.outcome for result in standing[0][3].failed] == ["fail"]


def test_a_rule_that_comes_or_goes_is_a_change() -> None:
    person = cadre(posts=(spell("2015-01-01", community=IN_NANCHONG),))
    before, after = CALL_2021.judge(person, PLAIN), call(area__same_prefecture=False).judge(person, PLAIN)
    gone = compare("x", before, after)
    assert gone is not None
    assert [(r.rule, r.before, r.after) for r in gone.rules] == [("area.prefecture", "fail", None)]
    back = compare("x", after, before)
    assert back is not None
    assert [(r.rule, r.before, r.after) for r in back.rules] == [("area.prefecture", None, "fail")]


def test_a_change_in_one_rule_that_does_not_decide_is_still_told() -> None:
    person = born("1979-06-01", education="primary")
    change = compare("x", CALL_2021.judge(person, PLAIN), call(age__ceiling__base=43).judge(person, PLAIN))
    assert change is not None
    assert not change.decides
    assert summary([change]) == {}


# --- offered --------------------------------------------------------------------------------------------


def test_offers_are_the_verdicts_of_each_position() -> None:
    rnd = Random(3)
    positions = [(number, Position(rnd.choice(people.COUNTIES))) for number in range(60)]
    positions += [(60, asking(years=9)), (61, asking(education="bachelor")), (62, Position()), (63, PLAIN)]
    for person, _ in cases(2)[:40]:
        found = list(offers(person, positions, CALL_2021))
        assert [offer.key for offer in found] == [number for number, _ in positions]
        for offer, (_, at) in zip(found, positions, strict=True):
            assert offer.verdict == CALL_2021.judge(person, at)


def test_near_misses_name_the_one_rule_in_the_way() -> None:
    person = born("1979-06-01")
    plain, autonomous, tibetan = offers(person, enumerate([PLAIN, AUTONOMOUS, TIBETAN]), CALL_2021)
    assert autonomous.verdict.verdict == "eligible"
    assert autonomous.near_miss is None
    assert plain.near_miss is not None
    assert plain.near_miss.rule == "age.ceiling"
    assert tibetan.near_miss is not None
    assert tibetan.near_miss.rule == "area.prefecture"
    (far,) = offers(born("1970-01-01", education="primary"), [("x", PLAIN)], CALL_2021)
    assert far.near_miss is None


# --- more evidence --------------------------------------------------------------------------------------

ORDER = {"fail": 0, "unknown": 1, "pass": 2}


def fillings(raw: dict[str, Any], rnd: Random, on: date) -> dict[str, Any]:
    """The same person with every gap filled by something that may be true."""
    full: dict[str, Any] = json.loads(json.dumps(raw))
    county = (full.get("position") or {}).get("county") or rnd.choice(people.COUNTIES)
    full["position"] = {"county": county}
    while full.get("birth_date") is None:
        full["birth_date"] = people.birth(rnd, on)
    full["education"] = full.get("education") or rnd.choice(people.LEVEL_NAMES)
    if full.get("posts") is None:
        full["posts"] = people.posts(rnd, on, county) or []
    for item in full["posts"]:
        item["post"] = item["post"] or rnd.choice(people.POST_NAMES)
        item["community"] = item["community"] or people.community(rnd, county) or f"{county}100200"
        day = date.fromisoformat(item["to"]) if item["to"] else on + timedelta(days=2)
        item["from"] = item["from"] or (day - timedelta(days=rnd.randint(0, 2000))).isoformat()
    if full.get("commendations") is None:
        full["commendations"] = [{"comprehensive": True, "date": "2019-01-01"}] if rnd.random() < 0.5 else []
    for item in full["commendations"]:
        item["date"] = item["date"] or people.near(rnd, on).isoformat()
        if item["comprehensive"] is None:
            item["comprehensive"] = rnd.random() < 0.5
    results = {a["year"]: a["result"] for a in full.get("appraisals") or [] if a["result"]}
    # A missing earlier year is no doubt under the rule, so a bad one coming to light may still exclude.
    results.setdefault(on.year - 1, rnd.choice(people.RESULTS))
    results.setdefault(on.year - 2, rnd.choice(people.RESULTS[:3]))
    results.setdefault(on.year - 3, rnd.choice(people.RESULTS[:3]))
    full["appraisals"] = [{"year": year, "result": result} for year, result in results.items()]
    declared = full.get("declarations") or {}
    full["declarations"] = {
        key: rnd.random() < 0.2 if declared.get(key) is None else declared[key] for key in DECLARED
    }
    return full


def test_what_was_certain_stays_whatever_comes_to_light() -> None:
    """Only an unknown may change when gaps are filled; and nothing stays unknown then."""
    rnd = Random(12)
    for on in people.REFERENCE_DATES:
        params = parameters_for(on)
        for _ in range(60):
            raw = people.person(rnd, on)
            full = fillings(raw, rnd, on)
            before = params.judge(Person.from_json(raw), Position.from_json(raw.get("position")))
            after = params.judge(Person.from_json(full), Position.from_json(full["position"]))
            assert "unknown" not in after.rules.values(), full
            for rule, outcome in before.rules.items():
                assert outcome in ("unknown", after.rules[rule]), (rule, raw, full)


def better(person: dict[str, Any], rnd: Random, on: date) -> dict[str, Any]:
    """The same person with one more thing in their favour."""
    good: dict[str, Any] = json.loads(json.dumps(person))
    kind = rnd.choice(("honour", "education", "earlier", "longer", "second post", "appraisal", "cleared"))
    if kind == "honour":
        good["commendations"] = [
            *(good.get("commendations") or []),
            {"comprehensive": True, "date": "2016-01-01"},
        ]
    elif kind == "education":
        good["education"] = "doctorate"
    elif kind in ("earlier", "longer") and good.get("posts"):
        item = rnd.choice(good["posts"])
        if kind == "longer":
            item["to"] = None
        elif item["from"] is not None:
            item["from"] = (
                date.fromisoformat(item["from"]) - timedelta(days=rnd.randint(1, 900))
            ).isoformat()
    elif kind == "second post" and good.get("posts") is not None:
        county = (good.get("position") or {}).get("county") or "510722"
        good["posts"].append(
            {"post": "party_secretary", "community": f"{county}100200", "from": "2010-01-01", "to": None}
        )
    elif kind == "appraisal":
        for item in good.get("appraisals") or []:
            item["result"] = "excellent"
    elif kind == "cleared":
        good["declarations"] = dict.fromkeys(DECLARED, False)
    return good


def test_more_in_favour_is_never_worse() -> None:
    rnd = Random(13)
    for on in people.REFERENCE_DATES:
        params = parameters_for(on)
        for _ in range(60):
            raw = people.person(rnd, on)
            before = params.judge(Person.from_json(raw), Position.from_json(raw.get("position")))
            good = better(raw, rnd, on)
            after = params.judge(Person.from_json(good), Position.from_json(good.get("position")))
            for rule, outcome in before.rules.items():
                assert ORDER[after.rules[rule]] >= ORDER[outcome], (rule, raw, good)


def test_a_verdict_survives_storage() -> None:
    for person, at in cases(4):
        verdict = CALL_2021.judge(person, at)
        assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
