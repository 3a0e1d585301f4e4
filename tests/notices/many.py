"""Applications by the thousand, copied in the database from one that was made step by step."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.people.models import User


def copies(session: Session, of: Application, count: int) -> list[uuid.UUID]:
    """So many more like it, each of a cadre of its own; their journals begin with what comes next."""
    numbers = sa.func.generate_series(1, count).table_valued("number", name="numbers").render_derived()
    n = sa.cast(numbers.c.number, sa.Text)
    owner = sa.func.md5(sa.literal(f"owner {of.id} ") + n).cast(sa.Uuid)
    this = sa.func.md5(sa.literal(f"application {of.id} ") + n).cast(sa.Uuid)
    _copy(
        session,
        User.__table__,
        User.__table__.c.id == of.owner_id,
        numbers,
        {
            "id": owner,
            "email": sa.literal(f"copy-{of.id.hex[:8]}-") + n + sa.literal("@test.example"),
            "name": sa.literal("报考人") + n,
            "phone": sa.null(),
            "phone_index": sa.null(),
            "id_number": sa.null(),
            "id_number_index": sa.null(),
        },
    )
    _copy(
        session,
        Application.__table__,
        Application.__table__.c.id == of.id,
        numbers,
        {"id": this, "owner_id": owner, "receipt_number": sa.literal(of.id.hex[:6]) + n},
    )
    return list(session.scalars(sa.select(this).select_from(numbers)))


def _copy(
    session: Session, table: Any, which: Any, numbers: Any, changes: Mapping[str, sa.ColumnElement[Any]]
) -> None:
    # As the database keeps it: what is encrypted stays as it is.
    columns = [column for column in table.c if column.computed is None]
    values = [
        changes.get(column.name, sa.type_coerce(column, sa.types.NullType())).label(column.name)
        for column in columns
    ]
    session.execute(
        sa.insert(table).from_select(
            [column.name for column in columns],
            sa.select(*values).select_from(sa.join(table, numbers, sa.true())).where(which),
            include_defaults=False,
        )
    )
