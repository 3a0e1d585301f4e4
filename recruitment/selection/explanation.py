"""What a candidate is told about a result: the arithmetic and the reason for each place.

The sentences contain every figure that decided, so that anybody can recompute them with a pocket
calculator. Marks of others appear only where they decided a tie, and without a name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from recruitment.selection.numbers import plain
from recruitment.selection.ranking import (
    Candidate,
    Exclusion,
    PositionOutcome,
    Ranking,
    Result,
    tie_value,
)
from recruitment.selection.scheme import Rounding, RoundingMode, Scheme

_ROUNDING_WORDS = {
    RoundingMode.HALF_UP: "四舍五入",
    RoundingMode.HALF_EVEN: "四舍六入五成双",
    RoundingMode.TRUNCATE: "截尾",
}


def explain(candidates: Sequence[Candidate], ranking: Ranking, scheme: Scheme) -> list[list[str]]:
    """Sentences in Chinese for each candidate, in the order of the input.

    Args:
        ranking: what :func:`recruitment.selection.ranking.rank` made of the same candidates and scheme.
    """
    explainer = _Explainer(candidates, ranking, scheme)
    return [explainer.sentences(index) for index in range(len(candidates))]


class _Explainer:
    def __init__(self, candidates: Sequence[Candidate], ranking: Ranking, scheme: Scheme) -> None:
        self.candidates = candidates
        self.results = ranking.results
        self.positions = ranking.positions
        self.scheme = scheme
        self.subjects = [(f"{subject.name} ", f" × {subject.weight:f}") for subject in scheme.subjects]
        self.interview_weight = f"{scheme.interview.weight:f}"
        self.written_rounding = _rounding_words(scheme.written_rounding)
        self.total_rounding = _rounding_words(scheme.total_rounding)
        self.criteria_words = "、".join(scheme.name(criterion) for criterion in scheme.ties)
        self.same_written = Counter((result.position, result.written_rank) for result in self.results)
        self.ties: dict[int, _Tie] = {}
        for outcome in ranking.positions.values():
            self._find_ties(outcome)

    def sentences(self, index: int) -> list[str]:
        candidate, result = self.candidates[index], self.results[index]
        outcome = self.positions[result.position]
        said = [self._written(candidate, result)]
        if result.written_rank is None:
            said.append(self._not_ranked(candidate, result))
            return said
        said.append(_shortlist(result, outcome, self.same_written[result.position, result.written_rank]))
        if not result.shortlisted:
            return said
        if result.exclusion is Exclusion.RECHECK:
            said.append("资格复审未通过或者放弃,不参加面试。")
        elif result.total is None:
            said.append("没有面试成绩,没有总成绩和最终名次。")
        else:
            said.append(self._total(candidate, result))
            said += self._final(index, candidate, result, outcome)
        return said

    def _written(self, candidate: Candidate, result: Result) -> str:
        if result.written is None:
            return "有科目没有成绩,不计算笔试折合成绩。"
        terms = " + ".join(
            [
                f"{name}{mark:f}{weight}"
                for (name, weight), mark in zip(self.subjects, candidate.marks, strict=True)
            ]
        )
        if candidate.bonus:
            terms += f" + 政策性加分 {candidate.bonus:f}"
        return f"笔试折合成绩 {_shown(result.written)} = {terms}{self.written_rounding}。"

    def _not_ranked(self, candidate: Candidate, result: Result) -> str:
        if result.exclusion is Exclusion.ABSENT:
            why = "有科目缺考"
        elif result.exclusion is Exclusion.VIOLATION:
            why = "有违纪违规记录"
        else:
            why = ";".join(
                f"{subject.name} {mark:f} 低于合格线 {plain(subject.pass_line)}"
                for subject, mark in zip(self.scheme.subjects, candidate.marks, strict=True)
                if mark is not None and subject.pass_line is not None and mark < subject.pass_line
            )
        return f"{why},不排名次,不入闱。"

    def _total(self, candidate: Candidate, result: Result) -> str:
        return (
            f"总成绩 {_shown(result.total)} = 笔试折合成绩 {_shown(result.written)}"
            f" + 面试 {_as_entered(candidate.interview)} × {self.interview_weight}{self.total_rounding}。"
        )

    def _final(self, index: int, candidate: Candidate, result: Result, outcome: PositionOutcome) -> list[str]:
        if result.exclusion is Exclusion.INTERVIEW_LINE:
            line = _shown(self.scheme.interview.pass_line)
            return [f"面试成绩低于合格线 {line},不排最终名次,不进入体检。"]
        said = []
        if self.scheme.too_few is not None and outcome.too_few:
            said.append(self._too_few(result, outcome))
        if result.final_rank is None:
            return said
        tie = self.ties.get(index)
        if tie is not None:
            said += tie.sentences
        said.append(_place(result.final_rank, outcome, 1 if tie is None else tie.sharing))
        return said

    def _too_few(self, result: Result, outcome: PositionOutcome) -> str:
        said = f"本职位实际面试 {outcome.interviewed} 人,少于 {outcome.quota} 人,"
        if outcome.line is None:
            return said + "但同一市州没有可以比照的最低总成绩,不受此限。"
        if result.exclusion is Exclusion.TOO_FEW_LINE:
            return (
                f"{said}总成绩须达到同一市州的最低总成绩 {plain(outcome.line)};"
                f"{_shown(result.total)} 未达到,不排最终名次,不进入体检。"
            )
        return f"{said}总成绩须达到同一市州的最低总成绩 {plain(outcome.line)};{_shown(result.total)} 已达到。"

    def _find_ties(self, outcome: PositionOutcome) -> None:
        """Words for everyone whose total others of the position have too."""
        for same_total in _runs(outcome.final, lambda index: self.results[index].total):
            if len(same_total) == 1:
                continue
            groups = _runs(same_total, lambda index: self.results[index].final_rank)
            for number, group in enumerate(groups):
                said = [f"总成绩相同的有 {len(same_total)} 人,依次比较{self.criteria_words}。"]
                if number > 0:
                    said.append(self._comparison(group[0], groups[number - 1][0], "低于", "之后"))
                if number < len(groups) - 1:
                    said.append(self._comparison(group[0], groups[number + 1][0], "高于", "之前"))
                if len(group) > 1:
                    said.append(f"{len(group)} 人各项都相同,名次并列。")
                for index in group:
                    self.ties[index] = _Tie(said, len(group))

    def _comparison(self, index: int, other: int, relation: str, side: str) -> str:
        for criterion in self.scheme.ties:
            mine, theirs = self._value(index, criterion), self._value(other, criterion)
            if mine != theirs:
                return (
                    f"{self.scheme.name(criterion)} {_shown(mine)} {relation} {_shown(theirs)},"
                    f"排在同分者{side}。"
                )
        raise AssertionError("two ranks without a difference")

    def _value(self, index: int, criterion: str) -> Decimal | None:
        return tie_value(criterion, self.candidates[index], self.results[index].written, self.scheme)


class _Tie(NamedTuple):
    sentences: list[str]
    sharing: int


def _runs(indices: Iterable[int], key: Callable[[int], object]) -> list[list[int]]:
    return [list(group) for _, group in groupby(indices, key)]


def _shown(value: Decimal | None) -> str:
    return "(没有成绩)" if value is None else plain(value)


def _as_entered(mark: Decimal | None) -> str:
    """A mark with the zeros it was entered with, as it stands on the candidate's own sheet."""
    return "(没有成绩)" if mark is None else f"{mark:f}"


def _rounding_words(rounding: Rounding | None) -> str:
    if rounding is None:
        return ""
    places = f"保留 {rounding.digits} 位小数" if rounding.digits else "取整数"
    return f"({_ROUNDING_WORDS[rounding.mode]},{places})"


def _shortlist(result: Result, outcome: PositionOutcome, sharing: int) -> str:
    tied = f"与另外 {sharing - 1} 人并列" if sharing > 1 else "排"
    said = (
        f"本职位 {len(outcome.order)} 人有笔试名次,你{tied}第 {result.written_rank} 名;"
        f"招录 {outcome.openings} 名,入闱 {outcome.quota} 名"
    )
    if result.substitution_round:
        vacancies = outcome.vacancies[result.substitution_round - 1]
        return f"{said},第 {result.substitution_round} 轮递补时空缺 {vacancies} 名,你递补入闱。"
    if not result.shortlisted:
        return f"{said},最低 {_shown(outcome.cut)} 分,你未入闱。"
    if outcome.entered > outcome.quota and result.written == outcome.cut:
        return f"{said},末位同分的全部入闱,共 {outcome.entered} 人,你入闱。"
    return f"{said},你入闱。"


def _place(rank: int, outcome: PositionOutcome, sharing: int) -> str:
    openings = outcome.openings
    if rank > openings:
        return f"最终第 {rank} 名,招录 {openings} 名,未进入体检。"
    if rank + sharing - 1 > openings:
        return f"最终并列第 {rank} 名,招录 {openings} 名,须加试确定进入体检的人选。"
    return f"最终第 {rank} 名,招录 {openings} 名,进入体检。"
