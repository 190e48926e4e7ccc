"""Expressions that surely mean the same become the same text; others never do."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic.schema.expressions import (
    MSSQL,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQLITE,
    Flavour,
    normalise,
    string_value,
    without_parentheses,
)


@pytest.mark.parametrize(
    ("flavour", "texts"),
    [
        (SQLITE, ["a > 0", "(a>0)", "( ( A >0 ) )", '"a" > 0 -- positive', "[a] /* x */ > (0)"]),
        (SQLITE, ["a > 0 and b < 5", "(a > 0) AND (b < 5)", "((a > 0) and b<5)"]),
        (SQLITE, ["lower(name)", "LOWER ( name )", "(lower((name)))"]),
        (SQLITE, ["coalesce(a, b + 1)", "coalesce((a),(b+1))"]),
        (SQLITE, ["a != 1", "a <> 1"]),
        (POSTGRESQL, ["a > 0", "A > 0", '"a" > 0']),
        (POSTGRESQL, ["(data ->> 'x') = 'y'", "(data->>'x') = 'y'"]),
        (MYSQL, ["`a` > 0", "a > 0", "`A`>0"]),
        (MSSQL, ["([a]>(0))", "a > 0"]),
        (MSSQL, ["([a]>(0) AND [b]<(5))", "a > 0 AND b < 5"]),
        (ORACLE, ['"A" > 0', "a > 0"]),
    ],
)
def test_the_same_meaning_is_the_same_text(flavour: Flavour, texts: list[str]) -> None:
    assert len({normalise(text, flavour) for text in texts}) == 1


@pytest.mark.parametrize(
    ("flavour", "one", "other"),
    [
        (SQLITE, "'A'", "'a'"),
        (SQLITE, "'a  b'", "'a b'"),
        (SQLITE, "(a + b) * c", "a + b * c"),
        (SQLITE, "(a or b) and c", "a or b and c"),
        (SQLITE, "not (a and b)", "not a and b"),
        (SQLITE, "a - (b - c)", "a - b - c"),
        (SQLITE, '"null"', "null"),
        (SQLITE, '"current_date"', "current_date"),
        (SQLITE, "x between 1 and (a = 2)", "x between 1 and a = 2"),
        (POSTGRESQL, '"A" > 0', "a > 0"),
        (POSTGRESQL, '"user"', "user"),
        (POSTGRESQL, "(a).b", "a.b"),
        (POSTGRESQL, "a in ((select 1))", "a in (select 1)"),
        (POSTGRESQL, "row((a, b))", "row(a, b)"),
        (POSTGRESQL, 'x::"char"', "x::char"),
        (ORACLE, '"a" > 0', "a > 0"),
    ],
)
def test_another_meaning_is_another_text(flavour: Flavour, one: str, other: str) -> None:
    assert normalise(one, flavour) != normalise(other, flavour)


@pytest.mark.parametrize("text", ["'open", "(a", "a)", "", "  "])
def test_what_is_no_expression_stays(text: str) -> None:
    assert normalise(text, SQLITE) == text.strip()


_FORMS = """
{} + {}
{}- {}
{} AND {}
{} or {}
({})
( {} )
NOT {}
{} = {}
{} < {}
{} BETWEEN {} AND {}
coalesce({},{})
CASE WHEN {} THEN {} ELSE {} END
{} in ({}, {})
- {}
{} || {}
({}) || {}
(-{}) * {}
1 - (-1)
(-2) || {}
(-2) COLLATE nocase
({}) IS NULL
{} * {}
cast({} as text)
{} not null
abs({})
{} COLLATE nocase = {}
{} LIKE {}
{} IS NOT {}
(SELECT {})
{} in (SELECT {})
""".strip().splitlines()


@st.composite
def _expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(["a", '"b"', "C", "1", "'x'", "0.5", "NULL", "[a]"]))
    inner = _expressions(depth=depth - 1)
    form = draw(st.sampled_from(_FORMS))
    return form.format(*(draw(inner) for _ in range(form.count("{}"))))


@given(_expressions())
def test_the_server_evaluates_both_alike(text: str) -> None:
    """SQLite gives the same value for the expression and for its one spelling, whatever the columns hold."""
    connection = sqlite3.connect(":memory:")
    rows = "(SELECT 1 AS a, 2 AS b, NULL AS c UNION ALL SELECT 0, 'x', 0.5 UNION ALL SELECT NULL, -1, 'y')"
    try:
        expected = connection.execute(f"SELECT {text} FROM {rows}").fetchall()
    except sqlite3.OperationalError:
        return
    finally:
        connection.close()
    connection = sqlite3.connect(":memory:")
    found = connection.execute(f"SELECT ({normalise(text, SQLITE)}) FROM {rows}").fetchall()
    connection.close()
    assert found == expected


@given(_expressions())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text, SQLITE)
    assert normalise(once, SQLITE) == once


@pytest.mark.parametrize(
    ("text", "inside"), [("((1))", "1"), ("(1) + (2)", "(1) + (2)"), (" ( a ) ", "a"), ("(')')", "')'")]
)
def test_parentheses_around_everything(text: str, inside: str) -> None:
    assert without_parentheses(text, SQLITE) == inside


@pytest.mark.parametrize(("text", "value"), [("'it''s'", "it's"), ("5", None), ("'a' || 'b'", None)])
def test_the_value_of_a_string(text: str, value: str | None) -> None:
    assert string_value(text) == value
