"""Everything that changes an inspection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.applications.operations import recusal_reasons
from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.candidates.steps import take
from recruitment.inspection import queries
from recruitment.inspection.models import Evidence, Inspection, Inspector, OrganStaff
from recruitment.inspection.relatives import Staff, plain
from recruitment.inspection.vocabulary import CONCLUSIONS, FINDINGS, ITEMS, LEAST_INSPECTORS
from recruitment.people.models import User
from recruitment.people.uploads import store_image
from recruitment.wording import N_
from workflows.terms import Fired, Reason, Refused

REOPEN = "inspection.reopen"
RECUSAL_CLAUSE = N_("《公务员录用规定》(2019)关于回避的规定")


def begin(session: Session, candidate: Candidate, person: User, now: datetime) -> Inspection:
    """The candidate's inspection, held for writing; made when there is none.

    Raises:
        Refused: the candidate is not being inspected, or the report was handed in.
    """
    session.refresh(candidate, with_for_update={"of": Candidate})
    if candidate.state != "inspection":
        raise Refused([Reason("not_in_inspection", _("这名考生现在不在考察环节。"))])
    found = queries.of_candidate(session, candidate)
    if found is None:
        found = Inspection(candidate_id=candidate.id, report={}, saved_at=now, saved_by=person.id)
        session.add(found)
        session.flush()
    if found.submitted_at is not None:
        raise Refused([Reason("report_submitted", _("考察报告已经提交，不能再改。确有需要的，请先重开。"))])
    return found


def add_inspector(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    name: str,
    organ: str,
    user: User | None = None,
) -> Inspector:
    """Put somebody on the team.

    Args:
        name, organ: of who inspects; an account's own name counts before what was typed.
        user: their account, where they have one.

    Raises:
        Refused: they must stay away from this candidate, or are on the team already.
    """
    inspection = begin(session, candidate, person, now)
    name = (user.name if user else name).strip()
    organ = organ.strip()
    if reasons := [
        *_missing(name, organ),
        *staying_away(session, candidate, name, organ, user, now),
        *(
            [Reason("on_the_team", _("%(name)s已在考察组里。", name=name))]
            if any(
                plain(item.name) == plain(name) or (user and item.user_id == user.id)
                for item in inspection.inspectors
            )
            else []
        ),
    ]:
        raise Refused(reasons)
    made = Inspector(name=name, organ=organ, user_id=user.id if user else None, added_by=person.id)
    inspection.inspectors.append(made)
    session.flush()
    return made


def _missing(name: str, organ: str) -> list[Reason]:
    found = []
    if not name:
        found.append(Reason("name_missing", _("请填写姓名。")))
    if not organ:
        found.append(Reason("organ_missing", _("请填写单位和职务。")))
    return found


def staying_away(
    session: Session, candidate: Candidate, name: str, organ: str, user: User | None, now: datetime
) -> list[Reason]:
    """Why somebody may not inspect this candidate: themself, a relative, the same community, a declared recusal."""
    if user is not None:
        return list(recusal_reasons(session, candidate.application, user.actor(), now))
    form = candidate.application.form or {}
    reasons = []
    if plain(name) and plain(name) == plain(candidate.owner.name):
        reasons.append(
            Reason("own_application", _("考察人员与考生同名，请核对，或者换人。"), _(RECUSAL_CLAUSE))
        )
    if any(plain(name) == plain(str(item["name"])) for item in form.get("relatives", ())):
        reasons.append(Reason("relative", _("考生填报的家庭成员中有同名的人，应当回避。"), _(RECUSAL_CLAUSE)))
    places = {plain(str(item["community_name"])) for item in form.get("tenures", ())}
    if any(place and (place in plain(organ) or plain(organ) in place) for place in places if plain(organ)):
        reasons.append(Reason("same_community", _("与考生在同一村（社区），应当回避。"), _(RECUSAL_CLAUSE)))
    return reasons


def remove_inspector(
    session: Session, candidate: Candidate, person: User, now: datetime, inspector_id: Any
) -> None:
    """Take somebody off the team; who is not on it any more is no error.

    Raises:
        Refused: the report was handed in.
    """
    inspection = begin(session, candidate, person, now)
    inspection.inspectors = [item for item in inspection.inspectors if item.id != inspector_id]
    session.flush()


def set_staff(
    session: Session, call: Call, organ: str, staff: Sequence[Staff], person: User, now: datetime
) -> None:
    """Say who works in an organ, in place of what was said before."""
    values = {
        "staff": [{"name": item.name, "post": item.post, "leads": item.leads} for item in staff],
        "entered_by": person.id,
        "entered_at": now,
    }
    session.execute(
        insert(OrganStaff)
        .values(call_id=call.id, organ=organ, **values)
        .on_conflict_do_update(index_elements=["call_id", "organ"], set_=values)
    )


def add_evidence(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    content: bytes,
    filename: str,
    title: str,
) -> Evidence:
    """Keep an image with the report.

    Raises:
        recruitment.people.uploads.UploadError: it is no image that can be kept.
        Refused: the report was handed in.
    """
    inspection = begin(session, candidate, person, now)
    document = store_image(session, person.id, content, filename)
    made = Evidence(document_id=document.id, title=title.strip())
    inspection.evidence.append(made)
    session.flush()
    return made


def save_report(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    report: Mapping[str, Any],
    conclusion: str | None,
    submit: bool,
) -> Inspection:
    """Save the report as far as it is written, or hand it in.

    Args:
        report: item → ``{"finding", "text"}``, and ``summary``.

    Raises:
        Refused: it was handed in before, or, when it is to be handed in, with everything that is missing.
    """
    inspection = begin(session, candidate, person, now)
    if submit and (reasons := lacking(session, inspection, report, conclusion)):
        raise Refused(reasons)
    inspection.report = dict(report)
    inspection.conclusion = conclusion
    inspection.saved_at, inspection.saved_by = now, person.id
    if submit:
        inspection.submitted_at, inspection.submitted_by = now, person.id
    session.flush()
    return inspection


def lacking(
    session: Session, inspection: Inspection, report: Mapping[str, Any], conclusion: str | None
) -> list[Reason]:
    """What a report lacks before it can be handed in; the code of each names the field it belongs to."""
    reasons = []
    for item, (label, _hint) in ITEMS.items():
        said = report.get(item) or {}
        if said.get("finding") not in FINDINGS:
            reasons.append(Reason(f"{item}_finding", _("%(label)s：请选择考察情况。", label=label)))
        if not str(said.get("text") or "").strip():
            reasons.append(Reason(f"{item}_text", _("%(label)s：请写明考察情况。", label=label)))
    if not str(report.get("summary") or "").strip():
        reasons.append(Reason("summary", _("请写明总的评价。")))
    issues = [item for item in ITEMS if (report.get(item) or {}).get("finding") == "issue"]
    if conclusion not in CONCLUSIONS:
        reasons.append(Reason("conclusion", _("请选择结论。")))
    elif conclusion == "fail" and not issues:
        reasons.append(Reason("conclusion", _("结论为不合格的，至少有一项为“有问题”。")))
    if len(inspection.inspectors) < LEAST_INSPECTORS:
        reasons.append(
            Reason(
                "inspectors",
                _(
                    "考察组至少 %(number)s 人，请先登记考察人员。",
                    number=LEAST_INSPECTORS,
                ),
            )
        )
    if queries.staff_of(session, inspection.candidate) is None:
        reasons.append(Reason("staff", _("请先录入招录机关人员名单，系统会与考生申报的亲属核对。")))
    return reasons


def reopen(session: Session, candidate: Candidate, person: User, now: datetime, reason: str) -> None:
    """Let a report that was handed in be changed again, on record.

    Raises:
        Refused: no reason, no report, or it has been decided on.
    """
    session.refresh(candidate, with_for_update={"of": Candidate})
    found = queries.of_candidate(session, candidate)
    if candidate.state != "inspection" or found is None or found.submitted_at is None:
        raise Refused([Reason("not_in_inspection", _("没有可以重开的考察报告。"))])
    if not reason.strip():
        raise Refused([Reason("reason_missing", _("请写明重开的原因。"))])
    found.submitted_at = found.submitted_by = None
    record(
        session,
        person,
        REOPEN,
        at=now,
        subject_kind="candidate",
        subject_id=candidate.id,
        reason=reason.strip(),
    )


def decide(
    session: Session,
    candidate: Candidate,
    trigger: str,
    person: User,
    now: datetime,
    *,
    form: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Decide on a report that was handed in: ``pass_inspection`` or ``fail_inspection``.

    Raises:
        Refused: with every reason.
    """
    if trigger not in ("pass_inspection", "fail_inspection"):
        raise ValueError(f"{trigger} decides on no inspection")
    return take(
        session,
        candidate,
        trigger,
        person.actor(),
        now,
        write=lambda: None,
        form=form,
        expected_version=expected_version,
        key=key,
    )
