"""The ranking once more, from the definitions and by other means: Fractions, counting, no sorting tricks.

Written from the rules in ``docs/ranking.md`` without the product's code. It takes rows and scheme as plain
strings, as they stand in the files, and is slow on purpose: a rank is one plus the number of those who
are better.
"""

from fractions import Fraction
from typing import Any

Row = dict[str, str]


def number(text: str) -> Fraction:
    whole, _, places = text.partition(".")
    return Fraction(int(whole + places), 10 ** len(places))


def exact(value: Fraction) -> str:
    """A terminating fraction in decimals, shortest form."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def rounded(value: Fraction, rule: Any) -> Fraction:
    if rule == "none":
        return value
    scaled = value * 10 ** rule["digits"]
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    half = Fraction(1, 2)
    up = {
        "truncate": False,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
    }[rule["mode"]]
    return Fraction(whole + up, 10 ** rule["digits"])


def ranking(rows: list[Row], scheme: dict[str, Any]) -> list[tuple[str, ...]]:
    """position, candidate, written, written_rank, shortlisted, total, final_rank as in the file."""
    positions: dict[str, Position] = {}
    for row in rows:
        positions.setdefault(row["position"], Position(scheme, row)).rows.append(row)
    for position in positions.values():
        position.decide_shortlist()
        position.decide_totals()
    for position in positions.values():
        position.apply_line(list(positions.values()))
    return [positions[row["position"]].line_of(row) for row in rows]


class Position:
    def __init__(self, scheme: dict[str, Any], row: Row) -> None:
        self.scheme = scheme
        self.openings = int(row["openings"])
        self.quota: int = self.openings * scheme["ratio"]
        self.prefecture = row.get("prefecture", "")
        self.rows: list[Row] = []
        self.short: list[Row] = []
        self.totals: dict[str, Fraction] = {}
        self.placed: list[Row] = []

    def rounding(self, what: str) -> Any:
        rule = self.scheme.get("rounding", "none")
        return rule.get(what, "none") if isinstance(rule, dict) and "mode" not in rule else rule

    def written(self, row: Row) -> Fraction | None:
        subjects = self.scheme["subject"]
        if any(row[subject["code"]] == "" for subject in subjects):
            return None
        parts = [number(row[subject["code"]]) * number(subject["weight"]) for subject in subjects]
        return rounded(sum(parts, number(row["bonus"])), self.rounding("written"))

    def stands(self, row: Row) -> bool:
        return (
            row["absent"] == "N"
            and row["violation"] == "N"
            and all(
                number(row[subject["code"]]) >= number(subject.get("pass_line", "0"))
                for subject in self.scheme["subject"]
            )
        )

    def mark(self, row: Row) -> Fraction:
        """The written result of somebody who has one."""
        written = self.written(row)
        assert written is not None
        return written

    def standing(self) -> list[Row]:
        return [row for row in self.rows if self.stands(row)]

    def best(self, rows: list[Row], how_many: int) -> list[Row]:
        """The best so many by written result, with everybody tied with the last of them."""
        marks = sorted((self.mark(row) for row in rows), reverse=True)
        if len(marks) <= how_many:
            return rows
        return [row for row in rows if self.mark(row) >= marks[how_many - 1]]

    def decide_shortlist(self) -> None:
        self.short = self.best(self.standing(), self.quota)
        rounds = self.scheme.get("substitution_rounds", 0)
        left = len(self.rows) if rounds == "as_needed" else rounds
        while left:
            left -= 1
            vacancies = self.quota - sum(row.get("recheck", "") != "N" for row in self.short)
            if vacancies > 0:
                called = {row["candidate"] for row in self.short}
                rest = [row for row in self.standing() if row["candidate"] not in called]
                self.short = self.short + self.best(rest, vacancies)
        inside = {row["candidate"] for row in self.short}
        outside = [row for row in self.standing() if row["candidate"] not in inside]
        kept = [self.mark(row) for row in outside if row.get("kept", "") == "Y"]
        if kept:
            self.short = self.short + [row for row in outside if self.mark(row) >= min(kept)]

    def decide_totals(self) -> None:
        interview = self.scheme["interview"]
        for row in self.short:
            if row["interview"] != "" and row.get("recheck", "") != "N":
                total = self.mark(row) + number(row["interview"]) * number(interview["weight"])
                self.totals[row["candidate"]] = rounded(total, self.rounding("total"))
                if number(row["interview"]) >= number(interview.get("pass_line", "0")):
                    self.placed.append(row)

    def full(self) -> bool:
        return len(self.totals) >= self.quota

    def to_medical(self) -> list[Fraction]:
        totals = sorted((self.totals[row["candidate"]] for row in self.placed), reverse=True)
        return totals[: self.openings]

    def apply_line(self, positions: "list[Position]") -> None:
        rule = self.scheme.get("too_few", "none")
        if rule == "none" or self.full():
            return
        if rule == "prefecture":
            same = [other for other in positions if other.full() and other.prefecture == self.prefecture]
            reached = [total for other in same for total in other.to_medical()]
        else:
            reached = [number(rule[self.prefecture])] if self.prefecture in rule else []
        if reached:
            self.placed = [row for row in self.placed if self.totals[row["candidate"]] >= min(reached)]

    def strength(self, row: Row) -> list[Fraction]:
        strength = [self.totals[row["candidate"]]]
        ties = self.scheme.get("ties", ["written", *(subject["code"] for subject in self.scheme["subject"])])
        for tie in ties:
            if tie == "written":
                strength.append(self.mark(row))
            else:
                strength.append(number(row[tie]) if row[tie] else Fraction(-1))
        return strength

    def line_of(self, row: Row) -> tuple[str, ...]:
        written = self.written(row)
        written_rank = final_rank = ""
        if self.stands(row):
            written_rank = str(1 + sum(self.mark(other) > self.mark(row) for other in self.standing()))
        if any(row is placed for placed in self.placed):
            mine = self.strength(row)
            final_rank = str(1 + sum(self.strength(other) > mine for other in self.placed))
        total = self.totals.get(row["candidate"])
        return (
            row["position"],
            row["candidate"],
            "" if written is None else exact(written),
            written_rank,
            "Y" if any(row is short for short in self.short) else "N",
            "" if total is None else exact(total),
            final_rank,
        )
