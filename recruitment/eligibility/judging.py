"""Judge one person for one position: every rule, with its reason."""

from collections.abc import Iterable, Iterator

from recruitment.eligibility.facts import Conditions, Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules import age, appraisal, education, position, serving, tenure
from recruitment.eligibility.rules.bars import bars
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.service import measure
from recruitment.eligibility.verdict import (
    ELIGIBLE,
    FAIL,
    INELIGIBLE,
    UNKNOWN,
    UNVERIFIED,
    RuleResult,
    Verdict,
)


class Judge:
    """The rules of one call, compiled. Get it from ``Parameters.judge``."""

    def __init__(self, params: Parameters) -> None:
        self._params = params
        self._regular = tenure.regular_service(params)
        self._stationed = tenure.stationed_service(params)
        self._rules: tuple[Rule, ...] = (
            age.minimum(params),
            age.ceiling(params),
            education.floor(params),
            serving.in_post(params),
            tenure.length(params),
            *([serving.prefecture(params)] if params["area.same_prefecture"] else []),
            appraisal.recent(params),
        )
        self._bars = bars(params)
        self._conditions: dict[Conditions, list[Rule]] = {}

    def case(self, person: Person, at: Position) -> Case:
        """The facts as the rules see them."""
        on = self._params.reference_date
        return Case(
            person, at, measure(person.posts, on, self._regular), measure(person.posts, on, self._stationed)
        )

    def __call__(self, person: Person, at: Position) -> Verdict:
        case = self.case(person, at)
        results = [rule(case) for rule in self._rules]
        results += self._bars(person.declarations)
        asked = self._conditions.get(at.conditions)
        if asked is None:
            asked = self._conditions[at.conditions] = position.conditions(self._params, at.conditions)
        if asked:
            results += [rule(case) for rule in asked]
        return self.conclude(results)

    def conclude(self, results: list[RuleResult]) -> Verdict:
        """The verdict over results: any failure decides, then any unknown."""
        outcomes = [result.outcome for result in results]
        if FAIL in outcomes:
            verdict = INELIGIBLE
        elif UNKNOWN in outcomes:
            verdict = UNVERIFIED
        else:
            verdict = ELIGIBLE
        return Verdict(verdict, tuple(results), self._params.ruleset, self._params.reference_date)


def evaluate(person: Person, at: Position, params: Parameters) -> Verdict:
    """Judge one person for one position under the rules of a call.

    Pure: the same facts and parameters give the same verdict for ever. About 15 µs.
    """
    return params.judge(person, at)


def evaluate_many(
    cases: Iterable[tuple[Person, Position]], params: Parameters
) -> Iterator[tuple[Person, Position, Verdict]]:
    """Judge a stream, in order, holding one at a time."""
    judge = params.judge
    for person, at in cases:
        yield person, at, judge(person, at)
