"""What is different between two dumps."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Mapping

from .content import Dump, Rows

Columns = Mapping[str, Collection[str]]


def unstable_columns(one: Dump, other: Dump) -> dict[str, tuple[str, ...]]:
    """The columns of each table whose values differ between two dumps of the same history.

    Times and random values are such; to compare them with a third run would say nothing.
    """
    unstable = {}
    for table, rows in one.rows.items():
        others = other.rows.get(table)
        if others is None or others.columns != rows.columns:
            continue
        differing = tuple(
            name
            for place, name in enumerate(rows.columns)
            if Counter(row[place] for row in rows.values) != Counter(row[place] for row in others.values)
        )
        if differing and len(rows.values) == len(others.values):
            unstable[table] = differing
    return unstable


def difference(expected: Dump, found: Dump, *, ignored: Columns | None = None) -> list[str]:
    """Lines as of ``diff -u`` with what is in one dump only; none when they are equal.

    :param ignored: columns whose values don't count, by table.
    """
    return list(
        difflib.unified_diff(
            _lines(expected, ignored or {}), _lines(found, ignored or {}), "expected", "found", "", "", 1, ""
        )
    )


def _lines(dump: Dump, ignored: Columns) -> list[str]:
    lines = [line for text in dump.schema for line in text.splitlines()]
    for table, rows in dump.rows.items():
        lines += [f"row of {table}: {line}" for line in _row_lines(rows, ignored.get(table, ()))]
    return lines


def _row_lines(rows: Rows, ignored: Collection[str]) -> list[str]:
    counted = [place for place, name in enumerate(rows.columns) if name not in ignored]
    return sorted(", ".join(f"{rows.columns[p]}={row[p]}" for p in counted) for row in rows.values)
