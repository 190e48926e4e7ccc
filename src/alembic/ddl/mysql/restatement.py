"""A change of one column in a script: its definition is what the migration says, and what history knows."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Identity
from sqlalchemy import types as sqltypes

from ...errors.ddl import ColumnNotDescribed
from ..ddl_text import ddl_text
from .changes import own_checks
from .compile import MySQLAlterDefault, MySQLChangeColumn, MySQLModifyColumn, is_mariadb

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql.type_api import TypeEngine

    from ..base import AlterColumn
    from ..impl import DefaultImpl
    from .alteration import Change

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Existing:
    """What is said of a column as it is; None for what is not, and False for a default."""

    type_: TypeEngine[Any] | None = None
    nullable: bool | None = None
    server_default: Any = False
    autoincrement: bool | None = None
    comment: str | None = None
    check: str | None = None

    def completed(self, column: Column[Any], dialect: Dialect) -> Existing:
        """The same, and what the column as earlier migrations left it tells of the rest."""
        said = self
        if said.type_ is None:
            said = replace(said, type_=column.type)
        if said.nullable is None:
            said = replace(said, nullable=bool(column.nullable))
        if said.server_default is False:
            said = replace(said, server_default=column.server_default)
        if said.autoincrement is None and column is column.table._autoincrement_column:
            said = replace(said, autoincrement=True)
        if said.comment is None:
            said = replace(said, comment=column.comment)
        if said.check is None and is_mariadb(dialect) and (checks := own_checks(column)):
            said = replace(said, check=ddl_text(checks[0].sqltext, dialect))
        return said


def restatement(
    impl: DefaultImpl, table: str, column: str, schema: str | None, change: Change, existing: Existing
) -> AlterColumn:
    """The construct that carries out a change.

    A change of the default alone is an ALTER COLUMN, which leaves the rest as it is. Any other restates the
    column from the new values and, where there are none, the existing ones: what is in neither falls back to
    the server's defaults (NULL, no default, no comment).
    """
    known = impl.known_table(table, schema)
    is_known = known is not None and column in known.columns
    if known is not None and is_known:
        existing = existing.completed(known.columns[column], impl.dialect)
    resolved = existing.type_ if change.type_ is None else change.type_
    default = change.server_default
    if change.is_of_the_default and change.name is None and not _needs_restatement(resolved, default):
        return MySQLAlterDefault(table, column, default, schema=schema)
    full: type[MySQLChangeColumn] = MySQLModifyColumn
    if change.name is not None or (_is_datetime(resolved) and default is not None):
        full = MySQLChangeColumn
    construct = full(
        table,
        column,
        schema=schema,
        newname=change.name,
        type_=resolved,
        nullable=existing.nullable if change.nullable is None else change.nullable,
        default=_restated_default(existing.server_default if default is False else default),
        autoincrement=existing.autoincrement if change.autoincrement is None else change.autoincrement,
        comment=existing.comment if change.comment is False else change.comment,
        check=existing.check if change.check is None else change.check,
    )
    if not is_known:
        _warn_of_loss(impl, table, column, change, existing)
    return construct


def _warn_of_loss(impl: DefaultImpl, table: str, column: str, change: Change, existing: Existing) -> None:
    """Say what the restated column would lose.

    That a column has no comment can't be said, so this alone is no reason.

    :raises ColumnNotDescribed: under ``strict``.
    """
    nullability = change.nullable is None and existing.nullable is None
    default = change.server_default is False and existing.server_default is False
    missing = [
        what
        for what, is_missing in (
            ("NOT NULL (existing_nullable)", nullability),
            ("its default (existing_server_default)", default),
            ("AUTO_INCREMENT (existing_autoincrement)", _may_count(change, existing)),
            ("its comment (existing_comment)", change.comment is False and existing.comment is None),
        )
        if is_missing
    ]
    if nullability or default:
        error = ColumnNotDescribed(table, column, tuple(missing))
        if impl.context_opts.get("strict"):
            raise error
        log.warning(error.message)


def _may_count(change: Change, existing: Existing) -> bool:
    if change.autoincrement is not None or existing.autoincrement is not None:
        return False
    type_ = existing.type_ if change.type_ is None else change.type_
    defaults = (change.server_default, existing.server_default)
    if any(default is not None and default is not False for default in defaults):
        return False
    return sqltypes.to_instance(type_)._type_affinity is sqltypes.Integer


def _is_datetime(type_: Any) -> bool:
    # The affinity of types on the way from class to instance, TypeDecorators included.
    return type_ is not None and sqltypes.to_instance(type_)._type_affinity is sqltypes.DateTime


def _needs_restatement(type_: Any, server_default: Any) -> bool:
    # MySQL's ALTER COLUMN takes CURRENT_TIMESTAMP only in brackets, which makes it another kind of default,
    # and ON UPDATE not at all.
    return server_default is not None and not isinstance(server_default, str) and _is_datetime(type_)


def _restated_default(default: Any) -> Any:
    # An identity is AUTO_INCREMENT here, which has an argument of its own.
    return None if isinstance(default, Identity) else default
