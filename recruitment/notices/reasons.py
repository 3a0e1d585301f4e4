"""Why a delivery failed, in words for people; what the far side said stands beside them."""

import re

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

# The first that fits; patterns of what servers and we ourselves write into ``last_error``.
WORDS: tuple[tuple[str, LazyString], ...] = (
    (r"5\.2\.2|^552|mailbox (is )?full|quota", _("对方邮箱已满。")),
    (r"5\.1\.\d|^55[013]|no such user|unknown user|user unknown", _("这个地址不存在，或者不收邮件。")),
    (r"5\.7\.\d|spam|blocked|blacklist|denied", _("对方服务器拒收本平台的邮件，请联系技术人员。")),
    (r"not set up any more", _("这种发送方式已停用。")),
    (r"^sms:", _("手机号不能接收短信，例如空号或已停机。")),
    (r"^4\d\d", _("对方服务器一直忙，多次尝试没有成功。")),
    (
        r"Timeout|timed out|Connection|Unreachable|Disconnected|gaierror|OSError|worker lost",
        _("多次连接不上对方服务器。"),
    ),
    (r"^5\d\d", _("对方服务器不接收这封邮件。")),
)


def why(error: str | None) -> LazyString | str:
    """One sentence about an error."""
    for pattern, words in WORDS:
        if re.search(pattern, error or "", re.IGNORECASE):
            return words
    return _("原因不明。")
