"""The reminders that there are."""

from decimal import Decimal
from functools import cache

from flask_babel import lazy_gettext as _l

from recruitment.reminders import waiting
from recruitment.reminders.declaration import ReminderRule


@cache
def rules() -> dict[str, ReminderRule]:
    """Every rule by its name, in the order in which pages list them."""
    every = (
        ReminderRule(
            "draft_first",
            _l("报名没有提交：第一次提醒"),
            "reminder.draft_unsent",
            "application",
            waiting.unsent_drafts,
            followed_by="draft_last",
        ),
        ReminderRule(
            "draft_last",
            _l("报名没有提交：截止前最后提醒"),
            "reminder.draft_unsent",
            "application",
            waiting.unsent_drafts,
        ),
        ReminderRule(
            "return_half",
            _l("退回没有补正：时间过半提醒"),
            "reminder.return_unanswered",
            "application",
            waiting.unanswered_returns,
            share=Decimal("0.5"),
            followed_by="return_last",
        ),
        ReminderRule(
            "return_last",
            _l("退回没有补正：截止前最后提醒"),
            "reminder.return_unanswered",
            "application",
            waiting.unanswered_long_returns,
        ),
        ReminderRule(
            "fee_first",
            _l("没有缴费：第一次提醒"),
            "reminder.fee_unpaid",
            "candidate",
            waiting.unpaid_fees,
            followed_by="fee_last",
        ),
        ReminderRule(
            "fee_last",
            _l("没有缴费：截止前最后提醒"),
            "reminder.fee_unpaid",
            "candidate",
            waiting.unpaid_fees,
        ),
        ReminderRule(
            "ticket",
            _l("没有打印准考证"),
            "reminder.ticket_unprinted",
            "candidate",
            waiting.unprinted_tickets,
        ),
        ReminderRule(
            "consent",
            _l("没有回答是否递补"),
            "reminder.consent_missing",
            "candidate",
            waiting.missing_consents,
            share=Decimal("0.5"),
        ),
        ReminderRule(
            "interview",
            _l("快要面试"),
            "reminder.interview",
            "candidate",
            waiting.coming_interviews,
            # Whoever was told a time relies on it.
            retell=True,
        ),
    )
    return {rule.name: rule for rule in every}
