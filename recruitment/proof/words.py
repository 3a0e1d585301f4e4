"""How the states of notices are said."""

from flask_babel import lazy_gettext as _l

from recruitment.notices.models import DeliveryStatus

STATES = {
    "held": _l("待公布"),
    "cancelled": _l("已取消"),
    "waiting": _l("待生成"),
    "failed": _l("发送失败，站内信未读"),
    "sending": _l("发送中"),
    "inbox": _l("站内信未读"),
    "sent": _l("已发出，站内信未读"),
    "delivered": _l("已送达，站内信未读"),
    "read": _l("已读"),
}
TONES = {
    "failed": "bad",
    "read": "good",
    "sent": "good",
    "held": "info",
    "sending": "warn",
    "waiting": "warn",
}
DELIVERY = {
    DeliveryStatus.PENDING: _l("等待发送"),
    DeliveryStatus.CLAIMED: _l("正在发送"),
    DeliveryStatus.LEAVING: _l("正在发送"),
    DeliveryStatus.SENT: _l("对方服务器已接收"),
    DeliveryStatus.TO_POST: _l("待打印寄出"),
    DeliveryStatus.FAILED: _l("发送失败"),
    DeliveryStatus.RECALLED: _l("不用再发，已收回"),
}
ADDRESS = {"email": _l("邮件"), "sms": _l("短信"), "letter": _l("信函")}


def mask_address(address: str) -> str:
    """Enough of an address to recognise it by.

    >>> mask_address("wang.fang@mail.example"), mask_address("199****0001")
    ('wa***@mail.example', '199****0001')
    """
    name, at, host = address.rpartition("@")
    return f"{name[:2]}***@{host}" if at else address
