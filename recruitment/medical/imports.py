"""The import of a hospital's results: kept encrypted until confirmed, then entered together or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.calls import queries as calls
from recruitment.calls.forms import ExportForm
from recruitment.calls.models import Call
from recruitment.candidates import listing
from recruitment.candidates.forms import apart
from recruitment.candidates.listing import CandidateFilter
from recruitment.candidates.models import Candidate
from recruitment.lists.imports import About, Ground, Import, Look, Shown
from recruitment.medical import operations, queries
from recruitment.medical.models import Outcome
from recruitment.medical.results_list import WORDS, Entry, ResultRow, entries, results_for
from recruitment.people.models import Role, User
from recruitment.workflow import fire_many

# Who enters results and may see, on record, what was not met.
OFFICE = (Role.ADMIN, Role.PREFECTURE_REVIEWER)
# Who still waits for a result.
WAITING = ("medical", "medical_retest")

# Whoever holds the role somewhere may import; which candidates they know is a matter of their areas.
OF_CALL = About(
    "call",
    find=lambda session, arguments: calls.find_call(session, arguments["slug"]),
    may=lambda person, call: True,
    title=lambda call: call.title,
)


def areas_of(person: User) -> tuple[str, ...]:
    """Prefixes of the areas in which the person enters results."""
    return tuple(dict.fromkeys(area for _role, area in person.jurisdictions(*OFFICE)))


def _hold(ground: Ground) -> None:
    """Of two imports at once the second finds the results of the first."""
    ground.session.execute(
        sa.select(Candidate.id)
        .where(Candidate.call_id == ground.subject.id, Candidate.state.in_(queries.STATES))
        .order_by(Candidate.id)
        .with_for_update()
    )


def _look(ground: Ground, rows: Sequence[ResultRow]) -> Look:
    counts = Counter(str(row.outcome) for row in rows)
    return Look(dict(counts), entries(ground.session, ground.subject, areas_of(ground.person), rows))


def enter_all(ground: Ground, rows: Sequence[ResultRow]) -> dict[str, Any]:
    """Enter every result of a checked file, and tell everybody theirs."""
    session = ground.session
    days = queries.terms(session, ground.subject.id).retest_days
    by_trigger: dict[str, list[Entry]] = {}
    for entry in entries(session, ground.subject, areas_of(ground.person), rows):
        trigger = operations.trigger_of(entry.candidate.state, entry.row.outcome)
        by_trigger.setdefault(trigger, []).append(entry)
        session.add(
            operations.new_result(
                entry.candidate.id,
                entry.rounds,
                entry.row.outcome,
                entry.row.item,
                entry.row.examined_on,
                ground.person,
                ground.now,
                days,
            )
        )
    session.flush()
    for trigger, found in by_trigger.items():
        ids = [entry.candidate.id for entry in found]
        fire_many(session, "candidate", trigger, ids, actor=ground.person.actor(), now=ground.now)
    return {}


def _context(session: Session, call: Call, person: User) -> Mapping[str, Any]:
    waiting = listing.counts(session, CandidateFilter(areas_of(person), call.id, WAITING))
    return {
        "call": call,
        "export_form": apart(ExportForm(formdata=None), "names"),
        "items": queries.terms(session, call.id).items,
        "waiting": sum(waiting.values()),
    }


RESULTS_FILE: Import[ResultRow] = Import(
    name="medical_files.results",
    address="/import",
    title=_l("导入体检结果"),
    file_label=_l("体检结果文件"),
    roles=OFFICE,
    about=OF_CALL,
    table=lambda ground: results_for(ground.session, ground.subject, areas_of(ground.person), ground.today),
    apply=enter_all,
    hold=_hold,
    look=_look,
    figures={
        str(Outcome.PASS): _l("人合格"),
        str(Outcome.FAIL): _l("人不合格"),
        str(Outcome.ABSENT): _l("人未到"),
    },
    preview=(
        Shown(_l("准考证号"), lambda entry: entry.row.ticket_number),
        Shown(_l("姓名"), lambda entry: entry.row.name),
        Shown(_l("次数"), lambda entry: _l("复检") if entry.rounds else _l("初检")),
        Shown(_l("体检结果"), lambda entry: WORDS[entry.row.outcome]),
        Shown(_l("体检日期"), lambda entry: entry.row.examined_on),
    ),
    notes=lambda figures: [_("确认后登记结果，并通知每一个人。")],
    button=lambda figures: _("确认登记%(number)s人", number=figures["rows"]),
    said=lambda outcome: [
        ("success", _("已登记%(number)s人的体检结果，通知随后发出。", number=outcome["rows"]))
    ],
    done=lambda arguments, outcome: url_for("medical.index", **arguments),
    back=lambda arguments: (url_for("medical.index", **arguments), _("返回体检")),
    guide="medical/import_guide.html",
    context=_context,
)
