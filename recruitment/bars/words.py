"""How the register and violations are said to people."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# Marks words that are translated where they are shown. In a list that is read they are these, whatever the
# language of the page.
N_ = str
KINDS = {
    "exam_cheating": N_("考试作弊等严重违纪违规"),
    "forged_documents": N_("伪造、变造材料"),
    "malicious_registration": N_("恶意报名"),
    "other": N_("其他"),
}
CONSEQUENCES: dict[str, LazyString] = {
    "paper_zero": _l("该科成绩按零分处理"),
    "void": _l("取消本次资格"),
    "bar": _l("取消本次资格并禁考"),
}
STATUS: dict[str, tuple[LazyString, str]] = {
    "standing": (_l("禁考中"), "bad"),
    "over": (_l("已期满"), "neutral"),
    "revoked": (_l("已撤销"), "neutral"),
}
CLAUSE = N_("《公务员录用违规违纪行为处理办法》（2021）")
