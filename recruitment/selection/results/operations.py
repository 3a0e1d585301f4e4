"""Compute a call's ranking, publish it, withdraw it."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.certificate import certify
from recruitment.selection.explanation import explain
from recruitment.selection.marks.attendance import unsettled_reasons
from recruitment.selection.models import CallRanking, RankedCandidate, Stage
from recruitment.selection.ranking import Result, rank
from recruitment.selection.results.table import Inputs, inputs, without_kept
from recruitment.selection.scheme import load_scheme
from recruitment.selection.scores import read_scores
from recruitment.workflow import fire_many
from workflows.terms import Reason, Refused

SHORTLIST, RESERVE, ELIMINATE = "shortlist", "reserve", "eliminate"
# What other rooms do, in the same transaction, once a written ranking has been published.
Follow = Callable[[Session, Call, CallRanking, datetime], None]
_following: list[Follow] = []
# States that ``unrank`` leads back from.
RANKED_STATES = ("shortlisted", "reserve", "eliminated")


def after_written(function: Follow) -> None:
    """Have a function called in the transaction in which a written ranking is published."""
    if function not in _following:
        _following.append(function)


def compute(session: Session, call: Call, stage: Stage, person: User, now: datetime) -> CallRanking:
    """Rank the call as it stands and keep the result with its certificate; nobody is told yet.

    An earlier result that was never published is replaced.

    Raises:
        Refused: there is nothing to rank, results are out, the table contradicts the scheme, or the call is not
            the person's.
    """
    plans.check_in_charge(call, person)
    plan = plans.lock(session, call)
    if sa.inspect(plan).transient:
        # What holds from here on is the call's own and no default of this version of the program.
        plan.changed_at = now
        session.add(plan)
    if plans.published(session, call.id, stage):
        raise Refused([Reason("published", _("名次已经公布。要重新排名，请先撤回公布。"))])
    written = plans.published(session, call.id, Stage.WRITTEN)
    if stage is Stage.FINAL and written is None:
        raise Refused([Reason("written_first", _("请先公布笔试名次。"))])
    if stage is Stage.WRITTEN and (reasons := unsettled_reasons(session, call)):
        raise Refused(reasons)
    if stage is Stage.FINAL and written is not None and stale(session, call, written):
        words = _("笔试名次公布以后成绩有变动，请先撤回公布重新排名，或者补充公布。")
        raise Refused([Reason("written_outdated", words)])
    return make(session, call, stage, inputs(session, call, stage), person, now)


def make(
    session: Session, call: Call, stage: Stage, given: Inputs, person: User, now: datetime
) -> CallRanking:
    """Rank a table and keep the result with its certificate, in place of one that was never published.

    Raises:
        Refused: the table is empty or contradicts the scheme.
    """
    if not given.candidates:
        raise Refused([Reason("no_marks", _("还没有可以排名的成绩，请先导入成绩。"))])
    scheme = load_scheme(given.scheme_text)
    candidates, errors = read_scores(given.scores, scheme)
    if errors:
        raise Refused(
            Reason(
                f"row_{row}_{column}",
                _("准考证号 %(ticket)s：%(message)s", ticket=_ticket(given, row), message=message),
            )
            for row, column, message in errors
        )
    ranking = rank(candidates, scheme)
    certificate = certify(given.scores, given.scheme_text, ranking)
    session.execute(
        sa.delete(CallRanking).where(
            CallRanking.call_id == call.id, CallRanking.stage == stage, CallRanking.published_at.is_(None)
        )
    )
    made = CallRanking(
        id=uuid.uuid4(),
        call_id=call.id,
        stage=stage,
        scheme=given.scheme_text,
        scores=given.scores,
        certificate=certificate,
        hash=_hash_of(certificate),
        computed_by=person.id,
        computed_at=now,
    )
    session.add(made)
    session.flush()
    words = explain(candidates, ranking, scheme)
    session.execute(
        sa.insert(RankedCandidate),
        [
            _row(made.id, given.candidates[result.candidate], result, said)
            for result, said in zip(ranking.results, words, strict=True)
        ],
    )
    return made


def _ticket(given: Inputs, row: int) -> str:
    """The ticket number in a row of the table, counted as a spreadsheet does."""
    return given.scores.splitlines()[row - 1].split(",")[2]


def _hash_of(certificate: bytes) -> str:
    return str(json.loads(certificate)["hash"])


def _row(
    ranking_id: uuid.UUID, who: tuple[uuid.UUID, uuid.UUID], result: Result, explanation: str
) -> dict[str, Any]:
    return {
        "ranking_id": ranking_id,
        "candidate_id": who[0],
        "position_id": who[1],
        "written": result.written,
        "written_rank": result.written_rank,
        "shortlisted": result.shortlisted,
        "substitution_round": result.substitution_round,
        "total": result.total,
        "final_rank": result.final_rank,
        "exclusion": result.exclusion,
        "explanation": explanation,
    }


def stale(session: Session, call: Call, ranking: CallRanking) -> bool:
    """Whether marks, bonuses, scheme or candidates have changed since the ranking was computed."""
    now = inputs(session, call, Stage(ranking.stage))
    then = ranking.scores
    if ranking.stage == Stage.WRITTEN:
        # Who was called up after that changes nothing about the marks.
        then = without_kept(then)
    return (now.scores, now.scheme_text) != (then, ranking.scheme)


@dataclass(frozen=True, slots=True)
class Published:
    """How many went where: trigger → number."""

    moved: Mapping[str, int]


def publish(session: Session, call: Call, ranking_id: uuid.UUID, person: User, now: datetime) -> Published:
    """Publish a computed ranking: everybody in it learns marks, rank and what follows. Doing so twice does no harm.

    Raises:
        Refused: something has changed since it was computed, people have marks missing, or the call is not the
            person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    ranking = session.get(CallRanking, ranking_id, populate_existing=True)
    if ranking is None or ranking.call_id != call.id:
        raise Refused([Reason("replaced", _("这份排名已被重新计算的排名代替，请看最新的一份。"))])
    if ranking.in_force:
        return Published({})
    if ranking.withdrawn_at is not None:
        raise Refused([Reason("withdrawn", _("这份排名已经撤回，请重新计算。"))])
    if stale(session, call, ranking):
        raise Refused([Reason("stale", _("计算以后成绩、方案或考生情况有变动，请重新计算再公布。"))])
    if ranking.stage == Stage.WRITTEN and (reasons := unsettled_reasons(session, call)):
        raise Refused(reasons)
    moved = _fire_written(session, call, ranking, person, now) if ranking.stage == Stage.WRITTEN else {}
    ranking.published_by, ranking.published_at = person.id, now
    note(session, call, "selection.publish", ranking, person, now, detail=moved)
    session.flush()
    if ranking.stage == Stage.WRITTEN:
        follow(session, call, ranking, now)
    return Published(moved)


def follow(session: Session, call: Call, ranking: CallRanking, now: datetime) -> None:
    """Let other rooms do what follows the publication of a written ranking."""
    for function in _following:
        function(session, call, ranking, now)


def note(
    session: Session,
    call: Call,
    action: str,
    ranking: CallRanking,
    person: User,
    now: datetime,
    *,
    detail: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Put an act about a ranking on record."""
    said = {"stage": ranking.stage, "hash": ranking.hash, **detail}
    record(
        session, person, action, at=now, subject_kind="call", subject_id=call.id, reason=reason, detail=said
    )


def trigger_of(result: RankedCandidate | Result) -> str:
    """What the written ranking means for somebody."""
    if result.shortlisted:
        return SHORTLIST
    return ELIMINATE if result.written_rank is None else RESERVE


def _fire_written(
    session: Session, call: Call, ranking: CallRanking, person: User, now: datetime
) -> dict[str, int]:
    unmarked = session.scalar(
        sa.select(sa.func.count())
        .select_from(Candidate)
        .where(
            Candidate.call_id == call.id,
            Candidate.state == "confirmed",
            ~sa.exists().where(
                RankedCandidate.ranking_id == ranking.id, RankedCandidate.candidate_id == Candidate.id
            ),
        )
    )
    if unmarked:
        raise Refused(
            [
                Reason(
                    "marks_missing",
                    _(
                        "还有 %(unmarked)s 名可以参加考试的考生没有成绩。缺考的也要登记“缺考”。",
                        unmarked=unmarked,
                    ),
                )
            ]
        )
    rows = session.scalars(sa.select(RankedCandidate).where(RankedCandidate.ranking_id == ranking.id))
    groups: dict[str, list[uuid.UUID]] = {SHORTLIST: [], RESERVE: [], ELIMINATE: []}
    for row in rows:
        groups[trigger_of(row)].append(row.candidate_id)
    return {
        trigger: fire_many(session, "candidate", trigger, ids, actor=person.actor(), now=now).moved
        for trigger, ids in groups.items()
        if ids
    }


def withdraw(
    session: Session, call: Call, ranking_id: uuid.UUID, reason: str, person: User, now: datetime
) -> int:
    """Take a published ranking back for a correction; returns how many candidates went back to waiting.

    Raises:
        Refused: there is no reason, it is not in force, people have moved on because of it, or the call is not
            the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    ranking = session.get(CallRanking, ranking_id, populate_existing=True)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明撤回的原因。")))
    if ranking is None or ranking.call_id != call.id or not ranking.in_force:
        reasons.append(Reason("not_published", _("没有这份公布中的名次。")))
    else:
        reasons += moved_on(session, ranking)
    if reasons or ranking is None:
        raise Refused(reasons)
    moved = 0
    if ranking.stage == Stage.WRITTEN:
        ids = _ids(session, ranking, RANKED_STATES)
        moved = fire_many(
            session,
            "candidate",
            "unrank",
            ids,
            actor=person.actor(),
            now=now,
            form={"reason": reason.strip()},
        ).moved
    ranking.withdrawn_at, ranking.withdrawn_reason = now, reason.strip()
    note(
        session,
        call,
        "selection.withdraw",
        ranking,
        person,
        now,
        detail={"moved": moved},
        reason=reason.strip(),
    )
    session.flush()
    return moved


def _in(ranking: CallRanking) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        RankedCandidate.ranking_id == ranking.id, RankedCandidate.candidate_id == Candidate.id
    )


def _ids(session: Session, ranking: CallRanking, states: Iterable[str]) -> list[uuid.UUID]:
    return list(session.scalars(sa.select(Candidate.id).where(_in(ranking), Candidate.state.in_(states))))


# Leaving needs no ranking; who has left stays out whatever a new one says.
_LEFT = ("gave_up", "void")
# Where candidates stand when nothing has been done yet on the strength of a ranking.
_BEFORE = {
    Stage.WRITTEN: (*RANKED_STATES, *_LEFT),
    Stage.FINAL: (*RANKED_STATES, *_LEFT, "recheck_failed", "rechecked", "interviewed", "interview_absent"),
}


def moved_on(session: Session, ranking: CallRanking) -> list[Reason]:
    """Why a ranking cannot be withdrawn: people have gone on because of it."""
    before = _BEFORE[Stage(ranking.stage)]
    number = session.scalar(
        sa.select(sa.func.count()).select_from(Candidate).where(_in(ranking), Candidate.state.not_in(before))
    )
    if not number:
        return []
    return [
        Reason("moved_on", _("已有 %(number)s 名考生根据这份名次进入后面的环节，不能撤回。", number=number))
    ]
