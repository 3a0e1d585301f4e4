"""A made-up position table at real townships, for the demo and for tests."""

import random
from datetime import UTC, datetime

from recruitment.areas.catalogue import County, counties, townships
from recruitment.calls.position_table import POSITION_TABLE, PositionRow
from recruitment.lists.writing import xlsx_bytes

TITLE = "面向优秀村（社区）干部定向考录乡镇（街道）机关公务员职位表（演示数据）"
LEAST = 230
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
# Dialling codes; numbers after 555 are not handed out, so that nobody is called by the demo.
_DIALLING = {
    "5101": "028",
    "5103": "0813",
    "5104": "0812",
    "5105": "0830",
    "5106": "0838",
    "5107": "0816",
    "5108": "0839",
    "5109": "0825",
    "5110": "0832",
    "5111": "0833",
    "5113": "0817",
    "5114": "028",
    "5115": "0831",
    "5116": "0826",
    "5117": "0818",
    "5118": "0835",
    "5119": "0827",
    "5120": "028",
    "5132": "0837",
    "5133": "0836",
    "5134": "0834",
}


def demo_positions(seed: int) -> list[PositionRow]:
    """At least 230 positions in every prefecture and in most counties, the same for the same seed."""
    choose = random.Random(seed)  # noqa: S311 - demo data, not secrets
    within: dict[str, list[tuple[str, str]]] = {}
    for code, name, county_code in townships():
        # The catalogue also lists forest farms and development zones, which are no organs.
        if name.endswith(("乡", "镇", "街道")):
            within.setdefault(county_code, []).append((code, name))
    # Every county once, then counties with many townships again, as quotas follow the number of posts.
    chosen = [county for county in counties().values() if county.code in within]
    more = choose.choices(chosen, [len(within[county.code]) for county in chosen], k=LEAST - len(chosen))
    rows: list[PositionRow] = []
    taken: set[str] = set()
    for county in sorted(chosen + more, key=lambda county: county.code):
        free = [place for place in within[county.code] if place[0] not in taken]
        if not free:
            continue
        township, name = choose.choice(free)
        taken.add(township)
        number = 1 + sum(row.county_code == county.code for row in rows)
        rows.append(_position(choose, county, township, name, number))
    return rows


def demo_table(seed: int) -> bytes:
    """The same as an .xlsx file."""
    data, _ = xlsx_bytes(POSITION_TABLE, demo_positions(seed), created=_CREATED, title=TITLE)
    return data


def _position(
    choose: random.Random, county: County, township: str, township_name: str, number: int
) -> PositionRow:
    conditions, words = _conditions(choose, county)
    kind = "办事处" if township_name.endswith("街道") else "人民政府"
    return PositionRow(
        code=f"{county.code}{number:02}",
        organ=f"{county.name}{township_name}{kind}",
        name=choose.choice(["综合管理", "综合管理", "乡村振兴", "基层治理", "民政事务", "便民服务"]),
        county_code=county.code,
        township_code=township,
        openings=choose.choice([1, 1, 1, 1, 2, 2, 3]),
        education=_education(choose, county),
        conditions=conditions,
        conditions_text=words,
        phone=f"{_DIALLING[county.code[:4]]}-555{choose.randrange(10_000):04}",
        note=choose.choice(["", "", "", "", "需经常下村", "最低服务年限8年（含试用期）"]),
    )


def _education(choose: random.Random, county: County) -> str:
    if county.tibetan:
        return choose.choice(["junior_middle", "junior_middle", "senior_high"])
    return choose.choices(["senior_high", "junior_college", "bachelor"], [7, 3, 1])[0]


def _conditions(choose: random.Random, county: County) -> tuple[dict[str, object], str]:
    found: dict[str, object] = {}
    words: list[str] = []
    language = "藏语" if county.tibetan else "彝语" if county.prefecture_code == "513400" else None
    if language is not None and choose.random() < 0.3:
        found["languages"] = [language]
        words.append(f"懂{language}")
    if choose.random() < 0.2:
        found["party_member"] = True
        words.append("中共党员")
    # Names such as 市中区 stand twice in the province and would need their prefecture.
    if choose.random() < 0.12 and sum(other.name == county.name for other in counties().values()) == 1:
        found["areas"] = [county.code]
        words.append(f"限{county.name}服务")
    if choose.random() < 0.06:
        found["years"] = 5
        words.append("任职满5年")
    if choose.random() < 0.04:
        found["majors"] = ["法学", "会计学"]
        words.append("法学、会计学专业")
    return found, "；".join(words)
