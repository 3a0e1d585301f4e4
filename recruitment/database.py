"""The declarative base, the session, and the rule that reading requests cannot write."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from inspect import iscoroutinefunction
from typing import Annotated, Any, cast

import sqlalchemy as sa
from flask import has_request_context, request
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# A primary key that says nothing and cannot be guessed.
Id = Annotated[
    uuid.UUID,
    orm.mapped_column(primary_key=True, default=uuid.uuid4, server_default=sa.text("gen_random_uuid()")),
]


class Base(orm.DeclarativeBase):
    """Base of every table of the application."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: sa.DateTime(timezone=True),
        str: sa.Text(),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Database(SQLAlchemy):
    """Without the extension's asynchronous sessions, of which we have none.

    To close them it starts an event loop after every request: a millisecond each time, and an error wherever a
    loop is running already.
    """

    def init_app(self, app: App) -> None:
        super().init_app(app)
        functions = app.teardown_appcontext_funcs
        functions[:] = [function for function in functions if not iscoroutinefunction(function)]


db = Database()


def among(column: Any, values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Whether a column has one of many values: they are one parameter, where ``in_`` allows 65,535 of them."""
    return cast(sa.ColumnElement[bool], column == sa.any_(sa.literal(list(values), ARRAY(column.type))))


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@event.listens_for(orm.Session, "after_begin")
def _refuse_writes_in_safe_requests(
    session: orm.Session, transaction: orm.SessionTransaction, connection: sa.Connection
) -> None:
    # The database itself answers for "GET never writes": a view that forgets fails loudly.
    if has_request_context() and request.method in SAFE_METHODS:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def after_commit(key: str, tell: Callable[[list[Any]], None]) -> None:
    """Have ``tell`` called with what a session has collected in ``session.info[key]``, a list, once it is committed.

    A savepoint that is released is no commit yet, and one that is rolled back takes nothing away from what the
    transaction around it collected; what was collected within it is told, too, and its reader finds no row.
    """

    @event.listens_for(orm.Session, "after_commit")
    def _committed(session: orm.Session) -> None:
        if not session.in_nested_transaction() and (collected := session.info.pop(key, None)):
            tell(collected)

    @event.listens_for(orm.Session, "after_soft_rollback")
    def _rolled_back(session: orm.Session, previous: orm.SessionTransaction) -> None:
        if previous.parent is None:
            session.info.pop(key, None)
