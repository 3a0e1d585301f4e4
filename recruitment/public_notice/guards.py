"""What public notices and the approval after them ask before a step."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.public_notice import content, privacy, queries
from recruitment.public_notice.models import PublicNotice, PublicNoticeRow
from recruitment.wording import N_, deadline, said
from recruitment.words import Words
from workflows.registry import Given, Registry, Scope
from workflows.terms import Actor, Reason

CLAUSE = N_("《中华人民共和国公务员法》（2018）第三十二条")
# So many leaks are named; more help nobody.
NAMED = 20


def register(registry: Registry) -> None:
    """Bring the notice's subject table, guards, deadline and texts to the engine."""
    registry.subject("public_notice", PublicNotice)
    registry.guard("notice_clean", _clean_reasons, load=_load_leaks)
    registry.guard("notice_over", _over_reasons, facts=_over, holds=_over_holds)
    registry.deadline("notice_ends", lambda scope: scope.ends_at)
    for name in ("announced", "suspended", "resumed", "rejected"):
        registry.notice(f"candidate.{name}")


# What is published


def _load_leaks(
    session: Session, subjects: Sequence[Any], actor: Actor, now: datetime
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    return {subject.id: {"leaks": leaks(session, subject), "rows": len(subject.rows)} for subject in subjects}


def leaks(session: Session, notice: PublicNotice) -> list[privacy.Leak]:
    """Everything on a notice that must not be published."""
    hotlines = {notice.call.hotline}
    known = queries.numbers_of(session, notice.id)
    titles = [column.title for column in content.PUBLIC_NOTICE.columns]
    found = privacy.leaks_in_list(
        titles, (content.cells(row) for row in notice.rows), hotlines=hotlines, known=known
    )
    for where, text in ((Words("标题"), notice.title), (Words("说明"), notice.introduction)):
        found += privacy.leaks_in_text(text, hotlines=hotlines, known=known, where=where)
    return found


def _clean_reasons(given: Given) -> Iterator[Reason]:
    if not given.facts["rows"]:
        yield Reason("notice_empty", _("名单上没有人，不能发布。"))
    found = given.facts["leaks"]
    for leak in found[:NAMED]:
        yield Reason(
            f"leak_{leak.kind}",
            _("不能发布：%(leak)s", leak=said(leak.words)),
            _("《中华人民共和国个人信息保护法》第六条"),
        )
    if len(found) > NAMED:
        yield Reason("leak_more", _("另有%(number)s处同样的问题。", number=len(found) - NAMED))


# Approval


def _over(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    """When the candidate's last notice ends or ended; one that was taken down counts for nothing."""
    ends_at = (
        sa.select(sa.func.max(PublicNotice.ends_at))
        .join(PublicNoticeRow, PublicNoticeRow.notice_id == PublicNotice.id)
        .where(PublicNoticeRow.candidate_id == scope.id, PublicNotice.state.in_(("running", "ended")))
        .scalar_subquery()
    )
    return {"ends_at": ends_at}


def _over_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(_over(scope)["ends_at"] < scope.now, sa.false())


def _over_reasons(given: Given) -> Iterator[Reason]:
    ends_at = given.facts["ends_at"]
    if ends_at is None:
        yield Reason("not_on_notice", _("还没有公示，不能批准录用。"), _(CLAUSE))
    elif given.now <= ends_at:
        yield Reason("notice_running", _("公示到%(moment)s才期满。", moment=deadline(ends_at)), _(CLAUSE))
