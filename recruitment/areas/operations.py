"""Put the catalogue that comes with the package into the database."""

from collections.abc import Iterable

from sqlalchemy import Connection

from recruitment.areas import catalogue

# Table → columns, in the order in which foreign keys allow them to be filled.
COLUMNS = {
    "county": ("code", "name", "prefecture_code", "prefecture", "autonomous", "tibetan"),
    "township": ("code", "name", "county_code"),
    "community": ("code", "name", "township_code"),
}


def load(connection: Connection) -> dict[str, int]:
    """Insert new areas and update changed ones, in the caller's transaction.

    Areas that left the catalogue stay: posts held there in earlier years still refer to them.

    Returns:
        How many rows of each table were inserted or changed.
    """
    rows: dict[str, Iterable[tuple[object, ...]]] = {
        "county": (
            (c.code, c.name, c.prefecture_code, c.prefecture, c.autonomous, c.tibetan)
            for c in catalogue.counties().values()
        ),
        "township": catalogue.townships(),
        "community": catalogue.communities(),
    }
    return {table: _merge(connection, table, COLUMNS[table], rows[table]) for table in COLUMNS}


def _merge(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> int:
    names = ", ".join(columns)
    values = ", ".join(f"excluded.{name}" for name in columns[1:])
    connection.exec_driver_sql(f"CREATE TEMP TABLE incoming (LIKE {table}) ON COMMIT DROP")
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    changed = connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming "  # noqa: S608 - names are ours
        f"ON CONFLICT (code) DO UPDATE SET ({', '.join(columns[1:])}) = ROW({values}) "
        f"WHERE ({', '.join(f'{table}.{name}' for name in columns[1:])}) IS DISTINCT FROM ({values})"
    ).rowcount
    connection.exec_driver_sql("DROP TABLE incoming")
    return changed
