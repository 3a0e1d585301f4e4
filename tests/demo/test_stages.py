"""The demo's earlier call: made by the operations in earnest, with something to see at every stage."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.demo import ACCOUNTS, stages
from recruitment.demo.accounts import portraits, staff
from recruitment.fees.models import Payment
from recruitment.medical.models import MedicalResult
from recruitment.objections.models import Objection
from recruitment.people.models import User
from recruitment.public_notice.models import PublicNotice
from recruitment.selection.models import CallRanking, RankedCandidate
from tests import factories


def test_every_stage_has_something_to_see(session: Session) -> None:
    factories.load_areas(session)
    people = staff(session, "!", factories.NOW)
    photos = portraits(session, people["admin@kaolu.example"])
    stages.play(session, people, "!", photos, factories.NOW)
    session.expire_all()

    call = session.scalars(sa.select(Call)).one()
    assert (call.slug, call.state) == ("2025", "selection")
    positions = session.scalars(sa.select(Position).order_by(Position.code)).all()
    assert len(positions) == 8
    assert [(row.announced_openings, row.openings) for row in positions][3:5] == [(3, 2), (1, 0)]

    states = Counter(session.scalars(sa.select(Candidate.state)))
    # Sixty people; two of the three whose position was cancelled stand for another one as well.
    assert states.total() == 62
    assert states["displaced"] == 3
    assert states["unpaid"] == 2
    expected = {"reserve", "eliminated", "recheck_failed", "interviewed", "interview_absent", "medical"}
    expected |= {"medical_retest", "inspection", "announced", "approved", "probation"}
    assert expected <= states.keys()
    assert set(session.scalars(sa.select(Payment.outcome))) == {"counted", "late", "duplicate"}

    rankings = session.scalars(sa.select(CallRanking)).all()
    assert {row.stage for row in rankings if row.published_at} == {"written", "final"}
    tied = (
        sa.select(RankedCandidate.position_id)
        .where(RankedCandidate.written_rank.is_not(None))
        .group_by(RankedCandidate.ranking_id, RankedCandidate.position_id, RankedCandidate.written_rank)
        .having(sa.func.count() > 1)
    )
    assert session.scalars(tied).all()
    assert session.scalar(sa.select(sa.func.max(RankedCandidate.substitution_round))) == 1

    named = session.execute(
        sa.select(User.email, Candidate.state)
        .join(Candidate, Candidate.owner_id == User.id)
        .where(User.email.in_([login for _, login, _ in ACCOUNTS]))
    )
    assert dict(named.all()) == {
        "kaosheng@kaolu.example": "interviewed",
        "fujian@kaolu.example": "medical",
        "gongshi@kaolu.example": "announced",
    }

    # What is open is still open: a re-exam to ask for, a notice that runs, an objection to look into.
    open_until = session.scalars(
        sa.select(MedicalResult.retest_until)
        .join(Candidate, Candidate.id == MedicalResult.candidate_id)
        .where(Candidate.state == "medical")
    ).one()
    assert open_until is not None
    assert open_until > factories.NOW
    notices = Counter(session.scalars(sa.select(PublicNotice.state)))
    assert notices == {"ended": 1, "running": 1}
    assert session.scalars(sa.select(Objection.state)).all() == ["received"]
