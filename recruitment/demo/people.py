"""Fictional cadres: plausible on a page, and plainly nobody.

Their ID numbers begin with a place code that was never assigned (519900), their phones with 1990000, their
mail addresses end in ``.example``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from recruitment.areas import catalogue
from recruitment.people.id_number import checksum

UNASSIGNED_PLACE = "519900"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = "明华芳丽军平霞强勇敏静波燕玲飞红梅洁建国文涛桂英秀兰志刚晓东春雪海云雨晴佳怡俊杰思源家乐安宁远航"
YI_NAMES = ("阿木尔布", "吉克阿依", "沙马拉且", "曲比史古", "俄木阿呷")
TIBETAN_NAMES = ("扎西顿珠", "卓玛拉姆", "格桑次仁", "洛绒尼玛", "德吉央宗")


@dataclass
class Profile:
    """What a demo cadre's account and dossier are made of."""

    number: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str
    email: str
    ethnicity: str
    community: str
    level: str
    tenures: list[dict[str, Any]] = field(default_factory=list)
    comprehensive: bool = False
    appraisals: list[tuple[int, str]] = field(default_factory=list)


def id_number(birth_date: date, number: int, male: bool) -> str:
    """An 18-character number with a right checksum and a place that does not exist."""
    sequence = (number * 2 + (1 if male else 0)) % 1000
    stem = f"{UNASSIGNED_PLACE}{birth_date:%Y%m%d}{sequence:03d}"
    return stem + checksum(stem)


def profiles(seed: int, reference_date: date, communities: list[str]) -> Iterator[Profile]:
    """An endless, repeatable row of cadres, one for each community handed in, in turn.

    About one in eight does not meet some condition, so that reviewers have something to decide.
    """
    draw = random.Random(seed)  # noqa: S311 - demo data, not secrets
    number = 0
    while True:
        community = communities[number % len(communities)]
        county = catalogue.counties()[community[:6]]
        male = draw.random() < 0.6
        age = draw.randint(26, 38) if draw.random() < 0.9 else draw.randint(41, 44)
        birth_date = reference_date - timedelta(days=age * 365 + draw.randint(10, 350))
        if county.tibetan and draw.random() < 0.6:
            name, ethnicity = draw.choice(TIBETAN_NAMES), "藏族"
        elif county.autonomous and draw.random() < 0.6:
            name, ethnicity = draw.choice(YI_NAMES), "彝族"
        else:
            name = draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, draw.choice((1, 2, 2))))
            ethnicity = "汉族"
        years = draw.choice((3, 4, 5, 6, 8)) if draw.random() < 0.93 else 2
        start = reference_date - timedelta(days=years * 366 + draw.randint(1, 200))
        excellent = draw.random() < 0.3
        yield Profile(
            number=number,
            name=name,
            sex="male" if male else "female",
            birth_date=birth_date,
            id_number=id_number(birth_date, number, male),
            phone=f"1990000{number:04d}",
            email=f"ganbu{number:04d}@kaolu.example",
            ethnicity=ethnicity,
            community=community,
            level=draw.choices(
                ("junior_middle", "senior_high", "secondary_vocational", "junior_college", "bachelor"),
                (2, 8, 4, 9, 5),
            )[0],
            tenures=[
                {
                    "post": draw.choice(("party_secretary", "committee_director")),
                    "community": community,
                    "from": start,
                    "to": None,
                }
            ],
            comprehensive=age > 40 and draw.random() < 0.7,
            appraisals=[
                (reference_date.year - back, "excellent" if excellent and back == 1 else "competent")
                for back in (1, 2, 3)
                if draw.random() < 0.97
            ],
        )
        number += 1
