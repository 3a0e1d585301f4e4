"""What the engine itself says to people. An application may hand in its own table with the same codes."""

WORDS = {
    "wrong_state": "现在是“{state}”，不能{transition}。",
    "stale": "内容已有变化：{when}已{done}，现在是“{state}”。请看过最新内容再处理。",
    "not_yours": "只有本人可以{transition}。",
    "not_allowed": "您没有{transition}的权限。",
    "outside_area": "这件事不在您负责的地区内，不能{transition}。",
    "held": "已有一个尚未公布的决定，先公布或收回，才能{transition}。",
    "not_held": "没有等待公布的决定。",
    "four_eyes": "决定人不能自己公布，请由另一人公布。",
    "guard": "目前的情况不符合{transition}的条件。",
    "reason_missing": "请写明理由。",
    "form_missing": "请填写{transition}所需的内容。",
    "form_unexpected": "{transition}不需要填写内容。",
    "form_unreadable": "填写的内容中有无法保存的字符。",
    "key_reused": "同一个请求编号已用于另一个操作。",
    "not_bulk": "{transition}只能逐件办理。",
    "not_all": "有{count}件不能{transition}，没有办理任何一件。",
    "preview_stale": "预览之后情况有变化，请重新预览。",
    "migrate": "流程版本更新",
    "busy": "其他人正在处理，请稍后再试。",
}
