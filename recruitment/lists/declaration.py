"""What a list is: its columns in the official order, and what a row becomes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from recruitment.lists.parsers import Parser, Wrong, text

RowT = TypeVar("RowT")
_TEXT = text()


@dataclass(frozen=True, slots=True)
class Column:
    """One column, in and out.

    Attributes:
        key: name of the value in the row.
        title: the official header; written, and recognised when reading.
        synonyms: other headers that offices use for it.
        parse: makes the value of a cell's text (never empty); raises :class:`~recruitment.lists.parsers.Wrong`.
            The same text always means the same, and rows may share a value.
        required: whether an empty cell is an error; otherwise it becomes ``empty``.
        absent_ok: whether the whole column may be missing; its cells then count as empty.
        empty: the value of an empty cell.
        unique: whether two rows with the same value are an error.
        get: takes the value from a row when writing; default: the attribute ``key``.
        width: in characters of Latin text; default: by title and first rows.
    """

    key: str
    title: str
    parse: Parser = _TEXT
    synonyms: tuple[str, ...] = ()
    required: bool = True
    absent_ok: bool = False
    empty: Any = ""
    unique: bool = False
    get: Callable[[Any], Any] | None = None
    width: float | None = None

    def value(self, row: Any) -> Any:
        """The column's value of a row to be written."""
        return self.get(row) if self.get is not None else attrgetter(self.key)(row)


RowRule = Callable[[Mapping[str, Any]], None]


def no_row(values: Mapping[str, Any]) -> Any:
    """For lists that are only written."""
    raise NotImplementedError("this list is not read")


@dataclass(frozen=True, slots=True)
class Sound(Generic[RowT]):
    """The rows of a file that are right each by itself.

    Attributes:
        rows: in the order of the file.
        numbers: for each row its number in the spreadsheet.
        complete: whether these are all rows of the file. What is missing among them is no fault otherwise.
    """

    rows: Sequence[RowT]
    numbers: Sequence[int]
    complete: bool

    def __iter__(self) -> Iterator[tuple[int, RowT]]:
        """Pairs of number and row."""
        return zip(self.numbers, self.rows, strict=True)


class Fault(NamedTuple):
    """What several rows together, or what is known already, show to be wrong.

    Attributes:
        number: the row in the spreadsheet; ``None`` = the list as a whole.
        key: the column; ``None`` where it is no single one.
        doubt: somebody should look at it, but it stops nothing.
        about: what a remedy other than mending the file needs to know; see ``Import.remedy``.
    """

    number: int | None
    key: str | None
    wrong: Wrong
    doubt: bool = False
    about: Mapping[str, str] | None = None


def no_fault(_: Sound[Any]) -> Iterable[Fault]:
    """For lists whose rows are right when each is right by itself."""
    return ()


@dataclass(frozen=True)
class ListDeclaration(Generic[RowT]):
    """A list, declared once for reading and writing.

    Attributes:
        name: what people call it, e.g. 职位表； also the name of the worksheet.
        columns: in the official order.
        build: makes a row of the values by key. It sees a row whose cells are all right, and raises
            :class:`RowWrong` for what only several cells together show.
        row_height: points that each written row has at least, where people write by hand.
        build: makes a row of the values by key. It sees a row that is right.
        rules: what only several cells of a row together show; each raises :class:`RowWrong`. A rule is left out where
            one of the cells that it asks for is wrong, and only there: the faults of a row are said all at once.
        check: what speaks against the rows in view of each other and of what is known already. It is asked about the
            sound rows of a file even where others are wrong, so that all is said at once.
    """

    name: str
    columns: tuple[Column, ...]
    build: Callable[[Mapping[str, Any]], RowT] = no_row
    rules: tuple[RowRule, ...] = ()
    check: Callable[[Sound[RowT]], Iterable[Fault]] = no_fault
    row_height: float | None = None

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            raise ValueError(f"{self.name}: two columns have the same key")

    def column(self, key: str) -> Column:
        """The column of a key."""
        return next(column for column in self.columns if column.key == key)


class RowWrong(ValueError):
    """What is wrong with a row as a whole: pairs of a column's key and what is wrong with it."""

    def __init__(self, wrongs: Iterable[tuple[str, Wrong]]) -> None:
        self.wrongs = list(wrongs)
        super().__init__("; ".join(str(wrong) for _, wrong in self.wrongs))
