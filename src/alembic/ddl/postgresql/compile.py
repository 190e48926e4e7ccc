"""How PostgreSQL spells its ALTER statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.types import String

from .. import base
from ..rules import rule_for

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
    from sqlalchemy.schema import Identity
    from sqlalchemy.types import TypeEngine


class PostgresqlColumnType(base.AlterColumn):
    """Another type.

    :param using: keyword; the expression that makes the new value from the old one, as SQL text.
    """

    def __init__(self, name: str, column_name: str, type_: TypeEngine[Any], **kw: Any) -> None:
        using = kw.pop("using", None)
        super().__init__(name, column_name, **kw)
        self.type_ = base.ColumnType(name, column_name, type_).type_
        self.using = using


@rule_for(base.RenameTable, "postgresql")
def visit_rename_table(element: base.RenameTable, compiler: PGDDLCompiler, **kw: Any) -> str:
    table = base.alter_table(compiler, element.table_name, element.schema)
    return f"{table} RENAME TO {base.format_table_name(compiler, element.new_table_name, None)}"


@rule_for(PostgresqlColumnType, "postgresql")
def visit_column_type(element: PostgresqlColumnType, compiler: PGDDLCompiler, **kw: Any) -> str:
    using = f" USING {element.using}" if element.using else ""
    return f"{_column(element, compiler)} TYPE {base.format_type(compiler, element.type_)}{using}"


@rule_for(base.ColumnComment, "postgresql")
def visit_column_comment(element: base.ColumnComment, compiler: PGDDLCompiler, **kw: Any) -> str:
    table = base.format_table_name(compiler, element.table_name, element.schema)
    column = base.format_column_name(compiler, element.column_name)
    comment = "NULL"
    if element.comment is not None:
        comment = compiler.sql_compiler.render_literal_value(element.comment, String())
    return f"COMMENT ON COLUMN {table}.{column} IS {comment}"


@rule_for(base.IdentityColumnDefault, "postgresql")
def visit_identity_column(element: base.IdentityColumnDefault, compiler: PGDDLCompiler, **kw: Any) -> str:
    column = _column(element, compiler)
    if element.default is None:
        return f"{column} DROP IDENTITY"
    if element.existing_server_default is None:
        return f"{column} ADD {compiler.process(element.default)}"
    changes = identity_changes(element.existing_server_default, element.default)  # type: ignore[arg-type]  # two identities: see PostgresqlImpl._default_changes
    return " ".join([column, *changes])


def identity_changes(old: Identity, new: Identity) -> list[str]:
    """The SET clauses that make one identity into the other; what the new one leaves open stays as it is."""
    clauses = []
    if bool(old.always) != bool(new.always):
        clauses.append(f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}")
    for attribute, words in _IDENTITY_WORDS.items():
        value = getattr(new, attribute)
        if value is not None and value != getattr(old, attribute):
            clauses.append("SET " + (words[not value] if attribute in _SWITCHES else f"{words[0]} {value}"))
    return clauses


_SWITCHES = ("cycle", "nomaxvalue", "nominvalue")
_IDENTITY_WORDS = {
    "cache": ("CACHE",),
    "cycle": ("CYCLE", "NO CYCLE"),
    "increment": ("INCREMENT BY",),
    "maxvalue": ("MAXVALUE",),
    "minvalue": ("MINVALUE",),
    "nomaxvalue": ("NO MAXVALUE", "NO MAXVALUE"),
    "nominvalue": ("NO MINVALUE", "NO MINVALUE"),
    "start": ("START WITH",),
}


def _column(element: base.AlterColumn, compiler: PGDDLCompiler) -> str:
    table = base.alter_table(compiler, element.table_name, element.schema)
    return f"{table} {base.alter_column(compiler, element.column_name)}"
