"""Exact decimal numbers in and out."""

import re
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

# Six digits before and twelve after the point: a sum of products of two such numbers has at most
# 24 places, so 60 digits hold every result and Inexact is never raised by admissible input.
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,12})?")

EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
"""Arithmetic that raises instead of losing a digit."""


def parse_number(text: str) -> Decimal | None:
    """A number that is not negative, written with digits and at most one point; else ``None``.

    >>> parse_number("64.0"), parse_number("1e2"), parse_number("-1"), parse_number("６４")
    (Decimal('64.0'), None, None, None)
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def as_entered(value: Decimal) -> str:
    """The value with the zeros it was written with, without an exponent.

    >>> as_entered(Decimal("63.0")), as_entered(Decimal("0.0000001"))
    ('63.0', '0.0000001')
    """
    text = str(value)  # several times as fast as format(), and the same but for very small values
    return format(value, "f") if "E" in text else text


def plain(value: Decimal) -> str:
    """The exact value without trailing zeros and without an exponent.

    >>> plain(Decimal("35.000")), plain(Decimal("0E-7")), plain(Decimal("65.350"))
    ('35', '0', '65.35')
    """
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
