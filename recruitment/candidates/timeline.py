"""Where a candidate stands and what happened, in words for the cadre."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment import wording
from recruitment.candidates.models import Candidate
from recruitment.workflow import engine
from workflows.journal import told
from workflows.schema import event

# State → its tone and what it means for the cadre.
TEXTS = {
    "awaiting_fee": ("warn", _l("请在截止时间前缴费。没有按时缴费视为放弃考试。")),
    "confirmed": ("good", _l("缴费已确认，您可以参加笔试。请留意准考证打印时间。")),
    "unpaid": ("neutral", _l("到截止时间没有缴费，视为放弃考试。")),
    "displaced": (
        "warn",
        _l("您报考的职位因缴费人数不足已取消。您可以在规定时间内改报其他职位，或者申请退费。"),
    ),
    "shortlisted": ("good", _l("您已进入资格复审。请按通知带齐原件到场。")),
    "reserve": ("info", _l("您这次没有入围。前面有人退出时，可能按笔试成绩递补。")),
    "called_up": ("warn", _l("轮到您递补。请在截止时间前确认是否参加。")),
    "eliminated": ("neutral", _l("笔试缺考、违纪或者没有达到合格线，不能进入后面的环节。")),
    "rechecked": ("good", _l("资格复审合格，您可以参加面试。请留意面试通知。")),
    "recheck_failed": ("bad", _l("资格复审不合格。对结果有疑问可以申诉。")),
    "interviewed": ("info", _l("面试已经完成。体检名单按总成绩确定。")),
    "interview_absent": ("neutral", _l("您没有参加面试，视为放弃。")),
    "medical": ("good", _l("您已进入体检。请按通知时间到指定医院。")),
    "medical_retest": ("warn", _l("体检有项目需要复检。复检只有一次，请按时参加。")),
    "medical_failed": ("bad", _l("体检不合格。对结果有疑问可以申诉。")),
    "inspection": ("info", _l("体检合格，正在进行考察。现在不用做什么。")),
    "inspection_failed": ("bad", _l("考察不合格。对结果有疑问可以申诉。")),
    "cleared": ("good", _l("考察合格，等待公示。")),
    "announced": ("info", _l("正在公示。公示期满没有问题的，报批录用。")),
    "suspended": ("warn", _l("公示期间收到反映，正在核实，暂缓录用。")),
    "rejected": ("bad", _l("经核实，不予录用。对结果有疑问可以申诉。")),
    "approved": ("good", _l("已批准录用。请按通知报到。")),
    "probation": ("good", _l("试用期中，为期一年。")),
    "appointed": ("good", _l("试用期满合格，已任职。")),
    "cancelled": ("bad", _l("录用已取消。对结果有疑问可以申诉。")),
    "not_selected": ("neutral", _l("这次招考已经结束，您没有被录用。")),
    "gave_up": ("neutral", _l("您已放弃。")),
    "void": ("bad", _l("您的资格已被取消。对结果有疑问可以申诉。")),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A state in words; ``tone`` as the macro ``tag`` takes it."""

    label: str
    tone: str
    text: LazyString


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: its words and its aware moment."""

    title: str
    at: datetime


def standing(candidate: Candidate) -> Standing:
    """Where the candidate stands, as far as its owner may know."""
    definition = engine().flow(candidate).definition(candidate)
    tone, text = TEXTS[candidate.public_state]
    return Standing(wording.label(definition.states[candidate.public_state].label), tone, text)


def for_cadre(session: Session, candidate: Candidate) -> list[Step]:
    """The steps that the cadre may see, the newest first, without names, grounds or what is held back."""
    labels = {
        name: wording.label(step.label)
        for name, step in engine().flow(candidate).definition(candidate).transitions.items()
    }
    rows = session.execute(
        sa.select(event.c.transition, event.c.at, event.c.held, event.c.source, event.c.target)
        .where(event.c.workflow == "candidate", event.c.subject_id == candidate.id)
        .order_by(event.c.seq)
    ).all()
    return [Step(labels.get(row.transition, row.transition), row.at) for row in reversed(told(rows))]
