"""What an import is: a list, who may bring it in, what it is about, and what becomes of its rows.

A room declares one and registers it with its blueprint by :func:`recruitment.lists.pages.register`; upload, dry run,
confirmation, progress, outcome and record come with that. See ``docs/lists.md``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from recruitment.clock import local
from recruitment.lists.declaration import ListDeclaration, RowT
from recruitment.people.models import Role, User

if TYPE_CHECKING:
    from recruitment.lists.forms import UploadForm

Words: TypeAlias = LazyString | str
_FILE = _l("表格文件")
Figures = Mapping[str, Any]
"""Whole numbers, or text as it is to stand, by name."""


@dataclass(frozen=True, slots=True)
class About:
    """What imports are about, from the arguments of their address.

    Attributes:
        kind: as records of access name it.
        find: the subject, or none if there is no such thing; it has an ``id``.
        may: whether the person may import here.
        title: said below the heading.
    """

    kind: str
    find: Callable[[Session, Mapping[str, Any]], Any | None]
    may: Callable[[User, Any], bool]
    title: Callable[[Any], Words]

    def scope(self, subject: Any) -> str:
        """Names the subject among others of its kind."""
        return str(getattr(subject, "id", ""))


# For lists of which there is one.
THE_ONE = About("list", lambda session, arguments: True, lambda person, subject: True, lambda subject: "")


@dataclass(frozen=True, slots=True)
class Ground:
    """What reading and applying a file stand on.

    Attributes:
        subject: what :class:`About` found.
        person: who uploaded the file; they alone confirm it.
        options: what was chosen beside the file, by the name of its field.
        filename, sha256: of the file.
        numbers: where each of the rows that are applied stands in the spreadsheet.
    """

    session: Session
    subject: Any
    person: User
    now: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    filename: str = ""
    sha256: str = ""
    numbers: Sequence[int] = ()

    @property
    def today(self) -> date:
        """The day in Sichuan."""
        return local(self.now).date()


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the preview. Days, moments and words are shown in the language of the page."""

    title: Words
    get: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What a dry run says about sound rows.

    Attributes:
        figures: by the names in :attr:`Import.figures`; one that is missing is not shown.
        rows: for the preview, if it is not the first rows of the file.
        columns: of the preview, if they depend on the ground.
    """

    figures: Figures = field(default_factory=dict)
    rows: Sequence[Any] | None = None
    columns: Sequence[Shown] | None = None


def _look(ground: Ground, rows: Sequence[Any]) -> Look:
    return Look()


def _button(figures: Figures) -> str:
    return str(_("确认导入%(number)s行", number=figures["rows"]))


@dataclass(frozen=True)
class Import(Generic[RowT]):
    """An import, declared once.

    Attributes:
        name: the endpoint of its page, e.g. ``fees.bank_file``; unique, and kept with each file.
        address: of the upload page, below the blueprint's; that of a file adds its id.
        title: heading of the upload page.
        roles: who may open the pages; :attr:`about` says where.
        table: the list, or what makes it of the ground where it depends on more than itself.
        apply: writes checked rows in the caller's transaction and returns figures of what it did; raises
            :class:`workflows.terms.Refused`. It may be run again if its transaction was lost.
        hold: locks what must not change between the check and the writing.
        look: figures and preview of sound rows.
        figures: what the figures of ``look`` count, in the order of the page. ``rows`` is always known.
        preview: columns of the preview; by default those of the list.
        notes: sentences above the button that confirms, of the figures.
        button: words on it.
        said: what is said after the import, as pairs of tone and sentence, of the outcome.
        done: where to go then, of the arguments of the address and the outcome.
        back: address and words of the page that one comes from.
        remedy: address and words of what else can be done about a fault, of the arguments and what the fault is about.
        closed: why nothing can be imported now; none if it can.
        guide: template with what to know before; it sees ``subject`` and what ``context`` gives.
        form: beside the file's field it may ask for more, which becomes the options.
        file_label: what the file is.
    """

    name: str
    address: str
    title: Words
    roles: tuple[Role, ...]
    table: ListDeclaration[RowT] | Callable[[Ground], ListDeclaration[RowT]]
    apply: Callable[[Ground, Sequence[RowT]], Figures]
    about: About = THE_ONE
    hold: Callable[[Ground], object] = lambda ground: None
    look: Callable[[Ground, Sequence[RowT]], Look] = _look
    figures: Mapping[str, Words] = field(default_factory=lambda: {"rows": _l("行")})
    preview: tuple[Shown, ...] | None = None
    notes: Callable[[Figures], Sequence[str]] = lambda figures: ()
    button: Callable[[Figures], str] = _button
    said: Callable[[Figures], Sequence[tuple[str, str]]] = lambda outcome: ()
    done: Callable[[Mapping[str, Any], Figures], str] | None = None
    back: Callable[[Mapping[str, Any]], tuple[str, str]] | None = None
    remedy: Callable[[Mapping[str, Any], Mapping[str, str]], tuple[str, str]] | None = None
    closed: Callable[[Session, Any], str | None] = lambda session, subject: None
    guide: str = ""
    context: Callable[[Session, Any, User], Mapping[str, Any]] = lambda session, subject, person: {}
    form: "type[UploadForm] | None" = None
    file_label: Words = _FILE

    def table_for(self, ground: Ground) -> ListDeclaration[RowT]:
        """The list as it is read here and now."""
        return self.table if isinstance(self.table, ListDeclaration) else self.table(ground)


IMPORTS: dict[str, Import[Any]] = {}
"""By name; filled when the rooms' views are imported."""
