"""The draw: an order that follows from a published seed alone, so that anybody can repeat it.

The order of ids is that of SHA-256(seed ‖ id), both as UTF-8, read as hexadecimal. Nobody can steer it once the seed is
public, and nobody can foresee it before.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, TypeVar

Group = TypeVar("Group")


def digest(seed: str, name: str) -> str:
    """What a name is ordered by.

    >>> digest("20261201", "5107000001")[:16]
    '7fbb8b221713088a'
    """
    return hashlib.sha256((seed + name).encode()).hexdigest()


def drawn(seed: str, names: Iterable[str]) -> list[str]:
    """The names in the drawn order; the order that they come in does not matter.

    Raises:
        ValueError: a name stands twice.
    """
    chosen = list(names)
    if len(set(chosen)) < len(chosen):
        raise ValueError("a name stands twice")
    return sorted(chosen, key=lambda name: (digest(seed, name), name))


class Seat(NamedTuple):
    """An examiner's place: the index of the group and the number in it, from 1."""

    group: int
    number: int


def seats(
    order: Sequence[str], groups: int, each: int, barred: Collection[tuple[str, int]] = ()
) -> dict[str, Seat]:
    """Examiners in drawn order dealt to the groups in turn; who is left over stays in reserve.

    A seat whose turn falls on somebody who may not sit in that group goes to the next in the order who may. Where
    nobody is left, somebody seated earlier makes room and takes another seat. So all seats are filled whenever that
    is possible at all, and seats that nobody can take are missing in the answer.

    Args:
        barred: pairs of a name and the index of a group that it must not sit in.

    >>> seats(["a", "b", "c", "d", "e"], groups=2, each=2)
    {'a': Seat(group=0, number=1), 'b': Seat(group=1, number=1), 'c': Seat(group=0, number=2), \
'd': Seat(group=1, number=2)}
    >>> seats(["a", "b", "c"], groups=2, each=1, barred={("a", 0)})
    {'b': Seat(group=0, number=1), 'a': Seat(group=1, number=1)}
    """
    holder: dict[Seat, str] = {}
    seat_of: dict[str, Seat] = {}

    def take(seat: Seat, asked: set[str]) -> bool:
        able = [name for name in order if (name, seat.group) not in barred and name not in asked]
        # Whoever has no seat first; only then is somebody moved.
        for name in sorted(able, key=lambda name: name in seat_of):
            if name in asked:
                continue
            asked.add(name)
            if name not in seat_of or take(seat_of[name], asked):
                holder[seat], seat_of[name] = name, seat
                return True
        return False

    for place in range(groups * each):
        take(Seat(place % groups, place // groups + 1), set())
    return {holder[seat]: seat for seat in sorted(holder, key=lambda seat: (seat.number, seat.group))}
