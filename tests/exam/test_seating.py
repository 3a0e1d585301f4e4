"""Seats: everybody one, the same for the same seed, and people of a community apart wherever that can be."""

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.exam.seating import Candidate, Room, Seat, Short, add, assign, fingerprint, lines

PREFECTURES = ["510700", "511300"]


@st.composite
def exams(draw: st.DrawFn, most: int = 40) -> tuple[list[Candidate], list[Room]]:
    """Candidates, with communities that are large for the rooms, and rooms of very different sizes."""
    people, rooms = [], []
    for prefecture in draw(st.sampled_from([PREFECTURES, PREFECTURES[:1]])):
        sizes = draw(st.lists(st.integers(1, 6), max_size=10))
        alone = draw(st.integers(0, 8))
        communities = [f"{prefecture[:4]}{n:08d}" for n, size in enumerate(sizes) for _ in range(size)]
        everybody = (communities + [""] * alone)[:most]
        people += [Candidate(f"{prefecture}-{n}", prefecture, name) for n, name in enumerate(everybody)]
        need, number = len(everybody), 0
        while need > 0 or draw(st.booleans()):
            number += 1
            rooms.append(Room(prefecture, 1 + number // 4, number, draw(st.integers(1, 12))))
            need -= rooms[-1].capacity
    return people, rooms


seeds = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@given(exams(), seeds)
@settings(max_examples=150, deadline=None)
def test_everybody_has_one_seat_in_their_prefecture(
    exam: tuple[list[Candidate], list[Room]], seed: str
) -> None:
    people, rooms = exam
    seats = assign(people, rooms, seed)
    assert sorted(seat.candidate for seat in seats) == sorted(one.id for one in people)
    assert len({(seat.room, seat.number) for seat in seats}) == len(seats)
    where = {one.id: one.prefecture for one in people}
    assert all(seat.room.prefecture == where[seat.candidate] for seat in seats)
    for room, inside in itertools.groupby(seats, key=lambda seat: seat.room):
        # No gaps: who sits alone at the end of a room is not seen to be alone.
        numbers = [seat.number for seat in inside]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) <= room.capacity


@given(exams(), seeds, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_input_does_not_matter(
    exam: tuple[list[Candidate], list[Room]], seed: str, random: object
) -> None:
    people, rooms = exam
    again, rooms_again = list(people), list(rooms)
    random.shuffle(again)  # type: ignore[attr-defined]
    random.shuffle(rooms_again)  # type: ignore[attr-defined]
    assert assign(people, rooms, seed) == assign(again, rooms_again, seed)


@given(exams(), seeds)
@settings(max_examples=200, deadline=None)
def test_people_of_a_community_are_in_different_rooms_whenever_that_is_possible(
    exam: tuple[list[Candidate], list[Room]], seed: str
) -> None:
    people, rooms = exam
    seats = {seat.candidate: seat for seat in assign(people, rooms, seed)}
    for prefecture in PREFECTURES:
        here = [one for one in people if one.prefecture == prefecture and one.community]
        alone = sum(1 for one in people if one.prefecture == prefecture and not one.community)
        sizes = Counter(one.community for one in here)
        capacities = [room.capacity for room in rooms if room.prefecture == prefecture]
        shared = Counter((one.community, seats[one.id].room) for one in here)
        apart = not shared or max(shared.values()) == 1
        assert apart == can_be_apart([*sizes.values(), *[1] * alone], capacities)


def can_be_apart(sizes: list[int], capacities: list[int]) -> bool:
    """Whether a flow exists: from each community at most one to a room, no room above its capacity.

    Augmenting paths, which know nothing of loads or of the order of rooms.
    """
    holds: list[set[int]] = [set() for _ in capacities]

    def place(community: int, seen: set[int]) -> bool:
        for room, capacity in enumerate(capacities):
            if room in seen or community in holds[room]:
                continue
            seen.add(room)
            if len(holds[room]) < capacity:
                holds[room].add(community)
                return True
            for other in list(holds[room]):
                holds[room].discard(other)
                if place(other, seen | {room}):
                    holds[room].add(community)
                    return True
                holds[room].add(other)
        return False

    return all(place(community, set()) for community, size in enumerate(sizes) for _ in range(size))


@given(exams(), seeds)
@settings(max_examples=150, deadline=None)
def test_no_neighbours_of_one_community_unless_it_is_most_of_the_room(
    exam: tuple[list[Candidate], list[Room]], seed: str
) -> None:
    people, rooms = exam
    community = {one.id: one.community for one in people}
    for _, group in itertools.groupby(assign(people, rooms, seed), key=lambda seat: seat.room):
        row = [community[seat.candidate] for seat in group]
        counts = Counter(name for name in row if name)
        most = max(counts.values(), default=0)
        together = sum(a == b != "" for a, b in itertools.pairwise(row))
        # With m of n seats for one community, n - m others can stand between them.
        assert together == max(most - 1 - (len(row) - most), 0)


def test_rooms_are_evenly_filled_and_no_more_of_them_than_needed() -> None:
    people = [Candidate(str(n), "510700") for n in range(61)]
    rooms = [Room("510700", 1, n, 30) for n in range(1, 9)]
    filled = Counter(seat.room.number for seat in assign(people, rooms, "1"))
    assert filled == {1: 21, 2: 20, 3: 20}


def test_another_seed_seats_people_elsewhere() -> None:
    people = [Candidate(str(n), "510700") for n in range(60)]
    rooms = [Room("510700", 1, n, 30) for n in range(1, 4)]
    results = {fingerprint(assign(people, rooms, str(seed))) for seed in range(50)}
    assert len(results) == 50
    # Nobody is likelier to get a room than anybody else: of 400 draws, about half for each of two rooms.
    first = Counter(
        seat.candidate
        for seed in range(400)
        for seat in assign(people, rooms, f"draw {seed}")
        if seat.room.number == 1
    )
    assert all(140 < first[one.id] < 260 for one in people)


def test_missing_seats_are_told_by_prefecture() -> None:
    people = [Candidate(str(n), "510700") for n in range(7)] + [Candidate("x", "511300")]
    with pytest.raises(Short) as short:
        assign(people, [Room("510700", 1, 1, 4)], "1")
    assert short.value.missing == {"510700": 3, "511300": 1}


@given(exams(), seeds, st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_latecomers_take_free_seats_and_nobody_moves(
    exam: tuple[list[Candidate], list[Room]], seed: str, number: int
) -> None:
    people, rooms = exam
    early, late = people[number:], people[:number]
    seated = assign(early, rooms, seed)
    community = {one.id: one.community for one in people}
    added = add(late, rooms, [(seat, community[seat.candidate]) for seat in seated], seed)
    everybody = [*seated, *added]
    assert {seat.candidate for seat in everybody} == {one.id for one in people}
    assert len({(seat.room, seat.number) for seat in everybody}) == len(people)
    assert all(1 <= seat.number <= seat.room.capacity for seat in everybody)


# The published procedure, computed by hand here: SHA-256 of words joined by |, nothing else.
def test_two_strangers_in_one_room_sit_as_the_documentation_says() -> None:
    from hashlib import sha256

    people = [Candidate("a", "510700"), Candidate("b", "510700"), Candidate("c", "510700")]
    order = sorted("abc", key=lambda one: sha256(f"815|seat|{one}".encode()).digest())
    seats = assign(people, [Room("510700", 1, 1, 30)], "815")
    assert [seat.candidate for seat in seats] == order
    assert next(iter(lines(seats))) == f"{order[0]},510700,1,1,1"
    assert seats[0] == Seat(order[0], Room("510700", 1, 1, 30), 1)


def test_what_was_published_once_can_be_repeated_by_every_later_version() -> None:
    people = [Candidate(f"c{n}", "510700", f"group {n % 5}") for n in range(23)]
    rooms = [Room("510700", 1, n, 6) for n in range(1, 7)]
    seats = assign(people, rooms, "815")
    assert fingerprint(seats) == "114ef290140c9b17d199d4556a686b70983c90a4078da72613c9ebef61d4c87a"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "recruitment.cli", "exam", "seats", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    candidates, rooms = tmp_path / "c.csv", tmp_path / "r.csv"
    candidates.write_text(
        "candidate,prefecture,community\n" + "".join(f"{n},510700,51070000000{n % 3}\n" for n in range(9))
    )
    rooms.write_text("prefecture,venue,room,capacity\n" + "".join(f"510700,1,{n},3\n" for n in (1, 2, 3)))
    return candidates, rooms, tmp_path / "out.csv"


def test_a_stranger_repeats_the_assignment_without_a_database(files: tuple[Path, Path, Path]) -> None:
    candidates, rooms, out = files
    done = command(str(candidates), "--rooms", str(rooms), "--seed", "815", "--out", str(out))
    assert done.returncode == 0, done.stderr
    table = out.read_text().splitlines()
    assert table[0] == "candidate,prefecture,venue,room,seat"
    assert len(table) == 10
    people = [Candidate(str(n), "510700", f"51070000000{n % 3}") for n in range(9)]
    assert table[1:] == list(lines(assign(people, [Room("510700", 1, n, 3) for n in (1, 2, 3)], "815")))


def test_wrong_tables_are_told_by_line_and_nothing_is_written(files: tuple[Path, Path, Path]) -> None:
    candidates, rooms, out = files
    arguments = [str(candidates), "--rooms", str(rooms), "--seed", "815", "--out", str(out)]
    rooms.write_text("prefecture,venue,room,capacity\n510700,1,1,3\n510700,1,1,x\n绵阳市,1,1,3\n")
    refused = command(*arguments)
    assert refused.returncode == 1
    assert "第 3 行" in refused.stderr
    assert "第 4 行" in refused.stderr
    rooms.write_text("prefecture,venue,room,capacity\n510700,1,1,3\n")
    short = command(*arguments)
    assert short.returncode == 1
    assert "绵阳市缺6个座位" in short.stderr
    rooms.write_text("prefecture,venue\n")
    assert command(*arguments).returncode == 2
    assert not out.exists()
