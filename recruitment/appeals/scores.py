"""What follows an appeal against marks that was upheld: they are corrected, ranked again, and the cadre is told.

Nobody ticks that off. It is read from the tables that were ranked: the candidate's line now against the line of the
ranking that was appealed against, so a mark, a bonus, a ruling on attendance or a violation taken back all count.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.appeals.kinds import SCORES
from recruitment.appeals.models import Appeal
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.selection.models import CallRanking, Stage
from recruitment.selection.results.table import inputs
from recruitment.workflow import fire
from workflows.terms import Actor

RANKED_AGAIN = "更正后的成绩已经重新排名并公布"


@dataclass(frozen=True, slots=True)
class Remedy:
    """How far an appeal that was upheld has come.

    Attributes:
        corrected: the candidate's marks are other than those that were appealed against.
        ranked: a ranking of the corrected marks has been published.
    """

    call: Call
    ticket: str
    corrected: bool
    ranked: bool


def remedy(session: Session, appeal: Appeal) -> Remedy | None:
    """How far it has come; none for an appeal that is not about marks, or not known to be upheld."""
    if appeal.kind != SCORES or appeal.public_state not in ("upheld", "settled") or not appeal.candidate:
        return None
    candidate, ranked = appeal.candidate, appeal.public_state == "settled"
    corrected = ranked or _corrected(session, appeal, candidate)
    return Remedy(candidate.call, candidate.ticket_number or "", corrected, ranked)


def _corrected(session: Session, appeal: Appeal, candidate: Candidate) -> bool:
    before = _line(_appealed_against(session, appeal, candidate), candidate)
    now = inputs(session, candidate.call, Stage.WRITTEN, [candidate.position_id]).scores
    after = _line(now, candidate)
    return before is not None and after is not None and before != after


def _appealed_against(
    session: Session, appeal: Appeal, candidate: Candidate, but: CallRanking | None = None
) -> str:
    """The table behind the decision: of the ranking that was published last when it was made.

    Args:
        but: not this one, published at the same moment perhaps.
    """
    scores = session.scalar(
        sa.select(CallRanking.scores)
        .where(
            CallRanking.call_id == candidate.call_id,
            CallRanking.stage == Stage.WRITTEN,
            CallRanking.published_at <= appeal.decided_at,
            CallRanking.id != but.id if but else sa.true(),
        )
        .order_by(CallRanking.published_at.desc())
        .limit(1)
    )
    return scores or ""


def _line(scores: str, candidate: Candidate) -> Mapping[str, str] | None:
    """What a table says about the candidate themself."""
    for row in csv.DictReader(io.StringIO(scores, newline="")):
        if row["candidate"] == candidate.ticket_number:
            return {name: text for name, text in row.items() if name not in ("openings", "kept")}
    return None


def waiting(session: Session, call: Call) -> list[Appeal]:
    """Appeals against marks of a call that were upheld and published, and are not settled; the oldest first."""
    return list(
        session.scalars(
            sa.select(Appeal)
            .join(Candidate, Candidate.id == Appeal.candidate_id)
            .options(joinedload(Appeal.candidate))
            .where(
                Candidate.call_id == call.id,
                Appeal.kind == SCORES,
                Appeal.state == "upheld",
                Appeal.public_state == "upheld",
            )
            .order_by(Appeal.created_at, Appeal.id)
        )
    )


def settle(session: Session, call: Call, ranking: CallRanking, now: datetime) -> None:
    """A ranking was published: tell everybody whose appeal it settles."""
    for appeal in waiting(session, call):
        candidate = appeal.candidate
        if candidate is None:
            continue
        after = _line(ranking.scores, candidate)
        before = _line(_appealed_against(session, appeal, candidate, but=ranking), candidate)
        if before is not None and after is not None and before != after:
            actor = Actor.system("scores")
            fire(session, appeal, "settle", actor=actor, now=now, form={"reason": RANKED_AGAIN})
