"""Changes to a table that ALTER TABLE can't make: the table is made anew, with everything that it had.

The way is that of https://www.sqlite.org/lang_altertable.html, section 7, but for two things. The old table
is renamed out of the way, instead of the new one into place, so that the new definition is stored to the
letter; safe because under ``legacy_alter_table`` no view and no trigger follows the rename. And foreign
keys are not switched off, where that can be avoided: nobody could switch them on again before the transaction
ends, so that they would not hold for the rest of the revision either. Instead those of this table and those
that refer to it are taken out of the stored definitions for the moment, as the same section describes.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DatabaseError, OperationalError

from ... import console
from ...errors.sqlite import ColumnInUse, ForeignLeftover, ReferencesBroken, ReferencesInForce
from ..recreation import copy_name
from ..statement import Statement
from . import dependents, edits
from .create_table import ClauseKind
from .stored import Place, Stored, literal

if TYPE_CHECKING:
    from ..sinks import Sink
    from .definition import Definition

log = logging.getLogger("alembic.ddl.sqlite")

_SAVEPOINT = "alembic_rebuild"
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")
_MANY = 100_000
_EXPRESSIONS = (ClauseKind.CHECK, ClauseKind.GENERATED)


class Rebuild:
    """Makes one table anew, with another definition and the same rows.

    :param sink: runs the statements.
    :param place: the table.
    """

    def __init__(self, sink: Sink, place: Place) -> None:
        self._sink = sink
        self._place = place
        self._copy = Place(place.connection, copy_name(place.name), place.schema)
        self._detaches = False

    @contextmanager
    def protected(self) -> Iterator[None]:
        """A block in which :meth:`carry_out` may be called: all of it is done, or nothing.

        :raises ReferencesInForce: foreign keys can't be kept from being carried out.
        """
        with self._references_at_rest(), self._savepoint():
            yield

    def carry_out(self, definition: Definition) -> None:
        """Replace the table.

        :param definition: what the table becomes.
        :raises ReferencesBroken: rows would refer to rows that don't exist.
        """
        try:
            with self._savepoint():
                self._attempt(definition, Counter())
        except ReferencesBroken:
            # Some may have been broken before. That is looked for only now: it takes as long as the copying.
            broken = self._violations(self._place.referrers())
            if not broken:
                raise
            with self._savepoint():
                self._attempt(definition, broken)

    def _attempt(self, definition: Definition, broken: Counter[tuple[str, str]]) -> None:
        referrers = self._place.referrers()
        self._refuse_strings(definition)
        unusable = dependents.unusable(self._place, definition.dropped)
        self._clear_leftover(definition)
        text = definition.text
        if self._detaches:
            text = edits.without_references(text)
            self._detach(referrers)
        self._replace(definition, text)
        if self._detaches:
            self._store([*referrers, Stored(self._place.name, edits.as_stored(definition.text))])
        self._check(referrers, broken)
        still = [
            each for each in dependents.unusable(self._place, definition.dropped) if each not in unusable
        ]
        if still:
            raise ColumnInUse(self._place.name, definition.dropped, still)

    def _refuse_strings(self, definition: Definition) -> None:
        """What names a column that is gone is an error to SQLite, but for names in double quotes.

        Those it would take for a string from now on, without a word (https://www.sqlite.org/quirks.html#dblquote).
        """
        parsed = definition.parsed
        clauses = [
            *parsed.constraints,
            *(each for column in parsed.columns.values() for each in column.clauses),
        ]
        texts = [parsed.of(each.span) for each in clauses if each.kind in _EXPRESSIONS]
        for name in definition.dropped:
            present = any(edits.same(name, each) for each in parsed.columns)
            users = [text for text in texts if not present and edits.speaks_of(text, name, strings=False)]
            if users and '"' in "".join(users):
                raise ColumnInUse(self._place.name, [name], users)

    def _replace(self, definition: Definition, text: str) -> None:
        place, copy = self._place, self._copy
        indexes = [each for each in place.objects("index") if not self._mentions(each, definition.dropped)]
        triggers = place.objects("trigger")
        for each in triggers:  # DROP TABLE carries out foreign keys of the table to itself, and so fires them
            self._run(f"DROP TRIGGER {place.sql(each.name)}")
        with self._legacy_rename():
            self._run(f"ALTER TABLE {place.sql()} RENAME TO {place.quote(copy.name)}")
        self._make(text)
        self._copy_rows(definition)
        self._run(f"DROP TABLE {copy.sql()}")
        for each in (*indexes, *triggers):
            self._make(each.sql)

    def _mentions(self, index: Stored, columns: Sequence[str]) -> bool:
        parts = index.sql[index.sql.index("(") :]
        return any(edits.speaks_of(parts, column, strings=False) for column in columns)

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
            insert = f"INSERT OR ABORT INTO {place.sql()} ({into}) SELECT {values} FROM {copy.sql()}"
            self._in_pieces(insert, before)
        if definition.counts:
            self._keep_counter()

    def _in_pieces(self, insert: str, columns: Iterable[str]) -> None:
        """Run the INSERT … SELECT, many rows in pieces if there is somebody to see how far it is."""
        number = _free_name(columns) if console.is_terminal(sys.stderr) else None
        if number is None or not self._copy.has_row_numbers():
            self._run(insert)
            return
        ((first, last),) = self._copy.rows(f"SELECT min({number}), max({number}) FROM {self._copy.sql()}")
        if first is None or last - first < _MANY:
            self._run(insert)
            return
        step = (last - first) // 100 + 1
        with console.progress(f"Table {self._place.name}", last - first + 1) as advance:
            for start in range(first, last + 1, step):
                self._run(f"{insert} WHERE {number} BETWEEN {start} AND {start + step - 1}")
                advance(step)

    def _row_number(self, definition: Definition, before: Iterable[str]) -> str | None:
        """The name under which the hidden number of each row is carried along, if rows have one."""
        if not self._place.has_row_numbers() or not self._copy.has_row_numbers():
            return None
        if self._place.row_number() is not None:
            return None
        return _free_name([*before, *definition.parsed.columns])

    def _keep_counter(self) -> None:
        """AUTOINCREMENT goes on from the highest number there ever was, not from the highest there is."""
        place = self._place
        table = place.sql("sqlite_sequence")
        name = literal(place.name)
        reached = place.rows(f"SELECT seq FROM {table} WHERE name = ?", self._copy.name)
        # That the table did not count before is no reason to begin with 0; that it had no rows is.
        self._run(f"DELETE FROM {table} WHERE name = {name}" + ("" if reached else " AND seq = 0"))
        for (number,) in reached:
            self._run(f"INSERT INTO {table} (name, seq) VALUES ({name}, {int(number)})")

    # -- foreign keys --------------------------------------------------------------------------------

    @contextmanager
    def _references_at_rest(self) -> Iterator[None]:
        """Keep DROP TABLE from deleting, or changing, what refers to the rows.

        Where the definitions of others can't be written to, enforcement is switched off, which is possible
        only while no transaction has begun.
        """
        switched = False
        if self._place.pragma("foreign_keys"):
            self._detaches = self._may_store()
            if not self._detaches:
                referrers = self._place.referrers()
                if not self._in_transaction():
                    self._run("PRAGMA foreign_keys=OFF")
                    switched = True
                elif referrers:
                    raise ReferencesInForce(self._place.name, [each.name for each in referrers])
        try:
            yield
        finally:
            if switched:
                self._run("PRAGMA foreign_keys=ON")

    def _may_store(self) -> bool:
        """Whether sqlite_master can be written to; not so under SQLITE_DBCONFIG_DEFENSIVE."""
        try:
            self._run("PRAGMA writable_schema=ON")
            allowed = bool(self._place.pragma("writable_schema"))
            self._run("PRAGMA writable_schema=OFF")
        except DatabaseError:
            return False
        return allowed

    def _detach(self, referrers: Iterable[Stored]) -> None:
        place = self._place
        alone = [Stored(each.name, edits.without_references(each.sql, place.name)) for each in referrers]
        self._store([*alone, Stored(place.name, edits.without_references(place.definition()))])

    def _store(self, tables: Iterable[Stored]) -> None:
        """Write definitions into sqlite_master; of the rows that are stored, nothing may change by it."""
        place = self._place
        prefix = f"{place.quote(place.schema)}." if place.schema else ""
        reached = int(place.pragma(f"{prefix}schema_version"))
        self._run("PRAGMA writable_schema=ON")
        try:
            for name, sql in tables:
                which = f"type = 'table' AND lower(name) = lower({literal(name)})"
                self._run(f"UPDATE {place.master} SET sql = {literal(sql)} WHERE {which}")
            self._run(f"PRAGMA {prefix}schema_version={reached + 1}")
        finally:
            self._run("PRAGMA writable_schema=OFF")

    def _violations(self, referrers: Iterable[Stored]) -> Counter[tuple[str, str]]:
        """How many rows of which table refer to rows of which other that don't exist.

        A key that refers to what is no key (any more) is passed over: until the end of a migration, another
        change may put that right.
        """
        found: Counter[tuple[str, str]] = Counter()
        schema = [self._place.schema] if self._place.schema else []
        check = f"pragma_foreign_key_check({', '.join('?' * (1 + len(schema)))})"
        for name in (self._place.name, *(each.name for each in referrers)):
            try:
                counted = self._place.rows(f"SELECT parent, count(*) FROM {check} GROUP BY 1", name, *schema)
            except OperationalError as error:
                if "foreign key mismatch" not in str(error.orig):
                    raise
                log.info("%s", error.orig)
                continue
            found.update({(name, parent): number for parent, number in counted})
        return found

    def _check(self, referrers: Iterable[Stored], broken: Counter[tuple[str, str]]) -> None:
        """Compare with how many foreign keys were broken before."""
        more = self._violations(referrers) - broken
        if more:
            found = [f"{number} of {table} to {parent}" for (table, parent), number in more.items()]
            raise ReferencesBroken(self._place.name, found[:5])

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
        before = int(self._place.pragma("legacy_alter_table") or 0)
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


def _free_name(columns: Iterable[str]) -> str | None:
    """The name for a row's number that no column has taken."""
    known = list(columns)
    return next((name for name in _ROW_NUMBERS if not any(edits.same(name, each) for each in known)), None)
