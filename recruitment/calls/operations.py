"""Everything that changes a call, its deadlines and its position table."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.areas.catalogue import PROVINCE_CODE
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


def revise(session: Session, call: Call, changes: dict[str, Any]) -> None:
    """Change a call that is still a draft.

    Args:
        changes: values by the names of :func:`create`; rules are frozen anew where they are touched.

    Raises:
        Refused: the call has been published; from then on only its deadlines may move.
    """
    if call.state != "draft":
        raise Refused([Reason("call_published", "公告已经发布，不能再修改；需要时可以延长报名时间。")])
    changes = dict(changes)
    reference_date = changes.get("reference_date", call.reference_date)
    rules = changes.pop("rules", call.parameters["ruleset"].partition("@")[0])
    overrides = changes.pop("overrides", None)
    windows = changes.pop("windows", None)
    if overrides is None:
        overrides = overrides_of(call)
    changes["parameters"] = parameters_for(reference_date, rules, overrides, windows).to_json()
    for name, value in changes.items():
        setattr(call, name, value)
    session.flush()


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


def replace_positions(session: Session, call: Call, rows: Iterable[PositionRow]) -> int:
    """Put a checked position table in place of the present one, whole; returns how many positions.

    Raises:
        Refused: the call has been published, so that people may have applied already.
    """
    if call.state != "draft":
        raise Refused([Reason("call_published", "公告已经发布，职位表不能再整体替换。")])
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


def extend(
    session: Session,
    call: Call,
    created_by: uuid.UUID,
    now: datetime,
    *,
    closes_at: datetime,
    reason: str,
    county_code: str | None = None,
    user_id: uuid.UUID | None = None,
) -> Extension:
    """Close registration later for everyone, one county or one person.

    Raises:
        Refused: without a reason, or not later than the present closing time.
    """
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", "请写明延长的原因。"))
    if closes_at <= call.registration_closes_at:
        reasons.append(Reason("not_later", f"新的截止时间应晚于{moment(call.registration_closes_at)}。"))
    if closes_at <= now:
        reasons.append(Reason("in_the_past", "新的截止时间已经过去了。"))
    if reasons:
        raise Refused(reasons)
    extension = Extension(
        call_id=call.id,
        county_code=county_code,
        user_id=user_id,
        closes_at=closes_at,
        reason=reason.strip(),
        created_by=created_by,
    )
    session.add(extension)
    session.flush()
    return extension
