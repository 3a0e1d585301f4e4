"""Text of admins as the public pages show it."""

import re


def paragraphs(text: str) -> list[str]:
    """Text cut at its empty lines.

    >>> paragraphs("一。\\n二。\\n\\n三。")
    ['一。\\n二。', '三。']
    """
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def phone_number(text: str) -> str:
    """The first number in a text, as a telephone dials it; empty where there is none.

    >>> phone_number("028-5550-0000（工作日）、028-5550-0001"), phone_number("见公告")
    ('02855500000', '')
    """
    found = re.search(r"\+?\d[\d\-\s]{5,}\d", text)
    return re.sub(r"[^\d+]", "", found.group()) if found else ""
