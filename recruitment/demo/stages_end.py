"""From the medical to the probation: a re-exam, inspections, a notice that is over and one that runs, an objection."""

import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from structlog import get_logger

from recruitment.appointments import operations as appointments
from recruitment.appointments.vocabulary import WORDING
from recruitment.candidates.models import Candidate
from recruitment.demo.accounts import PREFECTURE
from recruitment.demo.stages_ground import Play
from recruitment.inspection import operations as inspection
from recruitment.inspection.relatives import Staff
from recruitment.inspection.vocabulary import ITEMS
from recruitment.medical import operations as medical
from recruitment.medical.models import Outcome
from recruitment.objections import operations as objections
from recruitment.public_notice import operations as notices
from recruitment.public_notice.models import PublicNoticeRow
from recruitment.selection.interview import operations as interviews
from workflows.terms import Refused

log = get_logger()
FIRST = ((0, 0), (0, 1))
UNFIT, ASKED = (7, 0), (6, 0)
CLEARED = ((1, 0), (2, 0), (3, 0), (4, 0))
BEGUN = (3, 1)
ACCUSED = (3, 0)
SERVICE_YEARS = 8


def play(ground: Play) -> None:
    _medical(ground)
    _first_notice(ground)
    _inspect(ground, CLEARED, 6)
    _begin_inspection(ground)
    _second_notice(ground)


def _medical(ground: Play) -> None:
    session, call = ground.session, ground.call
    interviews.to_medical(session, call, ground.admin, ground.at(60))
    medical.set_plan(
        session,
        call,
        area_code=PREFECTURE,
        reports_at=ground.at(14, 7, 30),
        hospital="绵阳演示医院",
        address="绵阳市演示大道100号体检中心",
        note="体检当天早上空腹，带身份证。",
    )
    for where, candidate in ground.candidates().items():
        if candidate.state != "medical":
            continue
        if where == UNFIT:
            _examined(ground, candidate, Outcome.FAIL, 3, "血压")
        elif where == ASKED:
            _examined(ground, candidate, Outcome.FAIL, 5, "视力")
            medical.ask_retest(session, candidate, ground.owners[where].actor(), ground.at(4))
        else:
            _examined(ground, candidate, Outcome.PASS, 52 if where in FIRST else 12)


def _examined(
    ground: Play, candidate: Candidate, outcome: Outcome, days: int, item: str | None = None
) -> None:
    medical.enter_result(
        ground.session,
        candidate,
        ground.prefecture,
        ground.at(days),
        outcome=outcome,
        item=item,
        examined_on=ground.at(days + 2).date(),
    )


def _team(ground: Play, candidate: Candidate, days: int) -> None:
    person, at = ground.reviewer(candidate), ground.at(days + 2)
    for name in ("季考察", "娄考察"):
        inspection.add_inspector(ground.session, candidate, person, at, name=name, organ="县委组织部干部科")
    staff = [Staff("卫镇长", "镇长", True), Staff("柏文书", "党政办干事")]
    inspection.set_staff(ground.session, ground.call, candidate.position.organ, staff, person, at)


def _inspect(ground: Play, whom: Iterable[tuple[int, int]], days: int) -> None:
    """Inspect these and find them fit."""
    people = ground.candidates()
    report = {
        **{item: {"finding": "fit", "text": "听取了党员、群众和乡镇意见，没有发现问题。"} for item in ITEMS},
        "summary": "履职认真，群众评价好，同意进入下一环节。",
    }
    for where in whom:
        candidate = people[where]
        if candidate.state != "inspection":
            continue
        person, at = ground.reviewer(candidate), ground.at(days)
        _team(ground, candidate, days)
        inspection.save_report(
            ground.session, candidate, person, at, report=report, conclusion="pass", submit=True
        )
        inspection.decide(ground.session, candidate, "pass_inspection", person, at)


def _begin_inspection(ground: Play) -> None:
    candidate = ground.candidates()[BEGUN]
    _team(ground, candidate, 5)
    report = {"political": {"finding": "fit", "text": "已走访村党组织，评价良好。"}}
    inspection.save_report(
        ground.session,
        candidate,
        ground.reviewer(candidate),
        ground.at(4),
        report=report,
        conclusion=None,
        submit=False,
    )


def _publish(ground: Play, days: int) -> bool:
    """Publish whoever is cleared; ``False`` where the working days to come are not known yet."""
    actor = ground.admin.actor()
    notice = notices.prepare(ground.session, ground.call, PREFECTURE, actor, ground.at(days, 8))
    try:
        with ground.session.begin_nested():
            notices.publish(ground.session, notice, actor, ground.at(days))
    except Refused as refused:
        # In the last days of a year nobody knows the next one's holidays: the notice waits, prepared.
        log.warning("demo.not_published", reasons=[reason.words for reason in refused.reasons])
        ground.session.expire_all()
        return False
    return True


def _first_notice(ground: Play) -> None:
    """Two people whose notice is over: both approved, one reported for duty."""
    session = ground.session
    _inspect(ground, FIRST, 45)
    if not _publish(ground, 40):
        return
    ground.ring(21)
    people = ground.candidates()
    both = [people[where] for where in FIRST]
    actor = ground.prefecture.actor()
    seen = appointments.preview_approval(session, both, actor, ground.at(20))
    appointments.approve_many(
        session, both, actor, ground.at(20), token=seen.token, key=secrets.token_urlsafe()
    )
    session.expire_all()
    first = both[0]
    appointments.confirm_undertaking(session, first, ground.at(18), wording=WORDING, years=SERVICE_YEARS)
    day = ground.at(15)
    appointments.begin_probation(session, first, ground.prefecture, day, reported_on=day.date())


def _second_notice(ground: Play) -> None:
    if not _publish(ground, 2):
        return
    accused = ground.candidates()[ACCUSED]
    row = ground.session.scalars(
        sa.select(PublicNoticeRow).where(PublicNoticeRow.candidate_id == accused.id)
    ).one()
    objections.file(
        ground.session,
        row,
        ground.at(1, 20),
        text="听说他任村主任期间有一笔修路款没有公开账目，请组织上查一查。",
        request_key=secrets.token_hex(32),
        informer={"name": "知情群众", "contact": "1990000（演示）", "email": ""},
    )
