"""A corrected written ranking in place of one on the strength of which people have gone on already.

While nobody has, a ranking is withdrawn, computed anew and published. Afterwards that would take away what people have
done in good faith. So the corrected ranking is published beside what stands: who belongs on the shortlist by it comes
in, and nobody who has been told of a place and whose own marks are as they were is dropped (``kept``).
"""

import csv
import io
import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.marks.attendance import unsettled_reasons
from recruitment.selection.models import CallRanking, RankedCandidate, Stage
from recruitment.selection.results import operations
from recruitment.selection.results.table import KEPT, Inputs, inputs, placed, without_kept
from recruitment.workflow import fire_many
from workflows.terms import Reason, Refused

# What the corrected ranking means for somebody who waits; the others stay where they are.
STEPS = {("reserve", True): "admit", ("eliminated", True): "admit", ("eliminated", False): "readmit"}
LEFT = ("gave_up", "void", "recheck_failed", "interview_absent")


def supplement(session: Session, call: Call, reason: str, person: User, now: datetime) -> CallRanking:
    """Rank the corrected marks and publish the result at once, in place of the ranking in force.

    Raises:
        Refused: there is no reason, nothing has changed, the ranking can still be withdrawn, marks and attendance
            contradict each other, somebody who went on has no place by their own corrected marks, or the call is not
            the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    old = plans.published(session, call.id, Stage.WRITTEN)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明补充公布的原因。")))
    if old is None or not operations.stale(session, call, old):
        reasons.append(Reason("not_outdated", _("公布的名次就是最新的，不需要补充公布。")))
    elif not operations.moved_on(session, old):
        reasons.append(Reason("withdraw_first", _("还没有人进入后面的环节，请撤回公布，重新排名。")))
    reasons += unsettled_reasons(session, call)
    if reasons or old is None:
        raise Refused(reasons)
    given = _with_kept(inputs(session, call, Stage.WRITTEN), old.scores, placed(session, call.id, old))
    ranking = operations.make(session, call, Stage.WRITTEN, given, person, now)
    _check_nobody_fell(session, ranking, placed(session, call.id, old))
    old.withdrawn_at, old.withdrawn_reason = now, reason.strip()
    session.flush()
    ranking.published_by, ranking.published_at = person.id, now
    moved = _move(session, ranking, reason, person, now)
    operations.note(
        session, call, "selection.supplement", ranking, person, now, detail=moved, reason=reason.strip()
    )
    session.flush()
    operations.follow(session, call, ranking, now)
    return ranking


def _with_kept(given: Inputs, before: str, told: set[uuid.UUID]) -> Inputs:
    """The table with who keeps their place: told of one, and their own line is as it was."""
    same = set(without_kept(before).splitlines())
    lines = given.scores.splitlines()
    out = [f"{lines[0]},{KEPT}"]
    for line in lines[1:]:
        candidate_id = given.candidates[next(csv.reader(io.StringIO(line)))[2]][0]
        out.append(f"{line},{'Y' if candidate_id in told and line in same else ''}")
    return Inputs("\n".join(out) + "\n", given.scheme_text, given.candidates)


def _check_nobody_fell(session: Session, ranking: CallRanking, told: set[uuid.UUID]) -> None:
    fallen = session.scalars(
        sa.select(Candidate.ticket_number)
        .join(RankedCandidate, RankedCandidate.candidate_id == Candidate.id)
        .where(
            RankedCandidate.ranking_id == ranking.id,
            RankedCandidate.shortlisted.is_(False),
            Candidate.id.in_(told),
            Candidate.state.not_in(LEFT),
        )
        .order_by(Candidate.ticket_number)
    ).all()
    if fallen:
        words = _(
            "按更正后的成绩，%(tickets)s不再入闱，但已通知入闱。请先登记放弃或者取消资格。",
            tickets="、".join(map(str, fallen)),
        )
        raise Refused([Reason("fallen", words)])


def _move(session: Session, ranking: CallRanking, reason: str, person: User, now: datetime) -> dict[str, int]:
    rows = session.execute(
        sa.select(Candidate.id, Candidate.state, RankedCandidate.shortlisted)
        .join(RankedCandidate, RankedCandidate.candidate_id == Candidate.id)
        .where(RankedCandidate.ranking_id == ranking.id, RankedCandidate.written_rank.is_not(None))
    )
    steps: dict[str, list[uuid.UUID]] = {}
    for candidate_id, state, shortlisted in rows:
        if step := STEPS.get((state, shortlisted)):
            steps.setdefault(step, []).append(candidate_id)
    return {
        step: fire_many(
            session, "candidate", step, ids, actor=person.actor(), now=now, form={"reason": reason.strip()}
        ).moved
        for step, ids in steps.items()
    }
