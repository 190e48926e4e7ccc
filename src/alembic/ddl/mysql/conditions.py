"""IF EXISTS and IF NOT EXISTS where the server has no such words.

MariaDB knows them for columns, indexes and constraints; MySQL for whole tables only. There the condition is a
query on the catalogue inside the statement itself: MySQL prepares either the DDL or a statement that does
nothing. It needs no connection when the migration is written, so a script behaves as a live run does.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import (
    CheckConstraint,
    Constraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
)
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import String

from ..base import AddColumn, DropColumn
from ..sinks import expand_tabs, script_dialect
from .compile import DropConstraintIfExists, constraints_beside, is_mariadb

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

VARIABLE = "alembic_statement"


def conditional(construct: Any, dialect: Dialect) -> tuple[str, ...]:
    """The statements that carry out a construct under its IF [NOT] EXISTS; none if it can go out as it is."""
    condition = _condition(construct, _Catalogue(dialect))
    if condition is None or (is_mariadb(dialect) and not _adds_more_than_a_column(construct, dialect)):
        return ()
    return tuple(_prepared(condition, _sql(_unconditional(construct), dialect), dialect))


def understood(construct: Any, dialect: Dialect) -> Any:
    """The construct with its IF EXISTS spelled as MariaDB does; SQLAlchemy leaves it out for constraints."""
    if is_mariadb(dialect) and isinstance(construct, DropConstraint) and construct.if_exists:
        return DropConstraintIfExists(construct.element)
    return construct


class _Catalogue:
    """Questions to information_schema, as SQL conditions."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def has(self, view: str, schema: str | None, **names: str) -> str:
        """True where the view has a row with these names; a schema not said is the current database."""
        found = ["table_schema = " + ("DATABASE()" if schema is None else literal(schema, self._dialect))]
        found += [f"{column} = {literal(name, self._dialect)}" for column, name in names.items()]
        return f"EXISTS (SELECT 1 FROM information_schema.{view} WHERE {' AND '.join(found)})"

    def name(self, item: Index | Constraint) -> str:
        """The name as DDL will spell it: by naming convention, cut to the length that the server allows."""
        return str(self._dialect.identifier_preparer.format_constraint(item, _alembic_quote=False))


def _condition(construct: Any, catalogue: _Catalogue) -> str | None:
    """SQL that is true when the construct has something to do; None when it carries no condition."""
    match construct:
        case AddColumn(if_not_exists=True):
            return "NOT " + _has_column(construct, catalogue)
        case DropColumn(if_exists=True):
            return _has_column(construct, catalogue)
        case CreateIndex(if_not_exists=True):
            return "NOT " + _has_index(construct.element, catalogue)
        case DropIndex(if_exists=True):
            return _has_index(construct.element, catalogue)
        case DropConstraint(if_exists=True):
            return _has_constraint(construct.element, catalogue)
    return None


def _has_column(element: AddColumn | DropColumn, catalogue: _Catalogue) -> str:
    return catalogue.has(
        "columns", element.schema, table_name=element.table_name, column_name=element.column.name
    )


def _has_index(item: Index | Constraint, catalogue: _Catalogue) -> str:
    table: Any = item.table
    return catalogue.has("statistics", table.schema, table_name=table.name, index_name=catalogue.name(item))


def _has_constraint(constraint: Constraint, catalogue: _Catalogue) -> str:
    match constraint:
        case PrimaryKeyConstraint():
            # Both servers call every primary key PRIMARY, whatever name it was created with.
            names = {"constraint_type": "PRIMARY KEY"}
        case ForeignKeyConstraint():
            names = {"constraint_type": "FOREIGN KEY", "constraint_name": catalogue.name(constraint)}
        case CheckConstraint():
            names = {"constraint_type": "CHECK", "constraint_name": catalogue.name(constraint)}
        case _:
            return _has_index(constraint, catalogue)
    table = constraint.table
    return catalogue.has("table_constraints", table.schema, table_name=table.name, **names)


def _adds_more_than_a_column(construct: Any, dialect: Dialect) -> bool:
    # MariaDB applies the condition to the column alone and would add its constraints each time.
    if not isinstance(construct, AddColumn):
        return False
    inlined = construct.inline_references and construct.column.foreign_keys
    return bool(inlined or constraints_beside(construct, dialect))


def _unconditional(construct: ExecutableDDLElement) -> ExecutableDDLElement:
    plain: Any = copy.copy(construct)
    for flag in ("if_exists", "if_not_exists"):
        if hasattr(plain, flag):
            setattr(plain, flag, False)
    return plain  # type: ignore[no-any-return]


def _prepared(condition: str, sql: str, dialect: Dialect) -> Iterator[str]:
    yield f"SET @{VARIABLE} = IF({condition}, {literal(sql, dialect)}, 'DO 0')"
    yield f"PREPARE {VARIABLE} FROM @{VARIABLE}"
    yield f"EXECUTE {VARIABLE}"
    yield f"DEALLOCATE PREPARE {VARIABLE}"


def _sql(construct: ExecutableDDLElement, dialect: Dialect) -> str:
    return expand_tabs(str(construct.compile(dialect=script_dialect(dialect)))).strip()


def literal(value: str, dialect: Dialect) -> str:
    """A string literal as this dialect writes it in a script."""
    quiet = script_dialect(dialect)
    compiler = quiet.statement_compiler(quiet, None)
    return compiler.render_literal_value(value, String())
