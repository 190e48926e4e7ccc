"""SQLAlchemy's Inspector and reflected tables, answered from a catalogue that was read before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.sql.compiler import BIND_PARAMS
from sqlalchemy.sql.elements import conv

from .catalogue import Catalogue, TableRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from .shapes import TableKey


def inspector_of(connection: Connection, catalogue: Catalogue) -> Inspector:
    """The dialect's Inspector, which asks the database only about what is not in the catalogue.

    What it gives are copies: listeners of ``column_reflect`` may change them.
    """
    base = getattr(connection.dialect, "inspector", Inspector)
    served: Any = type(base.__name__, (_Served, base), {})
    inspector = served.__new__(served)
    inspector._init_connection(connection)
    inspector.catalogue = catalogue
    found: Inspector = inspector
    return found


class _Served:
    """Put before a dialect's Inspector class: its questions about tables, answered from the catalogue."""

    catalogue: Catalogue

    def _record(self, table_name: str, schema: str | None) -> TableRecord | None:
        default = self.catalogue.default_schema
        return self.catalogue.tables.get((None if schema == default else schema, table_name))

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is such a table or view."""
        if self._record(table_name, schema) is not None:
            return True
        asked: bool = super().has_table(table_name, schema, **kw)  # type: ignore[misc]  # of the Inspector behind
        return asked


def _single(question: str, answer: Callable[[TableRecord], Any]) -> Callable[..., Any]:
    def ask(self: _Served, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        record = self._record(table_name, schema)
        if record is None:
            return getattr(super(_Served, self), question)(table_name, schema, **kw)
        return answer(record)

    return ask


def _several(question: str, answer: Callable[[TableRecord], Any]) -> Callable[..., Any]:
    def ask(
        self: _Served, schema: str | None = None, filter_names: Collection[str] | None = None, **kw: Any
    ) -> Any:
        names = list(filter_names or ())
        records = [self._record(name, schema) for name in names]
        if not names or None in records:
            return getattr(super(_Served, self), question)(schema, filter_names=filter_names, **kw)
        found = zip(names, records, strict=True)
        return {(schema, name): answer(record) for name, record in found if record is not None}

    return ask


def _copies(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: _copied(value) for key, value in record.items()} for record in records]


def named_as_they_are(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copies of records whose names no naming convention is to change."""
    copies = _copies(records)
    for record in copies:
        if record.get("name") is not None:
            record["name"] = conv(record["name"])
    return copies


def _copied(value: Any) -> Any:
    return copy.copy(value) if isinstance(value, dict | list) else value


_ANSWERS: dict[str, Callable[[TableRecord], Any]] = {
    "columns": lambda record: _copies(record.columns),
    "pk_constraint": lambda record: named_as_they_are([record.primary_key])[0],
    "foreign_keys": lambda record: named_as_they_are(record.foreign_keys),
    "indexes": lambda record: named_as_they_are(record.indexes),
    "unique_constraints": lambda record: named_as_they_are(record.uniques),
    "check_constraints": lambda record: named_as_they_are(record.checks),
    "table_comment": lambda record: {"text": record.comment},
    # What has no dialect's name before it is no option of SQLAlchemy's: see _completed().
    "table_options": lambda record: {name: value for name, value in record.options.items() if "_" in name},
}
for _name, _answer in _ANSWERS.items():
    setattr(_Served, f"get_{_name}", _single(f"get_{_name}", _answer))
    setattr(_Served, f"get_multi_{_name}", _several(f"get_multi_{_name}", _answer))


class ReflectedTables:
    """Tables as SQLAlchemy reflects them, each made when it is asked for, all in one MetaData.

    :param inspector: answers from the catalogue.
    :param column_reflect: called as a listener of SQLAlchemy's event ``column_reflect``.
    """

    def __init__(self, inspector: Inspector, column_reflect: Callable[..., None] | None = None) -> None:
        self.inspector = inspector
        self.metadata = sa.MetaData()
        self._column_reflect = column_reflect

    def __getitem__(self, key: TableKey) -> sa.Table:
        """The table, together with those that its foreign keys refer to, so that these can be followed.

        :raises sqlalchemy.exc.NoSuchTableError: the database has no such table.
        """
        table = self._table(key)
        for constraint in table.foreign_key_constraints:
            for name in {element.target_fullname.rpartition(".")[0] for element in constraint.elements}:
                schema, _, target = name.rpartition(".")
                if name not in self.metadata.tables and self.inspector.has_table(target, schema or None):
                    self._table((schema or None, target))
        return table

    def _table(self, key: TableKey) -> sa.Table:
        schema, name = key
        known = self.metadata.tables.get(f"{schema}.{name}" if schema else name)
        if known is not None:
            return known
        table = sa.Table(name, self.metadata, schema=schema)
        if self._column_reflect is not None:
            sa.event.listen(table, "column_reflect", self._column_reflect)
        try:
            # Not resolve_fks: it would follow foreign keys from table to table through the whole schema.
            self.inspector.reflect_table(table, None, resolve_fks=False)
        except BaseException:
            self.metadata.remove(table)
            raise
        record = self.inspector._record(name, schema)  # type: ignore[attr-defined]  # see _Served
        if record is not None:
            complete(table, record)
        return table


def complete(table: sa.Table, record: TableRecord) -> None:
    """Add what SQLAlchemy has a place for but does not reflect."""
    table._prefixes = list(record.options.get("prefixes") or ())
    for column in record.columns:
        if "check" in column and column["name"] in table.columns:
            # In text() a colon may stand for a value.
            check = sa.CheckConstraint(sa.text(BIND_PARAMS.sub(r"\\:\1", column["check"])), _autoattach=False)
            check._set_parent_with_dispatch(table.columns[column["name"]])
    deferrals = {
        unique["name"]: (unique["deferrable"], unique.get("initially"))
        for unique in record.uniques
        if unique.get("deferrable")
    }
    for constraint in table.constraints if deferrals else ():
        if isinstance(constraint, sa.UniqueConstraint) and constraint.name in deferrals:
            constraint.deferrable, constraint.initially = deferrals[constraint.name]
