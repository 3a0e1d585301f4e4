"""What the addresses of fees name."""

from tests.routes import NOWHERE, Sample, of_call, of_candidate, plus

_PAYMENT = plus(of_call, payment_id=NOWHERE)
_WAIVER = {"waiver_id": NOWHERE}

SAMPLES = {
    "fees.overview": Sample(of_call),
    "fees.plan": Sample(of_call),
    "fees.open_payment": Sample(of_call),
    "fees.extensions": Sample(of_call),
    "fees.extend": Sample(of_call),
    "fees.bank_file": Sample(of_call),
    "fees.bank_file_upload": Sample(plus(of_call, upload_id=NOWHERE), own=False),
    "fees.payments": Sample(of_call),
    "fees.export": Sample(of_call),
    "fees.payment": Sample(_PAYMENT, own=False),
    "fees.recognise": Sample(_PAYMENT, own=False),
    "fees.refund": Sample(_PAYMENT, own=False),
    "fees.own": Sample(of_candidate, foreign=True),
    "fees.ask": Sample(of_candidate, own=False, foreign=True),
    "fees.own_evidence": Sample(plus(of_candidate, **_WAIVER), own=False, foreign=True),
    "fees.cashier": Sample(of_candidate, own=False, foreign=True),
    "fees.waiver_queue": Sample(),
    "fees.waiver": Sample(lambda world: _WAIVER, own=False),
    "fees.answer": Sample(lambda world: _WAIVER, own=False),
    "fees.waiver_evidence": Sample(lambda world: _WAIVER, own=False),
    "payments.callback": Sample(own=False),
}
