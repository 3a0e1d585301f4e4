"""A row of the public notice, made of a frozen application form. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from recruitment.eligibility.vocabulary import POST_WORDS
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.public_notice.privacy import ALLOWED

Form = Mapping[str, Any]


def held_post(form: Form, day: date) -> Mapping[str, Any]:
    """The post held on a day, the one begun last where there are several; empty where there is none."""
    iso = day.isoformat()
    held = [item for item in form.get("tenures", ()) if item["from"] <= iso and (item["to"] or iso) >= iso]
    return max(held, key=lambda item: (item["from"], item["post"]), default={})


def post_words(post: Mapping[str, Any]) -> str:
    """A post as notices name it: 某某社区党组织书记, 某某村村民委员会主任; empty for none."""
    if not post:
        return ""
    place = str(post["community_name"])
    if post["post"] == "committee_director" and place.endswith("委员会"):
        return f"{place}主任"
    return re.sub("(村民|居民)委员会$", "", place) + POST_WORDS[post["post"]]


def years_in_post(form: Form, day: date) -> int | None:
    """Full years on a day that its post has been held without a break; ``None`` where none is held.

    Spells of the same post in the same community continue each other when one begins no later than the day after
    the one before has ended.
    """
    post = held_post(form, day)
    if not post:
        return None
    begun = date.fromisoformat(post["from"])
    spells = [
        (date.fromisoformat(item["from"]), date.fromisoformat(item["to"]) if item["to"] else day)
        for item in form["tenures"]
        if item["post"] == post["post"] and item["community"] == post["community"]
    ]
    while earlier := [first for first, last in spells if first < begun <= last + timedelta(days=1)]:
        begun = min(earlier)
    return day.year - begun.year - ((day.month, day.day) < (begun.month, begun.day))


def birth_month(form: Form) -> str:
    """As personnel lists write it: ``1985.03``; never the day."""
    born = form.get("identity", {}).get("birth_date") or ""
    return born[:7].replace("-", ".")


def exact(total: Decimal | None) -> str:
    """A total as it is, without exponent or trailing noughts; empty where there is none."""
    if total is None:
        return ""
    text = f"{total:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(key: str) -> Column:
    return Column(key, ALLOWED[key])


# Everything is text: a spreadsheet must show 45.325 and 1985.03 as they were published.
PUBLIC_NOTICE: ListDeclaration[Any] = ListDeclaration(
    name="拟录用人员公示名单", columns=tuple(_text(key) for key in ALLOWED)
)


def cells(row: Any) -> dict[str, str]:
    """The text of each cell of a row by its header."""
    return {column.title: str(column.value(row)) for column in PUBLIC_NOTICE.columns}
