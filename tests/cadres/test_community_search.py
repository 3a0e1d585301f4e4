"""A village is found by part of its name or by county and township, without JavaScript."""

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.cadres.queries import MOST_MATCHES, find_communities
from recruitment.people.models import User
from tests import factories as make
from tests.client import Client, tree
from tests.pages import text

FIND = "查找村（社区）"
SHUIJINGFANG = "510104017001"  # 成都市锦江区锦官驿街道水井坊社区居委会


def matches(page: TestResponse) -> list[str]:
    return [
        f.get("value", "") for f in tree(page).iter("input") if f.get("name") == "tenures-0-community_code"
    ]


@pytest.mark.parametrize(
    "typed",
    ["水井坊", "水井坊社区", "水井坊社区居委会", "水井坊社区居民委员会", "锦江区 水井坊", "成都 水井坊社区"],
)
def test_found_however_it_is_called(session: Session, typed: str) -> None:
    make.load_areas(session)
    assert SHUIJINGFANG in [row.code for row in find_communities(session, typed).found]


def test_within_a_county_and_a_township(session: Session) -> None:
    make.load_areas(session)
    county = find_communities(session, "社区", "510104")
    assert len(county.found) == MOST_MATCHES
    assert county.more
    township = find_communities(session, "", "510104017")
    assert {row.township_code for row in township.found} == {"510104017"}
    assert not township.more


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "没有这样的村"])
def test_nothing_is_found_for_nothing(session: Session, typed: str) -> None:
    make.load_areas(session)
    assert find_communities(session, typed).found == []


def test_find_choose_save(browser: Client, session: Session, person: User) -> None:
    page = browser.submit(
        browser.get("/dossier/tenures"),
        FIND,
        {"tenures-0-post": "party_secretary", "tenures-0-place": "水井坊"},
    )
    assert page.status_code == 200
    assert "请填写" not in text(page)
    assert matches(page) == [SHUIJINGFANG]
    page = browser.submit(
        page,
        "保存，回到目录",
        {
            "tenures-0-community_code": [SHUIJINGFANG],
            "tenures-0-started_on": ["2019", "3", "1"],
            "tenures-0-ongoing": True,
        },
    )
    assert page.request.path == "/dossier/"
    page = browser.get("/dossier/tenures")
    assert "水井坊社区居委会" in text(page)
    # Another one: what was typed stays, the search begins in the same county.
    page = browser.submit(page, "更换村（社区）")
    assert matches(page)[0].startswith("510104")
    page = browser.submit(page, FIND, {"tenures-0-township": "510104017"})
    assert {code[:9] for code in matches(page)} == {"510104017"}


def test_a_name_typed_but_not_chosen_is_searched_when_saving(browser: Client) -> None:
    page = browser.submit(
        browser.get("/dossier/tenures"),
        "保存并继续",
        {"tenures-0-post": "party_secretary", "tenures-0-place": "水井坊"},
    )
    assert page.status_code == 422
    assert "请在查找结果中选择一个村（社区）。" in text(page)
    assert matches(page) == [SHUIJINGFANG]


def test_no_match_says_what_to_do(browser: Client) -> None:
    page = browser.submit(browser.get("/dossier/tenures"), FIND, {"tenures-0-place": "没有这样的村"})
    assert "没有找到。" in text(page)
