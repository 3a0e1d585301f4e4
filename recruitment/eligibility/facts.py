"""What is known of a person and of a position, and what is not.

``None`` means *unknown* everywhere: not stated, or stated without evidence. An empty collection means
*known to be none*. Nothing here decides; it only gives facts a shape and refuses what is not a fact.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import Any, Final, TypeVar

from recruitment.eligibility.vocabulary import (
    APPRAISALS,
    DECLARATIONS,
    EDUCATION,
    EDUCATION_RANK,
    POSTS,
    SEXES,
)

_Item = TypeVar("_Item")
_SEX: Final = {key: key for key in SEXES} | {word: key for key, word in SEXES.items()}
# Longest value that an error repeats.
_SHOWN: Final = 60


class FactError(ValueError):
    """A stated fact that cannot be one; ``str()`` names the field and the fault, in Chinese."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """One spell in one post.

    Attributes:
        post: a key of ``POST_WORDS``.
        community: twelve-digit code of the village or community (six or nine digits where only the county
            or township is known).
        start: first day in the post.
        end: last day in the post; ``None`` means still in it.
        restructured: moved here from a qualifying post by 建制调整, into another regular post. A claim that
            has to be made: unlike the other fields, leaving it out is not "unknown".
    """

    post: str | None
    community: str | None
    start: date | None
    end: date | None = None
    restructured: bool = False


@dataclass(frozen=True, slots=True)
class Commendation:
    """An honour; ``comprehensive`` marks the kind that lifts the age ceiling."""

    comprehensive: bool | None
    date: date | None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Result of one calendar year; a key of ``APPRAISAL_RANK`` or ``None``."""

    year: int | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What one position asks beyond the call (人岗相适). ``None`` or empty asks nothing.

    Attributes:
        education: lowest level, a key of ``EDUCATION_RANK``.
        languages: one of these must be spoken, e.g. ``("彝语", "藏语")``.
        majors: one of these must have been studied.
        party_member: ``True`` asks for membership of the Communist Party of China.
        areas: one of these areas must be the place of service; codes of 2 to 12 digits, prefixes of
            community codes.
        years: full years in qualifying posts at the reference date.
        sex: ``"male"`` or ``"female"``, only together with the provision that allows it.
        sex_basis: that provision.
    """

    education: str | None = None
    languages: tuple[str, ...] = ()
    majors: tuple[str, ...] = ()
    party_member: bool = False
    areas: tuple[str, ...] = ()
    years: int | None = None
    sex: str | None = None
    sex_basis: str | None = None

    def __post_init__(self) -> None:
        if self.education is not None and self.education not in EDUCATION_RANK:
            raise FactError(f"position.education：没有这种学历：{self.education!r}")
        if self.sex is not None:
            if self.sex not in SEXES:
                raise FactError(f"position.sex：只能是 male 或 female：{self.sex!r}")
            if not self.sex_basis:
                raise FactError("position.sex：限定性别必须写明法律依据（sex_basis）")
        if self.years is not None and not 0 <= self.years <= 100:
            raise FactError(f"position.years：应在 0 到 100 之间：{self.years!r}")


NO_CONDITIONS: Final = Conditions()


@dataclass(frozen=True, slots=True)
class Position:
    """A position as far as eligibility needs it: six-digit county code and its conditions."""

    county: str | None = None
    conditions: Conditions = NO_CONDITIONS
    code: str | None = None

    @classmethod
    def from_json(cls, value: object) -> "Position":
        """Read ``{"county": "510722", …conditions…}``; ``None`` is a position of which nothing is known."""
        if value is None:
            return UNKNOWN_POSITION
        if not isinstance(value, dict):
            raise FactError("position：应为对象")
        county = _code(value.get("county"), "position.county", (6, 9, 12))
        code = _text(value.get("code"), "position.code")
        if len(value) == (county is not None) + (code is not None):
            return cls(county[:6] if county else None, NO_CONDITIONS, code)
        areas = _texts(value.get("areas"), "position.areas")
        if not all(area.isascii() and area.isdigit() and 2 <= len(area) <= 12 for area in areas):
            raise FactError("position.areas：应为 2 至 12 位行政区划代码")
        conditions = Conditions(
            education=_word(value.get("education"), EDUCATION, "position.education"),
            languages=_texts(value.get("languages"), "position.languages"),
            majors=_texts(value.get("majors"), "position.majors"),
            party_member=_flag(value.get("party_member"), "position.party_member") or False,
            areas=areas,
            years=_whole(value.get("years"), "position.years"),
            sex=_word(value.get("sex"), _SEX, "position.sex"),
            sex_basis=_text(value.get("sex_basis"), "position.sex_basis"),
        )
        return cls(county[:6] if county else None, conditions, code)

    def to_json(self) -> dict[str, Any]:
        """The shape that ``from_json`` reads; only what is set."""
        c = self.conditions
        full: dict[str, Any] = {
            "code": self.code,
            "county": self.county,
            "education": c.education,
            "languages": list(c.languages) or None,
            "majors": list(c.majors) or None,
            "party_member": c.party_member or None,
            "areas": list(c.areas) or None,
            "years": c.years,
            "sex": c.sex,
            "sex_basis": c.sex_basis,
        }
        return {key: value for key, value in full.items() if value is not None}


UNKNOWN_POSITION: Final = Position()


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre as far as eligibility needs it.

    ``posts``, ``commendations`` and ``appraisals`` are ``None`` when unknown and empty when known to be
    none. ``declarations`` maps keys of ``DECLARATIONS`` to true (it applies), false or ``None``.
    ``register`` maps such a key to what an official register says of it: verified, whatever was declared.
    """

    id: str | int | None = None
    birth_date: date | None = None
    education: str | None = None
    posts: tuple[Tenure, ...] | None = None
    commendations: tuple[Commendation, ...] | None = None
    appraisals: tuple[Appraisal, ...] | None = None
    declarations: Mapping[str, bool | None] = field(default_factory=dict)
    languages: tuple[str, ...] | None = None
    major: str | None = None
    party_member: bool | None = None
    sex: str | None = None
    register: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> "Person":
        """Read one object of a people file. Absent and null both mean unknown.

        Raises:
            FactError: a value that is not what its field holds, with the field's name.
        """
        if not isinstance(value, dict):
            raise FactError("应为 JSON 对象")
        get = value.get
        languages = get("languages")
        return cls(
            id=_identity(get("id")),
            birth_date=_date(get("birth_date"), "birth_date"),
            education=_word(get("education"), EDUCATION, "education"),
            posts=_items(get("posts"), "posts", _tenure),
            commendations=_items(get("commendations"), "commendations", _commendation),
            appraisals=_items(get("appraisals"), "appraisals", _appraisal),
            declarations=_declarations(get("declarations")),
            languages=None if languages is None else _texts(languages, "languages"),
            major=_text(get("major"), "major"),
            party_member=_flag(get("party_member"), "party_member"),
            sex=_word(get("sex"), _SEX, "sex"),
            register=_register(get("register")),
        )

    def to_json(self) -> dict[str, Any]:
        """The shape that ``from_json`` reads, with null for what is unknown."""
        return {
            "id": self.id,
            "birth_date": _iso(self.birth_date),
            "education": self.education,
            "posts": None
            if self.posts is None
            else [
                {"post": t.post, "community": t.community, "from": _iso(t.start), "to": _iso(t.end)}
                | ({"restructured": True} if t.restructured else {})
                for t in self.posts
            ],
            "commendations": None
            if self.commendations is None
            else [
                {"title": c.title, "comprehensive": c.comprehensive, "date": _iso(c.date)}
                for c in self.commendations
            ],
            "appraisals": None
            if self.appraisals is None
            else [{"year": a.year, "result": a.result} for a in self.appraisals],
            "declarations": dict(self.declarations),
            "languages": None if self.languages is None else list(self.languages),
            "major": self.major,
            "party_member": self.party_member,
            "sex": self.sex,
        } | ({"register": dict(self.register)} if self.register else {})


def _shown(value: object) -> str:
    """A value as an error names it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _name(key: str) -> str:
    return key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _identity(value: object) -> str | int | None:
    if value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise FactError("id：应为文字或整数")


def _date(value: object, where: str) -> date | None:
    if value is None:
        return None
    # fromisoformat also reads 20200131 and week dates, which no form of ours writes.
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FactError(f"{where}：不是日期（YYYY-MM-DD）：{_shown(value)}")


def _text(value: object, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    raise FactError(f"{where}：应为文字：{_shown(value)}")


def _texts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise FactError(f"{where}：应为文字列表")
    return tuple(value)


def _flag(value: object, where: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise FactError(f"{where}：应为 true、false 或 null：{_shown(value)}")


def _whole(value: object, where: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise FactError(f"{where}：应为整数：{_shown(value)}")


def _year(value: object, where: str) -> int | None:
    year = _whole(value, where)
    if year is not None and not MINYEAR <= year <= MAXYEAR:
        raise FactError(f"{where}：不是年份：{_shown(value)}")
    return year


def _word(value: object, known: Mapping[str, str], where: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and value in known:
        return known[value]
    raise FactError(f"{where}：不认识的取值：{_shown(value)}")


def _code(value: object, where: str, lengths: tuple[int, ...]) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) in lengths and value.isascii() and value.isdigit():
        return value
    raise FactError(f"{where}：应为 {'、'.join(map(str, lengths))} 位数字代码：{_shown(value)}")


def _items(value: object, where: str, read: Callable[[object, str], _Item]) -> tuple[_Item, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise FactError(f"{where}：应为列表")
    # An empty place in a list is an item of which nothing is known.
    return tuple(
        [read({} if item is None else item, f"{where}[{index}]") for index, item in enumerate(value)]
    )


def _tenure(value: object, where: str) -> Tenure:
    if not isinstance(value, dict):
        raise FactError(f"{where}：应为对象")
    start = _date(value.get("from"), f"{where}.from")
    end = _date(value.get("to"), f"{where}.to")
    if start is not None and end is not None and end < start:
        raise FactError(f"{where}：离任日期 {end} 早于任职日期 {start}")
    return Tenure(
        _word(value.get("post"), POSTS, f"{where}.post"),
        _code(value.get("community"), f"{where}.community", (6, 9, 12)),
        start,
        end,
        _flag(value.get("restructured"), f"{where}.restructured") or False,
    )


def _commendation(value: object, where: str) -> Commendation:
    if not isinstance(value, dict):
        raise FactError(f"{where}：应为对象")
    return Commendation(
        _flag(value.get("comprehensive"), f"{where}.comprehensive"),
        _date(value.get("date"), f"{where}.date"),
        _text(value.get("title"), f"{where}.title"),
    )


def _appraisal(value: object, where: str) -> Appraisal:
    if not isinstance(value, dict):
        raise FactError(f"{where}：应为对象")
    return Appraisal(
        _year(value.get("year"), f"{where}.year"),
        _word(value.get("result"), APPRAISALS, f"{where}.result"),
    )


def _register(value: object) -> Mapping[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FactError("register：应为对象")
    for key, said in value.items():
        if key not in DECLARATIONS:
            raise FactError(f"register.{_name(key)}：不认识的登记事项")
        if not isinstance(said, str) or not said:
            raise FactError(f"register.{_name(key)}：应为文字")
    return dict(value)


def _declarations(value: object) -> Mapping[str, bool | None]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FactError("declarations：应为对象")
    for key, answer in value.items():
        if key not in DECLARATIONS:
            raise FactError(f"declarations.{_name(key)}：不认识的申报事项")
        if answer is not None and not isinstance(answer, bool):
            raise FactError(f"declarations.{_name(key)}：应为 true、false 或 null：{_shown(answer)}")
    return value
