"""Everything that changes a public notice. Who catches :class:`Refused` rolls back."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.areas import catalogue
from recruitment.audit.operations import record
from recruitment.cadres.models import EducationLevel
from recruitment.cadres.vocabulary import EDUCATION_LEVELS
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.clock import local
from recruitment.eligibility.vocabulary import EDUCATION_RANK, SEXES
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.models import User
from recruitment.public_notice import content, queries, totals
from recruitment.public_notice.models import FEWEST_DAYS, NoticeSettings, PublicNotice, PublicNoticeRow
from recruitment.wording import official
from recruitment.workflow import fire, fire_many, start, working_day_deadline
from workflows.bulk import NotAll
from workflows.terms import Actor, Fired, Reason, Refused

LONGEST_TEXT = 2000


def prepare(
    session: Session, call: Call, area: str, actor: Actor, now: datetime, *, introduction: str = ""
) -> PublicNotice:
    """Freeze the list of those who are cleared in an area: six digits, the province's for the whole call.

    Raises:
        Refused: nobody is cleared there, or the actor is not in charge of the area.
    """
    found = queries.cleared(session, call, area)
    if not found:
        raise Refused([Reason("nobody_cleared", _("这里没有考察合格、等待公示的人。"))])
    whole = area == catalogue.PROVINCE_CODE
    with official():
        sums = totals.of(session, [candidate.id for candidate in found])
        notice = PublicNotice(
            call_id=call.id,
            call=call,
            area_code=area,
            title=f"{call.title}{'' if whole else catalogue.prefectures()[area]}拟录用人员公示",
            introduction=introduction.strip()[:LONGEST_TEXT],
            working_days=queries.term(session, call).working_days,
            rows=[
                _row(number, candidate, call, content.exact(sums.get(candidate.id)))
                for number, candidate in enumerate(found, start=1)
            ],
        )
    start(session, notice, actor=actor, now=now)
    return notice


def _row(number: int, candidate: Candidate, call: Call, total: str) -> PublicNoticeRow:
    form = candidate.application.form or {}
    identity, position = form.get("identity", {}), candidate.position
    years = content.years_in_post(form, call.reference_date)
    levels = [item["level"] for item in form.get("schoolings", ())]
    highest = max(levels, key=EDUCATION_RANK.__getitem__, default="")
    return PublicNoticeRow(
        candidate_id=candidate.id,
        number=number,
        county=position.county.full_name,
        position=f"{position.organ} {position.name}（{position.code}）",
        name=identity.get("name") or "",
        sex=SEXES.get(identity.get("sex") or "", ""),
        birth_month=content.birth_month(form),
        education=str(EDUCATION_LEVELS[EducationLevel(highest)]) if highest else "",
        ticket_number=candidate.ticket_number or "",
        post=content.post_words(content.held_post(form, call.reference_date)),
        years="" if years is None else str(years),
        total=total,
        hotline=call.hotline,
    )


def publish(
    session: Session,
    notice: PublicNotice,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Show a list to everybody, and move everybody on it to where objections are heard: all of them or nobody.

    It ends with the last of its working days; the day of publication is not counted.

    Raises:
        Refused: the list holds what must not be published, somebody on it is no longer cleared, or the calendar
            of the days to come is not known; with every reason.
        workflows.terms.Stale: it has moved on since ``expected_version``.
    """
    session.refresh(notice, with_for_update={"of": PublicNotice})
    if notice.state == "prepared":
        notice.published_at, notice.ends_at = now, working_day_deadline(now, notice.working_days)
        notice.sha256 = xlsx(notice, now)[1]
    fired = fire(session, notice, "publish", actor=actor, now=now, expected_version=expected_version, key=key)
    if fired.replayed:
        return fired
    try:
        fire_many(
            session, "candidate", "announce", [row.candidate_id for row in notice.rows], actor=actor, now=now
        )
    except NotAll as error:
        names = {
            row.candidate_id: _("第%(number)s行%(name)s", number=row.number, name=row.name)
            for row in notice.rows
        }
        raise Refused(
            [
                Reason(
                    "no_longer_cleared",
                    _(
                        "%(row)s：%(reasons)s请作废后重新准备名单。",
                        row=names[item.subject_id],
                        reasons=" ".join(reason.words for reason in item.reasons),
                    ),
                )
                for item in error.excluded
            ]
        ) from error
    return fired


def discard(session: Session, notice: PublicNotice, actor: Actor, now: datetime) -> Fired:
    """Give up a list that was not published."""
    return fire(session, notice, "discard", actor=actor, now=now)


def withdraw(session: Session, notice: PublicNotice, actor: Actor, now: datetime, reason: str) -> Fired:
    """Take a published list down. Those still on notice wait for another; those suspended stay so.

    Raises:
        Refused: no reason, not the actor's, or no longer shown.
    """
    form = {"reason": reason}
    fired = fire(session, notice, "withdraw", actor=actor, now=now, form=form)
    ids = list(
        session.scalars(
            sa.select(Candidate.id)
            .join(PublicNoticeRow, PublicNoticeRow.candidate_id == Candidate.id)
            .where(PublicNoticeRow.notice_id == notice.id, Candidate.state == "announced")
        )
    )
    if ids:
        fire_many(session, "candidate", "unannounce", ids, actor=actor, now=now, form=form)
    return fired


def set_term(
    session: Session, call: Call, person: User, working_days: int, inquiry_days: int, now: datetime
) -> None:
    """Say how long the call's notices stand and objections take from now on; what has begun keeps its term.

    Raises:
        ValueError: fewer than the law allows.
    """
    if working_days < FEWEST_DAYS:
        raise ValueError(f"a notice stands at least {FEWEST_DAYS} working days")
    term = {"working_days": working_days, "inquiry_days": inquiry_days}
    values = {**term, "changed_by": person.id, "changed_at": now}
    session.execute(
        insert(NoticeSettings)
        .values(call_id=call.id, **values)
        .on_conflict_do_update(index_elements=["call_id"], set_=values)
    )
    session.expire_all()
    record(
        session,
        person,
        "public_notice.set_term",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail=term,
    )


def xlsx(notice: PublicNotice, created: datetime) -> tuple[bytes, str]:
    """The list as a spreadsheet, and its SHA-256. The same list gives the same bytes for the same moment."""
    made, written = xlsx_bytes(content.PUBLIC_NOTICE, notice.rows, created=local(created), title=notice.title)
    return made, written.sha256
