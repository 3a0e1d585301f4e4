"""What may be appealed against: which decision, where it leaves its subject, and what undoes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of decision.

    Attributes:
        workflow: ``application`` or ``candidate``.
        states: where the decision leaves its subject; elsewhere there is nothing to appeal against.
        decisions: transitions that are such a decision.
        reversal: the trigger that undoes it, :data:`RESTORE` where it leads back to where they stood before; none
            where a mark is corrected and ranked again instead.
    """

    label: LazyString | str
    workflow: str
    states: tuple[str, ...]
    decisions: tuple[str, ...]
    reversal: str | None


SCORES = "scores"
RESTORE = "restore"
KINDS: Mapping[str, Kind] = {
    "refusal": Kind(_l("资格审核不通过"), "application", ("refused",), ("refuse",), "reverse_refusal"),
    SCORES: Kind(
        _l("笔试成绩"),
        "candidate",
        ("shortlisted", "reserve", "eliminated"),
        ("shortlist", "reserve", "eliminate"),
        None,
    ),
    "recheck": Kind(_l("资格复审不合格"), "candidate", ("recheck_failed",), ("fail_recheck",), "reverse"),
    "medical": Kind(
        _l("体检不合格"), "candidate", ("medical_failed",), ("fail_medical", "lapse_retest"), "reverse"
    ),
    "inspection": Kind(
        _l("考察不合格"), "candidate", ("inspection_failed",), ("fail_inspection",), "reverse"
    ),
    "rejection": Kind(_l("不予录用"), "candidate", ("rejected",), ("reject",), "reverse"),
    "void": Kind(_l("取消资格"), "candidate", ("void",), ("void",), RESTORE),
    "cancellation": Kind(_l("取消录用"), "candidate", ("cancelled",), ("cancel_appointment",), RESTORE),
}


def kinds_of(workflow: str, state: str) -> list[str]:
    """What somebody standing there may appeal against."""
    return [name for name, kind in KINDS.items() if kind.workflow == workflow and state in kind.states]
