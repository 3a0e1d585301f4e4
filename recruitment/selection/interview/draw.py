"""The draw: an order that follows from a published seed alone, so that anybody can repeat it.

The order of ids is that of SHA-256(seed ‖ id), both as UTF-8, read as hexadecimal. Nobody can steer it once the seed is
public, and nobody can foresee it before.
"""

import hashlib
from collections.abc import Iterable, Sequence
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


def seats(order: Sequence[str], groups: int, each: int) -> dict[str, Seat]:
    """Examiners in drawn order dealt to the groups in turn; who is left over stays in reserve.

    >>> seats(["a", "b", "c", "d", "e"], groups=2, each=2)
    {'a': Seat(group=0, number=1), 'b': Seat(group=1, number=1), 'c': Seat(group=0, number=2), \
'd': Seat(group=1, number=2)}
    """
    return {
        name: Seat(place % groups, place // groups + 1) for place, name in enumerate(order[: groups * each])
    }
