"""The import of the bank's file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.calls.imports import OF_CALL
from recruitment.calls.models import Call
from recruitment.fees import payments, queries
from recruitment.fees.bank_file import BANK_FILE
from recruitment.fees.payments import Paid
from recruitment.fees.rules import Outcome
from recruitment.fees.words import OUTCOMES
from recruitment.lists.declaration import Fault, ListDeclaration, Sound
from recruitment.lists.imports import Figures, Ground, Import, Look, Shown
from recruitment.lists.parsers import Wrong
from recruitment.people.models import Role


def _table(ground: Ground) -> ListDeclaration[Paid]:
    def check(sound: Sound[Paid]) -> Iterator[Fault]:
        # Nobody can have paid at a time to come: a column was mistaken.
        for number, row in sound:
            if row.paid_at > ground.now:
                yield Fault(number, "paid_at", Wrong("缴费时间还没有到", "应不晚于现在"))
        numbers = {row.bank_reference: number for number, row in sound}
        for row in payments.contradicting(ground.session, ground.subject, sound.rows):
            said = payments.contradiction(row).words.rstrip("。")
            yield Fault(numbers[row.bank_reference], "bank_reference", Wrong(said))

    return replace(BANK_FILE, check=check)


def _yuan(amount: Decimal) -> str:
    return str(_("%(amount)s元", amount=f"{amount:,.2f}"))


def _look(ground: Ground, rows: Sequence[Paid]) -> Look:
    judged = payments.judge(ground.session, ground.subject, rows)
    new = [row for row in judged if not row.known_already]
    counts = Counter(row.outcome for row in new)
    figures: dict[str, Any] = {"total": _yuan(sum((row.paid.amount for row in new), Decimal(0)))}
    if len(new) < len(judged):
        figures["known"] = len(judged) - len(new)
    # What needs a look comes first.
    new.sort(key=lambda row: row.outcome is Outcome.COUNTED)
    return Look(figures | {str(outcome): number for outcome, number in counts.items()}, new)


def _apply(ground: Ground, rows: Sequence[Paid]) -> dict[str, Any]:
    done = payments.record_many(
        ground.session, ground.subject, rows, ground.person.actor(), ground.now, source="bank_file"
    )
    new = sum(done.outcomes.values())
    return {
        "new": new,
        "confirmed": done.confirmed,
        "known": done.known_already,
        "odd": new - done.outcomes.get(Outcome.COUNTED, 0),
    }


def _said(outcome: Figures) -> list[tuple[str, str]]:
    words = _(
        "已导入%(new)s笔缴费，确认%(confirmed)s人参加考试；另有%(known)s笔以前登记过。",
        new=outcome["new"],
        confirmed=outcome["confirmed"],
        known=outcome["known"],
    )
    said = [("success", words)]
    if outcome["odd"]:
        said.append(("warning", _("有%(number)s笔到账但没有确认，请逐笔核对。", number=outcome["odd"])))
    return said


def _done(arguments: Mapping[str, Any], outcome: Figures) -> str:
    if outcome.get("odd"):
        return url_for("fees.payments", outcome="unconfirmed", **arguments)
    return url_for("fees.overview", **arguments)


def _closed(session: Session, call: Call) -> str | None:
    return None if queries.plan_of(session, call) else _("请先设置收费标准。")


BANK: Import[Paid] = Import(
    name="fees.bank_file",
    address="/admin/calls/<slug>/fees/import",
    title=_l("导入银行缴费文件"),
    file_label=_l("银行缴费文件"),
    roles=(Role.ADMIN,),
    about=OF_CALL,
    table=_table,
    apply=_apply,
    look=_look,
    figures={
        "rows": _l("笔"),
        "total": _l("新到账"),
        "known": _l("笔以前登记过，不再登记"),
        **{str(outcome): words for outcome, (words, _tone) in OUTCOMES.items()},
    },
    preview=(
        Shown(_l("回执号"), lambda row: row.paid.receipt),
        Shown(_l("金额"), lambda row: _yuan(row.paid.amount)),
        Shown(_l("缴费时间"), lambda row: row.paid.paid_at),
        Shown(_l("银行流水号"), lambda row: row.paid.bank_reference),
        Shown(_l("导入后"), lambda row: OUTCOMES[row.outcome][0]),
    ),
    button=lambda figures: _("确认导入%(number)s笔", number=figures["rows"]),
    said=_said,
    done=_done,
    back=lambda arguments: (url_for("fees.overview", **arguments), _("返回缴费")),
    closed=_closed,
    guide="fees/import_guide.html",
)
