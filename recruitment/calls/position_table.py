"""The position table of a call （职位表）： its columns, and what each cell means.

County and township are looked up in the catalogue of areas, education and conditions are read into what
the rules of eligibility judge by. Nothing is guessed: a phrase that is not understood is an error that
says which phrases are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from recruitment.areas.catalogue import counties, prefectures, townships
from recruitment.eligibility.vocabulary import EDUCATION
from recruitment.lists.declaration import Column, ListDeclaration, RowWrong
from recruitment.lists.files import DEFAULT_LIMITS, Limits
from recruitment.lists.parsers import Wrong, code, half_width, loose, phone, quote, text, whole
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult

LANGUAGES = ("彝语", "藏语", "羌语")
EDUCATION_PHRASES = {
    "junior_middle": "初中及以上",
    "senior_high": "高中（中专）及以上",
    "junior_college": "大专及以上",
    "bachelor": "本科及以上",
    "master": "硕士研究生及以上",
    "doctorate": "博士研究生",
}
_NOTHING = {"无", "不限", "无要求", "/", "-", "—"}
_EXAMPLES = "懂彝语；懂藏语；中共党员；限青川县服务；任职满5年；法学专业"


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One position as the table says it.

    Attributes:
        code: unique in the call （职位代码）.
        organ: the recruiting organ （招录机关）.
        county_code: six digits.
        township_code: nine digits; ``None`` = an organ of the county.
        education: lowest level, a key of :data:`EDUCATION_PHRASES`.
        conditions: what the position asks besides, under the names that eligibility facts use.
        conditions_text: the same as printed.
    """

    code: str
    organ: str
    name: str
    county_code: str
    township_code: str | None
    openings: int
    education: str
    conditions: dict[str, Any] = field(default_factory=dict)
    conditions_text: str = ""
    phone: str = ""
    note: str = ""


def read_position_table(
    data: bytes, filename: str = "", limits: Limits = DEFAULT_LIMITS
) -> ImportResult[PositionRow]:
    """Read a position table from the bytes of an .xlsx or .csv file.

    Args:
        filename: for the caller's record; the content alone says what the file is.
    """
    return read_list(POSITION_TABLE, data, limits)


# Areas by the names that people use


@cache
def _prefecture_names() -> dict[str, str]:
    """Code of a prefecture by its name, with and without 市 or 州."""
    names = {}
    for found, name in prefectures().items():
        names[name] = found
        names[re.sub(r"(?:市|(?:羌族|藏族|彝族)+自治州)$", "", name)] = found
        names[re.sub(r"(?:羌族|藏族|彝族)+自治州$", "州", name)] = found
    return names


@cache
def _counties_by_name() -> dict[str, tuple[str, ...]]:
    """Codes of the counties of a name; two names of Sichuan belong to more than one."""
    names: dict[str, tuple[str, ...]] = {}
    for county in counties().values():
        names[county.name] = (*names.get(county.name, ()), county.code)
    return names


@cache
def _all_townships() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for found, name, county_code in townships():
        names.setdefault(county_code, {})[name] = found
    return names


def _townships_of(county_code: str) -> dict[str, str]:
    """Code of a township by its name within a county."""
    return _all_townships().get(county_code, {})


def find_counties(name: str, prefecture_code: str | None = None) -> tuple[str, ...]:
    """Codes of the counties that a name may mean: none, one, or several.

    Args:
        name: e.g. 青川县， 青川， 绵阳市三台县， or the six digits of the code.
        prefecture_code: only these count where it is given.
    """
    wanted = loose(name).removeprefix("四川省")
    if not wanted:
        return ()
    found: tuple[str, ...] = (wanted,) if wanted in counties() else _counties_by_name().get(wanted, ())
    if not found:
        found = tuple(
            county.code
            for county in counties().values()
            if wanted in {county.prefecture + county.name, county.name[:-1] if len(county.name) > 2 else ""}
        )
    if prefecture_code is not None:
        found = tuple(one for one in found if counties()[one].prefecture_code == prefecture_code)
    return found


def _prefecture(value: str) -> str:
    try:
        return _prefecture_names()[loose(value).removeprefix("四川省")]
    except KeyError:
        raise Wrong(f"没有{quote(value)}这个市（州）", "应为四川省 21 个市（州）之一，如 绵阳市") from None


# Education and conditions


def education(value: str) -> str:
    """The lowest level of a phrase such as 高中（中专）及以上."""
    phrase = re.sub(r"\(.*?\)", "", loose(value))
    phrase = re.sub(r"(?:学历)?(?:及|或)?以上(?:学历|文化程度)?$|学历$|文化程度$", "", phrase)
    phrase = re.sub(r"研究生$", "", phrase) if phrase != "研究生" else "硕士"
    levels = {EDUCATION.get(part) for part in re.split(r"[、,/或]", phrase)}
    # Senior high and secondary vocational are one level; the table's phrase for it is the former.
    levels = {"senior_high" if level == "secondary_vocational" else level for level in levels}
    level = levels.pop() if len(levels) == 1 else None
    if level not in EDUCATION_PHRASES:
        raise Wrong(f"看不懂学历要求{quote(value)}", f"应为其一：{'、'.join(EDUCATION_PHRASES.values())}")
    return level


def conditions(value: str) -> dict[str, Any]:
    """The conditions of a phrase such as ``懂彝语；中共党员；限青川县服务；任职满5年；法学专业``.

    Returns:
        a dict with any of ``languages``, ``majors``, ``areas`` (lists of which one must be met),
        ``party_member`` (``True``) and ``years``.
    """
    found: dict[str, Any] = {}
    phrases = [
        phrase for phrase in re.split(r"[;。\n]|,(?=懂|会|中共|限|任职)", half_width(value)) if phrase.strip()
    ]
    for phrase in phrases:
        for key, meant in _condition(loose(phrase)).items():
            if key in found:
                raise Wrong(f"{quote(phrase)}与前面的条件重复", "每种条件只写一次，几个都可以的用“或”连接")
            found[key] = meant
    return found


_LANGUAGE = re.compile(r"(?:懂|会|能?熟练(?:使用|掌握)|掌握)(.+?)(?:的?人员)?")
_PARTY = re.compile(r"(?:须?为?|限)?(?:中共|中国共产党)(?:正式)?党员(?:\(含预备党员\))?")
_AREA = re.compile(
    r"(?:限|仅限)在?(.+?)(?:辖区内?)?(?:服务|任职|工作)(?:的?(?:村|社区|村\(社区\))?干部)?(?:报考)?"
)
_YEARS = re.compile(
    r"(?:任职|任现职|服务)(?:时间|年限)?(?:满|达到?)?([0-9一二三四五六七八九十]{1,2})年(?:及?以上)?"
)
_MAJOR = re.compile(r"(?:限|专业:?)?(.+?)(?:类?(?:相关)?专业)|专业:(.+)")
_NUMERALS = "零一二三四五六七八九十"


def _condition(phrase: str) -> dict[str, Any]:
    if phrase in _NOTHING:
        return {}
    if match := _PARTY.fullmatch(phrase):
        return {"party_member": True}
    if match := _YEARS.fullmatch(phrase):
        digits = match[1]
        years = int(digits) if digits.isdigit() and digits.isascii() else _NUMERALS.find(digits)
        if not 1 <= years <= 40:
            raise Wrong(f"{quote(phrase)}的年数不对", "应为 1 到 40 的整数，如 任职满5年")
        return {"years": years}
    if match := _AREA.fullmatch(phrase):
        return {"areas": [_area(name) for name in _alternatives(match[1])]}
    if match := _LANGUAGE.fullmatch(phrase):
        languages = _alternatives(match[1])
        if set(languages) <= set(LANGUAGES):
            return {"languages": languages}
    if (match := _MAJOR.fullmatch(phrase)) and not phrase.startswith(("懂", "会")):
        return {"majors": _alternatives(match[1] or match[2])}
    raise Wrong(f"看不懂条件{quote(phrase)}", f"应写成：{_EXAMPLES}；其他说明请写在备注列")


def _alternatives(words: str) -> list[str]:
    return [word for word in re.split(r"或者|或|、|,|/", words) if word]


def _area(name: str) -> str:
    """Code of an area: a prefecture, a county, or a township named after its county."""
    if name in _prefecture_names():
        return _prefecture_names()[name][:4]
    found = find_counties(name)
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        places = "、".join(counties()[one].prefecture + counties()[one].name for one in found)
        raise Wrong(f"{quote(name)}不止一个", f"请写明市（州）：{places}")
    for end in range(2, len(name)):
        within = find_counties(name[:end])
        if len(within) == 1 and name[end:] in _townships_of(within[0]):
            return _townships_of(within[0])[name[end:]]
    raise Wrong(f"四川省没有{quote(name)}", "应为市（州）、县（市、区），或者“县名+乡镇名”")


# The table


def _counties(value: str) -> tuple[str, ...]:
    found = find_counties(value)
    if not found:
        raise Wrong(f"四川省没有{quote(value)}", "应为县（市、区）的全称，如 三台县")
    return found


def _conditions(value: str) -> tuple[dict[str, Any], str]:
    words = text(300)(value)
    return conditions(value), words


def _row(values: Mapping[str, Any]) -> PositionRow:
    county_code = county_of(values)
    parsed, words = values["conditions"]
    return PositionRow(
        code=values["code"],
        organ=values["organ"],
        name=values["name"],
        county_code=county_code,
        township_code=_the_township(values["township"], county_code) if values["township"] else None,
        openings=values["openings"],
        education=values["education"],
        conditions=dict(parsed),
        conditions_text=words,
        phone=values["phone"],
        note=values["note"],
    )


def county_of(values: Mapping[str, Any]) -> str:
    """Code of the county that a row names; :raises RowWrong: county and prefecture do not agree on one."""
    found: tuple[str, ...] = values["county"]
    prefecture_code: str = values["prefecture"]
    within = [one for one in found if prefecture_code in ("", counties()[one].prefecture_code)]
    if len(within) == 1:
        return within[0]
    name = quote(counties()[found[0]].name)
    if within:
        places = "、".join(counties()[one].prefecture + counties()[one].name for one in within)
        raise RowWrong([("county", Wrong(f"{name}不止一个", f"请写明市（州）：{places}"))])
    where = prefectures()[prefecture_code]
    raise RowWrong([("county", Wrong(f"{name}不在{where}", "市（州）与县（市、区）应一致"))])


def _places_agree(values: Mapping[str, Any]) -> None:
    county_code = county_of(values)
    if values["township"]:
        _the_township(values["township"], county_code)


def _the_township(value: str, county_code: str) -> str:
    county = counties()[county_code].name
    known = _townships_of(county_code)
    name = loose(value)
    found = known.get(name) or known.get(name.removeprefix(county))
    if found is None:
        wrong = Wrong(f"{county}没有{quote(value)}", "应为该县乡镇（街道）的全称")
        raise RowWrong([("township", wrong)])
    return found


def _township_name(row: PositionRow) -> str:
    names = {found: name for name, found in _townships_of(row.county_code).items()}
    return names[row.township_code] if row.township_code else ""


POSITION_TABLE: ListDeclaration[PositionRow] = ListDeclaration(
    name="职位表",
    columns=(
        Column(
            "code",
            "职位代码",
            code(r"[0-9A-Za-z-]{4,20}", "应为 4 到 20 位数字或字母，如 51072201"),
            ("职位编码", "职位编号", "岗位代码", "岗位编码"),
            unique=True,
        ),
        Column(
            "prefecture",
            "市（州）",
            _prefecture,
            ("市州", "所在市（州）", "所在市州", "地区"),
            required=False,
            absent_ok=True,
            get=lambda row: counties()[row.county_code].prefecture,
        ),
        Column(
            "county",
            "县（市、区）",
            _counties,
            ("所在县", "所在县（市、区）", "县区", "县市区", "县（区）", "县"),
            get=lambda row: counties()[row.county_code].name,
        ),
        Column(
            "township",
            "乡镇（街道）",
            text(30),
            ("乡镇", "乡（镇）", "所在乡镇", "所在乡镇（街道）", "乡镇街道"),
            required=False,
            absent_ok=True,
            get=_township_name,
        ),
        Column(
            "organ", "招录机关", text(60), ("招录单位", "招考单位", "招录机关名称", "单位名称", "用人单位")
        ),
        Column("name", "职位名称", text(40), ("职位", "岗位名称", "招录职位")),
        Column("openings", "名额", whole(1, 99), ("招录名额", "招录人数", "录用名额", "计划名额", "人数")),
        Column(
            "education",
            "学历要求",
            education,
            ("学历", "文化程度", "学历条件"),
            get=lambda row: EDUCATION_PHRASES[row.education],
        ),
        Column(
            "conditions",
            "其他条件",
            _conditions,
            ("其它条件", "其他要求", "其它要求", "职位条件", "报考条件"),
            required=False,
            absent_ok=True,
            empty=({}, ""),
            get=lambda row: row.conditions_text,
        ),
        Column(
            "phone", "咨询电话", phone, ("联系电话", "政策咨询电话", "电话"), required=False, absent_ok=True
        ),
        Column("note", "备注", text(300), ("说明", "备注说明"), required=False, absent_ok=True),
    ),
    build=_row,
    rules=(_places_agree,),
)
