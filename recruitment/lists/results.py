"""What reading a list comes to: all its rows, or everything that is to be mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic

from recruitment.lists.declaration import RowT


@dataclass(frozen=True, slots=True)
class ListError:
    """One thing to mend in the file.

    Attributes:
        row: row of the spreadsheet as it is numbered there; ``None`` = the file as a whole.
        column: header of the column as it stands in the file.
        cell: e.g. ``"D5"``; empty for what concerns no single cell.
        wrong, expected: parts of a sentence; ``expected`` may be empty.
        about: what a remedy other than mending the file needs to know.
    """

    wrong: str
    expected: str = ""
    row: int | None = None
    column: str | None = None
    cell: str = ""
    about: Mapping[str, str] | None = None

    def __str__(self) -> str:
        where = ""
        if self.row is not None:
            where = f"第 {self.row} 行"
        if self.column:
            where += f"“{self.column}”列"
        if self.cell:
            where += f"（{self.cell}）"
        said = f"{self.wrong}，{self.expected}" if self.expected else self.wrong
        return (f"{where}：" if where else "") + said.rstrip("。") + "。"


@dataclass(frozen=True, slots=True)
class ImportResult(Generic[RowT]):
    """Either all rows and no error, or every error and no row.

    Attributes:
        rows: in the order of the file.
        numbers: for each row its number in the spreadsheet, for checks that follow.
        errors: in the order of the file.
        warnings: what somebody should look at; they stop nothing.
        ignored: headers of the file that the list does not know.
        read: how many rows of data the file holds, errors or not.
    """

    rows: list[RowT] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: list[ListError] = field(default_factory=list)
    warnings: list[ListError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    read: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors
