"""What may be typed as an amount."""

from decimal import Decimal

import pytest
import wtforms
from flask import Flask
from werkzeug.datastructures import MultiDict

from recruitment.calls.fields import Between
from recruitment.fees.forms import MOST_YUAN, YuanField


class AmountForm(wtforms.Form):
    amount = YuanField("", [Between(0, MOST_YUAN)])


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("50", Decimal(50)),
        ("50.50", Decimal("50.5")),
        ("10000.00", Decimal(10_000)),
        ("50.505", None),
        ("10000.01", None),
        ("-1", None),
        ("NaN", None),
        ("Infinity", None),
        ("9" * 400, None),
        ("-" + "9" * 400, None),
        ("1e999999", None),
        ("五十", None),
    ],
)
def test_an_amount_has_two_places_and_an_end(app: Flask, typed: str, amount: Decimal | None) -> None:
    with app.test_request_context():
        form = AmountForm(MultiDict({"amount": typed}))
        assert form.validate() is (amount is not None)
        assert amount is None or form.amount.data == amount
