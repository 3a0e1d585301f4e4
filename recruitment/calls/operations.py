"""Everything that changes a call, its deadlines and its position table."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.calls import deadlines
from recruitment.calls.models import Call, Extension, Position
from recruitment.calls.position_table import PositionRow
from recruitment.eligibility.parameters import parameters_for
from recruitment.eligibility.rulesets import Override
from recruitment.eligibility.windows import Windows
from recruitment.wording import moment
from recruitment.workflow import engine, fire
from workflows.terms import Actor, Fired, Reason, Refused


def create(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    slug: str,
    title: str,
    reference_date: date,
    registration_opens_at: datetime,
    registration_closes_at: datetime,
    hotline: str,
    introduction: str = "",
    rules: str = "sichuan",
    overrides: Sequence[Override] = (),
    windows: Windows | None = None,
    second_review: bool = True,
    correction_hours: int = 48,
    review_hours: int = 48,
) -> Call:
    """Set up a call as a draft, with its rules frozen into it.

    Args:
        windows: the birth dates that the call publishes; default: those that its convention gives.

    Raises:
        recruitment.eligibility.rulesets.RulesError: an override that may not be set so.
        Refused: the actor may not set up calls.
    """
    call = Call(
        slug=slug,
        title=title,
        introduction=introduction,
        reference_date=reference_date,
        parameters=parameters_for(reference_date, rules, overrides, windows).to_json(),
        registration_opens_at=registration_opens_at,
        registration_closes_at=registration_closes_at,
        hotline=hotline,
        second_review=second_review,
        correction_hours=correction_hours,
        review_hours=review_hours,
        area_code=PROVINCE_CODE,
    )
    engine().start(session, call, actor=actor, now=now)
    return call


def revise(
    session: Session,
    call: Call,
    actor: Actor,
    changes: dict[str, Any],
    *,
    expected_fingerprint: str | None = None,
) -> None:
    """Change a call that is still a draft.

    Args:
        changes: values by the names of :func:`create`. Where the reference date, the overrides or the windows
            are among them, the rules are frozen anew; windows that are not named follow from the convention.
        expected_fingerprint: what :func:`fingerprint` said when the form was opened.

    Raises:
        recruitment.eligibility.rulesets.RulesError: an override that may not be set so.
        Refused: the call has been published, somebody has changed it meanwhile, or it is not the actor's.
    """
    _lock_draft(session, call, actor)
    if expected_fingerprint is not None and expected_fingerprint != fingerprint(call):
        raise Refused(
            [Reason("call_changed", _("您打开这个页面以后，其他人修改了这次招考。请核对最新内容后再保存。"))]
        )
    changes = dict(changes)
    if changes.keys() & {"reference_date", "rules", "overrides", "windows"}:
        changes["parameters"] = parameters_for(
            changes.get("reference_date", call.reference_date),
            changes.pop("rules", call.parameters["ruleset"].partition("@")[0]),
            changes.pop("overrides") if "overrides" in changes else overrides_of(call),
            changes.pop("windows", None),
        ).to_json()
    for name, value in changes.items():
        setattr(call, name, value)
    session.flush()


EDITABLE = (
    "slug",
    "title",
    "introduction",
    "reference_date",
    "registration_opens_at",
    "registration_closes_at",
    "parameters",
    "second_review",
    "correction_hours",
    "review_hours",
    "hotline",
)


def fingerprint(call: Call) -> str:
    """A short text that differs as soon as anything that :func:`revise` may change does."""
    values = [getattr(call, name) for name in EDITABLE]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def overrides_of(call: Call) -> list[Override]:
    """The values that the call set for itself."""
    return [
        Override(path, raw["value"], raw["reason"], raw["citation"]["document"])
        for path, raw in call.parameters["values"].items()
        if raw["reason"] is not None
    ]


def advance(
    session: Session,
    call: Call,
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    expected_version: int | None = None,
) -> Fired:
    """Take the call one step on (publish, open or close registration, cancel …)."""
    form = None if reason is None else {"reason": reason}
    return fire(session, call, trigger, actor=actor, now=now, form=form, expected_version=expected_version)


def replace_positions(session: Session, call: Call, actor: Actor, rows: Iterable[PositionRow]) -> int:
    """Put a checked position table in place of the present one, whole; returns how many positions.

    Raises:
        Refused: the call has been published, so that people may have applied already, or it is not the actor's.
    """
    _lock_draft(session, call, actor)
    session.execute(sa.delete(Position).where(Position.call_id == call.id))
    values = [
        {
            "call_id": call.id,
            "code": row.code,
            "organ": row.organ,
            "name": row.name,
            "county_code": row.county_code,
            "township_code": row.township_code,
            "openings": row.openings,
            "education": row.education,
            "conditions": row.conditions,
            "conditions_text": row.conditions_text,
            "phone": row.phone,
            "note": row.note,
        }
        for row in rows
    ]
    if values:
        session.execute(sa.insert(Position), values)
    session.expire(call, ["positions"])
    return len(values)


def _lock_draft(session: Session, call: Call, actor: Actor) -> None:
    """Hold the call until the caller's transaction ends; what is decided about it then stays true.

    Raises:
        Refused: it is not the actor's, it has been published, or somebody has applied.
    """
    check_in_charge(call, actor)
    session.refresh(call, with_for_update=True)
    if call.state != "draft":
        raise Refused([Reason("call_published", _("公告已经发布，不能再修改；需要时可以延长报名时间。"))])
    if session.scalar(sa.select(sa.exists().where(Application.call_id == call.id))):
        raise Refused([Reason("has_applications", _("已经有人报名，招考条件和职位表不能再修改。"))])


def check_in_charge(call: Call, actor: Actor) -> None:
    """Refuse whoever does not look after the call."""
    if not actor.covers("admin", call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能修改。"))])


# In a draft the closing time itself is edited; once the exam has begun nobody can apply any more.
EXTENDABLE = ("published", "registration_open", "registration_closed", "in_review")


def extend(
    session: Session,
    call: Call,
    actor: Actor,
    now: datetime,
    *,
    closes_at: datetime,
    reason: str,
    county_code: str | None = None,
    user_id: uuid.UUID | None = None,
) -> Extension:
    """Close registration later for everyone, one county or one person.

    When registration had closed for everyone, it is opened again.

    Raises:
        Refused: without a reason, not later than the closing time that holds already, at a stage where nobody can
            apply, or the call is not the actor's.
        ValueError: a county and a person at once, or nobody to name as the author.
    """
    if county_code and user_id:
        raise ValueError("an extension is for one county or one person, not both")
    if actor.id is None:
        raise ValueError("an extension needs a person who answers for it")
    check_in_charge(call, actor)
    session.refresh(call, with_for_update=True)
    reasons = []
    if call.state not in EXTENDABLE:
        reasons.append(Reason("not_extendable", _("现在这个阶段不能延长报名。")))
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明延长的原因。")))
    present = deadlines.closes_at(session, call, county_code, user_id)
    if closes_at <= present:
        reasons.append(
            Reason("not_later", _("新的截止时间应晚于现在的截止时间：%(moment)s。", moment=moment(present)))
        )
    if closes_at <= now:
        reasons.append(Reason("in_the_past", _("新的截止时间已经过去了。")))
    if reasons:
        raise Refused(reasons)
    extension = Extension(
        call_id=call.id,
        county_code=county_code,
        user_id=user_id,
        closes_at=closes_at,
        reason=reason.strip(),
        created_by=actor.id,
    )
    session.add(extension)
    session.flush()
    if call.state == "registration_closed" and not (county_code or user_id):
        advance(session, call, "reopen_registration", actor, now, reason=reason.strip())
    return extension
