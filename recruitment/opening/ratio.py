"""How many openings stay, from how many have paid. Pure."""

from dataclasses import dataclass


def openings_left(openings: int, paid: int, ratio: int) -> int:
    """As many openings as have ``ratio`` people each, never more than were announced; 0 cancels the position.

    Raises:
        ValueError: a ratio below 1, or a negative number.
    """
    if ratio < 1 or openings < 0 or paid < 0:
        raise ValueError(f"openings {openings}, paid {paid}, ratio {ratio}")
    return min(openings, paid // ratio)


@dataclass(frozen=True, slots=True)
class Line:
    """One position of a proposal.

    Attributes:
        openings: as they stand.
        paid: candidates who may sit the exam.
        ratio: so many of them are needed for each opening.
    """

    code: str
    openings: int
    paid: int
    ratio: int

    @property
    def left(self) -> int:
        """Openings afterwards."""
        return openings_left(self.openings, self.paid, self.ratio)

    @property
    def outcome(self) -> str:
        """``kept``, ``reduced`` or ``cancelled``."""
        if self.left == self.openings:
            return "kept"
        return "reduced" if self.left else "cancelled"
