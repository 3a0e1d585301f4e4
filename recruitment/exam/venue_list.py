"""The list of venues and rooms as a spreadsheet: one row for each room, or for a run of rooms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from recruitment.areas.catalogue import counties
from recruitment.calls.position_table import find_counties
from recruitment.exam.models import ROOM_CAPACITY
from recruitment.lists.declaration import Column, Fault, ListDeclaration, RowWrong, Sound
from recruitment.lists.parsers import Wrong, loose, quote, text, whole

_ROOMS = "应为考场号或一段考场号，如 1 或 1-20"


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A run of rooms of a venue, all of one size.

    Attributes:
        first, last: numbers of the rooms, both included.
    """

    county_code: str
    code: int
    name: str
    address: str
    first: int
    last: int
    capacity: int = ROOM_CAPACITY
    place: str = ""
    directions: str = ""

    @property
    def prefecture_code(self) -> str:
        return self.county_code[:4] + "00"

    @property
    def rooms(self) -> range:
        return range(self.first, self.last + 1)


def room_numbers(value: str) -> tuple[int, int]:
    """First and last number of a run of rooms: ``1``, ``1-20``, ``第1至20考场``; :raises Wrong: it is none."""
    found = re.fullmatch(r"第?([0-9]{1,3})(?:考场)?(?:[-–—~至到]+第?([0-9]{1,3})(?:考场)?)?", loose(value))
    if found is None:
        raise Wrong(f"看不懂{quote(value)}", _ROOMS)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise Wrong(f"{quote(value)}的顺序不对", _ROOMS)
    return first, last


def _county_of(values: Mapping[str, Any]) -> str:
    """Code of the county that a row names; :raises RowWrong: there is none, or more than one."""
    county, prefecture = values["county"], loose(values["prefecture"]).removeprefix("四川省")
    named = find_counties(county)
    # Two characters tell any two prefectures of the province apart, and are what short forms have in common.
    found = [code for code in named if counties()[code].prefecture.startswith(prefecture[:2])]
    if len(found) != 1:
        if found:
            wrong, expected = f"有不止一个{quote(county)}", "请在“市（州）”列写明，或写成 乐山市市中区"
        elif named:
            wrong, expected = (
                f"{quote(values['prefecture'])}没有{quote(county)}",
                "请核对市（州）和县（市、区）",
            )
        else:
            wrong, expected = f"没有{quote(county)}这个县（市、区）", "应写全称，如 涪城区 或 绵阳市涪城区"
        raise RowWrong([("county", Wrong(wrong, expected))])
    return found[0]


def _county_exists(values: Mapping[str, Any]) -> None:
    _county_of(values)


def _build(values: Mapping[str, Any]) -> VenueRow:
    first, last = values["rooms"]
    return VenueRow(
        county_code=_county_of(values),
        code=values["code"],
        name=values["name"],
        address=values["address"],
        first=first,
        last=last,
        capacity=values["capacity"],
        place=values["place"],
        directions=values["directions"],
    )


def _of_county(part: str) -> Any:
    return lambda row: getattr(counties()[row.county_code], part)


def _fit_together(sound: Sound[VenueRow]) -> Iterator[Fault]:
    """A venue is one venue wherever it stands, and each of its rooms stands once."""
    venues: dict[tuple[str, int], VenueRow] = {}
    taken: dict[tuple[str, int, int], int] = {}
    for number, row in sound:
        venue = row.prefecture_code, row.code
        known = venues.setdefault(venue, row)
        for key in ("county_code", "name", "address"):
            if getattr(known, key) != getattr(row, key):
                wrong = Wrong(
                    f"考点 {row.code} 在上面写的是别的内容", "同一市（州）同一编号的考点，名称和地址应相同"
                )
                yield Fault(number, "county" if key == "county_code" else key, wrong)
        for room in row.rooms:
            before = taken.setdefault((*venue, room), number)
            if before != number:
                wrong = Wrong(f"考场 {room} 与第 {before} 行重复", "同一考点的考场号不能重复")
                yield Fault(number, "rooms", wrong)
                break


VENUES: ListDeclaration[VenueRow] = ListDeclaration(
    name="考点考场表",
    columns=(
        Column(
            "prefecture",
            "市（州）",
            text(20),
            ("市州", "所在市（州）"),
            required=False,
            absent_ok=True,
            get=_of_county("prefecture"),
        ),
        Column("county", "县（市、区）", text(30), ("所在县", "县区"), get=_of_county("name")),
        Column("code", "考点编号", whole(1, 99), ("考点代码", "考点号"), width=10),
        Column("name", "考点名称", text(60), ("考点",), width=28),
        Column("address", "考点地址", text(120), ("地址",), width=36),
        Column(
            "rooms",
            "考场号",
            room_numbers,
            ("考场", "考场编号"),
            get=lambda row: str(row.first) if row.first == row.last else f"{row.first}-{row.last}",
            width=10,
        ),
        Column(
            "capacity",
            "座位数",
            whole(1, 99),
            ("每考场座位数", "容量"),
            required=False,
            absent_ok=True,
            empty=ROOM_CAPACITY,
            width=8,
        ),
        Column("place", "考场位置", text(60), ("楼层",), required=False, absent_ok=True, width=20),
        Column("directions", "交通", text(200), ("乘车路线",), required=False, absent_ok=True, width=28),
    ),
    build=_build,
    rules=(_county_exists,),
    check=_fit_together,
)
