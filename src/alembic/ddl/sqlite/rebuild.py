"""Changes to a table that ALTER TABLE can't make: the table is made anew, with everything that it had.

The way is that of https://www.sqlite.org/lang_altertable.html, section 7, but for one thing: the old table is
renamed out of the way, instead of the new one into place, so that the new definition is stored to the letter.
That is safe because under ``legacy_alter_table`` no view and no trigger follows the rename, and because no
foreign key of another table is in force meanwhile.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DatabaseError

from ...errors.sqlite import ForeignLeftover, ReferencesBroken, ReferencesInForce
from ..statement import Statement
from . import edits
from .stored import Place, Stored, copy_name

if TYPE_CHECKING:
    from ..sinks import Sink
    from .definition import Definition

log = logging.getLogger("alembic.ddl.sqlite")

_SAVEPOINT = "alembic_rebuild"
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


class Rebuild:
    """Makes one table anew, with another definition and the same rows.

    :param sink: runs the statements.
    :param place: the table.
    """

    def __init__(self, sink: Sink, place: Place) -> None:
        self._sink = sink
        self._place = place
        self._copy = Place(place.connection, copy_name(place.name), place.schema)

    def carry_out(self, definition: Definition) -> None:
        """All of it, or nothing.

        :param definition: what the table becomes.
        :raises ReferencesBroken: rows would refer to rows that don't exist.
        :raises ReferencesInForce: foreign keys can't be kept from being carried out.
        """
        referrers = self._place.referrers()
        with self._out_of_force(referrers) as detach:
            broken = self._violations(referrers)
            with self._savepoint(), self._legacy_rename():
                self._clear_leftover(definition)
                if detach:
                    self._detach(referrers)
                self._replace(definition)
                if detach:
                    self._store(referrers)
                self._check(self._violations(referrers) - broken)

    def _replace(self, definition: Definition) -> None:
        place, copy = self._place, self._copy
        indexes = [each for each in place.objects("index") if not self._mentions(each, definition.dropped)]
        triggers = place.objects("trigger")
        for each in triggers:  # DROP TABLE carries out foreign keys of the table to itself, and so fires them
            self._run(f"DROP TRIGGER {place.sql(each.name)}")
        self._run(f"ALTER TABLE {place.sql()} RENAME TO {place.quote(copy.name)}")
        self._make(definition.text)
        self._copy_rows(definition)
        self._run(f"DROP TABLE {copy.sql()}")
        for each in (*indexes, *triggers):
            self._make(each.sql)

    def _mentions(self, index: Stored, columns: Sequence[str]) -> bool:
        parts = index.sql[index.sql.index("(") :]
        return any(edits.speaks_of(parts, column) for column in columns)

    def _make(self, sql: str) -> None:
        """Run a statement of sqlite_master, which never names the schema."""
        self._run(edits.in_schema(sql, self._place.quote(self._place.schema)) if self._place.schema else sql)

    # -- rows ----------------------------------------------------------------------------------------

    def _copy_rows(self, definition: Definition) -> None:
        place, copy = self._place, self._copy
        before = copy.columns()
        pairs = [
            (place.quote(name), definition.source(name))
            for name, generated in place.columns().items()
            if not generated and name in before and name not in definition.added
        ]
        if (number := self._row_number(definition, before)) is not None:
            pairs.insert(0, (number, number))
        if pairs:
            into = ", ".join(name for name, _ in pairs)
            values = ", ".join(source for _, source in pairs)
            # OR ABORT: an ON CONFLICT of the table must not leave rows out in silence.
            self._run(f"INSERT OR ABORT INTO {place.sql()} ({into}) SELECT {values} FROM {copy.sql()}")
        if definition.counts:
            self._keep_counter()

    def _row_number(self, definition: Definition, before: Iterable[str]) -> str | None:
        """The name under which the hidden number of each row is carried along, if rows have one."""
        if "WITHOUT ROWID" in definition.parsed.options or self._place.row_number() is not None:
            return None
        columns = [*before, *definition.parsed.columns]
        free = (name for name in _ROW_NUMBERS if not any(edits.same(name, each) for each in columns))
        return next(free, None)

    def _keep_counter(self) -> None:
        """AUTOINCREMENT goes on from the highest number there ever was, not from the highest there is."""
        place = self._place
        table = place.sql("sqlite_sequence")
        name = _literal(place.name)
        reached = place.rows(f"SELECT seq FROM {table} WHERE name = ?", self._copy.name)
        self._run(f"DELETE FROM {table} WHERE name = {name}")
        for (number,) in reached:
            self._run(f"INSERT INTO {table} (name, seq) VALUES ({name}, {int(number)})")

    # -- foreign keys --------------------------------------------------------------------------------

    @contextmanager
    def _out_of_force(self, referrers: Sequence[Stored]) -> Iterator[bool]:
        """Keep DROP TABLE from deleting, or changing, what refers to the rows.

        Enforcement can be switched off only while no transaction has begun. Otherwise True is yielded: the
        references must be taken out of the other tables for the moment.
        """
        if not self._place.pragma("foreign_keys"):
            yield False
        elif self._in_transaction():
            yield bool(referrers)
        else:
            self._run("PRAGMA foreign_keys=OFF")
            try:
                yield False
            finally:
                self._run("PRAGMA foreign_keys=ON")

    def _detach(self, referrers: Sequence[Stored]) -> None:
        without = [
            Stored(each.name, edits.without_references(each.sql, self._place.name)) for each in referrers
        ]
        try:
            self._store(without)
        except DatabaseError as error:
            # SQLITE_DBCONFIG_DEFENSIVE, as on some systems' own Python
            raise ReferencesInForce(self._place.name, [each.name for each in referrers]) from error

    def _store(self, tables: Iterable[Stored]) -> None:
        """Write definitions into sqlite_master; of the rows that are stored, nothing may change by it."""
        place = self._place
        version = (
            place.sql("schema_version")
            if place.schema is None
            else f"{place.quote(place.schema)}.schema_version"
        )
        reached = int(place.pragma(version))
        self._run("PRAGMA writable_schema=ON")
        try:
            for name, sql in tables:
                which = f"type = 'table' AND name = {_literal(name)}"
                self._run(f"UPDATE {place.master} SET sql = {_literal(sql)} WHERE {which}")
            self._run(f"PRAGMA {version}={reached + 1}")
        finally:
            self._run("PRAGMA writable_schema=OFF")

    def _violations(self, referrers: Sequence[Stored]) -> Counter[tuple[Any, ...]]:
        place = self._place
        prefix = f"{place.quote(place.schema)}." if place.schema else ""
        found: Counter[tuple[Any, ...]] = Counter()
        for name in (place.name, *(each.name for each in referrers)):
            rows = place.rows(f"PRAGMA {prefix}foreign_key_check({place.quote(name)})")
            found.update((table, row, parent) for table, row, parent, _ in rows)
        return found

    def _check(self, broken: Counter[tuple[Any, ...]]) -> None:
        if broken:
            rows = [f"row {row} of {table} refers to {parent}" for table, row, parent in list(broken)[:5]]
            raise ReferencesBroken(self._place.name, rows)

    # -- around it -----------------------------------------------------------------------------------

    def _run(self, sql: str) -> None:
        self._sink.emit(Statement(sql))

    def _in_transaction(self) -> bool:
        driver: Any = self._place.connection.connection.driver_connection
        return bool(getattr(driver, "in_transaction", True))

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Whoever catches an error finds the database as it was, whatever transaction it is in."""
        self._run(f"SAVEPOINT {_SAVEPOINT}")
        try:
            yield
        except BaseException:
            self._run(f"ROLLBACK TO {_SAVEPOINT}")
            self._run(f"RELEASE {_SAVEPOINT}")
            raise
        self._run(f"RELEASE {_SAVEPOINT}")

    @contextmanager
    def _legacy_rename(self) -> Iterator[None]:
        before = self._place.pragma("legacy_alter_table")
        self._run("PRAGMA legacy_alter_table=ON")
        try:
            yield
        finally:
            self._run(f"PRAGMA legacy_alter_table={before}")

    def _clear_leftover(self, definition: Definition) -> None:
        """Drop what a run that was cut short left behind: a table of our name with columns of this table.

        :raises ForeignLeftover: it is something else.
        """
        copy = self._copy
        if not copy.exists(copy.name):
            return
        known = [*self._place.columns(), *definition.parsed.columns]
        if not all(any(edits.same(name, each) for each in known) for name in copy.columns()):
            raise ForeignLeftover(self._place.name, copy.name)
        log.warning("Dropping %s, left by a migration that was cut short", copy.name)
        self._run(f"DROP TABLE {copy.sql()}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
