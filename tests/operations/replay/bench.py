"""Runs the same operations twice, on a database and on a schema in memory, and compares what comes of it."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from alembic.autogenerate.pairs import settled
from alembic.ddl.impl import DefaultImpl
from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.runtime.replay import Replaying, ReplayingOperations
from alembic.schema.from_catalogue import from_catalogue
from alembic.schema.from_metadata import from_metadata
from alembic.schema.knowledge import why_unknown
from alembic.schema.rules import SchemaRules
from alembic.schema.shapes import Schema

#: What the code of a step may name, beside ``op`` and what is passed to :meth:`Bench.run`.
NAMES = {"sa": sa, "mysql": mysql, "postgresql": postgresql, "sqlite": sqlite, "datetime": datetime}

#: Why a database may refuse an operation.
REFUSALS = (sa.exc.SQLAlchemyError, CommandError)


class Bench:
    """A database, and beside it the schema that replaying the same operations gives.

    :param engine: of an empty database.
    :param opts: options of ``context.configure()``.
    """

    def __init__(self, engine: sa.Engine, **opts: Any) -> None:
        self.engine = engine
        self.opts = opts
        self.replaying = Replaying(engine.dialect, opts)
        self._made_by_operations = True
        #: What was run so far.
        self.lines: list[str] = []

    @property
    def schema(self) -> Schema:
        """The schema as replayed so far."""
        return self.replaying.schema

    def start(self, metadata: sa.MetaData) -> None:
        """Create tables, and begin the replay with what models say of them."""
        self._made_by_operations = False
        with self.engine.begin() as connection:
            metadata.create_all(connection)
            self.replaying.schema = from_metadata(
                [metadata], self._rules(connection), self.engine.dialect.default_schema_name
            )

    def run(self, *lines: str, **names: Any) -> None:
        """Run the lines as one step, on both sides.

        :raises REFUSALS: what the database said to it; then nothing was replayed, and whatever the database
            has kept of it, is for the caller to know.
        """
        self.run_live(*lines, **names)
        self.replay(*lines, **names)
        self.lines += lines

    def run_live(self, *lines: str, **names: Any) -> None:
        """Run the lines as one step on the database only."""
        with self.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=dict(self.opts))
            with context.begin_transaction(_per_migration=not context.impl.transactional_ddl):
                context.impl.begin_step()
                with Operations.context(context) as op, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    _execute(lines, op, names)
                context.impl.end_step()
                context.impl.end_run()

    def replay(self, *lines: str, **names: Any) -> None:
        """Apply the operations of the lines to the schema only."""
        with ReplayingOperations.context(self.replaying) as op, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _execute(lines, op, names)

    def differences(self) -> dict[str, str]:
        """For each table, and "enums", what is otherwise in the database than it was replayed; unknown ones
        don't count.
        """
        with self.engine.begin() as connection:
            rules = self._rules(connection)
            real = from_catalogue(rules.read(connection, [None], lambda key: True), rules)
            real, replayed = settled(connection, rules, real, self.schema)
        found = {}
        for key in sorted({*real.tables, *replayed.tables}, key=str):
            one, other = real.tables.get(key), replayed.tables.get(key)
            if one is None or other is None:
                if why_unknown(replayed, key) is None:
                    found[key[1]] = "not replayed" if other is None else "not in the database"
                continue
            facts = {name: (getattr(one, name), getattr(other, name)) for name in _FACTS}
            facts |= {
                f"column {name}": (column, replayed_column)
                for name, column in one.columns.items()
                if (replayed_column := other.columns.get(name)) != column
            }
            said = [f"{name}: {a!r}\n  replayed as {b!r}" for name, (a, b) in facts.items() if a != b]
            if list(one.columns) != list(other.columns):
                said.append(f"order of columns: {list(one.columns)}\n  replayed as {list(other.columns)}")
            if said:
                found[key[1]] = "\n".join(said)
        real_enums = {key: each for key, each in real.enums.items() if why_unknown(replayed, key) is None}
        # Only types that a migration has made go with the last column that uses them.
        if self._made_by_operations and real_enums != replayed.enums:
            found["enums"] = f"{sorted(real_enums)}\n  replayed as {sorted(replayed.enums)}"
        return found

    def _rules(self, connection: sa.Connection) -> SchemaRules:
        impl = DefaultImpl.get_by_dialect(self.engine.dialect)
        return impl(self.engine.dialect, connection, False, None, None, {}).rules


_FACTS = (
    "primary_key",
    "uniques",
    "foreign_keys",
    "indexes",
    "checks",
    "excludes",
    "comment",
    "options",
)


def _execute(lines: Sequence[str], op: Operations, names: Mapping[str, Any]) -> None:
    exec(compile("\n".join(lines), "step", "exec"), {**NAMES, **names, "op": op})
