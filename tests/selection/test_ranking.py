"""The ranking against an independent oracle, and the properties that any ranking must have."""

import csv
import io
import math
import os
import random
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.selection.oracle as oracle
from recruitment.selection.explanation import explain
from recruitment.selection.ranking import Candidate, Exclusion, Ranking, Result, rank
from recruitment.selection.scheme import Scheme, load_scheme
from recruitment.selection.scores import read_scores, write_ranked
from tests.selection.tables import random_rows, random_scheme, to_csv, to_toml

PROOF = os.environ.get("PROOF") == "full"
seeds = st.integers(min_value=0, max_value=2**63)
# Real counts matter more than shrinking here: a seed reproduces the whole table.
few = settings(max_examples=2_000 if PROOF else 60, deadline=None)

PLAIN = load_scheme(
    """
    ratio = 3
    [[subject]]
    code = "xingce"
    weight = "0.35"
    [[subject]]
    code = "shenlun"
    weight = "0.35"
    [interview]
    weight = "0.30"
    """
)


def of(code: str, xingce: str, shenlun: str, interview: str = "", **more: Any) -> Candidate:
    marks = (Decimal(xingce), Decimal(shenlun))
    base = Candidate("P1", 1, code, marks, Decimal(0), interview=Decimal(interview) if interview else None)
    return base._replace(**more)


def by_code(ranking: Ranking) -> dict[str, Result]:
    return {result.candidate: result for result in ranking.results}


def shortlist(ranking: Ranking) -> set[str]:
    return {result.candidate for result in ranking.results if result.shortlisted}


def compare_with_oracle(seed: int, positions: int) -> int:
    choose = random.Random(seed)
    scheme = random_scheme(choose)
    rows = random_rows(choose, scheme, positions)
    loaded = load_scheme(to_toml(scheme))
    candidates, errors = read_scores(to_csv(rows), loaded)
    assert errors == []
    ranking = rank(candidates, loaded)
    ours = [tuple(line) for line in csv.reader(io.StringIO(write_ranked(ranking.results)))][1:]
    assert ours == oracle.ranking(rows, scheme), f"seed {seed}"
    assert all(explain(candidates, ranking, loaded))
    return len(ranking.positions)


@given(seeds)
@few
def test_agrees_with_the_oracle(seed: int) -> None:
    compare_with_oracle(seed, positions=4)


@pytest.mark.full
@pytest.mark.skipif(not PROOF, reason="set PROOF=full: minutes")
def test_agrees_with_the_oracle_on_100_000_positions() -> None:
    positions, seed = 0, 0
    while positions < 100_000:
        positions += compare_with_oracle(seed, positions=25)
        seed += 1


# ── properties ──────────────────────────────────────────────────────────────────────────────────────


def random_call(seed: int) -> tuple[random.Random, Scheme, list[Candidate]]:
    choose = random.Random(seed)
    scheme = random_scheme(choose)
    loaded = load_scheme(to_toml(scheme))
    candidates, _ = read_scores(to_csv(random_rows(choose, scheme, 3)), loaded)
    return choose, loaded, candidates


@given(seeds)
@few
def test_order_of_rows_never_matters(seed: int) -> None:
    choose, scheme, candidates = random_call(seed)
    first = rank(candidates, scheme)
    said = dict(zip((c.candidate for c in candidates), explain(candidates, first, scheme), strict=True))
    choose.shuffle(candidates)
    again = rank(candidates, scheme)
    assert by_code(again) == by_code(first)
    assert [said[c.candidate] for c in candidates] == explain(candidates, again, scheme)


@given(seeds, st.sampled_from(["0.5", "3", "10.25"]))
@few
def test_the_same_bonus_for_all_changes_no_order(seed: int, bonus: str) -> None:
    _, scheme, candidates = random_call(seed)
    # A rounding may make or break ties, and an announced line stays where it is: neither is meant here.
    scheme = replace(scheme, written_rounding=None, total_rounding=None, too_few=None)
    lifted = [candidate._replace(bonus=candidate.bonus + Decimal(bonus)) for candidate in candidates]
    before, after = rank(candidates, scheme).results, rank(lifted, scheme).results
    for one, other in zip(before, after, strict=True):
        assert (one.written_rank, one.shortlisted, one.final_rank) == (
            other.written_rank,
            other.shortlisted,
            other.final_rank,
        )


@given(seeds)
@few
def test_a_better_mark_never_lowers_a_rank(seed: int) -> None:
    choose, scheme, candidates = random_call(seed)
    # Breaking a tie at the cut can leave fewer interviewed than the ratio asks for; then the line of too few
    # holds for this position, too, and may exclude where it did not before. That is the rule, not the order.
    index = choose.randrange(len(candidates))
    mine = candidates[index]
    if None in mine.marks:
        return
    subject = choose.randrange(len(mine.marks))
    better = tuple(
        mark + Decimal("0.5") if number == subject and mark is not None else mark
        for number, mark in enumerate(mine.marks)
    )
    interview = None if mine.interview is None else mine.interview + Decimal("0.25")
    changed = list(candidates)
    changed[index] = mine._replace(marks=better, interview=interview)
    before = rank(candidates, scheme).results[index]
    after = rank(changed, scheme).results[index]
    if before.written_rank is not None:
        assert after.written_rank is not None
        assert after.written_rank <= before.written_rank
    assert after.shortlisted >= before.shortlisted
    if before.final_rank is not None and after.exclusion is not Exclusion.TOO_FEW_LINE:
        assert after.final_rank is not None
        assert after.final_rank <= before.final_rank


@given(seeds)
@few
def test_ranks_are_competition_ranks(seed: int) -> None:
    _, scheme, candidates = random_call(seed)
    ranking = rank(candidates, scheme)
    for outcome in ranking.positions.values():
        for order, name in ((outcome.order, "written_rank"), (outcome.final, "final_rank")):
            ranks = [getattr(ranking.results[index], name) for index in order]
            assert ranks == [1 + sum(other < mine for other in ranks) for mine in ranks]


# ── the traps ───────────────────────────────────────────────────────────────────────────────────────


def test_rounding_can_tie_what_unrounded_values_order() -> None:
    close = [of("a", "66.5", "63.0"), of("b", "66.4", "63.1", bonus=Decimal("0.001"))]
    unrounded = by_code(rank(close, PLAIN))
    assert unrounded["a"].written == Decimal("45.325")
    assert (unrounded["a"].written_rank, unrounded["b"].written_rank) == (2, 1)
    rounding = load_scheme(
        to_toml(
            {
                "ratio": 3,
                "rounding": {"written": {"digits": 2, "mode": "half_up"}},
                "subject": [{"code": "xingce", "weight": "0.35"}, {"code": "shenlun", "weight": "0.35"}],
                "interview": {"weight": "0.30"},
            }
        )
    )
    rounded = by_code(rank(close, rounding))
    assert rounded["a"].written == rounded["b"].written == Decimal("45.33")
    assert (rounded["a"].written_rank, rounded["b"].written_rank) == (1, 1)


def test_floats_would_order_equal_results() -> None:
    # 0.1 + 0.2 and its like: 66.1 and 59.2 against 59.2 and 66.1 with equal weights are equal.
    ranking = by_code(rank([of("a", "66.1", "59.2"), of("b", "59.2", "66.1")], PLAIN))
    assert ranking["a"].written == ranking["b"].written
    assert ranking["a"].written_rank == ranking["b"].written_rank == 1


def test_tie_at_the_cut_lets_all_in() -> None:
    marks = ["80", "70", "60", "60", "60", "50"]
    ranking = rank([of(f"c{number}", mark, mark) for number, mark in enumerate(marks)], PLAIN)
    assert shortlist(ranking) == {"c0", "c1", "c2", "c3", "c4"}


def test_tie_above_the_cut_widens_nothing() -> None:
    marks = ["80", "80", "70", "60"]
    ranking = rank([of(f"c{number}", mark, mark) for number, mark in enumerate(marks)], PLAIN)
    assert shortlist(ranking) == {"c0", "c1", "c2"}
    assert [result.written_rank for result in ranking.results] == [1, 1, 3, 4]


def test_absence_and_violation_leave_no_gap_in_the_ranks() -> None:
    ranking = by_code(
        rank(
            [
                of("gone", "90", "90", absent=True),
                of("cheat", "85", "85", violation=True),
                of("one", "60", "60"),
                of("two", "50", "50"),
            ],
            PLAIN,
        )
    )
    assert ranking["gone"].written == Decimal("63")
    assert ranking["gone"].written_rank is None
    assert ranking["cheat"].written_rank is None
    assert not ranking["gone"].shortlisted
    assert (ranking["one"].written_rank, ranking["two"].written_rank) == (1, 2)


def test_absent_without_a_mark_has_no_written_result() -> None:
    nobody = Candidate("P1", 1, "a", (None, Decimal(60)), Decimal(1), absent=True)
    assert rank([nobody], PLAIN).results[0].written is None


SUBSTITUTION = replace(PLAIN, substitution_rounds=1)


def test_no_substitute_while_openings_times_ratio_remain() -> None:
    four = [of("a", "80", "80"), of("b", "70", "70"), of("c", "60", "60"), of("d", "60", "60")]
    four[1] = four[1]._replace(recheck=False)
    ranking = rank([*four, of("e", "50", "50")], SUBSTITUTION)
    assert shortlist(ranking) == {"a", "b", "c", "d"}
    assert ranking.positions["P1"].vacancies == []


def test_substitutes_come_in_written_order_with_their_tie_and_only_so_many_rounds() -> None:
    people = [
        of("a", "80", "80"),
        of("b", "70", "70", recheck=False),
        of("c", "60", "60"),
        of("d", "55", "55", recheck=False),
        of("e", "55", "55", recheck=False),
        of("f", "50", "50"),
    ]
    once = rank(people, SUBSTITUTION)
    assert shortlist(once) == {"a", "b", "c", "d", "e"}
    assert by_code(once)["e"].substitution_round == 1
    needed = rank(people, replace(PLAIN, substitution_rounds=None))
    assert by_code(needed)["f"].substitution_round == 2
    assert shortlist(rank(people, PLAIN)) == {"a", "b", "c"}


def test_giving_up_on_the_interview_day_brings_no_substitute() -> None:
    people = [of("a", "80", "80"), of("b", "70", "70", "80"), of("c", "60", "60", "80"), of("d", "50", "50")]
    assert shortlist(rank(people, SUBSTITUTION)) == {"a", "b", "c"}


def test_an_interview_mark_outside_the_shortlist_counts_for_nothing() -> None:
    people = [of(f"c{number}", str(80 - number), "60", "90") for number in range(4)]
    last = rank(people, PLAIN).results[3]
    assert (last.shortlisted, last.total, last.final_rank) == (False, None, None)


def test_too_few_interviewed_must_reach_the_lowest_total_of_the_prefecture() -> None:
    scheme = load_scheme(
        """
        ratio = 1
        too_few = "prefecture"
        [[subject]]
        code = "xingce"
        weight = "0.5"
        [interview]
        weight = "0.5"
        """
    )

    def at(position: str, openings: int, prefecture: str, mark: str, interview: str) -> Candidate:
        return Candidate(
            position,
            openings,
            f"{position}{mark}",
            (Decimal(mark),),
            Decimal(0),
            interview=Decimal(interview),
            prefecture=prefecture,
        )

    ranking = rank(
        [
            at("full", 2, "510700", "80", "80"),
            at("full", 2, "510700", "70", "70"),
            at("elsewhere", 1, "510800", "50", "50"),
            at("few", 2, "510700", "69", "70"),
            at("enough", 2, "510700", "70", "70"),
            at("alone", 2, "510900", "40", "40"),
        ],
        scheme,
    )
    assert ranking.positions["few"].line == Decimal(70)
    few_, enough, alone = ranking.results[3:]
    assert (few_.total, few_.final_rank) == (Decimal("69.5"), None)
    assert enough.final_rank == 1
    assert alone.final_rank == 1
    assert ranking.positions["alone"].line is None


def test_who_just_reaches_a_pass_line_has_passed() -> None:
    scheme = load_scheme(
        """
        ratio = 2
        [[subject]]
        code = "xingce"
        weight = 0.35
        pass_line = 50
        [[subject]]
        code = "shenlun"
        weight = 0.35
        [interview]
        weight = 0.3
        pass_line = "60.5"
        """
    )
    ranking = by_code(
        rank(
            [
                of("below", "49.9", "100", "90"),
                of("at", "50.0", "50", "60.5"),
                of("silent", "70", "70", "60.4"),
            ],
            scheme,
        )
    )
    assert (ranking["below"].written_rank, ranking["below"].shortlisted) == (None, False)
    assert (ranking["at"].written_rank, ranking["at"].final_rank) == (2, 1)
    assert (ranking["silent"].total, ranking["silent"].final_rank) == (Decimal("67.12"), None)


def test_full_ties_share_a_rank_until_an_extra_interview() -> None:
    twins = [of("a", "60", "60", "80"), of("b", "60", "60", "80"), of("c", "50", "50", "80")]
    assert [result.final_rank for result in rank(twins, PLAIN).results] == [1, 1, 3]
    settled = [twins[0], twins[1]._replace(extra_interview=Decimal("70")), twins[2]]
    scheme = replace(PLAIN, ties=("written", "xingce", "shenlun", "extra_interview"))
    assert [result.final_rank for result in rank(settled, scheme).results] == [2, 1, 3]


def test_ties_of_the_total_are_settled_in_the_order_of_the_scheme() -> None:
    # 42 + 24 = 37.8 + 28.2: equal totals from different halves.
    equal = [of("steady", "60", "60", "80"), of("speaker", "54", "54", "94")]
    assert {result.total for result in rank(equal, PLAIN).results} == {Decimal(66)}
    assert by_code(rank(equal, PLAIN))["steady"].final_rank == 1
    by_interview = replace(PLAIN, ties=("interview",))
    assert by_code(rank(equal, by_interview))["speaker"].final_rank == 1


def test_contradictions_are_refused() -> None:
    one = of("a", "60", "60")
    for people in (
        [one, one],
        [one, of("b", "60", "60", openings=2)],
        [one, of("b", "60", "60", prefecture="510700")],
        [one._replace(marks=(Decimal(60),))],
        [one._replace(marks=(None, Decimal(60)))],
    ):
        with pytest.raises(ValueError, match=r".+"):
            rank(people, PLAIN)


def test_every_place_in_the_final_order_is_explained() -> None:
    people = [
        of("a", "66.5", "63.0", "80"),
        of("b", "64.0", "65.5", "80"),
        of("c", "50", "50", "80"),
    ]
    said = explain(people, rank(people, PLAIN), PLAIN)
    assert said[0] == (
        "笔试折合成绩 45.325 = 行测 66.5 × 0.35 + 申论 63.0 × 0.35。"
        "本职位 3 人有笔试名次，与另外 1 人并列第 1 名；招录 1 名，入闱 3 名，已入闱。"
        "总成绩 69.325 = 笔试折合成绩 45.325 + 面试 80 × 0.30。"
        "总成绩相同的有 2 人，依次比较笔试折合成绩、行测、申论。行测 66.5 高于 64，排在同分者之前。"
        "最终第 1 名，招录 1 名，进入体检。"
    )
    assert "行测 64 低于 66.5，排在同分者之后。最终第 2 名" in said[1]
    for one, other in pairwise(said):
        assert one != other


@given(seeds)
@few
def test_every_explanation_can_be_recomputed(seed: int) -> None:
    choose = random.Random(seed)
    scheme = random_scheme(choose)
    loaded = load_scheme(to_toml(scheme))
    rows = random_rows(choose, scheme, 3)
    candidates, _ = read_scores(to_csv(rows), loaded)
    ranking = rank(candidates, loaded)
    rule = scheme["rounding"]
    rules = rule if isinstance(rule, dict) and "mode" not in rule else {"written": rule, "total": rule}
    for words, result in zip(explain(candidates, ranking, loaded), ranking.results, strict=True):
        for name, part, value in (
            ("笔试折合成绩", "written", result.written),
            ("总成绩", "total", result.total),
        ):
            sums = re.findall(rf"{name} ([0-9.]+) = ([^。（]+)", words)
            assert len(sums) == (value is not None)
            for said, terms in sums:
                products = [re.findall(r"[0-9.]+", term) for term in terms.split(" + ")]
                total = sum(
                    (math.prod(map(oracle.number, factors), start=Fraction(1)) for factors in products),
                    Fraction(),
                )
                assert said == oracle.exact(oracle.rounded(total, rules.get(part, "none")))
        for mine, relation, theirs in re.findall(r" ([0-9.]+) (高于|低于) ([0-9.]+)，排在", words):
            assert (oracle.number(mine) > oracle.number(theirs)) == (relation == "高于")
        if result.final_rank is not None:
            assert f"第 {result.final_rank} 名，招录" in words
        else:
            assert "最终第" not in words
