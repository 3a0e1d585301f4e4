"""What may be noted about somebody in an exam room."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# 《公务员录用违规违纪行为处理办法》(2021) tells minor breaches from cheating; which one it was is decided later.
KINDS: dict[str, LazyString] = {
    "item": _l("把规定以外的物品带至座位"),
    "seat": _l("没有在指定座位考试"),
    "time": _l("开考前答题，或者结束后继续答题"),
    "marks": _l("在规定以外的位置写姓名、作标记"),
    "left": _l("未经允许离开座位或考场"),
    "order": _l("扰乱考场秩序，不听监考人员管理"),
    "suspected": _l("疑似抄袭、传递资料、替考等作弊"),
    "other": _l("其他情况"),
}
# What the rules have for it, to start from: for a minor breach that paper is 0, for proven cheating a bar.
# Where nothing stands, whoever decides has to choose.
PROPOSED = {
    **dict.fromkeys(("item", "seat", "time", "marks", "left", "order"), "paper_zero"),
    "suspected": "bar",
}
