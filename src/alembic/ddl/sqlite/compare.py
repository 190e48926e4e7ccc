"""What counts as the same on SQLite, where every text is kept as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import Integer

from ...schema.expressions import normalise
from ...schema.rules import SchemaRules
from ...schema.shapes import Check, Column, Computed, ForeignKey, Index, Unique
from ...schema.spelling import options
from ...schema.tokens import SQLITE, unquoted
from .create_index import element
from .records import RecordMaker, declaration
from .reflect import read
from .spelling import affinity, stored_default

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

    from ...schema.catalogue import Catalogue, TableRecord
    from ...schema.shapes import Options, Table, TableKey


class SQLiteRules(SchemaRules):
    """Types as declared, expressions as typed, both without what surely says nothing."""

    exact = True
    flavour = SQLITE

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._resolve: Callable[[str], TypeEngine[Any]] = dialect._resolve_type_affinity  # type: ignore[attr-defined]  # of SQLAlchemy's SQLite dialect
        self._known: dict[str, type[TypeEngine[Any]]] = dialect.ischema_names  # type: ignore[attr-defined]  # as above
        options = dict(dialect.construct_arguments or ())
        self._maker = RecordMaker(self._resolve, "strict" in options.get(sa.Table, {}))
        self._declared: dict[str, str] = {}
        self._spelled: dict[Any, tuple[str, str | None]] = {}
        self._defaults: dict[tuple[str, str], str | None] = {}

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """The main database and those that are attached."""
        rows = connection.exec_driver_sql("PRAGMA database_list").fetchall()
        return sorted(row[1] for row in rows if row[1] != "temp")

    def read(
        self, connection: Connection, schemas: Sequence[str | None], wanted: Callable[[TableKey], bool]
    ) -> Catalogue:
        """Everything about the wanted tables, by four statements, or five if there are virtual tables."""
        return read(connection, schemas, wanted, self._maker)

    # -- one spelling for both sides ---------------------------------------------------------------

    def type_text(self, type_: TypeEngine[Any]) -> str:
        """The type without its collation, which is a fact of its own."""
        return self._type(type_)[0]

    def _type(self, type_: TypeEngine[Any]) -> tuple[str, str | None]:
        """The type, and the collation that it brings with it."""
        try:
            key = _key(type_)
            known = self._spelled.get(key)
        except TypeError:  # an attribute without a hash
            return self._spell(type_)
        if known is None:
            known = self._spelled[key] = self._spell(type_)
        return known

    def _spell(self, type_: TypeEngine[Any]) -> tuple[str, str | None]:
        text, _, collation = self.compiled_type(type_).partition(" COLLATE ")
        return self.declared_type(text), unquoted(collation).upper() or None

    def declared_type(self, text: str) -> str:
        """A declared type in one spelling: SQLAlchemy's name of it where it has one (INTEGER for INT)."""
        known = self._declared.get(text)
        if known is None:
            known = self._declared[text] = self._spell_declared(declaration(text))
        return known

    def _spell_declared(self, text: str) -> str:
        head = text.partition("(")[0]
        if head in self._known or not head:
            text = self.compiled_type(self._resolve(text))
        text = declaration(text)
        return "NUMERIC" + text.removeprefix("DECIMAL") if text.startswith("DECIMAL") else text

    def expression(self, text: str) -> str:
        """The expression without needless blanks, quotes and parentheses."""
        return normalise(text, SQLITE)

    def default(self, text: str | None, type_text: str) -> str | None:
        """The default as the value that gets stored: '5' in a column of numbers is 5, "a" is 'a'."""
        if text is None:
            return None
        key = (text, type_text)
        if key not in self._defaults:
            self._defaults[key] = stored_default(text, affinity(type_text))
        return self._defaults[key]

    # -- models ------------------------------------------------------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models; a sole INTEGER primary key is the rowid, which is never NULL."""
        type_text, collation = self._type(column.type)
        server_default = column.server_default
        default, computed = None, None
        if server_default is not None:
            default = self.default(self.default_sql(column), type_text)
            if isinstance(server_default, sa.Computed):
                computed = Computed(self.model_text(server_default.sqltext), bool(server_default.persisted))
        nullable = bool(column.nullable)
        if nullable and column.primary_key and type_text == "INTEGER":
            nullable = len(column.table.primary_key) > 1
        return Column(
            name=column.name,
            type=column.type,
            type_text=type_text,
            nullable=nullable,
            default=default,
            computed=computed,
            options=_column_options(collation, _said(column, "on_conflict_not_null")),
            source=column,
        )

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models."""
        elements = []
        spelled: tuple[dict[str, str], dict[str, str]] | None = None
        for part in index.expressions:
            if isinstance(part, sa.Column):
                elements.append(part.name)
                continue
            spelled = spelled or self._model_names(index.table)
            elements.append(element(self.literal_sql(_as_clause(part)), *spelled))
        where = _said(index, "where")
        return Index(
            self.constraint_name(index),
            tuple(elements),
            bool(index.unique),
            () if where is None else (("where", self.model_text(_as_clause(where))),),
            source=index,
        )

    def _model_names(self, table: sa.Table | None) -> tuple[dict[str, str], dict[str, str]]:
        columns = [] if table is None else list(table.columns)
        collations = {column.name: self._type(column.type)[1] for column in columns}
        return (
            {column.name.lower(): column.name for column in columns},
            {name: collation for name, collation in collations.items() if collation},
        )

    def model_unique(self, constraint: sa.UniqueConstraint) -> Unique | None:
        """A UNIQUE constraint of the models."""
        columns = list(constraint.columns)
        conflict = _said(constraint, "on_conflict")
        if conflict is None and len(columns) == 1:
            conflict = _said(columns[0], "on_conflict_unique")
        return Unique(
            self.constraint_name(constraint),
            tuple(column.name for column in columns),
            _conflict(conflict),
            source=constraint,
        )

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models; SQLite has none to another database."""
        key = super().model_foreign_key(constraint)
        return key if key is not None and key.target[0] == constraint.table.schema else None

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK of the models, those that Boolean and Enum bring along included."""
        return self.written_check(constraint)

    def model_table_options(self, table: sa.Table) -> Options:
        """AUTOINCREMENT, STRICT, WITHOUT ROWID."""
        said = table.dialect_options.get("sqlite") if "dialect_options" in table.__dict__ else None
        if said is None:
            return ()
        found: dict[str, Any] = {}
        if said["autoincrement"] and _can_count(table):
            found["sqlite_autoincrement"] = True
        if said.get("strict"):
            found["sqlite_strict"] = True
        if not said["with_rowid"]:
            found["sqlite_with_rowid"] = False
        return options(found)

    # -- database ----------------------------------------------------------------------------------

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        declared = record.get("declared")
        type_ = record["type"]
        type_text = self.type_text(type_) if declared is None else self.declared_type(declared)
        computed, default = record.get("computed"), record["default"]
        collation = record.get("sqlite_collation")
        conflict = (record.get("dialect_options") or {}).get("sqlite_on_conflict_not_null")
        return Column(
            name=record["name"],
            type=type_,
            type_text=type_text,
            nullable=record["nullable"],
            default=None if default is None else self.default(default, type_text),
            computed=computed and Computed(self.expression(computed["sqltext"]), computed["persisted"]),
            options=_column_options(collation, conflict) if collation or conflict else (),
            source=record,
        )

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read."""
        expressions = record.get("expressions")
        if expressions:
            names = record.get("sqlite_columns", {})
            elements = tuple(
                element(text, names, record.get("sqlite_collations", {})) for text in expressions
            )
        else:
            sorting = record.get("column_sorting") or {}
            elements = tuple(
                f"{name} DESC" if "desc" in sorting.get(name, ()) else name for name in record["column_names"]
            )
        where = record.get("sqlite_where")
        if where is None and "sqlite_where" in record.get("dialect_options", ()):  # read by an Inspector
            where = self.literal_sql(record["dialect_options"]["sqlite_where"])
        return Index(
            record["name"],
            elements,
            bool(record["unique"]),
            () if where is None else (("where", self.expression(where)),),
            source=record,
        )

    def record_unique(self, record: dict[str, Any]) -> Unique | None:
        """A UNIQUE constraint that was read."""
        conflict = (record.get("dialect_options") or {}).get("sqlite_on_conflict")
        return Unique(record["name"], tuple(record["column_names"]), _conflict(conflict), source=record)

    def record_table_options(self, record: TableRecord) -> Options:
        """AUTOINCREMENT, STRICT, WITHOUT ROWID."""
        return options(record.options) if record.options else ()

    # -- both sides together -----------------------------------------------------------------------

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """A declared type that SQLAlchemy has no name for is the model's, if it has the same affinity.

        So are MEDIUMINT and INTEGER, as SQLAlchemy reflects them; a type of the application's own, such as
        GEOMETRY, is compared as declared.
        """
        columns = dict(database.columns)
        for name, column in database.columns.items():
            wanted = model.columns.get(name)
            if wanted is None or wanted.type_text == column.type_text:
                continue
            if self.type_text(column.type) == wanted.type_text:
                columns[name] = replace(column, type_text=wanted.type_text)
        return replace(database, columns=columns), model


def _key(type_: TypeEngine[Any]) -> Any:
    if isinstance(type_, sa.Enum):  # whose values have no hash, and say nothing but how long they are
        return type_.__class__, type_.length, type_.native_enum, type_.collation
    return type_.__class__, tuple(type_.__dict__.items())


def _said(item: Any, option: str) -> Any:
    """What ``sqlite_…`` of a model's item says; items without any such option are not asked to find out."""
    if "dialect_options" not in item.__dict__:
        return None
    return item.dialect_options["sqlite"][option]


def _as_clause(said: Any) -> ClauseElement:
    return sa.text(said) if isinstance(said, str) else said


def _conflict(said: str | None) -> Options:
    """ON CONFLICT; ABORT is the default."""
    return (("on_conflict", said.upper()),) if said and said.upper() != "ABORT" else ()


def _column_options(collation: str | None, conflict: str | None) -> Options:
    found: dict[str, Any] = {}
    if collation and collation.upper() != "BINARY":
        found["collation"] = collation.upper()
    if conflict and conflict.upper() != "ABORT":
        found["on_conflict_not_null"] = conflict.upper()
    return options(found)


def _can_count(table: sa.Table) -> bool:
    """Whether SQLAlchemy writes AUTOINCREMENT for this table."""
    key = list(table.primary_key)
    return (
        len(key) == 1 and issubclass(key[0].type._type_affinity, Integer) and not key[0].foreign_keys  # type: ignore[arg-type]  # a class, or None of NullType
    )
