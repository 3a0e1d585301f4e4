"""A correction of a call that everybody has applied to."""

import os
import time
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.corrections import operations, queries
from recruitment.people.models import User
from tests import factories
from tests.corrections.conftest import Round
from tests.corrections.test_operations import propose

PEOPLE = int(os.environ.get("PROOF_PEOPLE", "20000"))


def multiply(session: Session, application: Application, times: int) -> None:
    """The same application again, by other people."""
    person, copied = User.__table__, Application.__table__
    numbers = sa.func.generate_series(1, times).table_valued("n").render_derived()

    def copy(table: Any, new: dict[str, Any], where: Any) -> None:
        names = [column.name for column in table.c]
        values = [new.get(name, table.c[name]) for name in names]
        rows = sa.select(*values).join_from(table, numbers, sa.true()).where(where)
        session.execute(sa.insert(table).from_select(names, rows))

    def made(prefix: str) -> Any:
        return sa.cast(sa.func.md5(sa.func.concat(prefix, numbers.c.n)), sa.Uuid)

    number = sa.cast(numbers.c.n, sa.Text)
    copy(
        person,
        {
            "id": made("p"),
            "email": "many" + number + "@test.example",
            "id_number_index": "i" + number,
            "phone_index": "p" + number,
        },
        person.c.id == application.owner_id,
    )
    copy(
        copied,
        {"id": made("a"), "owner_id": made("p"), "receipt_number": "26-M" + number},
        copied.c.id == application.id,
    )


@pytest.mark.full
@pytest.mark.skipif(os.environ.get("PROOF") != "full", reason="long: PROOF=full")
def test_twenty_thousand(session: Session, round_: Round, person: User) -> None:
    multiply(session, round_.late, PEOPLE)
    session.commit()
    spent = {}

    def timed(name: str, started: float) -> None:
        spent[name] = time.perf_counter() - started

    started = time.perf_counter()
    made = propose(session, round_, person)
    timed("propose", started)
    started = time.perf_counter()
    figures = queries.figures(session, made)
    queries.page(session, queries.RejudgementFilter(made.id))
    timed("page", started)
    started = time.perf_counter()
    operations.confirm(session, made, person.actor(), factories.NOW, judged_at=made.judged_at)
    session.commit()
    timed("confirm", started)
    print({name: round(seconds, 2) for name, seconds in spent.items()})  # noqa: T201
    assert figures.judged == PEOPLE + 3
    eligible = sa.select(sa.func.count()).where(Application.verdict_outcome == "eligible")
    assert session.scalar(eligible) == PEOPLE + 3
