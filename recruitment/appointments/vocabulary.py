"""Wordings of the undertaking, and what a cancelled appointment may rest on."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from recruitment.wording import N_

PROBATION_CLAUSE = N_("《公务员法》第三十四条")
SERVICE_CLAUSE = N_("招考公告“最低服务年限”条款")
APPROVAL_CLAUSE = N_("《公务员法》第三十二条")

# What a candidate agreed to is kept by name; a new wording gets a new name. They are official and stay Chinese.
UNDERTAKINGS = {
    "2026-1": (
        "我自愿报考本次面向优秀村（社区）干部的定向招录。录用后，我在{prefecture}乡镇（街道）机关"
        "最低服务{years}年（含试用期），从报到之日起计算。服务期未满，不申请调离乡镇（街道）机关，"
        "不参加其他公务员招考。以上是我本人的真实意愿，如有违反，愿意承担相应责任。"
    )
}
WORDING = "2026-1"

KIND_WORDS = {"village": _l("村干部"), "community": _l("社区干部")}


@dataclass(frozen=True, slots=True)
class CancelReason:
    """A reason with a stable code, the words people read, and its clause."""

    code: str
    words: str
    citation: str


CANCEL_REASONS = {
    reason.code: reason
    for reason in (
        CancelReason("probation", "试用期满考核不合格", PROBATION_CLAUSE),
        CancelReason("not_reported", "没有正当理由，逾期不报到", "招考公告“录用”条款"),
        CancelReason("unfit", "试用期内发现不符合录用条件", "《公务员录用规定》(2019)关于试用的规定"),
        CancelReason("false", "报名材料或者信息不真实", "《公务员录用违规违纪行为处理办法》(2021)"),
        CancelReason("own_wish", "本人在试用期内申请不再录用", "《公务员录用规定》(2019)关于试用的规定"),
    )
}


def undertaking(wording: str, years: int, prefecture: str) -> str:
    """The text of an undertaking.

    Raises:
        KeyError: there is no such wording.
    """
    return UNDERTAKINGS[wording].format(years=years, prefecture=prefecture)
