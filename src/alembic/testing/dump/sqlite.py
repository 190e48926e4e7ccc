"""The schema of a SQLite database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection


def schema(connection: Connection, without: Collection[str]) -> list[str]:
    """The text of each object as SQLite keeps it, and what is stored beside the objects."""
    found = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    texts = [
        f"{kind} {name}: {sql or 'made by a constraint of ' + table}"
        for kind, name, table, sql in found
        if name not in without and table not in without
    ]
    for setting in ("user_version", "application_id"):
        value = connection.exec_driver_sql(f"PRAGMA {setting}").scalar()
        texts.append(f"setting {setting}: {value}")
    return texts
