"""Models made in a database and compared with other models."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

Models = Callable[[sa.MetaData], Any]


def table(*items: Any, name: str = "t", **kw: Any) -> Models:
    """Models with one table: a key and what the items make; items are callables, made anew for each side."""

    def make(metadata: sa.MetaData) -> sa.Table:
        made = [item() for item in items]
        return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *made, **kw)

    return make


def column(*args: Any, **kw: Any) -> Callable[[], sa.Column[Any]]:
    """A column to be made for each side anew; a foreign key is given as a function that makes it."""
    return lambda: sa.Column(*(each() if inspect.isfunction(each) else each for each in args), **kw)


def both(*models: Models) -> Models:
    """Several tables."""

    def make(metadata: sa.MetaData) -> None:
        for each in models:
            each(metadata)

    return make


def nothing(metadata: sa.MetaData) -> None:
    """No tables."""


def made(models: Models) -> sa.MetaData:
    """The models as MetaData."""
    metadata = sa.MetaData()
    models(metadata)
    return metadata


@contextmanager
def connected(url: str, models: Models | None) -> Iterator[sa.Connection]:
    """A connection to a database that has just the models' tables; None leaves it as it is."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if models is not None:
            present = sa.MetaData()
            present.reflect(connection)
            present.drop_all(connection)
            made(models).create_all(connection)
            connection.commit()
        yield connection


def differences(url: str, database: Models | None, wanted: Models, **opts: Any) -> list[Any]:
    """The diff tuples between what a database has and the models that are wanted."""
    with connected(url, database) as connection:
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, made(wanted))
        return found


def log_lines(caplog: Any) -> list[str]:
    """What was logged about differences, without the names of loggers."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("alembic.autogenerate") and record.levelno == logging.INFO
    ]


@contextmanager
def statements(connection: sa.Connection) -> Iterator[list[str]]:
    """The statements that are sent within the block."""
    sent: list[str] = []

    def listen(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(connection, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        sa.event.remove(connection, "before_cursor_execute", listen)
