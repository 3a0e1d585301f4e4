"""What seats and tickets cost: 100,000 seats against one shuffle and sort, and tickets by the room."""

import io
import random
import statistics
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypedDict

import psutil
from PIL import Image

from recruitment.exam.paper.bundle import bundle
from recruitment.exam.paper.ticket import print_photo, tickets_pdf
from recruitment.exam.seating import Candidate, Room, Seat, assign
from recruitment.exam.tickets import Sitting, Ticket

PEOPLE = 100_000
ROUNDS = 3
ROOMS_PRINTED = 20


class Row(TypedDict):
    """One line of the table of figures; without a floor where nothing simpler does the same."""

    name: str
    unit: str
    ours: float
    floor: float | None
    ratio: float | None
    goal: str


def seats_100k() -> list[Row]:
    """100,000 candidates of 21 prefectures to rooms of 30, communities apart."""
    people, rooms = _exam()
    ours = statistics.median(_seconds(lambda: assign(people, rooms, "815")) for _ in range(ROUNDS))
    floor = statistics.median(_seconds(lambda: _shuffled(people, rooms)) for _ in range(ROUNDS))
    tracemalloc.start()
    seats = assign(people, rooms, "815")
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    if len({(seat.room, seat.number) for seat in seats}) != PEOPLE:
        raise RuntimeError("two people on one seat")
    return [
        Row(
            name="selection.seats_100k",
            unit="s",
            ours=ours,
            floor=floor,
            ratio=ours / floor,
            goal="a minute",
        ),
        Row(
            name="selection.seats_100k.memory",
            unit="MiB",
            ours=peak,
            floor=None,
            ratio=None,
            goal="flat: under 1 KiB a person",
        ),
    ]


def tickets_pdf_rooms() -> list[Row]:
    """Tickets with photos, a file for each room, as a venue is printed; then memory at four times as many."""
    photo = _photo()
    list(_print(1, photo))
    started = time.perf_counter()
    once = _most_memory(_print(ROOMS_PRINTED, photo))
    rate = ROOMS_PRINTED * 30 / (time.perf_counter() - started)
    four_times = _most_memory(_print(4 * ROOMS_PRINTED, photo))
    return [
        Row(
            name="selection.tickets_pdf",
            unit="/s",
            ours=rate,
            floor=None,
            ratio=None,
            goal="20 a second",
        ),
        Row(
            name="selection.tickets_pdf.memory",
            unit="MiB",
            ours=four_times,
            floor=once,
            ratio=four_times / once,
            goal="flat: 2,400 as 600",
        ),
    ]


BENCHES: tuple[Callable[[], list[Row]], ...] = (seats_100k, tickets_pdf_rooms)


def _exam() -> tuple[list[Candidate], list[Room]]:
    choose = random.Random(2012)
    prefectures = [f"51{number:02d}00" for number in range(1, 22)]
    people = []
    for number in range(PEOPLE):
        prefecture = choose.choice(prefectures)
        people.append(
            Candidate(f"{number:032x}", prefecture, f"{prefecture[:4]}{choose.randrange(1600):08d}")
        )
    rooms = [
        Room(prefecture, venue, number, 30)
        for prefecture in prefectures
        for venue in range(1, 10)
        for number in range(1, 21)
    ]
    return people, rooms


def _shuffled(people: list[Candidate], rooms: list[Room]) -> list[Seat]:
    """The floor: shuffle, sort by prefecture, and take the next seat."""
    order = list(people)
    random.Random(815).shuffle(order)
    order.sort(key=lambda one: one.prefecture)
    places = iter((room, number) for room in sorted(rooms) for number in range(1, room.capacity + 1))
    return [Seat(one.id, room, number) for one, (room, number) in zip(order, places, strict=False)]


def _print(rooms: int, photo: bytes) -> Iterator[bytes]:
    return bundle((f"{number}.pdf", _room(number, photo)) for number in range(1, rooms + 1))


def _room(number: int, photo: bytes) -> bytes:
    people = [_ticket(number, seat) for seat in range(1, 31)]
    return tickets_pdf(people, lambda _: print_photo(photo), "https://kaolu.example/tickets/check")


def _ticket(room: int, seat: int) -> Ticket:
    number = f"20260701{room:03d}{seat:02d}"
    return Ticket(
        candidate_id=uuid.UUID(int=room * 100 + seat),
        call_title="四川省2026年面向优秀村（社区）干部定向考录乡镇（街道）机关公务员",
        hotline="028-5550-0000",
        number=number,
        name=f"某某{chr(0x4E00 + room * 30 + seat)}",
        sex="female",
        id_number="5107*************0",
        organ="三台县潼川镇人民政府",
        position="综合管理",
        position_code="51072201",
        venue="绵阳市第一中学",
        venue_code=1,
        address="四川省绵阳市涪城区临园路东段72号",
        directions="公交3路到高水站",
        room=room,
        room_place="2号楼305",
        seat=seat,
        photo=None,
        timetable=(
            Sitting(
                "行政职业能力测验",
                datetime(2026, 12, 19, 1, tzinfo=UTC),
                datetime(2026, 12, 19, 3, tzinfo=UTC),
            ),
            Sitting("申论", datetime(2026, 12, 19, 6, tzinfo=UTC), datetime(2026, 12, 19, 8, 30, tzinfo=UTC)),
        ),
        rules=("考生凭准考证和有效居民身份证，在开考前30分钟进入考场，对号入座。",) * 6,
        code=f"{number}-ABCDEFGHIJKL",
    )


def _photo() -> bytes:
    """A photo as the dossier keeps them, with as much in it as a face has."""
    small = Image.effect_noise((60, 84), 80).convert("RGB")
    buffer = io.BytesIO()
    small.resize((413, 579), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _most_memory(parts: Iterator[bytes]) -> float:
    """The most memory that this process has while the parts are made, in MiB."""
    process = psutil.Process()
    return max(process.memory_info().rss / 2**20 for _ in parts)
