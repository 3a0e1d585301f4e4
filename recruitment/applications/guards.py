"""What the application workflow asks before a step: guards, forms and deadlines by the names it uses.

A guard answers for one row with reasons and for many in SQL; a test proves that both say the same. The two
that judge a dossier exist in Python only: they read it as it is at the moment of submission.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application, Recusal
from recruitment.applications.refusals import refusal_reasons
from recruitment.cadres.form import freeze, missing
from recruitment.cadres.models import Dossier
from recruitment.cadres.vocabulary import MISSING, SECTIONS
from recruitment.calls.deadlines import closes_at_sql
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import judge
from recruitment.people.models import User
from recruitment.wording import N_, deadline, moment, said
from workflows.registry import Given, Registry, Scope
from workflows.schema import timer
from workflows.terms import Actor, Reason

# Whether registration is open follows from the clock and the deadlines, not from when a timer last ran; only
# a call in one of these states takes nobody.
NOT_TAKING = ("draft", "finished", "cancelled")
CALL_CLAUSE = N_("招考公告“报名时间”条款")
# Codes of the reasons for which a reviewer stays away from an application.
RECUSED = frozenset({"own_application", "same_community", "relative", "recused"})
# Wordings of the undertaking that a submission rests on; the journal keeps which one. A new wording gets a new name.
UNDERTAKINGS = ("2026-1",)
# Longest free text of a decision, in characters.
LONGEST_TEXT = 2000
RECUSAL_CLAUSE = N_("《公务员录用规定》（2019）关于回避的规定")


def register(registry: Registry) -> None:
    """Bring the application's subject table, guards, forms and deadlines to the engine."""
    registry.subject("application", Application)
    registry.guard("registration_open", registration_reasons, facts=_registration, holds=_registration_holds)
    registry.guard("correction_open", correction_reasons, facts=_correction, holds=_correction_holds)
    registry.guard("position_stands", cancelled_reasons, facts=_cancelled, holds=_cancelled_holds)
    registry.guard("not_refused_here", refused_reasons, facts=_refused, holds=_refused_holds)
    registry.guard("second_review", _second_review_reasons, facts=_second_review, holds=_second_review_holds)
    registry.guard("not_recused", _recusal_reasons, facts=_recusal, holds=_recusal_holds)
    registry.guard("application_complete", _complete_reasons, load=_load_dossiers)
    registry.guard("no_deterministic_failure", _failure_reasons, load=_load_verdicts)
    registry.form("undertaking", check_undertaking)
    registry.form("section_reasons", check_section_reasons)
    registry.form("refusal", check_refusal)
    registry.form("overrule", check_overrule)
    registry.deadline("registration_closes", _closes)
    registry.deadline("correction_due", _correction_due)
    for name in (
        "submitted",
        "resubmitted",
        "withdrawn",
        "county_passed",
        "returned",
        "refused",
        "qualified",
        "reopened",
        "lapsed",
    ):
        registry.notice(f"application.{name}")


# Registration


def _of_call(scope: Scope, column: Any) -> Any:
    return sa.select(column).where(Call.id == scope.call_id).scalar_subquery()


def _closes(scope: Scope) -> sa.ColumnElement[datetime]:
    return closes_at_sql(scope.call_id, scope.area_code, scope.owner_id)


def _registration(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "call_state": _of_call(scope, Call.state),
        "opens_at": _of_call(scope, Call.registration_opens_at),
        "closes_at": _closes(scope),
    }


def _registration_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _registration(scope)
    return sa.and_(
        facts["call_state"].not_in(NOT_TAKING),
        facts["opens_at"] <= scope.now,
        scope.now < facts["closes_at"],
    )


def registration_reasons(given: Given) -> Iterator[Reason]:
    opens, closes = given.facts["opens_at"], given.facts["closes_at"]
    if given.facts["call_state"] in NOT_TAKING:
        yield Reason("call_not_announced", _("本次招考没有在报名。"), _(CALL_CLAUSE))
    elif given.now < opens:
        yield Reason(
            "registration_not_open",
            _("报名还没有开始。开始时间：%(moment)s。", moment=moment(opens)),
            _(CALL_CLAUSE),
        )
    elif given.now >= closes:
        yield Reason(
            "registration_closed", _("报名已于%(moment)s截止。", moment=moment(closes)), _(CALL_CLAUSE)
        )


# Correction


def _correction(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    due = (
        sa.select(timer.c.due_at)
        .where(
            timer.c.workflow == "application",
            timer.c.subject_id == scope.id,
            timer.c.name == "correction_deadline",
            timer.c.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    return {"correction_due": due}


def _correction_holds(scope: Scope) -> sa.ColumnElement[bool]:
    due = _correction(scope)["correction_due"]
    return sa.or_(due.is_(None), scope.now < due)


def correction_reasons(given: Given) -> Iterator[Reason]:
    due = given.facts["correction_due"]
    if due is not None and given.now >= due:
        yield Reason("correction_late", _("补正已于%(moment)s截止。", moment=deadline(due)), _(CALL_CLAUSE))


def _correction_due(scope: Scope) -> sa.ColumnElement[datetime]:
    hour: sa.ColumnElement[Any] = sa.literal_column("interval '1 hour'")
    due: sa.ColumnElement[datetime] = scope.now + _of_call(scope, Call.correction_hours) * hour
    return due


# One position is not tried twice


def _refused(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    earlier = Application.__table__.alias("earlier")
    return {
        "refused_here": sa.exists().where(
            earlier.c.owner_id == scope.owner_id,
            earlier.c.position_id == scope.position_id,
            earlier.c.state == "refused",
            earlier.c.id != scope.id,
        )
    }


def _refused_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return ~_refused(scope)["refused_here"]


def refused_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["refused_here"]:
        yield Reason(
            "refused_here",
            _("您报这个职位已被审核为不通过，不能再报同一职位。请改选其他职位。"),
            _(CALL_CLAUSE),
        )


# A position for which too few had paid


def _cancelled(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "cancelled": sa.exists().where(Position.id == scope.position_id, Position.cancelled_at.is_not(None))
    }


def _cancelled_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return ~_cancelled(scope)["cancelled"]


def cancelled_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["cancelled"]:
        yield Reason(
            "position_cancelled",
            _("这个职位因缴费人数不足已取消，请选其他职位。"),
            _("招考公告“开考比例”条款"),
        )


# Who reviews


def _second_review(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {"second_review": _of_call(scope, Call.second_review)}


def _second_review_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.cast(_second_review(scope)["second_review"], sa.Boolean)


def _second_review_reasons(given: Given) -> Iterator[Reason]:
    if not given.facts["second_review"]:
        yield Reason("no_second_review", _("本次招考不设市级确认。"))


def _frozen_form(scope: Scope) -> Any:
    """The application form that the subject is, or rests on."""
    if "form" in scope.subject.c:
        return scope.form
    return sa.select(Application.form).where(Application.id == scope.application_id).scalar_subquery()


def _cadre(scope: Scope) -> Any:
    """Whom the subject concerns, if that is not its owner: an objection is somebody else's."""
    return scope.cadre_id if "cadre_id" in scope.subject.c else scope.owner_id


def _recusal(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    form, cadre = _frozen_form(scope), _cadre(scope)
    community = sa.select(User.community_code).where(User.id == scope.actor_id).scalar_subquery()
    name = sa.select(User.name).where(User.id == scope.actor_id).scalar_subquery()
    return {
        "is_self": cadre == scope.actor_id,
        "same_community": sa.and_(
            community.is_not(None),
            form["tenures"].contains(
                sa.func.jsonb_build_array(sa.func.jsonb_build_object("community", community))
            ),
        ),
        "relative": form["relatives"].contains(
            sa.func.jsonb_build_array(sa.func.jsonb_build_object("name", name))
        ),
        "recused": sa.exists().where(Recusal.reviewer_id == scope.actor_id, Recusal.cadre_id == cadre),
    }


def _recusal_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return ~sa.or_(*(sa.func.coalesce(fact, sa.false()) for fact in _recusal(scope).values()))


def not_recused(reviewer_id: uuid.UUID, now: datetime, model: Any = Application) -> sa.ColumnElement[bool]:
    """The guard as a condition of a query over a model whose workflow has it: the reviewer may handle the row."""
    return _recusal_holds(
        Scope(model.__table__, sa.literal(now, sa.DateTime(timezone=True)), sa.literal(reviewer_id, sa.Uuid))
    )


def _recusal_reasons(given: Given) -> Iterator[Reason]:
    facts = given.facts
    if facts["is_self"]:
        yield Reason("own_application", _("这是您本人的报名，应由其他人审核。"), _(RECUSAL_CLAUSE))
    if facts["same_community"]:
        yield Reason(
            "same_community", _("报考人与您在同一村（社区），您应当回避，请交给同事审核。"), _(RECUSAL_CLAUSE)
        )
    if facts["relative"]:
        yield Reason(
            "relative", _("报考人填报的家庭成员与您同名，您应当回避，请交给同事审核。"), _(RECUSAL_CLAUSE)
        )
    if facts["recused"]:
        yield Reason("recused", _("您已对这名报考人登记回避，请交给同事审核。"), _(RECUSAL_CLAUSE))


# The dossier


def _dossiers(session: Session, subjects: Sequence[Any]) -> dict[uuid.UUID, Dossier]:
    owners = {subject.owner_id for subject in subjects}
    rows = session.scalars(
        sa.select(Dossier).where(Dossier.user_id.in_(owners)).options(joinedload(Dossier.user))
    )
    return {row.user_id: row for row in rows}


def _load_dossiers(
    session: Session, subjects: Sequence[Any], actor: Actor, now: datetime
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    dossiers = _dossiers(session, subjects)
    return {
        subject.id: {"missing": missing(freeze(dossiers[subject.owner_id]))}
        if subject.owner_id in dossiers
        else {"missing": {"identity": "identity_incomplete"}}
        for subject in subjects
    }


def _complete_reasons(given: Given) -> Iterator[Reason]:
    for section, code in given.facts["missing"].items():
        yield Reason(code, _("%(section)s：%(missing)s", section=SECTIONS[section][0], missing=MISSING[code]))


def _load_verdicts(
    session: Session, subjects: Sequence[Any], actor: Actor, now: datetime
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    dossiers = _dossiers(session, subjects)
    calls = {
        row.id: row
        for row in session.scalars(sa.select(Call).where(Call.id.in_({s.call_id for s in subjects})))
    }
    positions = {
        row.id: row
        for row in session.scalars(
            sa.select(Position).where(Position.id.in_({s.position_id for s in subjects}))
        )
    }
    return {
        subject.id: {
            "failures": [
                Reason(result.rule, said(result.message), said(result.citation))
                for result in judge(
                    calls[subject.call_id],
                    freeze(dossiers[subject.owner_id]),
                    positions[subject.position_id],
                ).stopping
            ]
            if subject.owner_id in dossiers
            else []
        }
        for subject in subjects
    }


def _failure_reasons(given: Given) -> Iterator[Reason]:
    yield from given.facts["failures"]


# Forms


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _too_long(*texts: Any) -> Iterator[Reason]:
    if any(len(_text(text)) > LONGEST_TEXT for text in texts):
        yield Reason("text_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST_TEXT))


def check_undertaking(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"undertaking": name of the wording agreed to}``."""
    if form.get("undertaking") not in UNDERTAKINGS:
        yield Reason("no_undertaking", _("请先阅读承诺并勾选，再提交。"))


def check_section_reasons(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"sections": {section: what to correct}}`` with at least one section."""
    sections = {key: text for key, text in (form.get("sections") or {}).items() if _text(text)}
    if not sections:
        yield Reason("no_section", _("请至少写明一处需要补正的内容。"))
    for key in sections:
        if key not in SECTIONS:
            yield Reason("unknown_section", _("没有“%(key)s”这一部分。", key=key))
    yield from _too_long(*sections.values())


def check_refusal(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"codes": [reason codes], "explanation": text}`` with at least one code."""
    codes = form.get("codes") or []
    if not codes:
        yield Reason("no_reason", _("请至少选择一条不通过的理由。"))
    for code in codes:
        if code not in refusal_reasons():
            yield Reason("unknown_reason", _("没有编号为“%(code)s”的理由。", code=code))
    yield from _too_long(form.get("explanation"))


def check_overrule(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"overruled": [rules that fail], "reason": text}``: against a failing rule only with a reason.

    ``overruled`` is filled in by the operation from the verdict, never by the reviewer.
    """
    if form.get("overruled") and not _text(form.get("reason")):
        yield Reason("overrule_reason_missing", _("规则判定有不符合的条件。仍要通过的，请写明理由。"))
    yield from _too_long(form.get("reason"))
