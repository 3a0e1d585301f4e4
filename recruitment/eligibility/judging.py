"""Judge a person for one position or for every position of a call."""

from collections.abc import Callable
from os.path import commonprefix

from recruitment.eligibility.facts import NO_CONDITIONS, Conditions, Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules import age, appraisal, education, position, serving, tenure
from recruitment.eligibility.rules.bars import bars
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.service import Place, Service, measure
from recruitment.eligibility.verdict import (
    ELIGIBLE,
    FAIL,
    INELIGIBLE,
    PASS,
    UNVERIFIED,
    RuleResult,
    Verdict,
)

# Digits of an area code that name the prefecture.
PREFECTURE_DIGITS = 4


class Judge:
    """The rules of one call, compiled. Get it from ``Parameters.judge``.

    Attributes:
        autonomous, tibetan: codes of the counties to which the call gives the relaxed limits.
    """

    def __init__(self, params: Parameters) -> None:
        self._params = params
        self._regular = tenure.regular_service(params)
        self._stationed = tenure.stationed_service(params)
        self._bars = bars(params)
        self._rules: list[Rule] = [
            age.minimum(params),
            age.ceiling(params),
            education.floor(params),
            serving.in_post(params),
            tenure.length(params),
        ]
        # Places in the list whose rule looks at the position; the others are judged once per person.
        self._local = [1, 2]
        if params["area.same_prefecture"]:
            self._local.append(len(self._rules))
            self._rules.append(serving.prefecture(params))
        self._rules.append(appraisal.recent(params))
        self._conditions: dict[Conditions, list[Rule]] = {}
        self.autonomous = params.counties("age.autonomous_counties")
        self.tibetan = params.counties("education.tibetan_counties")

    def case(self, person: Person, at: Position) -> Case:
        """The facts as the rules see them."""
        on = self._params.reference_date
        served = measure(person.posts, on, self._regular)
        stationed = measure(person.posts, on, self._stationed)
        if stationed.until:
            stationed = _one_place(served, stationed)
        return Case(person, at, served, stationed)

    def __call__(self, person: Person, at: Position) -> Verdict:
        case = self.case(person, at)
        results = [rule(case) for rule in self._rules]
        results += self._bars(person.declarations, person.register)
        if at.conditions is not NO_CONDITIONS:
            results += [rule(case) for rule in self.conditions(at.conditions)]
        return self._conclude(results)

    def for_positions(self, person: Person) -> Callable[[Position], Verdict]:
        """Judge one person for many positions; positions that are alike share their verdict."""
        case = self.case(person, Position())
        shared = [*(rule(case) for rule in self._rules), *self._bars(person.declarations, person.register)]
        verdicts: dict[tuple[object, ...], Verdict] = {}

        def judge(at: Position) -> Verdict:
            county = at.county
            if county is None:
                key: tuple[object, ...] = (None, at.conditions)
            else:
                key = (county[:4], county in self.autonomous, county in self.tibetan, at.conditions)
            found = verdicts.get(key)
            if found is None:
                here = case._replace(position=at)
                results = shared.copy()
                for index in self._local:
                    results[index] = self._rules[index](here)
                results += [rule(here) for rule in self.conditions(at.conditions)]
                found = verdicts[key] = self._conclude(results)
            return found

        return judge

    def conditions(self, asked: Conditions) -> list[Rule]:
        """The compiled conditions of a position; positions share few different ones."""
        rules = self._conditions.get(asked)
        if rules is None:
            rules = self._conditions[asked] = position.conditions(self._params, asked)
        return rules

    def _conclude(self, results: list[RuleResult]) -> Verdict:
        verdict = ELIGIBLE
        for result in results:
            if result.outcome != PASS:
                if result.outcome == FAIL:
                    verdict = INELIGIBLE
                    break
                verdict = UNVERIFIED
        return Verdict(verdict, tuple(results), self._params.ruleset, self._params.reference_date)


def _one_place(served: Service, stationed: Service) -> Service:
    """Where former stations count: who is in a post today serves there, wherever they were stationed before."""
    if served.serving:
        places = tuple(place for place in stationed.places if not place.former)
    elif served.places:
        places = tuple(
            place._replace(certain=place.certain and not place.former) for place in stationed.places
        )
    else:
        places = stationed.places
    if stationed.serving and not any(place.certain for place in (*served.places, *places)):
        # One of them it is, whichever: what they have in common is certain.
        common = commonprefix([place.community or "" for place in (*served.places, *places)])  # noqa: RUF071
        if len(common) >= PREFECTURE_DIGITS:
            places += (Place(None, common, certain=True, former=True),)
    return stationed._replace(places=places)


def evaluate(person: Person, at: Position, params: Parameters) -> Verdict:
    """Judge one person for one position under the rules of a call.

    Pure: the same facts and parameters give the same verdict for ever.
    """
    return params.judge(person, at)
