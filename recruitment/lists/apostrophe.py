"""The apostrophe before a text of a .csv file that a spreadsheet would otherwise take for a formula."""

import re

# Also in full width: some spreadsheets read those alike.
_LOOKS_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def guard(text: str) -> str:
    """The text as it is written; one that already begins with apostrophes gets one more, to come back whole."""
    return "'" + text if _LOOKS_LIKE_A_FORMULA.match(text) else text


def bare(text: str) -> str:
    """The text that :func:`guard` was given."""
    return text[1:] if text[:1] == "'" and _LOOKS_LIKE_A_FORMULA.match(text) else text
