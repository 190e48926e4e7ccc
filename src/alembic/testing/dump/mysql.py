"""The schema of a MySQL or MariaDB database."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

# The next number that will be given out depends on what was rolled back.
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
_KINDS = {"BASE TABLE": "table", "SYSTEM VERSIONED": "table", "VIEW": "view", "SEQUENCE": "sequence"}
_OTHERS = {
    "trigger": "SELECT trigger_name, event_object_table FROM information_schema.triggers"
    " WHERE trigger_schema = database()",
    "procedure": "SELECT routine_name, '' FROM information_schema.routines"
    " WHERE routine_schema = database() AND routine_type = 'PROCEDURE'",
    "function": "SELECT routine_name, '' FROM information_schema.routines"
    " WHERE routine_schema = database() AND routine_type = 'FUNCTION'",
    "event": "SELECT event_name, '' FROM information_schema.events WHERE event_schema = database()",
}


def schema(connection: Connection, without: Collection[str]) -> list[str]:
    """The answer to SHOW CREATE for each object, and the database's own defaults."""
    tables = connection.exec_driver_sql(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = database()"
    ).all()
    texts = [
        _shown(connection, _KINDS.get(kind, "table"), name) for name, kind in tables if name not in without
    ]
    for kind, question in _OTHERS.items():
        found = connection.exec_driver_sql(question).all()
        texts += [_shown(connection, kind, name) for name, table in found if table not in without]
    defaults: Any = connection.exec_driver_sql(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata"
        " WHERE schema_name = database()"
    ).one()
    return [*texts, f"database: {defaults[0]} {defaults[1]}"]


def _shown(connection: Connection, kind: str, name: str) -> str:
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    answer = connection.exec_driver_sql(f"SHOW CREATE {kind.upper()} {quoted}").mappings().one()
    text = next(
        str(value) for key, value in answer.items() if key.lower().startswith(("create ", "sql original"))
    )
    return f"{kind} {name}: {_COUNTER.sub('', text)}"
