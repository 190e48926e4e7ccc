"""One round trip: from a schema to another by a generated upgrade, and back by the generated downgrade."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from alembic import op
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from .dumps import dump


class RoundTripError(AssertionError):
    """A round trip did not come back to where it should."""

    def __init__(self, what: str, **details: Any) -> None:
        parts = "\n".join(f"--- {name}:\n{value}" for name, value in details.items())
        super().__init__(f"{what}\n{parts}")


def round_trip(engine: sa.Engine, before: sa.MetaData, after: sa.MetaData, **options: Any) -> int:
    """Create one schema, migrate to the other and back; everything must be exact.

    :param options: for :meth:`MigrationContext.configure`.
    :returns: how many lines of code the upgrade has, without comments; none if there was nothing to do.
    :raises RoundTripError: with the code that was generated.
    """
    clean(engine)
    with engine.begin() as connection:
        before.create_all(connection)
    start = dump(engine)
    with engine.begin() as connection:
        still = compare_metadata(_context(connection, options), before)
        if still:
            raise RoundTripError("differences right after create_all", still=still)
    with engine.begin() as connection:
        context = _context(connection, options)
        script = produce_migrations(context, after)
        upgrade = _code(script.upgrade_ops, context)
        downgrade = _code(script.downgrade_ops, context)
    codes = {"upgrade": upgrade, "downgrade": downgrade}
    _apply(engine, "upgrade", upgrade, options, codes)
    _expect_nothing(engine, after, options, "the upgrade left differences", codes)
    _apply(engine, "downgrade", downgrade, options, codes)
    end = dump(engine)
    if end != start:
        lost = "\n".join(line for line in start if line not in end)
        new = "\n".join(line for line in end if line not in start)
        raise RoundTripError("the downgrade did not lead back", **codes, was=lost, has_become=new)
    _expect_nothing(engine, before, options, "the downgrade left differences", codes)
    lines = [line.strip() for line in upgrade.splitlines()]
    return sum(line != "pass" and not line.startswith("#") for line in lines)


def _context(connection: sa.Connection, options: dict[str, Any]) -> MigrationContext:
    return MigrationContext.configure(connection, opts=dict(options))


def _code(ops: Any, context: MigrationContext) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return render_python_code(ops, migration_context=context)


def _apply(engine: sa.Engine, name: str, code: str, options: dict[str, Any], codes: dict[str, str]) -> None:
    names: dict[str, Any] = {"op": op, "sa": sa, "datetime": datetime}
    names |= {"postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}
    try:
        with engine.begin() as connection:
            context = _context(connection, options)
            context.impl.begin_step()
            with Operations.context(context):
                exec(compile(f"def {name}():\n    {code}\n", name, "exec"), names)
                names[name]()
            context.impl.end_step()
            context.impl.end_run()
    except Exception as error:
        raise RoundTripError(f"the {name} failed: {error}", **codes) from error


def _expect_nothing(
    engine: sa.Engine, model: sa.MetaData, options: dict[str, Any], what: str, codes: dict[str, str]
) -> None:
    with engine.begin() as connection:
        found = compare_metadata(_context(connection, options), model)
    if found:
        raise RoundTripError(what, found=found, **codes)


def clean(engine: sa.Engine) -> None:
    """Remove all that the last round trip left."""
    _CLEANERS[engine.dialect.name](engine)


def _clean_postgresql(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")


def _clean_mariadb(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        for name in list(connection.exec_driver_sql("SHOW TABLES").scalars()):
            connection.execute(sa.text(f"DROP TABLE `{name}`"))
        connection.exec_driver_sql("SET foreign_key_checks = 1")


def _clean_sqlite(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        tables = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        for name in list(tables.scalars()):
            connection.exec_driver_sql(f'DROP TABLE "{name}"')


_CLEANERS: dict[str, Callable[[sa.Engine], None]] = {
    "postgresql": _clean_postgresql,
    "mariadb": _clean_mariadb,
    "sqlite": _clean_sqlite,
}
