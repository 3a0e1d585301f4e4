"""Who sits where: random from a published seed, and apart from people of the same community.

Pure: the same candidates, rooms and seed give the same seats in whatever order they are handed in, so anybody can
repeat it. ``docs/exam.md`` states the procedure in words; ``digest`` is all the randomness there is.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to be seated.

    Attributes:
        id: unique; any text without personal data.
        prefecture: six digits; they are seated in a room there.
        community: twelve digits; empty when unknown, which is nobody's community.
    """

    id: str
    prefecture: str
    community: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Room:
    """A room. ``venue`` is unique in its prefecture, ``number`` in its venue; rooms are used in this order."""

    prefecture: str
    venue: int
    number: int
    capacity: int

    @property
    def name(self) -> str:
        return f"{self.prefecture}-{self.venue}-{self.number}"


@dataclass(frozen=True, slots=True)
class Seat:
    """A candidate's seat; seats of a room are numbered from 1, and neighbours have successive numbers."""

    candidate: str
    room: Room
    number: int


class Short(ValueError):
    """There are not enough seats; ``missing`` says how many in which prefecture."""

    def __init__(self, missing: dict[str, int]) -> None:
        self.missing = missing
        super().__init__(", ".join(f"{code}: {number}" for code, number in missing.items()))


def digest(seed: str, *words: object) -> bytes:
    """The number that decides: SHA-256 of seed and words, joined by ``|``, in UTF-8."""
    return sha256("|".join((seed, *map(str, words))).encode()).digest()


def assign(candidates: Iterable[Candidate], rooms: Iterable[Room], seed: str) -> list[Seat]:
    """A seat for every candidate, by room and number.

    No room holds two people of a community if the rooms of the prefecture allow that at all; where they do not,
    nobody sits beside somebody of their own community if the room allows it.

    Raises:
        Short: too few seats in a prefecture.
        ValueError: a candidate or a room stands there twice.
    """
    seekers: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        seekers[candidate.prefecture].append(candidate)
    offered: defaultdict[str, list[Room]] = defaultdict(list)
    for room in sorted(rooms):
        offered[room.prefecture].append(room)
    _check(seekers, offered)
    return [seat for code in sorted(seekers) for seat in _prefecture(seekers[code], offered[code], seed)]


def _check(seekers: dict[str, list[Candidate]], offered: dict[str, list[Room]]) -> None:
    everybody = [candidate.id for group in seekers.values() for candidate in group]
    if len(set(everybody)) < len(everybody):
        raise ValueError("a candidate stands there twice")
    names = [room.name for group in offered.values() for room in group]
    if len(set(names)) < len(names):
        raise ValueError("a room stands there twice")
    missing = {
        code: short
        for code in sorted(seekers)
        if (short := len(seekers[code]) - sum(room.capacity for room in offered.get(code, ()))) > 0
    }
    if missing:
        raise Short(missing)


def _prefecture(candidates: list[Candidate], rooms: list[Room], seed: str) -> list[Seat]:
    communities: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        communities[candidate.community or f"={candidate.id}"].append(candidate)
    sizes = [len(members) for members in communities.values()]
    loads = _loads([room.capacity for room in rooms], sizes)
    placed: list[list[Candidate]] = [[] for _ in loads]

    def entry(room: int) -> tuple[int, bytes, int]:
        left = loads[room] - len(placed[room])
        return -left, digest(seed, "room", rooms[room].name, left), room

    emptiest = [entry(room) for room in range(len(loads)) if loads[room]]
    heapq.heapify(emptiest)
    by_size = sorted(communities, key=lambda name: (-len(communities[name]), digest(seed, "community", name)))
    for name in by_size:
        waiting = sorted(communities[name], key=lambda one: digest(seed, "candidate", one.id), reverse=True)
        while waiting:
            # One each in the rooms with the most free seats; a second one only when every room has one.
            taken = [heapq.heappop(emptiest)[2] for _ in range(min(len(waiting), len(emptiest)))]
            for room in taken:
                placed[room].append(waiting.pop())
                if len(placed[room]) < loads[room]:
                    heapq.heappush(emptiest, entry(room))
    return [
        Seat(candidate.id, rooms[index], number)
        for index, inside in enumerate(placed)
        for number, candidate in enumerate(_row(inside, seed), start=1)
    ]


def _loads(capacities: Sequence[int], sizes: list[int]) -> list[int]:
    """How many people sit in each room that is used: the first rooms, as few as do, evenly filled.

    More rooms than the seats need are used only when that keeps people of a community apart. Even loads are
    what makes that possible whenever it is possible: of all loads that sum up to the same, they are the ones
    that every other majorizes (theorem of Gale and Ryser).
    """
    people = sum(sizes)
    fewest, places = 0, 0
    while places < people:
        places += capacities[fewest]
        fewest += 1
    if not _separable(_even(capacities, people), sizes):
        return _even(capacities, people)
    most = len(capacities)
    while fewest < most:
        middle = (fewest + most) // 2
        if _separable(_even(capacities[:middle], people), sizes):
            most = middle
        else:
            fewest = middle + 1
    return _even(capacities[:fewest], people)


def _even(capacities: Sequence[int], people: int) -> list[int]:
    """As many people as that in the rooms, no room above the level of another without need."""
    level, left = 0, people
    open_rooms = sorted(capacities)
    for index, capacity in enumerate(open_rooms):
        share, rest = divmod(left, len(open_rooms) - index)
        if share < capacity:
            level = share
            # The first rooms that are larger than the level take one more each.
            loads = [min(size, level) for size in capacities]
            for room, size in enumerate(capacities):
                if rest and size > level:
                    loads[room] += 1
                    rest -= 1
            return loads
        left -= capacity
    return list(capacities)


def _separable(loads: Sequence[int], sizes: list[int]) -> bool:
    """Whether communities of these sizes fill the rooms without two members in one (Gale and Ryser)."""
    frequency = Counter(sizes)
    largest = max(sizes)
    if largest > len(loads):
        return False
    fullest = sorted(loads, reverse=True)
    seated = 0
    for number in range(1, largest):
        seated += fullest[number - 1]
        if seated > sum(min(size, number) * often for size, often in frequency.items()):
            return False
    return True


def _row(inside: list[Candidate], seed: str) -> list[Candidate]:
    """The candidates of a room in the order of their seats: random, but no two of a community in succession."""
    waiting = sorted(inside, key=lambda one: digest(seed, "seat", one.id))
    counts = Counter(one.community for one in waiting if one.community)
    if not counts or max(counts.values()) == 1:
        return waiting
    row: list[Candidate] = []
    while waiting:
        before = row[-1].community if row else ""
        chosen = next(
            (index for index, one in enumerate(waiting) if _may_sit(one, before, counts, len(waiting))),
            None,
        )
        if chosen is None:
            chosen = _least_bad(waiting, before, counts)
        one = waiting.pop(chosen)
        counts[one.community] -= 1
        row.append(one)
    return row


def _may_sit(one: Candidate, before: str, counts: Counter[str], seats: int) -> bool:
    """Whether this one may sit next, and all others after that, without neighbours of one community."""
    if one.community and one.community == before:
        return False
    rest = seats - 1
    for community, number in counts.items():
        if community and number:
            left, most = (number - 1, rest // 2) if community == one.community else (number, (rest + 1) // 2)
            if left > most:
                return False
    return True


def _least_bad(waiting: list[Candidate], before: str, counts: Counter[str]) -> int:
    """One community is more than half of the room: it takes every other seat as long as there are others."""
    crowd = max((one.community for one in waiting if one.community), key=lambda name: (counts[name], name))
    wanted = [index for index, one in enumerate(waiting) if (one.community == crowd) != (before == crowd)]
    return wanted[0] if wanted else 0


def fingerprint(seats: Iterable[Seat]) -> str:
    """SHA-256, in hex, of all seats as lines ``candidate,prefecture,venue,room,seat`` in their order."""
    return sha256("".join(f"{line}\n" for line in lines(seats)).encode()).hexdigest()


def lines(seats: Iterable[Seat]) -> Iterator[str]:
    """Each seat as a line of CSV, by room and number."""
    for seat in sorted(seats, key=lambda one: (one.room, one.number)):
        room = seat.room
        yield f"{seat.candidate},{room.prefecture},{room.venue},{room.number},{seat.number}"


def add(
    candidates: Iterable[Candidate],
    rooms: Iterable[Room],
    seated: Iterable[tuple[Seat, str]],
    seed: str,
) -> list[Seat]:
    """Seats for latecomers among those still free; nobody else moves.

    Each takes, in the order of ``digest(seed, "candidate", id)``, a room with the fewest of their community,
    rooms already in use first and the emptiest of these; in it the first free seat without a neighbour of
    their community, or else the first free one.

    Args:
        seated: who has a seat, with their community.

    Raises:
        Short: too few seats in a prefecture.
    """
    taken: dict[Room, dict[int, str]] = {room: {} for room in rooms}
    for seat, community in seated:
        taken[seat.room][seat.number] = community
    late = sorted(candidates, key=lambda one: digest(seed, "candidate", one.id))
    free = Counter({room.prefecture: 0 for room in taken})
    for room, inside in taken.items():
        free[room.prefecture] += room.capacity - len(inside)
    missing = {
        code: number - free[code]
        for code, number in sorted(Counter(one.prefecture for one in late).items())
        if number > free[code]
    }
    if missing:
        raise Short(missing)
    return [_squeeze_in(one, taken) for one in late]


def _squeeze_in(one: Candidate, taken: dict[Room, dict[int, str]]) -> Seat:
    def same(room: Room) -> int:
        return sum(bool(one.community) and other == one.community for other in taken[room].values())

    room = min(
        (room for room in taken if room.prefecture == one.prefecture and len(taken[room]) < room.capacity),
        key=lambda room: (same(room), not taken[room], len(taken[room]), room),
    )
    inside = taken[room]
    numbers = [number for number in range(1, room.capacity + 1) if number not in inside]
    apart = (
        number
        for number in numbers
        if not one.community or one.community not in (inside.get(number - 1), inside.get(number + 1))
    )
    number = next(apart, numbers[0])
    inside[number] = one.community
    return Seat(one.id, room, number)
