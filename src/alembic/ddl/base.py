"""ALTER statements as SQLAlchemy constructs, with the standard SQL for them and the parts to build others.

Any SQLAlchemy program may execute these constructs, with or without migrations. A third-party dialect re-uses
the rules below (``compiles(RenameTable, "x")(visit_rename_table)``) or writes its own with the helpers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.exc import CompileError
from sqlalchemy.schema import Column, Computed, DDLElement, ForeignKey, Identity
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.sql.type_api import to_instance
from sqlalchemy.types import Integer

from .rules import rule_for, standard

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import Compiled, DDLCompiler
    from sqlalchemy.sql.elements import ColumnElement, TextClause
    from sqlalchemy.sql.schema import FetchedValue
    from sqlalchemy.types import TypeEngine

    from .impl import DefaultImpl

    ServerDefault: TypeAlias = str | TextClause | ColumnElement[Any] | FetchedValue

__all__ = [
    "AddColumn",
    "AlterColumn",
    "AlterTable",
    "ColumnComment",
    "ColumnDefault",
    "ColumnName",
    "ColumnNullable",
    "ColumnType",
    "ComputedColumnDefault",
    "DropColumn",
    "IdentityColumnDefault",
    "RenameTable",
    "add_column",
    "alter_column",
    "alter_table",
    "drop_column",
    "format_column_name",
    "format_server_default",
    "format_table_name",
    "format_type",
    "quote_dotted",
    "rule_for",
]


# In the ``info`` of each MetaData that exists only for the sake of one directive, not in the application.
MAKESHIFT = "alembic.makeshift"


class AlterTable(DDLElement):
    """Any ALTER TABLE.

    :param table_name: the table, unquoted.
    :param schema: its schema; dots separate parts, such as database and owner.
    """

    def __init__(self, table_name: str, schema: quoted_name | str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema


class RenameTable(AlterTable):
    """Another name for a table, in the same schema."""

    def __init__(
        self,
        old_table_name: str,
        new_table_name: quoted_name | str,
        schema: quoted_name | str | None = None,
    ) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name


class AddColumn(AlterTable):
    """A new column.

    :param inline_references: write the column's foreign keys into the column.
    :param inline_primary_key: write PRIMARY KEY into the column.
    """

    def __init__(
        self,
        name: str,
        column: Column[Any],
        schema: quoted_name | str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.if_not_exists = if_not_exists
        # What the clause is to hold besides the column's own specification.
        self.inline_primary_key, self.inline_references = inline_primary_key, inline_references
        self.column = column


class DropColumn(AlterTable):
    """A column less; of ``column`` only the name counts."""

    def __init__(
        self, name: str, column: Column[Any], schema: str | None = None, if_exists: bool | None = None
    ) -> None:
        super().__init__(name, schema=schema)
        self.column = column
        self.if_exists = if_exists


class AlterColumn(AlterTable):
    """Any change of an existing column; ``existing_*`` tell what it is now, as far as the caller knows."""

    def __init__(
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_nullable: bool | None = None,
        existing_server_default: ServerDefault | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(name, schema=schema)
        self.column_name = column_name
        # A type class is as good as an instance wherever SQLAlchemy takes a type.
        self.existing_type = None if existing_type is None else to_instance(existing_type)
        self.existing_nullable = existing_nullable
        self.existing_server_default = existing_server_default
        self.existing_comment = existing_comment


class ColumnNullable(AlterColumn):
    """NULL or NOT NULL."""

    def __init__(self, name: str, column_name: str, nullable: bool, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.nullable = nullable


class ColumnType(AlterColumn):
    """Another type."""

    def __init__(self, name: str, column_name: str, type_: TypeEngine[Any], **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        # Column() turns a type class into an instance and connects Boolean, Enum … to their owner.
        self.type_ = Column(column_name, type_).type


class ColumnName(AlterColumn):
    """Another name."""

    def __init__(self, name: str, column_name: str, newname: str, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.newname = newname


class ColumnDefault(AlterColumn):
    """Another server default; None drops it."""

    def __init__(self, name: str, column_name: str, default: ServerDefault | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class ComputedColumnDefault(AlterColumn):
    """A generated column made, changed or unmade; no database does that by ALTER in a common way."""

    def __init__(self, name: str, column_name: str, default: Computed | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class IdentityColumnDefault(AlterColumn):
    """An identity made, changed, or with None unmade."""

    def __init__(
        self, name: str, column_name: str, default: Identity | None, impl: DefaultImpl, **kw: Any
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default
        self.impl = impl


class ColumnComment(AlterColumn):
    """Another comment; None drops it."""

    def __init__(self, name: str, column_name: str, comment: str | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.comment = comment


# -- the standard rules ----------------------------------------------------------------------------


@standard(RenameTable)
def visit_rename_table(element: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    new_name = format_table_name(compiler, element.new_table_name, element.schema)
    return f"{_alter(compiler, element)} RENAME TO {new_name}"


@standard(AddColumn)
def visit_add_column(element: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    clause = add_column(
        compiler,
        element.column,
        if_not_exists=element.if_not_exists,
        inline_references=element.inline_references,
        inline_primary_key=element.inline_primary_key,
        **kw,
    )
    return f"{_alter(compiler, element)} {clause}"


@standard(DropColumn)
def visit_drop_column(element: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    clause = drop_column(compiler, element.column.name, if_exists=element.if_exists, **kw)
    return f"{_alter(compiler, element)} {clause}"


@standard(ColumnNullable)
def visit_column_nullable(element: ColumnNullable, compiler: DDLCompiler, **kw: Any) -> str:
    return f"{_alter_column(compiler, element)} {'DROP' if element.nullable else 'SET'} NOT NULL"


@standard(ColumnType)
def visit_column_type(element: ColumnType, compiler: DDLCompiler, **kw: Any) -> str:
    return f"{_alter_column(compiler, element)} TYPE {format_type(compiler, element.type_)}"


@standard(ColumnName)
def visit_column_name(element: ColumnName, compiler: DDLCompiler, **kw: Any) -> str:
    old, new = (format_column_name(compiler, name) for name in (element.column_name, element.newname))
    return f"{_alter(compiler, element)} RENAME {old} TO {new}"


@standard(ColumnDefault)
def visit_column_default(element: ColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    if element.default is None:
        return f"{_alter_column(compiler, element)} DROP DEFAULT"
    return (
        f"{_alter_column(compiler, element)} SET DEFAULT {format_server_default(compiler, element.default)}"
    )


@standard(ComputedColumnDefault)
def visit_computed_column(element: ComputedColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    raise CompileError(
        'Adding or removing a "computed" construct, e.g. GENERATED ALWAYS AS, to or from an existing column'
        " is not supported."
    )


@standard(IdentityColumnDefault)
def visit_identity_column(element: IdentityColumnDefault, compiler: DDLCompiler, **kw: Any) -> str:
    raise CompileError(
        'Adding, removing or modifying an "identity" construct, e.g. GENERATED AS IDENTITY, to or from an'
        " existing column is not supported in this dialect."
    )


# -- parts of a statement, for rules of any dialect ------------------------------------------------


def alter_table(compiler: DDLCompiler, name: str, schema: str | None) -> str:
    """``ALTER TABLE [schema.]name``."""
    return f"ALTER TABLE {format_table_name(compiler, name, schema)}"


def alter_column(compiler: DDLCompiler, name: str) -> str:
    """``ALTER COLUMN name``."""
    return f"ALTER COLUMN {format_column_name(compiler, name)}"


def add_column(
    compiler: DDLCompiler,
    column: Column[Any],
    if_not_exists: bool | None = None,
    inline_references: bool | None = None,
    inline_primary_key: bool | None = None,
    **kw: Any,
) -> str:
    """``ADD COLUMN`` with the column's whole specification; see :func:`column_definition`."""
    condition = "IF NOT EXISTS " if if_not_exists else ""
    definition = column_definition(
        compiler, column, inline_references=inline_references, inline_primary_key=inline_primary_key, **kw
    )
    return f"ADD COLUMN {condition}{definition}"


def column_definition(
    compiler: DDLCompiler,
    column: Column[Any],
    inline_references: bool | None = None,
    inline_primary_key: bool | None = None,
    **kw: Any,
) -> str:
    """The column's whole specification, beginning with its name.

    Constraints that SQLAlchemy keeps inside a column (its CHECKs) are part of it; foreign keys and the
    primary key only when asked for.
    """
    words = [compiler.get_column_specification(column, **kw)]
    if inline_primary_key and column.primary_key:
        words.append("PRIMARY KEY")
    if inline_references:
        words.extend(references(compiler, column))
    in_order = sorted(column.constraints, key=lambda constraint: constraint._creation_order)
    words.extend(compiler.process(constraint) for constraint in in_order)
    return " ".join(words)


def inline_foreign_keys(column: Column[Any]) -> list[ForeignKey]:
    """The column's foreign keys of this column alone, in the order they were written."""
    keys = [key for key in column.foreign_keys if key.constraint is None or len(key.constraint.elements) == 1]
    return sorted(keys, key=lambda key: key.target_fullname)


def references(compiler: DDLCompiler, column: Column[Any]) -> list[str]:
    """A ``[CONSTRAINT name] REFERENCES ...`` clause for each foreign key that can stand in the column."""
    clauses = []
    for key in inline_foreign_keys(column):
        constraint = key.constraint
        if constraint is None:
            raise CompileError(
                f"Column {column.name!r} must belong to a Table for its foreign keys to be added"
            )
        whole = compiler.process(constraint)
        if whole is None:
            raise CompileError(
                f"The foreign key of column {column.name!r} to {key.target_fullname} is not possible here: "
                "this database has no foreign keys between schemas"
            )
        # SQLAlchemy writes "[CONSTRAINT name ]FOREIGN KEY(columns) REFERENCES ..."; inside a column it is the
        # same without the part that names the column.
        naming, _, target = whole.partition("FOREIGN KEY(")
        clauses.append(naming + target[target.index(") REFERENCES ") + 2 :])
    return clauses


def drop_column(compiler: DDLCompiler, name: str, if_exists: bool | None = None, **kw: Any) -> str:
    """``DROP COLUMN [IF EXISTS] name``."""
    condition = "IF EXISTS " if if_exists else ""
    return f"DROP COLUMN {condition}{format_column_name(compiler, name)}"


def format_table_name(
    compiler: Compiled, name: quoted_name | str, schema: quoted_name | str | None
) -> quoted_name | str:
    """The table's name, quoted where needed and qualified by its schema."""
    preparer = compiler.preparer
    if schema:
        return f"{quote_dotted(schema, preparer.quote)}.{preparer.quote(name)}"
    return preparer.quote(name)


def format_column_name(compiler: DDLCompiler, name: quoted_name | str | None) -> quoted_name | str:
    """The column's name, quoted where needed."""
    return compiler.preparer.quote(name)  # type: ignore[arg-type]  # public signature allows None, quote() too


def quote_dotted(name: quoted_name | str, quote: Callable[..., str]) -> quoted_name | str:
    """A name made of parts with dots between them, each part quoted where needed.

    A name whose quoting is already decided (a ``quoted_name``) counts as one part.
    """
    if isinstance(name, quoted_name):
        return quote(name)
    return ".".join(quote(part) for part in name.split("."))


def format_type(compiler: DDLCompiler, type_: TypeEngine[Any]) -> str:
    """The type as this dialect spells it."""
    return compiler.dialect.type_compiler_instance.process(type_)


def format_server_default(compiler: DDLCompiler, default: ServerDefault | None) -> str:
    """The server default as SQL, ready to follow DEFAULT."""
    if default is None:
        return "NULL"
    spec = compiler.get_column_default_string(Column("x", Integer, server_default=default))
    if spec is None:
        raise CompileError(f"{default!r} says nothing about the SQL of the default")
    return spec


def _alter(compiler: DDLCompiler, element: AlterTable) -> str:
    return alter_table(compiler, element.table_name, element.schema)


def _alter_column(compiler: DDLCompiler, element: AlterColumn) -> str:
    return f"{_alter(compiler, element)} {alter_column(compiler, element.column_name)}"
