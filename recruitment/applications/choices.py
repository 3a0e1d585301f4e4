"""What a cadre may choose in a call: every position with its verdict, and why not."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.guards import NOT_TAKING
from recruitment.applications.models import Application
from recruitment.calls.deadlines import applies_to
from recruitment.calls.models import Call, Extension, Position
from recruitment.calls.rules import parameters_of, person_facts, position_facts
from recruitment.eligibility.offers import Offer, offers
from recruitment.eligibility.verdict import ELIGIBLE, UNVERIFIED, RuleResult, Verdict

MAY, VERIFY, NEAR, NOT = "may", "verify", "near", "not"


@dataclass(frozen=True, slots=True)
class Choice:
    """One position for one person.

    Attributes:
        offer: the position with what the call's rules say.
        closes_at: until when it can be applied for, extensions of its county and of the person included.
        refused_before: a reviewer has refused this person for this position.
        open: registration is open for it now.
    """

    offer: Offer[Position]
    closes_at: datetime
    refused_before: bool
    open: bool

    @property
    def position(self) -> Position:
        return self.offer.key

    @property
    def verdict(self) -> Verdict:
        return self.offer.verdict

    @property
    def group(self) -> str:
        """``may``, ``verify`` (something is not known yet), ``near`` (one thing stands against it), ``not``."""
        if self.refused_before or self.position.cancelled_at is not None:
            return NOT
        if self.verdict.verdict == ELIGIBLE:
            return MAY
        if self.verdict.verdict == UNVERIFIED:
            return VERIFY
        near = self.offer.near_miss
        return NEAR if near and near.change and not near.deterministic else NOT

    @property
    def choosable(self) -> bool:
        """Nothing would stop a submission; what else fails is for the reviewer."""
        barred = self.refused_before or self.position.cancelled_at is not None or self.verdict.stopping
        return self.open and not barred

    def reasons(self, common: Iterable[RuleResult] = ()) -> list[RuleResult]:
        """What fails, then what is not known, without what all positions have in common."""
        said = set(common)
        return [result for result in (*self.verdict.failed, *self.verdict.unknown) if result not in said]


ORDER = (MAY, VERIFY, NEAR, NOT)


def choices(
    session: Session, call: Call, user_id: uuid.UUID, form: dict[str, Any], now: datetime, area: str = ""
) -> list[Choice]:
    """The positions of a call for the person of a form, those they may apply for first.

    Args:
        form: as :func:`recruitment.cadres.form.freeze` gives it; read once for all positions.
        area: digits that the position's county code begins with; empty for every position.
    """
    positions = session.scalars(
        sa.select(Position)
        .where(Position.call_id == call.id, Position.county_code.startswith(area, autoescape=True))
        .options(joinedload(Position.township))
        .order_by(Position.county_code, Position.code)
    ).all()
    refused = set(
        session.scalars(
            sa.select(Application.position_id).where(
                Application.call_id == call.id,
                Application.owner_id == user_id,
                Application.state == "refused",
            )
        )
    )
    closing = closing_times(session, call, user_id)
    judged = offers(
        person_facts(call, form),
        ((position, position_facts(position)) for position in positions),
        parameters_of(call),
    )
    found = []
    for offer in judged:
        position = offer.key
        closes_at = max(closing[""], closing.get(position.county_code, closing[""]))
        found.append(
            Choice(
                offer,
                closes_at,
                position.id in refused,
                call.state not in NOT_TAKING and call.registration_opens_at <= now < closes_at,
            )
        )
    return sorted(found, key=lambda choice: ORDER.index(choice.group))


def closing_times(session: Session, call: Call, user_id: uuid.UUID) -> dict[str, datetime]:
    """When registration closes for a person: under ``""`` anywhere, under a county's code there if later."""
    rows = session.execute(
        sa.select(Extension.county_code, sa.func.max(Extension.closes_at))
        .where(
            Extension.call_id == call.id,
            sa.or_(applies_to(sa.literal(None, sa.Text), user_id), Extension.county_code.is_not(None)),
        )
        .group_by(Extension.county_code)
    ).all()
    times = {county or "": closes_at for county, closes_at in rows}
    times[""] = max(call.registration_closes_at, times.get("", call.registration_closes_at))
    return times


def in_common(found: list[Choice]) -> list[RuleResult]:
    """What stands against every one of several positions with the same words: said once, above them."""
    if len(found) < 2:
        return []
    rest = [set(choice.reasons()) for choice in found[1:]]
    return [result for result in found[0].reasons() if all(result in reasons for reasons in rest)]


def home_prefecture(form: dict[str, Any], call: Call) -> str:
    """The four digits of the prefecture where the person serves on the reference date; empty if unknown."""
    on = call.reference_date.isoformat()
    serving = [
        item["community"]
        for item in form["tenures"]
        if item["from"] <= on and (item["to"] is None or item["to"] >= on)
    ]
    return serving[-1][:4] if serving else ""


def open_calls(session: Session, user_id: uuid.UUID, now: datetime) -> list[tuple[Call, datetime]]:
    """Calls that somebody can apply to now, each with the person's closing time outside extended counties.

    A call that is open in some counties only is listed with the time that has passed elsewhere.
    """

    def latest(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[datetime]:
        extended = sa.select(sa.func.max(Extension.closes_at)).where(
            Extension.call_id == Call.id, *conditions
        )
        return sa.func.greatest(Call.registration_closes_at, extended.scalar_subquery())

    everywhere = applies_to(sa.literal(None, sa.Text), user_id)
    anywhere = sa.or_(everywhere, Extension.county_code.is_not(None))
    rows = session.execute(
        sa.select(Call, latest(everywhere))
        .where(Call.state.not_in(NOT_TAKING), Call.registration_opens_at <= now, latest(anywhere) > now)
        .order_by(Call.registration_closes_at, Call.slug)
    ).all()
    return [(call, closes_at) for call, closes_at in rows]
