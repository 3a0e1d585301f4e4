"""What the engine itself says to people. An application may hand in its own table with the same codes."""

# Marks words for catalogues of other languages; the registry translates them.
N_ = str

WORDS = {
    "wrong_state": N_("现在是“%(state)s”，不能%(transition)s。"),
    "stale": N_("内容已有变化：%(when)s已“%(done)s”，现在是“%(state)s”。请看过最新内容再处理。"),
    "not_yours": N_("只有本人可以%(transition)s。"),
    "not_allowed": N_("您没有%(transition)s的权限。"),
    "outside_area": N_("这件事不在您负责的地区内，不能%(transition)s。"),
    "held": N_("已有一个尚未公布的决定，先公布或收回，才能%(transition)s。"),
    "not_held": N_("没有等待公布的决定。"),
    "four_eyes": N_("决定人不能自己公布，请由另一人公布。"),
    "guard": N_("目前的情况不符合%(transition)s的条件。"),
    "reason_missing": N_("请写明理由。"),
    "form_missing": N_("请填写%(transition)s所需的内容。"),
    "form_unexpected": N_("%(transition)s不需要填写内容。"),
    "form_unreadable": N_("填写的内容中有无法保存的字符。"),
    "key_reused": N_("同一个请求编号已用于另一个操作。"),
    "not_bulk": N_("%(transition)s只能逐件办理。"),
    "not_all": N_("有%(count)s件不能%(transition)s，没有办理任何一件。"),
    "preview_stale": N_("预览之后情况有变化，请重新预览。"),
    "migrate": N_("流程版本更新"),
    "busy": N_("其他人正在处理，请稍后再试。"),
}
