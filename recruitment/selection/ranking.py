"""Ranking by marks: pure, exact, and the same for every order of its input.

All arithmetic is Decimal in a context that raises rather than lose a digit; only a rounding that the
scheme asks for may drop one. Rules: ``docs/ranking.md``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum
from operator import itemgetter, mul
from typing import NamedTuple

from recruitment.selection.numbers import EXACT
from recruitment.selection.scheme import EXTRA_INTERVIEW, INTERVIEW, WRITTEN, Scheme


class Candidate(NamedTuple):
    """What is known of one candidate of one position.

    Attributes:
        position: code of the position.
        openings: of the position; the same for all its candidates.
        candidate: unique in the call, e.g. the ticket number.
        marks: one for each subject of the scheme, in its order; ``None`` = no mark.
        bonus: the policy bonus that counts, already the highest one; added after weighting.
        absent: from at least one subject.
        violation: a violation on record that excludes from selection.
        interview: mark of the interview; ``None`` = not (yet) interviewed.
        extra_interview: mark of the extra interview that settles ties.
        prefecture: of the position; needed for the line of positions with too few interviewed.
        recheck: passed; failed or gave up; ``None`` = not yet rechecked.
        kept: has been called up and keeps the place, even if there is no vacancy any more.
    """

    position: str
    openings: int
    candidate: str
    marks: tuple[Decimal | None, ...]
    bonus: Decimal
    absent: bool = False
    violation: bool = False
    interview: Decimal | None = None
    extra_interview: Decimal | None = None
    prefecture: str = ""
    recheck: bool | None = None
    kept: bool = False


class Exclusion(StrEnum):
    """Why a candidate has no written rank, or was shortlisted and has no final rank."""

    ABSENT = "absent"
    VIOLATION = "violation"
    SUBJECT_LINE = "subject_line"
    RECHECK = "recheck"
    NOT_INTERVIEWED = "not_interviewed"
    INTERVIEW_LINE = "interview_line"
    TOO_FEW_LINE = "too_few_line"


class Result(NamedTuple):
    """What the ranking says of one candidate.

    Attributes:
        written: weighted written result with bonus; ``None`` when a mark is missing.
        written_rank: competition rank (1-2-2-4) among those not excluded at the written stage.
        shortlisted: for the interview, at first or as a substitute.
        substitution_round: 0 = not a substitute, 1 = called in the first round, …
        total: of a shortlisted candidate who was interviewed.
        final_rank: competition rank after the tie rules; full ties share it.
        exclusion: ``None`` for those who are ranked and for those below the shortlist.
    """

    position: str
    candidate: str
    written: Decimal | None
    written_rank: int | None
    shortlisted: bool
    substitution_round: int
    total: Decimal | None
    final_rank: int | None
    exclusion: Exclusion | None


@dataclass(slots=True)
class PositionOutcome:
    """How one position was decided; indices point into the input.

    Attributes:
        quota: openings × ratio.
        order: those with a written rank, best first.
        sharing: how many hold each written rank.
        entered: on the first shortlist; more than the quota where the last place is tied.
        cut: lowest written result of the first shortlist; ``None`` when it is empty.
        vacancies: filled or not, at the start of each substitution round.
        kept_round: the round of those who are in only because nobody who was called up is dropped; 0 = nobody.
        interviewed: how many shortlisted candidates have an interview mark.
        line: lowest admissible total where too few were interviewed; ``None`` = no such line.
        final: those with a final rank, best first.
    """

    code: str
    openings: int
    prefecture: str
    quota: int
    order: list[int] = field(default_factory=list)
    sharing: dict[int, int] = field(default_factory=dict)
    entered: int = 0
    cut: Decimal | None = None
    vacancies: list[int] = field(default_factory=list)
    kept_round: int = 0
    interviewed: int = 0
    line: Decimal | None = None
    final: list[int] = field(default_factory=list)

    @property
    def too_few(self) -> bool:
        """Whether fewer than openings × ratio were interviewed."""
        return self.interviewed < self.quota


@dataclass(frozen=True, slots=True)
class Ranking:
    """Results in the order of the input, and the outcome of each position by its code."""

    results: list[Result]
    positions: Mapping[str, PositionOutcome]


def rank(candidates: Sequence[Candidate], scheme: Scheme) -> Ranking:
    """Rank all candidates of a call, position by position.

    Raises:
        ValueError: the candidates contradict each other or the scheme: openings or prefecture differ
            inside a position, a candidate appears twice, the number of marks is not that of the
            subjects, or a mark is missing of somebody who was not absent.
    """
    with localcontext(EXACT):
        return _Ranker(candidates, scheme).run()


_BELOW_EVERY_MARK = Decimal(-1)


CriterionValue = Callable[[Candidate, Decimal | None], Decimal | None]


def criterion_value(criterion: str, scheme: Scheme) -> CriterionValue:
    """What a criterion of ``scheme.ties`` looks at, as a function of a candidate and the written result."""
    if criterion == WRITTEN:
        return lambda candidate, written: written
    if criterion == INTERVIEW:
        return lambda candidate, written: candidate.interview
    if criterion == EXTRA_INTERVIEW:
        return lambda candidate, written: candidate.extra_interview
    number = [subject.code for subject in scheme.subjects].index(criterion)
    return lambda candidate, written: candidate.marks[number]


def _members(candidates: Sequence[Candidate], subjects: int) -> dict[str, list[int]]:
    """Indices by position, with what must agree inside a position and a call checked."""
    members: dict[str, list[int]] = {}
    for index, candidate in enumerate(candidates):
        group = members.get(candidate.position)
        if group is None:
            members[candidate.position] = [index]
        else:
            first = candidates[group[0]]
            if candidate.openings != first.openings or candidate.prefecture != first.prefecture:
                raise ValueError(f"{candidate.candidate}: openings or prefecture differ in the position")
            group.append(index)
        if len(candidate.marks) != subjects:
            raise ValueError(f"{candidate.candidate}: {subjects} marks are needed")
    if len({candidate.candidate for candidate in candidates}) < len(candidates):
        raise ValueError("a candidate appears twice")
    return members


class _Ranker:
    def __init__(self, candidates: Sequence[Candidate], scheme: Scheme) -> None:
        self.candidates = candidates
        self.scheme = scheme
        size = len(candidates)
        self.members = _members(candidates, len(scheme.subjects))
        self.written = self._all_written()
        self.written_rank: list[int | None] = [None] * size
        self.shortlisted = [False] * size
        self.round = [0] * size
        self.total: list[Decimal | None] = [None] * size
        self.final_rank: list[int | None] = [None] * size
        self.exclusion: list[Exclusion | None] = [None] * size
        self.criteria = [criterion_value(criterion, scheme) for criterion in scheme.ties]

    def run(self) -> Ranking:
        outcomes: dict[str, PositionOutcome] = {}
        for code, members in self.members.items():
            first = self.candidates[members[0]]
            outcome = PositionOutcome(
                code, first.openings, first.prefecture, quota=first.openings * self.scheme.ratio
            )
            outcomes[code] = outcome
            self._rank_written(outcome, members)
            self._shortlist(outcome)
            self._substitute(outcome)
            self._total(outcome)
        self._set_lines(outcomes)
        for outcome in outcomes.values():
            self._rank_final(outcome)
        results = list(
            map(
                Result,
                [candidate.position for candidate in self.candidates],
                [candidate.candidate for candidate in self.candidates],
                self.written,
                self.written_rank,
                self.shortlisted,
                self.round,
                self.total,
                self.final_rank,
                self.exclusion,
            )
        )
        return Ranking(results, outcomes)

    def _all_written(self) -> list[Decimal | None]:
        """Σ mark × weight + bonus of each, rounded as the scheme says; ``None`` when a mark is missing."""
        weights = [subject.weight for subject in self.scheme.subjects]
        rounding = self.scheme.written_rounding
        results: list[Decimal | None] = []
        for candidate in self.candidates:
            if candidate.absent and any(mark is None for mark in candidate.marks):
                results.append(None)
                continue
            try:
                written = sum(map(mul, candidate.marks, weights), candidate.bonus)
            except TypeError:
                raise ValueError(f"{candidate.candidate}: not absent, but a mark is missing") from None
            results.append(rounding.apply(written) if rounding else written)
        return results

    def _rank_written(self, outcome: PositionOutcome, members: list[int]) -> None:
        lines = [
            (number, subject.pass_line)
            for number, subject in enumerate(self.scheme.subjects)
            if subject.pass_line is not None
        ]
        ranked: list[tuple[Decimal, int]] = []
        for index in members:
            candidate, written = self.candidates[index], self.written[index]
            if candidate.absent or written is None:
                self.exclusion[index] = Exclusion.ABSENT
            elif candidate.violation:
                self.exclusion[index] = Exclusion.VIOLATION
            elif lines and any((candidate.marks[number] or 0) < line for number, line in lines):
                self.exclusion[index] = Exclusion.SUBJECT_LINE
            else:
                ranked.append((written, index))
        ranked.sort(key=itemgetter(0), reverse=True)
        last: Decimal | None = None
        place = 0
        for number, (written, index) in enumerate(ranked, 1):
            if written is not last and written != last:
                place, last = number, written
                outcome.sharing[place] = 0
            outcome.sharing[place] += 1
            outcome.order.append(index)
            self.written_rank[index] = place

    def _shortlist(self, outcome: PositionOutcome) -> None:
        outcome.entered = self._through_ties(outcome.order, outcome.quota)
        for index in outcome.order[: outcome.entered]:
            self.shortlisted[index] = True
            outcome.cut = self.written[index]

    def _through_ties(self, order: list[int], wanted: int) -> int:
        """How many enter when so many are wanted: those tied with the last of them do too."""
        end = min(wanted, len(order))
        while end < len(order) and self.written[order[end]] == self.written[order[end - 1]]:
            end += 1
        return end

    def _substitute(self, outcome: PositionOutcome) -> None:
        """Fill vacancies after the recheck from the same position in written order."""
        order, entered = outcome.order, outcome.entered
        remaining = self._not_failed(order[:entered])
        rounds = self.scheme.substitution_rounds
        number = 0
        while remaining < outcome.quota and entered < len(order) and (rounds is None or number < rounds):
            number += 1
            vacancies = outcome.quota - remaining
            outcome.vacancies.append(vacancies)
            called = order[entered : self._through_ties(order, entered + vacancies)]
            self._call(called, number)
            entered += len(called)
            remaining += self._not_failed(called)
        # Vacancies may have gone after somebody was called up for them. Nobody is dropped for that, and whoever
        # stands before or level with the last of those called is in as well.
        last = max((place for place, index in enumerate(order) if self.candidates[index].kept), default=-1)
        if last >= entered:
            outcome.kept_round = number + 1
            self._call(order[entered : self._through_ties(order, last + 1)], outcome.kept_round)

    def _call(self, indices: list[int], number: int) -> None:
        for index in indices:
            self.shortlisted[index] = True
            self.round[index] = number

    def _not_failed(self, indices: list[int]) -> int:
        return sum(self.candidates[index].recheck is not False for index in indices)

    def _total(self, outcome: PositionOutcome) -> None:
        """Totals of those interviewed, and the order of those above the interview's line."""
        weight, line = self.scheme.interview.weight, self.scheme.interview.pass_line
        rounding = self.scheme.total_rounding
        for index in outcome.order:
            if not self.shortlisted[index]:
                break
            candidate, written = self.candidates[index], self.written[index]
            if candidate.recheck is False:
                self.exclusion[index] = Exclusion.RECHECK
                continue
            if candidate.interview is None or written is None:
                self.exclusion[index] = Exclusion.NOT_INTERVIEWED
                continue
            outcome.interviewed += 1
            total = written + candidate.interview * weight
            self.total[index] = rounding.apply(total) if rounding else total
            if line is not None and candidate.interview < line:
                self.exclusion[index] = Exclusion.INTERVIEW_LINE
            else:
                outcome.final.append(index)
        outcome.final.sort(key=self._final_key, reverse=True)

    def _set_lines(self, outcomes: Mapping[str, PositionOutcome]) -> None:
        """The line of positions with too few interviewed, from the others of the prefecture."""
        rule = self.scheme.too_few
        if rule is None:
            return
        lines = dict(rule.lines or {})
        if rule.lines is None:
            for outcome in outcomes.values():
                if outcome.too_few or not outcome.final:
                    continue
                # Equal totals at the last opening change nothing: the lowest total is the same.
                lowest = self._total_of(outcome.final[: outcome.openings][-1])
                lines[outcome.prefecture] = min(lowest, lines.get(outcome.prefecture, lowest))
        for outcome in outcomes.values():
            if outcome.too_few:
                outcome.line = lines.get(outcome.prefecture)

    def _rank_final(self, outcome: PositionOutcome) -> None:
        if outcome.line is not None:
            below = [index for index in outcome.final if self._total_of(index) < outcome.line]
            for index in below:
                self.exclusion[index] = Exclusion.TOO_FEW_LINE
            outcome.final = outcome.final[: len(outcome.final) - len(below)]
        place = 0
        previous = -1
        for number, index in enumerate(outcome.final, 1):
            if previous < 0 or not self._fully_tied(previous, index):
                place = number
            self.final_rank[index] = place
            previous = index

    def _fully_tied(self, one: int, other: int) -> bool:
        return self.total[one] == self.total[other] and self._final_key(one) == self._final_key(other)

    def _final_key(self, index: int) -> tuple[Decimal, ...]:
        """Total and tie values; where there is no value it is below every mark."""
        candidate, written = self.candidates[index], self.written[index]
        values = [value(candidate, written) for value in self.criteria]
        return (self._total_of(index), *[_BELOW_EVERY_MARK if value is None else value for value in values])

    def _total_of(self, index: int) -> Decimal:
        total = self.total[index]
        return _BELOW_EVERY_MARK if total is None else total
