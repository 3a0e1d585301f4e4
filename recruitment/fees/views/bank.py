"""The bank's file: upload, dry run, import."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recruitment.calls import staging
from recruitment.calls.models import Call
from recruitment.calls.views.base import call_to_change, words_of
from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import payments, queries
from recruitment.fees.bank_file import BANK_FILE
from recruitment.fees.forms import BankFileForm
from recruitment.fees.payments import Judged, Paid
from recruitment.fees.rules import Outcome
from recruitment.fees.views.base import Page, blueprint
from recruitment.fees.views.plan import ADDRESS
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult, ListError
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from workflows.terms import Refused

KIND = "bank-files"
SHOWN = 200


@blueprint.route(f"{ADDRESS}/import", methods=["GET", "POST"])
@allow(Role.ADMIN)
def bank_file(slug: str) -> Page:
    """Take a file in and lead to its dry run."""
    call = call_to_change(slug)
    plan = queries.plan_of(db.session, call)
    form = BankFileForm()
    if plan is not None and request.method == "POST" and form.validate():
        upload = form.table.data
        try:
            # One byte more than allowed is enough to know.
            name = staging.put(call.id, upload.stream.read(staging.MOST_BYTES + 1), upload.filename, KIND)
        except staging.StagingError as error:
            form.table.errors = [str(error)]
        else:
            return redirect(url_for("fees.dry_run", slug=slug, name=name), 303)
    return render_template("fees/import.html", call=call, form=form, plan=plan), 422 if form.errors else 200


@blueprint.get(f"{ADDRESS}/import/<name>")
@allow(Role.ADMIN)
def dry_run(slug: str, name: str) -> Page:
    """What an import of the file would do, payment by payment; nothing is changed."""
    call = call_to_change(slug)
    return _dry_run(call, name, _read(call, name, now()))


@blueprint.post(f"{ADDRESS}/import/<name>")
@allow(Role.ADMIN)
def import_file(slug: str, name: str) -> Page:
    """Import the file that the dry run showed. Who pays meanwhile by another way is not counted twice."""
    call = call_to_change(slug)
    moment = now()
    table = _read(call, name, moment)
    if table.errors or not table.rows:
        return _dry_run(call, name, table, status=422)
    try:
        done = payments.record_many(
            db.session, call, table.rows, current_user().actor(), moment, source="bank_file"
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        reasons = [words_of(reason) for reason in refused.reasons]
        return _dry_run(call_to_change(slug), name, table, reasons, 409)
    staging.drop(call.id, name, KIND)
    flash(
        _(
            "已导入%(new)s笔缴费，确认%(confirmed)s人参加考试；另有%(known)s笔以前登记过。",
            new=sum(done.outcomes.values()),
            confirmed=done.confirmed,
            known=done.known_already,
        ),
        "success",
    )
    odd = sum(number for outcome, number in done.outcomes.items() if outcome is not Outcome.COUNTED)
    if odd:
        flash(_("有%(number)s笔到账但没有确认，请逐笔核对。", number=odd), "warning")
    return redirect(
        url_for("fees.payments", slug=slug, outcome="unconfirmed")
        if odd
        else url_for("fees.overview", slug=slug),
        303,
    )


def _read(call: Call, name: str, moment: datetime) -> ImportResult[Paid]:
    content = staging.get(call.id, name, KIND)
    if content is None or queries.plan_of(db.session, call) is None:
        abort(404)
    table = read_list(BANK_FILE, content)
    # Nobody can have paid at a time to come: a column was mistaken.
    for row, number in zip(table.rows, table.numbers, strict=True):
        if row.paid_at > moment:
            table.errors.append(
                ListError(_("缴费时间还没有到"), _("应不晚于现在"), number, BANK_FILE.column("paid_at").title)
            )
    return table


def _dry_run(
    call: Call, name: str, table: ImportResult[Paid], refused: list[str] | None = None, status: int = 200
) -> tuple[str, int]:
    judged: list[Judged] = []
    if table.rows and not table.errors:
        judged = payments.judge(db.session, call, table.rows)
    new = [row for row in judged if not row.known_already]
    conflicts = [row for row in judged if row.conflict]
    # What needs a look comes first.
    new.sort(key=lambda row: row.outcome is Outcome.COUNTED)
    counts = Counter(row.outcome for row in new)
    return render_template(
        "fees/dry_run.html",
        call=call,
        name=name,
        table=table,
        refused=refused or [],
        conflicts=[words_of(payments.contradiction(row.paid)) for row in conflicts],
        counts={outcome: counts[outcome] for outcome in Outcome if counts[outcome]},
        total=sum((row.paid.amount for row in new), Decimal(0)),
        known=len(judged) - len(new),
        rows=new[:SHOWN],
        more=max(len(new) - SHOWN, 0),
        errors=table.errors[:SHOWN],
    ), status
