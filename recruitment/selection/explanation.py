"""What a candidate is told about a result: the arithmetic and the reason for each place.

The sentences contain every figure that decided, so that anybody can recompute them with a pocket
calculator. Marks of others appear only where they decided a tie, and without a name.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from recruitment.selection.numbers import as_entered, plain
from recruitment.selection.ranking import (
    Candidate,
    Exclusion,
    PositionOutcome,
    Ranking,
    Result,
    criterion_value,
)
from recruitment.selection.scheme import Rounding, RoundingMode, Scheme

_ROUNDING_WORDS = {
    RoundingMode.HALF_UP: "四舍五入",
    RoundingMode.HALF_EVEN: "四舍六入五成双",
    RoundingMode.TRUNCATE: "截尾",
}


def explain(candidates: Sequence[Candidate], ranking: Ranking, scheme: Scheme) -> list[str]:
    """What each candidate is told, in Chinese and in the order of the input.

    Args:
        ranking: what :func:`recruitment.selection.ranking.rank` made of the same candidates and scheme.
    """
    explainer = _Explainer(candidates, ranking, scheme)
    return [explainer.words(index) for index in range(len(candidates))]


class _Explainer:
    def __init__(self, candidates: Sequence[Candidate], ranking: Ranking, scheme: Scheme) -> None:
        self.candidates = candidates
        self.results = ranking.results
        self.positions = ranking.positions
        self.scheme = scheme
        self.terms = " + ".join(
            f"{subject.name.replace('%', '%%')} %s × {as_entered(subject.weight)}"
            for subject in scheme.subjects
        )
        self.interview_weight = as_entered(scheme.interview.weight)
        self.values = {criterion: criterion_value(criterion, scheme) for criterion in scheme.ties}
        self.written_rounding = _rounding_words(scheme.written_rounding)
        self.total_rounding = _rounding_words(scheme.total_rounding)
        names = "、".join(scheme.name(criterion) for criterion in scheme.ties)
        self.compared = f"依次比较{names}" if names else "方案没有规定再比较什么"
        self.quotas: dict[str, str] = {}
        self.ties: dict[int, _Tie] = {}
        for outcome in ranking.positions.values():
            self.quotas[outcome.code] = f"招录 {outcome.openings} 名，入闱 {outcome.quota} 名，"
            self._find_ties(outcome)

    def words(self, index: int) -> str:
        candidate, result = self.candidates[index], self.results[index]
        written = self._written(candidate, result)
        if result.written_rank is None:
            return written + self._not_ranked(candidate, result)
        outcome = self.positions[result.position]
        said = written + self._shortlist(result, outcome)
        if not result.shortlisted:
            return said
        if result.exclusion is Exclusion.RECHECK:
            return said + "资格复审未通过或者放弃，不参加面试。"
        if result.total is None:
            return said + "没有面试成绩，没有总成绩和最终名次。"
        return said + self._total(candidate, result) + self._final(index, result, outcome)

    def _written(self, candidate: Candidate, result: Result) -> str:
        if result.written is None:
            return "有科目没有成绩，不计算笔试折合成绩。"
        # Decimals print themselves as entered, but for very small values, which get an exponent.
        terms = self.terms % candidate.marks
        if "E-" in terms:
            terms = self.terms % tuple(map(_as_entered, candidate.marks))
        if candidate.bonus:
            terms += f" + 政策性加分 {as_entered(candidate.bonus)}"
        return f"笔试折合成绩 {plain(result.written)} = {terms}{self.written_rounding}。"

    def _not_ranked(self, candidate: Candidate, result: Result) -> str:
        if result.exclusion is Exclusion.ABSENT:
            why = "有科目缺考"
        elif result.exclusion is Exclusion.VIOLATION:
            why = "有违纪违规记录"
        else:
            why = "；".join(
                f"{subject.name} {as_entered(mark)} 低于合格线 {plain(subject.pass_line)}"
                for subject, mark in zip(self.scheme.subjects, candidate.marks, strict=True)
                if mark is not None and subject.pass_line is not None and mark < subject.pass_line
            )
        return f"{why}，不排名次，不入闱。"

    def _shortlist(self, result: Result, outcome: PositionOutcome) -> str:
        sharing = outcome.sharing[result.written_rank or 0]
        tied = f"与另外 {sharing - 1} 人并列" if sharing > 1 else "排"
        said = (
            f"本职位 {len(outcome.order)} 人有笔试名次，{tied}第 {result.written_rank} 名；"
            f"{self.quotas[outcome.code]}"
        )
        if result.substitution_round and result.substitution_round == outcome.kept_round:
            return (
                f"{said}复审决定或成绩后来有变动；此前已通知入闱（含递补）的保留资格，"
                "排在其前或与其同分的一并入闱，你入闱。"
            )
        if result.substitution_round:
            vacancies = outcome.vacancies[result.substitution_round - 1]
            return f"{said}第 {result.substitution_round} 轮递补时空缺 {vacancies} 名，递补入闱。"
        if not result.shortlisted:
            return f"{said}最低 {_shown(outcome.cut)} 分，未入闱。"
        if outcome.entered > outcome.quota and result.written == outcome.cut:
            return f"{said}末位同分的全部入闱，共 {outcome.entered} 人，已入闱。"
        return f"{said}已入闱。"

    def _total(self, candidate: Candidate, result: Result) -> str:
        return (
            f"总成绩 {_shown(result.total)} = 笔试折合成绩 {_shown(result.written)}"
            f" + 面试 {_as_entered(candidate.interview)} × {self.interview_weight}{self.total_rounding}。"
        )

    def _final(self, index: int, result: Result, outcome: PositionOutcome) -> str:
        if result.exclusion is Exclusion.INTERVIEW_LINE:
            line = _shown(self.scheme.interview.pass_line)
            return f"面试成绩低于合格线 {line}，不排最终名次，不进入体检。"
        said = ""
        if self.scheme.too_few is not None and outcome.too_few:
            said = self._too_few(result, outcome)
        if result.final_rank is None:
            return said
        tie = self.ties.get(index)
        if tie is None:
            return said + _place(result.final_rank, outcome, 1)
        return said + tie.words + _place(result.final_rank, outcome, tie.sharing)

    def _too_few(self, result: Result, outcome: PositionOutcome) -> str:
        said = f"本职位实际面试 {outcome.interviewed} 人，少于 {outcome.quota} 人，"
        if outcome.line is None:
            return said + "但同一市州没有可以比照的最低总成绩，不受此限。"
        if result.exclusion is Exclusion.TOO_FEW_LINE:
            return (
                f"{said}总成绩须达到同一市州的最低总成绩 {plain(outcome.line)}；"
                f"{_shown(result.total)} 未达到，不排最终名次，不进入体检。"
            )
        return (
            f"{said}总成绩须达到同一市州的最低总成绩 {plain(outcome.line)}；{_shown(result.total)} 已达到。"
        )

    def _find_ties(self, outcome: PositionOutcome) -> None:
        """Words for everyone whose total others of the position have too."""
        for same_total in _runs(outcome.final, lambda index: self.results[index].total):
            if len(same_total) == 1:
                continue
            groups = _runs(same_total, lambda index: self.results[index].final_rank)
            for number, group in enumerate(groups):
                said = f"总成绩相同的有 {len(same_total)} 人，{self.compared}。"
                if number > 0:
                    said += self._comparison(group[0], groups[number - 1][0], "低于", "之后")
                if number < len(groups) - 1:
                    said += self._comparison(group[0], groups[number + 1][0], "高于", "之前")
                if len(group) > 1:
                    said += f"{len(group)} 人各项都相同，名次并列。"
                for index in group:
                    self.ties[index] = _Tie(said, len(group))

    def _comparison(self, index: int, other: int, relation: str, side: str) -> str:
        for criterion, value in self.values.items():
            mine, theirs = (value(self.candidates[one], self.results[one].written) for one in (index, other))
            if mine != theirs:
                return (
                    f"{self.scheme.name(criterion)} {_shown(mine)} {relation} {_shown(theirs)}，"
                    f"排在同分者{side}。"
                )
        raise AssertionError("two ranks without a difference")


class _Tie(NamedTuple):
    words: str
    sharing: int


def _runs(indices: Iterable[int], key: Callable[[int], object]) -> list[list[int]]:
    return [list(group) for _, group in groupby(indices, key)]


def _shown(value: Decimal | None) -> str:
    return "（没有成绩）" if value is None else plain(value)


def _as_entered(mark: Decimal | None) -> str:
    """A mark with the zeros it was entered with, as it stands on the candidate's own sheet."""
    return "（没有成绩）" if mark is None else as_entered(mark)


def _rounding_words(rounding: Rounding | None) -> str:
    if rounding is None:
        return ""
    places = f"保留 {rounding.digits} 位小数" if rounding.digits else "取整数"
    return f"（{_ROUNDING_WORDS[rounding.mode]}，{places}）"


def _place(rank: int, outcome: PositionOutcome, sharing: int) -> str:
    openings = outcome.openings
    if rank > openings:
        return f"最终第 {rank} 名，招录 {openings} 名，未进入体检。"
    if rank + sharing - 1 > openings:
        return f"最终并列第 {rank} 名，招录 {openings} 名，须加试确定进入体检的人选。"
    return f"最终第 {rank} 名，招录 {openings} 名，进入体检。"
