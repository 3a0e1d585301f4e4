"""How a row of the notice is made of the frozen form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from recruitment.public_notice.content import birth_month, exact, held_post, post_words, years_in_post

DAY = date(2026, 11, 17)


def spell(
    first: str, last: str | None = None, post: str = "party_secretary", place: str = "1"
) -> dict[str, Any]:
    return {"post": post, "community": place, "community_name": f"村{place}", "from": first, "to": last}


@pytest.mark.parametrize(
    ("tenures", "years"),
    [
        ([spell("2019-03-01")], 7),
        ([spell("2020-11-17")], 6),
        ([spell("2020-11-18")], 5),
        ([spell("2020-02-29")], 6),
        # The same post, elected anew: it goes on if the next spell begins no later than the day after.
        ([spell("2015-01-01", "2020-12-31"), spell("2021-01-01")], 11),
        ([spell("2015-01-01", "2020-12-30"), spell("2021-01-01")], 5),
        # Another post or another community begins anew.
        ([spell("2015-01-01", "2020-12-31", "committee_director"), spell("2021-01-01")], 5),
        ([spell("2015-01-01", "2020-12-31", place="2"), spell("2021-01-01")], 5),
        # Three spells in any order, one inside another.
        ([spell("2021-01-01"), spell("2010-06-01", "2016-01-01"), spell("2015-01-01", "2020-12-31")], 16),
        ([spell("2015-01-01", "2026-11-16")], None),
        ([], None),
    ],
)
def test_years_in_the_post_held(tenures: list[dict[str, Any]], years: int | None) -> None:
    assert years_in_post({"tenures": tenures}, DAY) == years


def test_the_post_begun_last_is_the_one_shown() -> None:
    form = {"tenures": [spell("2015-01-01", None, "committee_member"), spell("2021-01-01")]}
    assert held_post(form, DAY)["post"] == "party_secretary"


@pytest.mark.parametrize(
    ("post", "place", "words"),
    [
        ("party_secretary", "三台县潼川镇老西街社区居民委员会", "三台县潼川镇老西街社区党组织书记"),
        ("committee_director", "三台县潼川镇老西街社区居民委员会", "三台县潼川镇老西街社区居民委员会主任"),
        ("committee_director", "青川县某乡甲村", "青川县某乡甲村村（居）委会主任"),
        ("first_secretary", "青川县某乡甲村村民委员会", "青川县某乡甲村驻村第一书记"),
    ],
)
def test_a_post_is_named_as_notices_name_it(post: str, place: str, words: str) -> None:
    assert post_words({"post": post, "community_name": place}) == words
    assert post_words({}) == ""


def test_the_day_of_birth_is_not_shown() -> None:
    assert birth_month({"identity": {"birth_date": "1988-05-04"}}) == "1988.05"
    assert birth_month({}) == ""


@pytest.mark.parametrize(
    ("total", "shown"),
    [("66.4325", "66.4325"), ("66.40", "66.4"), ("70.00", "70"), ("1E+2", "100"), ("0", "0"), (None, "")],
)
def test_totals_are_shown_exactly(total: str | None, shown: str) -> None:
    assert exact(None if total is None else Decimal(total)) == shown
