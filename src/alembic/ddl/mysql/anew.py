"""A table that is to be made anew on a connection: read with all that it has, or refused.

Whether something is lost is not a matter of what we know of: an empty table is made beside it, and the server
says of both what they are like.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from ...errors.batch import NotCarriedOver
from ..base import format_table_name
from ..recreation import Recreation
from ..sinks import LiveSink, script_dialect
from ..whole import is_as_it_is, table_of
from .live import readable, show_create
from .reflect import read, server_facts

if TYPE_CHECKING:
    from sqlalchemy.schema import Table

    from .operations import MySQLImpl

_FOREIGN_KEY = re.compile(r"CONSTRAINT ([`\"]).*?\1 FOREIGN KEY")
_FOREIGN_KEY_OR_CHECK = re.compile(r"CONSTRAINT ([`\"]).*?\1 (FOREIGN KEY|CHECK(?!.*NOT ENFORCED))")
_COUNTER = re.compile(r" AUTO_INCREMENT=(\d+)")


def whole_table(impl: MySQLImpl, batch: Any) -> Table | None:
    """The table of a batch, as it is; None: there is none.

    :raises NotCarriedOver: it has something that would be lost.
    """
    connection: Any = impl.connection
    facts = server_facts(connection)
    schema = None if batch.schema == facts.current else batch.schema
    key = (schema, batch.table_name)
    catalogue = read(connection, facts, [schema], lambda each: each == key)
    record = catalogue.tables.get(key)
    if record is None:
        return None
    table = table_of(impl, batch, catalogue, record)
    with readable(connection):
        before = _told(impl, table.name, table.schema)
        counter = _COUNTER.search(before)
        if counter is not None:
            table.dialect_kwargs[f"{impl.dialect.name}_auto_increment"] = counter[1]
        if is_as_it_is(batch):
            lost = _lost(*(_lines(each, _is_mariadb(impl)) for each in (before, _rehearsed(impl, table))))
            if lost:
                raise NotCarriedOver(table.name, lost)
    return table


def _rehearsed(impl: MySQLImpl, table: Table) -> str:
    """What the server says of a table that is made as this one would be made, and dropped again."""
    connection: Any = impl.connection
    recreation = Recreation(impl, table)
    new = recreation.new_table(f"_alembic_try_{table.name}"[:50])
    for constraint in [*new.constraints]:
        # Their names are taken, by the table that there is.
        taken = isinstance(constraint, ForeignKeyConstraint) or (
            isinstance(constraint, CheckConstraint) and not _is_mariadb(impl)
        )
        if taken:
            new.constraints.discard(constraint)
    usual, impl.sink = impl.sink, LiveSink(connection)
    try:
        with impl.journal.scratch() if impl.journal is not None else nullcontext():
            impl.drop_table(new, if_exists=True)
            impl.create_table(new)
            try:
                for index in recreation.indexes.values():
                    impl.create_index(recreation._index_on(index, new))
                return _told(impl, new.name, new.schema)
            finally:
                impl.drop_table(new)
    finally:
        impl.sink = usual


def _lost(old: list[str], new: list[str]) -> list[str]:
    """What the definition has that the other one has not, line by line."""
    if old == new:
        return []
    return [line for line in old if line not in new] or [line for line in new if line not in old] or ["order"]


def _lines(text: str, with_checks: bool) -> list[str]:
    """The lines between CREATE TABLE and the end, and the words after it; keys in no order."""
    lines = [_COUNTER.sub("", line).strip().removesuffix(",") for line in text.splitlines()[1:]]
    columns = [line for line in lines if line.startswith(("`", '"'))]
    # The catalogue tells all of them; of MySQL's CHECKs, too, unless they aren't enforced.
    left_out = _FOREIGN_KEY if with_checks else _FOREIGN_KEY_OR_CHECK
    rest = [line for line in lines if line not in columns and not left_out.match(line)]
    return [*columns, *sorted(rest)]


def _told(impl: MySQLImpl, name: str, schema: str | None) -> str:
    quiet: Any = script_dialect(impl.dialect)
    target = format_table_name(quiet.ddl_compiler(quiet, None), name, schema)
    return show_create(impl.connection, target)  # type: ignore[arg-type]  # it is there on a live database


def _is_mariadb(impl: MySQLImpl) -> bool:
    return bool(getattr(impl.dialect, "is_mariadb", False))
