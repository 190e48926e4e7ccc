"""Small helpers of these tests: both sides of a SQLite file as shapes, and the statements sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from alembic.ddl.sqlite.compare import SQLiteRules
from alembic.schema.catalogue import Catalogue
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata
from alembic.schema.shapes import Schema, Table


def connected(*statements: str) -> sa.Connection:
    """A connection to a new database in memory in which these statements were run."""
    connection = sa.create_engine("sqlite://").connect()
    for statement in statements:
        connection.exec_driver_sql(statement)
    return connection


def read(connection: sa.Connection, *schemas: str | None) -> Catalogue:
    """What the rules read of these schemas; of the main one if none are named."""
    return SQLiteRules(connection.dialect).read(connection, schemas or [None], lambda key: True)


def database(connection: sa.Connection, *schemas: str | None) -> Schema:
    """The database's shapes."""
    return from_catalogue(read(connection, *schemas), SQLiteRules(connection.dialect))


def models(connection: sa.Connection, metadata: sa.MetaData) -> Schema:
    """The models' shapes."""
    return from_metadata([metadata], SQLiteRules(connection.dialect), "main")


def both(connection: sa.Connection, metadata: sa.MetaData) -> tuple[dict[Any, Table], dict[Any, Table]]:
    """The tables of both sides, adjusted to each other."""
    rules = SQLiteRules(connection.dialect)
    found, wanted = dict(database(connection).tables), dict(models(connection, metadata).tables)
    for key in found.keys() & wanted.keys():
        found[key], wanted[key] = rules.adjust(found[key], wanted[key])
    return found, wanted


@contextmanager
def statements(connection: sa.Connection) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)
