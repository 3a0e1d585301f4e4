"""What the objection workflow asks before a step, and what an objection keeps from being approved."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.candidates.models import Candidate
from recruitment.objections.models import Objection
from recruitment.public_notice.models import PublicNotice, PublicNoticeRow
from recruitment.public_notice.queries import ON_NOTICE
from recruitment.wording import N_, deadline
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason

CLAUSE = N_("《中华人民共和国公务员法》（2018）第三十二条")
# Not settled: also while the outcome waits for a second person, and as long as nothing could be proven.
UNSETTLED = ("received", "investigating", "unproven")
LONGEST_TOLD = 1000


def register(registry: Registry) -> None:
    """Bring the objection's subject table, guards, forms, deadline and texts to the engine."""
    registry.subject("objection", Objection)
    registry.guard("objection_open", _open_reasons, facts=_open, holds=_open_holds)
    registry.guard("no_open_objection", _settled_reasons, facts=_settled, holds=_settled_holds)
    registry.form("objection", _check_objection)
    registry.form("finding", check_finding)
    registry.deadline("inquiry_due", lambda scope: scope.decide_by)
    registry.notice("objection.overdue", recipient=lambda scope: scope.handled_by)


# May an objection be raised


def _open(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    ends_at = (
        sa.select(PublicNotice.ends_at)
        .join(PublicNoticeRow, PublicNoticeRow.notice_id == PublicNotice.id)
        .where(
            PublicNotice.id == scope.notice_id,
            PublicNotice.state == "running",
            PublicNoticeRow.candidate_id == scope.candidate_id,
        )
        .scalar_subquery()
    )
    state = sa.select(Candidate.state).where(Candidate.id == scope.candidate_id).scalar_subquery()
    return {"ends_at": ends_at, "candidate_state": state}


def _open_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _open(scope)
    return sa.and_(
        sa.func.coalesce(scope.now <= facts["ends_at"], sa.false()), facts["candidate_state"].in_(ON_NOTICE)
    )


def _open_reasons(given: Given) -> Iterator[Reason]:
    ends_at = given.facts["ends_at"]
    if ends_at is None:
        yield Reason("notice_not_running", _("这份公示现在不接受异议。"), _(CLAUSE))
    elif given.now > ends_at:
        yield Reason(
            "notice_over",
            _("公示已于%(moment)s期满。仍要反映的，请打监督电话。", moment=deadline(ends_at)),
            _(CLAUSE),
        )
    if given.facts["candidate_state"] not in ON_NOTICE:
        yield Reason("not_on_notice", _("这个人现在不在公示中。"), _(CLAUSE))


# May the candidate be approved


def _settled(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    number = (
        sa.select(sa.func.count())
        .select_from(Objection)
        .where(
            Objection.candidate_id == scope.id,
            sa.or_(Objection.state.in_(UNSETTLED), Objection.held_seq.is_not(None)),
        )
        .scalar_subquery()
    )
    return {"unsettled": number}


def _settled_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return _settled(scope)["unsettled"] == 0


def _settled_reasons(given: Given) -> Iterator[Reason]:
    if number := given.facts["unsettled"]:
        yield Reason(
            "open_objections", _("还有%(number)s件异议没有核查清楚，不能批准录用。", number=number), _(CLAUSE)
        )


# Forms


def _check_objection(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"named": bool}``: the journal is never to hold what was said or by whom."""
    if set(form) != {"named"} or not isinstance(form["named"], bool):
        yield Reason("form_unexpected", _("异议的内容不得写入流程记录。"))


def check_finding(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"reason": for the record, "told": for the person concerned and whoever objected}``."""
    if not str(form.get("reason") or "").strip():
        yield Reason("reason_missing", _("请写明核查情况和依据。"))
    told = str(form.get("told") or "").strip()
    if not told:
        yield Reason("told_missing", _("请写明告知当事人的内容。"))
    if len(told) > LONGEST_TOLD:
        yield Reason("told_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST_TOLD))
