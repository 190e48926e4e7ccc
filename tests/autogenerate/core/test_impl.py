"""The methods of impl classes that applications and third-party dialects override, call or pass on to."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from alembic.ddl.impl import DefaultImpl, Params

DIALECTS = {"sqlite": sqlite.dialect, "mysql": mysql.dialect, "postgresql": postgresql.dialect}


def impl(name: str = "sqlite") -> DefaultImpl:
    dialect = DIALECTS[name]()
    return DefaultImpl.get_by_dialect(dialect)(dialect, None, True, False, None, {})


def standard() -> DefaultImpl:
    return DefaultImpl(sqlite.dialect(), None, True, False, None, {})


def column(type_: Any, default: Any = None) -> sa.Column[Any]:
    made = sa.Column("x", type_, server_default=default)
    sa.Table("t", sa.MetaData(), made)
    return made


@pytest.mark.parametrize(
    ("dialect", "type_", "expected"),
    [
        ("sqlite", sa.String(30), ("varchar", [], ["30"])),
        ("sqlite", sa.Numeric(10, 2), ("numeric", [], ["10", "2"])),
        ("mysql", sa.Enum("a", "b"), ("enum", [], ["'a'", "'b'"])),
        ("mysql", mysql.INTEGER(unsigned=True), ("integer", ["unsigned"], [])),
        ("postgresql", sa.Double(), ("double", ["precision"], [])),
        ("postgresql", postgresql.TIMESTAMP(True, 3), ("timestamp", ["with", "time", "zone"], ["3"])),
        ("postgresql", sa.VARCHAR(30, collation="C"), ("varchar", ["collate", "c"], ["30"])),
    ],
)
def test_parts_of_a_type(dialect: str, type_: Any, expected: tuple[str, list[str], list[str]]) -> None:
    assert impl(dialect)._tokenize_column_type(column(type_)) == Params(*expected, {})


def test_extracted_arguments_of_a_type() -> None:
    found = impl("mysql")._tokenize_column_type(column(mysql.VARCHAR(30, collation="utf8_bin")))
    assert (found.token0, found.args, list(found.kwargs.values())) == ("varchar", ["30"], ["utf8_bin"])


def _params(token0: str, *tokens: str, args: tuple[str, ...] = (), **kwargs: str) -> Params:
    return Params(token0, list(tokens), list(args), kwargs)


def test_matching_names_of_types() -> None:
    match = standard()._column_types_match
    assert match(_params("varchar"), _params("varchar"))
    assert match(_params("numeric"), _params("decimal"))
    assert not match(_params("numeric"), _params("integer"))


def test_matching_arguments_of_types() -> None:
    match = standard()._column_args_match
    assert match(_params("x", args=("1",)), _params("x", args=("1",)))
    assert not match(_params("x", args=("1",)), _params("x", args=("2",)))
    assert match(_params("x", args=("1",)), _params("x")), "only one says something"
    assert not match(_params("x", "unsigned"), _params("x", "zerofill"))
    assert not match(_params("x", collate="a"), _params("x", collate="b"))
    assert match(_params("x", collate="a"), _params("x"))


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        (sa.VARCHAR(3), sa.String(3), False),
        (sa.VARCHAR(3), sa.String(4), True),
        (sa.NUMERIC(3, 2), sa.DECIMAL(3, 2), False),
        (sa.INTEGER(), sa.BigInteger(), True),
    ],
)
@pytest.mark.parametrize("name", DIALECTS)
def test_compare_type(name: str, before: Any, after: Any, differ: bool) -> None:
    assert impl(name).compare_type(column(before), column(after)) is differ


@pytest.mark.parametrize(
    ("reflected", "given", "differ"),
    [("'x'", "x", False), ("'x'", "y", True), (None, "x", True), ("'x'", None, True), (None, None, False)],
)
@pytest.mark.parametrize("name", DIALECTS)
def test_compare_server_default(name: str, reflected: str | None, given: str | None, differ: bool) -> None:
    inspected = column(sa.String(5), None if reflected is None else sa.text(reflected))
    modelled = column(sa.String(5), given)
    assert impl(name).compare_server_default(inspected, modelled, given, reflected) is differ


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        (sa.Identity(), None, (set(), set(), True)),
        (sa.Identity(start=5, always=True), None, ({"start", "always"}, set(), True)),
        (None, sa.Identity(), (set(), set(), True)),
        (sa.Identity(start=5), sa.Identity(start=5), (set(), set(), False)),
        (sa.Identity(start=4, always=True), sa.Identity(start=3), ({"start", "always"}, set(), True)),
        (None, None, (set(), set(), False)),
    ],
)
def test_compare_identity(
    wanted: sa.Identity | None, present: sa.Identity | None, expected: tuple[set[str], set[str], bool]
) -> None:
    assert standard()._compare_identity_default(wanted, present) == expected


def test_computed_expressions_are_compared_by_their_words() -> None:
    assert standard()._normalize_computed_default("(a + 'X')\n") == "a+x"


def _indexes(*parts: Any, **kw: Any) -> tuple[sa.Index, sa.Index]:
    made = []
    for _ in range(2):
        table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
        made.append(sa.Index("ix", table.c.a))
    return made[0], made[1]


def test_compare_indexes() -> None:
    wanted, reflected = _indexes()
    assert standard().compare_indexes(wanted, reflected).is_equal
    wanted.unique = True
    result = standard().compare_indexes(wanted, reflected)
    assert (result.is_different, result.message) == (True, "unique=False to unique=True")


def test_compare_unique_constraints() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
    one, same, other = (sa.UniqueConstraint(*names, name="u") for names in ("ab", "ba", "a"))
    for constraint in (one, same, other):
        table.append_constraint(constraint)
    assert standard().compare_unique_constraint(one, same).is_equal
    assert standard().compare_unique_constraint(one, other).is_different


def test_compare_check_constraints() -> None:
    checks = [sa.CheckConstraint(text, name="ck") for text in ("a > 0", "a > 0", "a > 1")]
    assert standard().compare_check_constraint(checks[0], checks[1]).is_equal
    assert standard().compare_check_constraint(checks[0], checks[2]).is_different


def test_functional_indexes_are_taken_out_of_both_sides() -> None:
    plain, reflected = _indexes()
    table = plain.table
    assert table is not None
    functional = sa.Index("f", sa.func.lower(table.c.a))
    wanted, present = {plain, functional}, {reflected, sa.Index("f", reflected.table.c.b)}  # type: ignore[union-attr]
    standard()._skip_functional_indexes(wanted, present)
    assert (wanted, present) == ({plain}, {reflected})


def test_sql_of_expressions_for_revision_files() -> None:
    modelled = column(sa.String(5))
    expression = sa.and_(modelled == "it's", modelled.op("%")(2) == 1)
    assert standard().render_ddl_sql_expr(expression) == "x = 'it''s' AND (x % 2) = 1"
    assert standard().render_type(sa.String(), None) is False


def test_corrections_leave_the_sets_alone() -> None:
    index, other = _indexes()
    sets: list[set[Any]] = [set(), {index}, set(), {other}]
    standard().correct_for_autogen_constraints(*sets)
    standard().correct_for_autogen_foreignkeys(set(), set())
    assert sets == [set(), {index}, set(), {other}]
    reflected = {"name": "ix", "dialect_options": {"sqlite_where": "a"}}
    assert standard().adjust_reflected_dialect_options(reflected, "index") == {"sqlite_where": "a"}
