"""SQL of servers that we don't have at hand, checked by sqlglot's grammar of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest
import sqlglot
from sqlglot.errors import ParseError


def parses(sql: str, dialect: str) -> bool:
    """Whether sqlglot understands the text, rather than keeping an unknown statement as plain text."""
    logger = logging.getLogger("sqlglot")
    level, logger.level = logger.level, logging.CRITICAL
    try:
        statements = sqlglot.parse(sql, read=dialect)
    except ParseError:
        return False
    finally:
        logger.level = level
    return not any(isinstance(found, sqlglot.exp.Command) for found in statements)


def check(statements: Mapping[str, str], dialect: str, unknown: Mapping[str, str]) -> None:
    """Assert that each statement parses, save for the kinds that the grammar is known not to have.

    :param statements: SQL by where it comes from.
    :param unknown: beginnings of statements, or parts of them, with the reason.
    """
    known: set[str] = set()
    failures = []
    for origin, sql in statements.items():
        kinds = [part for part in unknown if part in sql]
        if parses(sql, dialect):
            continue
        if not kinds:
            failures.append(f"{origin}\n{sql}")
        known.update(kinds)
    assert not failures, "\n\n".join(failures)
    if known != set(unknown):
        pytest.fail(f"now understood or gone, remove from the list: {sorted(set(unknown) - known)}")
