"""IF NOT EXISTS where SQL Server has no such words: the catalogue is asked in the statement itself.

DROP … IF EXISTS is the server's own since SQL Server 2016 (tables, columns, indexes, constraints); for CREATE
there is nothing, and ADD of a column has its condition in its compile rule.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from .compile import object_literal, quoted

if TYPE_CHECKING:
    from sqlalchemy.dialects.mssql.base import MSDDLCompiler
    from sqlalchemy.engine.interfaces import Dialect


class If(DDLElement):
    """A statement that runs when a condition holds.

    :param condition: SQL.
    """

    def __init__(self, condition: str, statement: DDLElement) -> None:
        self.condition = condition
        self.statement = statement


@compiles(If, "mssql")
def _visit_if(element: If, compiler: MSDDLCompiler, **kw: Any) -> str:
    return f"IF {element.condition}\n{compiler.process(element.statement).strip()}"


def conditional(construct: Any, dialect: Dialect) -> Any:
    """The construct in a form that the server understands; mostly itself."""
    if not isinstance(construct, (CreateTable, CreateIndex)) or not construct.if_not_exists:
        return construct
    plain: Any = copy.copy(construct)
    plain.if_not_exists = False
    return If(_is_missing(construct, dialect), plain)


def _is_missing(construct: CreateTable | CreateIndex, dialect: Dialect) -> str:
    if isinstance(construct, CreateTable):
        table = construct.element
        return f"OBJECT_ID({object_literal(table.name, table.schema)}, 'U') IS NULL"
    index = construct.element
    assert index.table is not None, "SQLAlchemy compiles no CREATE INDEX without a table"
    # As CREATE INDEX will spell it: by naming convention, and cut to the length that the server allows.
    name = str(dialect.identifier_preparer.format_constraint(index, _alembic_quote=False))
    owner = object_literal(index.table.name, index.table.schema)
    return (
        f"NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID({owner})"
        f" AND name = {quoted(name)})"
    )
