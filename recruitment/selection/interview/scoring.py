"""From the examiners' marks to the mark of the interview: pure and exact.

For each element the highest and the lowest marks are dropped and the rest averaged; the mark is the weighted sum of the
averages. A mean that has no end in decimals needs a rounding, which is applied once, to the sum.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from recruitment.selection.scheme import Rounding, RoundingMode

# More places than any rounding of a scheme asks for; a mean that needs more has no end.
MOST_PLACES = 12


class Element(NamedTuple):
    """One element of the score sheet: its name, the most an examiner may give, and its weight in the sum."""

    name: str
    full_mark: Decimal
    weight: Decimal = Decimal(1)


class Averaged(NamedTuple):
    """One element as it was counted: the marks that counted, those that were dropped, and the exact mean."""

    element: Element
    counted: tuple[Decimal, ...]
    dropped: tuple[Decimal, ...]
    mean: Fraction


class Endless(ValueError):
    """The mark has no end in decimals and no rounding is given."""


def needs_rounding(examiners: int, dropped: int) -> bool:
    """Whether a mean of so many marks may have no end: the number that counts has a factor besides 2 and 5.

    >>> needs_rounding(7, 1), needs_rounding(9, 1)
    (False, True)
    """
    counted = examiners - 2 * dropped
    for factor in (2, 5):
        while counted % factor == 0:
            counted //= factor
    return counted != 1


def averages(
    sheet: Mapping[str, Sequence[Decimal]], elements: Sequence[Element], dropped: int = 1
) -> list[Averaged]:
    """Each element's marks with the highest and the lowest left out.

    Args:
        sheet: every examiner's mark by element, all of the same number.
        dropped: how many highest and as many lowest are left out.

    Raises:
        ValueError: marks are missing, above the full mark, or none would be left.
    """
    if len({len(sheet[element.name]) for element in elements}) > 1:
        raise ValueError("every element needs the same number of marks")
    found = []
    for element in elements:
        marks = sorted(sheet[element.name])
        if len(marks) <= 2 * dropped:
            raise ValueError(f"{element.name}: no mark is left after dropping")
        if marks[0] < 0 or marks[-1] > element.full_mark:
            raise ValueError(f"{element.name}: a mark is not between 0 and {element.full_mark}")
        end = len(marks) - dropped
        counted = marks[dropped:end]
        mean = Fraction(sum(map(Fraction, counted), Fraction(0)), len(counted))
        found.append(Averaged(element, tuple(counted), tuple(marks[:dropped] + marks[end:]), mean))
    return found


def interview_mark(averaged: Sequence[Averaged], rounding: Rounding | None = None) -> Decimal:
    """The weighted sum of the means, exact, then rounded if a rounding is given.

    Raises:
        Endless: the exact sum cannot be written in decimals.
    """
    exact = sum((item.mean * Fraction(item.element.weight) for item in averaged), Fraction(0))
    return exact_decimal(exact) if rounding is None else rounded(exact, rounding)


def exact_decimal(value: Fraction) -> Decimal:
    """The value with as many places as it needs.

    >>> exact_decimal(Fraction(4193, 50))
    Decimal('83.86')
    """
    for places in range(MOST_PLACES + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return Decimal(scaled.numerator).scaleb(-places)
    raise Endless("the mean has no end in decimals")


def rounded(value: Fraction, rounding: Rounding) -> Decimal:
    """The value rounded once from its exact form; it is not negative.

    >>> rounded(Fraction(2, 3), Rounding(2, RoundingMode.HALF_UP))
    Decimal('0.67')
    """
    scaled = value * 10**rounding.digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    if rounding.mode is RoundingMode.HALF_UP:
        whole += twice >= scaled.denominator
    elif rounding.mode is RoundingMode.HALF_EVEN:
        whole += twice > scaled.denominator or (twice == scaled.denominator and whole % 2 == 1)
    return Decimal(whole).scaleb(-rounding.digits)
