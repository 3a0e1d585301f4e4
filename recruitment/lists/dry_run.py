"""What a dry run shows, as data: made where the file is read, kept with it, said on a page later.

Words in it are Chinese, as the file's are. Those that the page has a translation for are marked as such.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _

from recruitment.lists.files import DEFAULT_LIMITS, Limits
from recruitment.lists.imports import Figures, Ground, Import, Shown
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult, ListError
from recruitment.web.formats import day
from recruitment.wording import moment, official

# So many are listed; the figures above them count all.
PREVIEWED, LISTED = 20, 500


def read(
    declared: Import[Any], ground: Ground, content: bytes, limits: Limits = DEFAULT_LIMITS
) -> tuple[ImportResult[Any], dict[str, Any]]:
    """Read a file without changing anything: its rows, and what a page is to show of them."""
    with official():
        table = declared.table_for(ground)
        found = read_list(table, content, limits)
        shown: dict[str, Any] = {
            "read": found.read,
            "ignored": found.ignored,
            "errors": [_fault(error) for error in found.errors[:LISTED]],
            "error_count": len(found.errors),
            "warnings": [_fault(warning) for warning in found.warnings[:LISTED]],
            "warning_count": len(found.warnings),
            "figures": {},
            "heads": [],
            "rows": [],
            "more": 0,
        }
        if found.ok:
            look = declared.look(ground, found.rows)
            rows = found.rows if look.rows is None else look.rows
            own = look.columns or declared.preview
            columns = own or [Shown(column.title, column.value) for column in table.columns]
            shown |= {
                "figures": {"rows": len(found.rows)} | dict(look.figures),
                "heads": [str(column.title) for column in columns],
                "rows": [[_cell(column.get(row)) for column in columns] for row in rows[:PREVIEWED]],
                "more": max(len(rows) - PREVIEWED, 0),
            }
        return found, shown


def mark(shown: Mapping[str, Any]) -> str:
    """Tells two dry runs apart: what is confirmed must be what was looked at."""
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _fault(error: ListError) -> dict[str, Any]:
    about = {} if error.about is None else {"about": dict(error.about)}
    return about | {
        "row": error.row,
        "column": error.column,
        "cell": error.cell,
        "said": f"{error.wrong}，{error.expected}" if error.expected else error.wrong,
    }


def _cell(value: Any) -> Any:
    if isinstance(value, LazyString):
        return {"words": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


# On the page


def in_words(cell: Any) -> Any:
    """A cell of the preview in the language of the page; numbers stay numbers."""
    if not isinstance(cell, dict):
        return cell
    if "words" in cell:
        words = cell["words"]
        return _(words)
    if "moment" in cell:
        return moment(datetime.fromisoformat(cell["moment"]))
    return day(date.fromisoformat(cell["day"]))


def figures_in_words(declared: Import[Any], figures: Figures) -> Sequence[tuple[Any, str]]:
    """The figures that the page shows, each with what it counts."""
    return [(figures[name], str(words)) for name, words in declared.figures.items() if name in figures]


def heads_in_words(heads: Sequence[str]) -> list[str]:
    """Headings of the preview in the language of the page."""
    return [_(head) if head else "" for head in heads]
