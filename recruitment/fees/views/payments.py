"""Reconciliation: every payment, what became of it, and what is left to do about it."""

import io
import uuid

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recruitment.calls.forms import ExportForm
from recruitment.calls.models import Call
from recruitment.calls.views.base import READERS, call_to_change, call_to_read, may_change, refusable
from recruitment.calls.views.candidates import XLSX
from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import exports, queries, refunds
from recruitment.fees import payments as operations
from recruitment.fees.forms import PaymentFilterForm, RecogniseForm, RefundForm
from recruitment.fees.models import Payment
from recruitment.fees.rules import Outcome
from recruitment.fees.views.base import Page, blueprint
from recruitment.fees.views.plan import ADDRESS
from recruitment.forms import handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

BESIDE = {"reason_missing": "reason", "receipt_unknown": "receipt_number", "reference_missing": "reference"}


@blueprint.get(f"{ADDRESS}/payments")
@allow(*READERS)
def payments(slug: str) -> Page:
    call = call_to_read(slug)
    return _list(call, request.args, ExportForm() if may_change(call) else None)


@blueprint.post(f"{ADDRESS}/payments/export")
@allow(Role.ADMIN)
def export(slug: str) -> Page:
    """The list as a file, on record."""
    call = call_to_change(slug)
    form = ExportForm()
    if not form.validate():
        return _list(call, request.form, form, 422)
    _form, chosen = _filter(call, request.form)
    made = exports.export(db.session, call, chosen, current_user(), now(), purpose=typed(form.purpose))
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(made.content), mimetype=XLSX, as_attachment=True, download_name=made.filename
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _filter(call: Call, sent: MultiDict[str, str]) -> tuple[PaymentFilterForm, queries.PaymentFilter]:
    form = PaymentFilterForm(formdata=sent)
    form.validate()
    value = {field.name: "" if field.errors else str(field.data or "").strip() for field in form}
    return form, queries.PaymentFilter(call.id, now(), value["outcome"], value["text"])


def _list(
    call: Call, sent: MultiDict[str, str], export_form: ExportForm | None, status: int = 200
) -> tuple[str, int]:
    form, chosen = _filter(call, sent)
    after = request.args.get("after", "")
    try:
        page = queries.payments_page(db.session, chosen, after)
    except ValueError:
        abort(404)
    number, total = queries.payment_totals(db.session, chosen)
    return render_template(
        "fees/payments.html",
        call=call,
        form=form,
        page=page,
        after=after,
        number=number,
        total=total,
        narrowed={field.name: field.data for field in form if field.data},
        export_form=export_form,
    ), status


def _payment(call: Call, payment_id: uuid.UUID) -> Payment:
    payment = queries.payment_of(db.session, call, payment_id)
    if payment is None:
        abort(404)
    return payment


@blueprint.get(f"{ADDRESS}/payments/<uuid:payment_id>")
@allow(*READERS)
def payment(slug: str, payment_id: uuid.UUID) -> Page:
    """One payment."""
    call = call_to_read(slug)
    return _page(call, _payment(call, payment_id))


def _page(
    call: Call,
    shown: Payment,
    recognise_form: RecogniseForm | None = None,
    refund_form: RefundForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    goes_back = refunds.goes_back(db.session, shown, now())
    open_to_act = may_change(call) and shown.refunded_at is None
    may_recognise = open_to_act and shown.outcome in (Outcome.LATE, Outcome.UNKNOWN)
    may_refund = open_to_act and (goes_back or shown.outcome == Outcome.UNKNOWN)
    refund_form = refund_form or RefundForm(formdata=None)
    # Both forms stand on one page.
    refund_form.csrf_token.id = "refund-csrf_token"
    return render_template(
        "fees/payment.html",
        call=call,
        payment=shown,
        goes_back=goes_back,
        recognise_form=(recognise_form or RecogniseForm(formdata=None)) if may_recognise else None,
        refund_form=refund_form if may_refund else None,
    ), status


@blueprint.post(f"{ADDRESS}/payments/<uuid:payment_id>/recognise")
@allow(Role.ADMIN)
def recognise(slug: str, payment_id: uuid.UUID) -> Page:
    """Let a payment count that did not."""
    call = call_to_change(slug)
    shown = _payment(call, payment_id)
    form = RecogniseForm()
    outcome = handle(
        form,
        refusable(
            lambda: operations.recognise(
                db.session,
                shown,
                current_user(),
                now(),
                reason=typed(form.reason),
                receipt_number=typed(form.receipt_number),
            ),
            BESIDE,
        ),
    )
    if outcome.done:
        flash(_("已补认，这个人可以参加考试。"), "success")
        return redirect(url_for("fees.payment", slug=slug, payment_id=payment_id), 303)
    return _page(call, _payment(call, payment_id), recognise_form=form, status=outcome.status)


@blueprint.post(f"{ADDRESS}/payments/<uuid:payment_id>/refund")
@allow(Role.ADMIN)
def refund(slug: str, payment_id: uuid.UUID) -> Page:
    """Note that the money was sent back."""
    call = call_to_change(slug)
    shown = _payment(call, payment_id)
    form = RefundForm()
    outcome = handle(
        form,
        refusable(
            lambda: operations.refund(
                db.session, shown, current_user(), now(), reference=typed(form.reference)
            ),
            BESIDE,
        ),
    )
    if outcome.done:
        flash(_("已登记退款。"), "success")
        return redirect(url_for("fees.payment", slug=slug, payment_id=payment_id), 303)
    return _page(call, _payment(call, payment_id), refund_form=form, status=outcome.status)
