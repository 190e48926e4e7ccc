"""Our own tables in a database, beside the version table: what they are called and where they are.

Beside ``alembic_version`` stand ``alembic_history``, ``alembic_journal`` and ``alembic_lock``; beside a
version table of another name, such as ``tenants``, ``tenants_history`` and so on. Only those exist that were
needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection

from ..configuration.values import setting

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from ..schema.shapes import TableKey

HISTORY, JOURNAL, LOCK = "history", "journal", "lock"
_USUAL = "alembic_version"


class _Migrations(Protocol):
    """What is asked of a migration context."""

    version_table: str
    version_table_schema: str | None
    dialect: Dialect

    @property
    def config(self) -> Any: ...


def side_table(migrations: _Migrations, kind: str) -> TableKey:
    """Schema, None for the default one, and name of one of our tables.

    The history may be given another place, by the settings ``history_table`` and ``history_schema``.

    :param kind: ``HISTORY``, ``JOURNAL`` or ``LOCK``.
    """
    schema, name = migrations.version_table_schema, _beside(migrations, kind)
    if kind == HISTORY and migrations.config is not None:
        name = str(setting(migrations.config, "history_table") or name)
        schema = str(setting(migrations.config, "history_schema") or "") or schema
    return schema, name


def _beside(migrations: _Migrations, kind: str) -> str:
    table = migrations.version_table
    if table == _USUAL:
        return f"alembic_{kind}"
    return f"{table[: migrations.dialect.max_identifier_length - len(kind) - 1]}_{kind}"


def side_tables(migrations: _Migrations) -> frozenset[TableKey]:
    """All of them, whether or not they exist; a default schema that was given by its name is None, too."""
    default = migrations.dialect.default_schema_name
    keys = [side_table(migrations, kind) for kind in (HISTORY, JOURNAL, LOCK)]
    return frozenset((None if schema == default else schema, name) for schema, name in keys)


def side_options(dialect: str) -> dict[str, Any]:
    """Options of such a table: its rows are committed together with others, and hold any character.

    Those of the dialect in use alone, because SQLAlchemy loads a dialect that an option is of.

    :param dialect: what SQLAlchemy calls it.
    """
    if dialect not in ("mysql", "mariadb"):
        return {}
    return {f"{dialect}_engine": "InnoDB", f"{dialect}_charset": "utf8mb4"}


def schema_now(connection: Connection, schema: str | None) -> str | None:
    """The schema that a table of this schema is in, for this connection at this moment.

    What no schema means depends on the search path, on ``USE`` and on ``schema_translate_map``. Whoever asks
    before a transaction, and names it from then on, is led nowhere else by the end of a ``SET LOCAL``.
    """
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    schema = translated.get(schema, schema)
    if schema is not None or connection.dialect.name == "sqlite":
        return schema
    try:
        found: str | None = connection.dialect._get_default_schema_name(connection)
    except (AttributeError, NotImplementedError):
        return None
    return found
