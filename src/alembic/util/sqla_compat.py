"""Questions about SQLAlchemy's objects that dialects and extensions ask, by the familiar import path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import inspect
from sqlalchemy.schema import CheckConstraint, Column, Computed, ForeignKeyConstraint, Identity, Table
from sqlalchemy.sql.base import _NONE_NAME, DialectKWArgs, _NoneName
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.visitors import iterate

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect
    from sqlalchemy.schema import Constraint, Index, Sequence
    from sqlalchemy.types import TypeEngine

    ConstraintName = str | _NoneName | None


def _leading_number(text: str) -> int | str:
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    return int(digits) if digits else text


sqlalchemy_version: str = sqlalchemy.__version__
_vers: tuple[int | str, ...] = tuple(_leading_number(part) for part in sqlalchemy_version.split("."))
sqla_2_0_25 = _vers[:3] >= (2, 0, 25)
sqla_2_1 = _vers[:2] >= (2, 1)
identity_has_dialect_kwargs = issubclass(Identity, DialectKWArgs)
AUTOINCREMENT_DEFAULT = "auto"

# The options of a generated column or sequence that SQLAlchemy knows on every database.
_IDENTITY_OPTIONS = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)


def _server_default_is_computed(*server_default: Any) -> bool:
    """Whether any of the defaults is a generated column's expression."""
    return any(isinstance(default, Computed) for default in server_default)


def _server_default_is_identity(*server_default: Any) -> bool:
    """Whether any of the defaults is an identity."""
    return any(isinstance(default, Identity) for default in server_default)


def _get_identity_options_dict(
    identity: Identity | Sequence | None, dialect_kwargs: bool = False
) -> dict[str, Any]:
    """The options that were set on an identity or a sequence."""
    if identity is None:
        return {}
    options = {name: getattr(identity, name, None) for name in _IDENTITY_OPTIONS}
    if isinstance(identity, Identity):
        options = {"always": identity.always, "on_null": getattr(identity, "on_null", None), **options}
    found = {name: value for name, value in options.items() if value is not None}
    if dialect_kwargs and isinstance(identity, DialectKWArgs):
        found |= dict(identity.dialect_kwargs)
    return found


def _table_for_constraint(constraint: Constraint) -> Table:
    """The table a constraint belongs to."""
    owner = constraint.parent if isinstance(constraint, ForeignKeyConstraint) else constraint.table
    assert isinstance(owner, Table)
    return owner


def _columns_for_constraint(constraint: Constraint) -> list[Column[Any]]:
    """The columns a constraint speaks of; those of a CHECK are found in its expression."""
    if isinstance(constraint, ForeignKeyConstraint):
        return [key.parent for key in constraint.elements]
    if isinstance(constraint, CheckConstraint):
        return list(_find_columns(constraint.sqltext))
    return list(getattr(constraint, "columns", ()))


def _find_columns(clause: Any) -> set[Column[Any]]:
    """The columns in an expression."""
    return {element for element in iterate(clause) if isinstance(element, Column)}


def _fk_is_self_referential(constraint: ForeignKeyConstraint) -> bool:
    """Whether a foreign key points at its own table."""
    target = constraint.elements[0].target_fullname.rpartition(".")[0]
    return target == _table_for_constraint(constraint).key


def _is_type_bound(constraint: Constraint) -> bool:
    """Whether a constraint came with a column's type, such as the CHECK of a Boolean."""
    return bool(getattr(constraint, "_type_bound", False))


def constraint_name_string(name: ConstraintName) -> bool:
    """Whether the name is one."""
    return isinstance(name, str)


def constraint_name_defined(name: ConstraintName) -> bool:
    """Whether the constraint has a name, or shall expressly have none."""
    return name is _NONE_NAME or isinstance(name, str | _NoneName)


def constraint_name_or_none(name: ConstraintName) -> str | None:
    """The name if it is one, else None."""
    return name if isinstance(name, str) else None


def _get_constraint_final_name(constraint: Index | Constraint, dialect: Dialect | None) -> str | None:
    """The name that reaches the database, the naming convention and the dialect's length limit applied."""
    if constraint.name is None:
        return None
    if dialect is None:
        return constraint_name_or_none(constraint.name)
    name: str | None = dialect.identifier_preparer.format_constraint(constraint, _alembic_quote=False)
    return name


def _constraint_is_named(constraint: Constraint | Index, dialect: Dialect | None) -> bool:
    """Whether a constraint reaches the database with a name."""
    return _get_constraint_final_name(constraint, dialect) is not None


def is_expression(expr: Any) -> bool:
    """Whether it is an SQL expression other than a plain column."""
    return isinstance(expr, ColumnElement | TextClause) and not isinstance(expr, Column)


def is_expression_index(index: Index) -> bool:
    """Whether an index covers anything but plain columns."""
    return any(is_expression(getattr(each, "element", each)) for each in index.expressions)


def _copy(schema_item: Any, **kw: Any) -> Any:
    """A copy of a column or constraint that belongs to no table."""
    return schema_item._copy(**kw)


def _get_variant_mapping(type_: TypeEngine[Any]) -> Any:
    """The variants of a type by dialect name."""
    return type_._variant_mapping


def _type_has_variants(type_: TypeEngine[Any]) -> bool:
    """Whether a type stands for different ones on different dialects."""
    return bool(type_._variant_mapping)


def _connectable_has_table(connectable: Connection, tablename: str, schemaname: str | None) -> bool:
    """Whether a table exists in the database."""
    return inspect(connectable).has_table(tablename, schema=schemaname)


def _exec_on_inspector(inspector: Any, statement: Any, **params: Any) -> Any:
    """Run a statement on the connection that an inspector works with."""
    with inspector._operation_context() as connection:
        return connection.execute(statement, params)
