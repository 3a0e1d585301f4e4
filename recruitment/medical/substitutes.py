"""Substitutes after the medical or the inspection: what the ranking says, a proposal, the authority's consent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload, lazyload

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within
from recruitment.candidates.steps import take
from recruitment.medical.models import SubstituteProposal
from recruitment.medical.substitution import IN_PLACE, LOST, WAITING, Proposal, Standing, propose
from recruitment.people.models import User
from recruitment.selection.models import CallRanking, RankedCandidate, Stage
from workflows.schema import event
from workflows.terms import Reason, Refused

CALLED = ("to_medical", "call_to_medical")


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A position with vacancies, what the ranking says, and who of those who lost a place is not replaced yet."""

    position: Position
    proposal: Proposal[Candidate]
    open: tuple[Candidate, ...]
    waiting: tuple[SubstituteProposal, ...]


def vacancies(session: Session, call: Call, areas: Sequence[str]) -> list[Vacancy]:
    """Every position of the areas in which somebody lost a place after being called to the medical."""
    return _vacancies(session, call.id, within(areas))


def _vacancies(session: Session, call_id: uuid.UUID, where: sa.ColumnElement[bool]) -> list[Vacancy]:
    had_place = sa.exists().where(
        event.c.workflow == "candidate",
        event.c.subject_id == Candidate.id,
        event.c.transition.in_(CALLED),
    )
    rows = session.execute(
        sa.select(Candidate, RankedCandidate.total, RankedCandidate.final_rank, had_place.label("had_place"))
        .outerjoin(
            RankedCandidate,
            sa.and_(
                RankedCandidate.candidate_id == Candidate.id, RankedCandidate.ranking_id == _ranking(call_id)
            ),
        )
        .where(Candidate.call_id == call_id, Candidate.state.in_({*IN_PLACE, *LOST, WAITING}), where)
        .options(
            joinedload(Candidate.owner).options(lazyload(User.grants)),
            joinedload(Candidate.position).joinedload(Position.county),
        )
    ).all()
    by_position: dict[uuid.UUID, list[Standing[Candidate]]] = {}
    for row in rows:
        standing = Standing(row[0], row.total, row.final_rank, row[0].state, row.had_place)
        by_position.setdefault(row[0].position_id, []).append(standing)
    standing_proposals = _proposals(session, call_id)
    replaced = {item.replaces_id for item in standing_proposals}
    found = []
    for standings in by_position.values():
        position = standings[0].candidate.position
        said = propose(position.openings, standings)
        waiting = tuple(
            item
            for item in standing_proposals
            if item.consented is None and item.candidate.position_id == position.id
        )
        open_ = tuple(lost for lost in said.lost if lost.id not in replaced)
        if said.vacancies or waiting:
            found.append(Vacancy(position, said, open_, waiting))
    return sorted(found, key=lambda item: (item.position.county_code, item.position.code))


def _ranking(call_id: uuid.UUID) -> sa.ScalarSelect[uuid.UUID]:
    """The final ranking of the call that is in force."""
    return (
        sa.select(CallRanking.id)
        .where(
            CallRanking.call_id == call_id,
            CallRanking.stage == Stage.FINAL,
            CallRanking.published_at.is_not(None),
            CallRanking.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )


def _proposals(session: Session, call_id: uuid.UUID) -> list[SubstituteProposal]:
    """Proposals that were consented to or wait for an answer."""
    return list(
        session.scalars(
            sa.select(SubstituteProposal)
            .join(SubstituteProposal.candidate)
            .where(Candidate.call_id == call_id, SubstituteProposal.consented.is_not(False))
            .options(
                joinedload(SubstituteProposal.candidate)
                .joinedload(Candidate.owner)
                .options(lazyload(User.grants)),
                joinedload(SubstituteProposal.replaces)
                .joinedload(Candidate.owner)
                .options(lazyload(User.grants)),
                joinedload(SubstituteProposal.proposer).options(lazyload(User.grants)),
            )
            .order_by(SubstituteProposal.proposed_at)
        )
    )


def propose_substitute(
    session: Session, candidate: Candidate, person: User, now: datetime, reason: str
) -> SubstituteProposal:
    """Propose that somebody moves up; they must be the next by the ranking.

    Raises:
        Refused: it is not their turn, there is no vacancy left, or no reason is given.
    """
    # One proposal at a time for a position: a second one waits here and finds the first.
    session.execute(sa.select(Position.id).where(Position.id == candidate.position_id).with_for_update())
    found = _vacancies(session, candidate.call_id, Candidate.position_id == candidate.position_id)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明递补的理由。")))
    if not found or not found[0].open:
        reasons.append(Reason("no_vacancy", _("这个职位没有需要递补的名额。")))
    else:
        waiting = {item.candidate_id for item in found[0].waiting}
        following = [row for row in found[0].proposal.next if row.id not in waiting]
        if not following or following[0].id != candidate.id:
            reasons.append(Reason("not_next", _("按总成绩，现在轮到的不是这名考生。")))
    if reasons:
        raise Refused(reasons)
    made = SubstituteProposal(
        id=uuid.uuid4(),
        candidate_id=candidate.id,
        replaces_id=found[0].open[0].id,
        reason=reason.strip(),
        proposed_by=person.id,
        proposed_at=now,
    )
    session.add(made)
    session.flush()
    return made


def find(
    session: Session, call: Call, proposal_id: uuid.UUID, areas: Sequence[str]
) -> SubstituteProposal | None:
    """A proposal of the call within the areas."""
    return session.scalar(
        sa.select(SubstituteProposal)
        .join(SubstituteProposal.candidate)
        .where(SubstituteProposal.id == proposal_id, Candidate.call_id == call.id, within(areas))
    )


def decide(
    session: Session, proposal: SubstituteProposal, person: User, now: datetime, *, consent: bool, answer: str
) -> None:
    """The authority consents, which calls the candidate to the medical, or does not.

    Raises:
        Refused: it was answered before, by the same person as proposed it, or without words.
    """
    session.refresh(proposal, with_for_update={"of": SubstituteProposal})
    answer = answer.strip()
    reasons = []
    if proposal.consented is not None:
        reasons.append(Reason("answered", _("这项递补已经答复过了。")))
    if proposal.proposed_by == person.id:
        reasons.append(Reason("own_proposal", _("这是您提出的递补，应由另一人答复。")))
    if not answer:
        reasons.append(Reason("reason_missing", _("请写明答复的理由。")))
    if reasons:
        raise Refused(reasons)
    candidate = session.get_one(Candidate, proposal.candidate_id)

    def write() -> None:
        proposal.decided_by, proposal.decided_at = person.id, now
        proposal.consented, proposal.answer = consent, answer

    if not consent:
        write()
        session.flush()
        return
    take(session, candidate, "call_to_medical", person.actor(), now, write=write, form={"reason": answer})
