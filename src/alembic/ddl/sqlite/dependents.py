"""Views and triggers that need a column: SQLite looks at them when they are used, which would be too late."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import DatabaseError

from . import edits
from .stored import Place


def unusable(place: Place, columns: Sequence[str]) -> list[str]:
    """The views and triggers that speak of some of the columns and can't be used.

    :param place: any table of the schema.
    """
    if not columns:
        return []
    found = place.rows(
        f"SELECT type, name, tbl_name, sql FROM {place.master} "
        "WHERE type IN ('view', 'trigger') ORDER BY rowid"
    )
    return [
        f"{kind} {name}"
        for kind, name, target, sql in found
        if any(edits.speaks_of(sql, column, strings=False) for column in columns)
        and not _works(Place(place.connection, target, place.schema), is_view=kind == "view")
    ]


def _works(target: Place, *, is_view: bool) -> bool:
    """Whether statements on a table or view can be prepared, with all that they set off."""
    try:
        names = [target.quote(name) for name, generated in target.columns().items() if not generated]
        statements = [f"SELECT * FROM {target.sql()}"]
        if not is_view:
            values = ", ".join(["NULL"] * len(names))
            statements += [
                f"INSERT INTO {target.sql()} ({', '.join(names)}) VALUES ({values})",
                f"UPDATE {target.sql()} SET {', '.join(f'{name} = NULL' for name in names)}",
                f"DELETE FROM {target.sql()}",
            ]
        for statement in statements:
            target.rows(f"EXPLAIN {statement}")
    except DatabaseError:
        return False
    return True
