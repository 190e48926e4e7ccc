"""Columns: added, removed, altered, on every database."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa

from tests.autogenerate.core.comparing import column, differences, log_lines, nothing, table


def test_added_table(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    wanted = table(column("x", sa.String(30), index=True))
    added, index = differences(database_url, nothing, wanted)
    assert (added[0], added[1].name, [each.name for each in added[1].columns]) == (
        "add_table",
        "t",
        ["id", "x"],
    )
    assert (index[0], index[1].name) == ("add_index", "ix_t_x")
    assert log_lines(caplog) == ["Detected added table 't'", "Detected added index 'ix_t_x' on '('x',)'"]


def test_removed_table(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    index, removed = differences(database_url, table(column("x", sa.String(30), index=True)), nothing)
    assert (index[0], index[1].name) == ("remove_index", "ix_t_x")
    assert (removed[0], removed[1].name, sorted(removed[1].columns.keys())) == (
        "remove_table",
        "t",
        ["id", "x"],
    )
    assert log_lines(caplog) == ["Detected removed index 'ix_t_x' on 't'", "Detected removed table 't'"]


def test_added_and_removed_columns(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = table(column("a", sa.Integer), column("kept", sa.Integer))
    after = table(column("kept", sa.Integer), column("b", sa.Integer))
    added, removed = differences(database_url, before, after)
    assert (added[:3], added[3].name) == (("add_column", None, "t"), "b")
    assert (removed[:3], removed[3].name) == (("remove_column", None, "t"), "a")
    assert log_lines(caplog) == ["Detected added column 't.b'", "Detected removed column 't.a'"]


@pytest.mark.parametrize("nullable", [True, False])
def test_nullability(database_url: str, caplog: pytest.LogCaptureFixture, nullable: bool) -> None:
    caplog.set_level(logging.INFO)
    before = table(column("x", sa.Integer, nullable=nullable))
    after = table(column("x", sa.Integer, nullable=not nullable))
    ((change,),) = differences(database_url, before, after)
    assert change[:4] == ("modify_nullable", None, "t", "x")
    assert sorted(change[4]) == ["existing_comment", "existing_server_default", "existing_type"]
    assert isinstance(change[4]["existing_type"], sa.Integer)
    assert change[5:] == (nullable, not nullable)
    assert log_lines(caplog) == [f"Detected {'NOT NULL' if nullable else 'NULL'} on column 't.x'"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sa.Integer(), sa.BigInteger()),
        (sa.String(10), sa.String(20)),
        (sa.String(10), sa.Text()),
        (sa.Numeric(10, 2), sa.Numeric(12, 4)),
        (sa.Integer(), sa.String(20)),
        (sa.DateTime(), sa.Date()),
    ],
    ids=lambda type_: repr(type_).replace("()", ""),
)
def test_type(
    database_url: str, caplog: pytest.LogCaptureFixture, before: sa.types.TypeEngine[Any], after: Any
) -> None:
    caplog.set_level(logging.INFO)
    ((change,),) = differences(database_url, table(column("x", before)), table(column("x", after)))
    assert change[:4] == ("modify_type", None, "t", "x")
    assert change[4] == {
        "existing_nullable": True,
        "existing_server_default": False,
        "existing_comment": None,
    }
    assert change[6] is after
    assert log_lines(caplog) == [f"Detected type change from {change[5]!r} to {after!r} on 't.x'"]


SAME = [
    sa.Boolean(),
    sa.CHAR(3),
    sa.Date(),
    sa.DateTime(),
    sa.DateTime(timezone=True),
    sa.DECIMAL(10, 2),
    sa.Double(),
    sa.Enum("a", "b", name="letters"),
    sa.Float(),
    sa.Float(53),
    sa.Interval(),
    sa.JSON(),
    sa.LargeBinary(),
    sa.Numeric(),
    sa.PickleType(),
    sa.SmallInteger(),
    sa.Time(),
    sa.Unicode(30),
    sa.UnicodeText(),
    sa.Uuid(),
]


def test_same_types(database_url: str) -> None:
    """What create_all makes of each of SQLAlchemy's types is what the comparison expects of it."""
    models = table(*(column(f"c{number}", type_) for number, type_ in enumerate(SAME)))
    assert differences(database_url, models, models) == []


DEFAULTS: list[tuple[Any, Any, Any]] = [
    (sa.String(20), "it's", "b"),
    (sa.Integer(), "5", "6"),
    (sa.Integer(), "-1", "1"),
    (sa.Float(), "1.5", "2"),
    (sa.Numeric(10, 2), "0", "1"),
    (sa.Boolean(), sa.true(), sa.false()),
    (sa.DateTime(), sa.func.now(), None),
    (sa.Integer(), sa.text("(1 + 2)"), sa.text("(1 + 3)")),
    (sa.Date(), "2020-01-01", "2020-01-02"),
    (sa.String(5), "", None),
]


@pytest.mark.parametrize(("type_", "value", "other"), DEFAULTS, ids=lambda value: str(value))
def test_server_default(database_url: str, type_: Any, value: Any, other: Any) -> None:
    """Server defaults are compared without being asked for; one that was created is found to be there."""
    present = table(column("x", type_, server_default=value))
    assert differences(database_url, present, present) == []
    ((change,),) = differences(database_url, None, table(column("x", type_, server_default=other)))
    assert change[:4] == ("modify_default", None, "t", "x")
    assert isinstance(change[5], sa.DefaultClause)
    assert change[6] is None if other is None else isinstance(change[6], sa.DefaultClause)


def test_added_default_and_its_log_line(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ((change,),) = differences(
        database_url, table(column("x", sa.String(9))), table(column("x", sa.String(9), server_default="a"))
    )
    assert (change[5], change[6].arg) == (None, "a")
    (line,) = log_lines(caplog)
    assert line.startswith("Dialect impl <") and line.endswith("> detected server default on column 't.x'")


def test_defaults_are_left_alone_on_request(database_url: str) -> None:
    before, after = (table(column("x", sa.String(9), server_default=value)) for value in ("a", "b"))
    assert differences(database_url, before, after, compare_server_default=False) == []


def test_everything_about_a_column_at_once(database_url: str) -> None:
    before = table(column("x", sa.Integer))
    after = table(column("x", sa.BigInteger, nullable=False, server_default="4"))
    (changes,) = differences(database_url, before, after)
    assert [change[0] for change in changes] == ["modify_type", "modify_nullable", "modify_default"]


def test_existing_type_is_told_even_if_types_are_not_compared(database_url: str) -> None:
    before = table(column("x", sa.Integer))
    after = table(column("x", sa.String(9), nullable=False))
    ((change,),) = differences(database_url, before, after, compare_type=False)
    assert change[0] == "modify_nullable"
    assert isinstance(change[4]["existing_type"], sa.Integer)


@pytest.mark.parametrize("url", ["postgresql_url", "mariadb_url"])
def test_comments(url: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address = request.getfixturevalue(url)
    plain = table(column("x", sa.Integer))
    empty = table(column("x", sa.Integer, comment=""), comment="")
    one = table(column("x", sa.Integer, comment="one"), comment="one")
    two = table(column("x", sa.Integer, comment="it's 100%"), comment="it's 100%")
    assert differences(address, plain, empty) == []
    (of_column,), of_table = differences(address, plain, one)
    assert of_column[0] == "modify_comment"
    assert of_column[5:] == (None, "one")
    assert (of_table[0], of_table[1].comment, of_table[2]) == ("add_table_comment", "one", None)
    assert log_lines(caplog) == ["Detected column comment 't.x'"]

    (of_column,), of_table = differences(address, one, two)
    assert (of_column[5:], of_table[0], of_table[2]) == (("one", "it's 100%"), "add_table_comment", "one")
    (of_column,), of_table = differences(address, one, plain)
    assert (of_column[5:], of_table[0]) == (("one", None), "remove_table_comment")
    assert differences(address, two, two) == []


def test_computed_column_is_made_anew(database_url: str) -> None:
    def computed(text: str) -> Any:
        return table(column("n", sa.Integer), column("c", sa.Integer, sa.Computed(text, persisted=True)))

    assert differences(database_url, computed("n + 5"), computed("n+5")) == []
    found = differences(database_url, None, computed("n + 6"))
    assert [(each[0], each[3].name) for each in found] == [("remove_column", "c"), ("add_column", "c")]


def test_identity(postgresql_url: str, caplog: pytest.LogCaptureFixture) -> None:
    def counted(**kw: Any) -> Any:
        return table(column("n", sa.Integer, sa.Identity(**kw)))

    options = {"start": 5, "increment": 2, "minvalue": 5, "maxvalue": 99, "cycle": True, "cache": 3}
    assert differences(postgresql_url, counted(**options), counted(**options)) == []
    caplog.set_level(logging.INFO)
    ((change,),) = differences(postgresql_url, None, counted(**{**options, "start": 6, "always": True}))
    assert change[0] == "modify_default"
    assert isinstance(change[5], sa.Identity) and isinstance(change[6], sa.Identity)
    assert log_lines(caplog) == [
        "Detected server default on column 't.n': identity options attributes ['always', 'start']"
    ]


def test_identity_comes_and_goes(postgresql_url: str) -> None:
    plain = table(column("n", sa.Integer, nullable=False))
    counted = table(column("n", sa.Integer, sa.Identity()))
    ((change,),) = differences(postgresql_url, plain, counted)
    assert (change[0], change[5], isinstance(change[6], sa.Identity)) == ("modify_default", None, True)


def test_column_without_a_type_in_the_models(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before, after = table(column("x", sa.Integer)), table(column("x"))
    assert differences(sqlite_url, before, after) == []
    assert log_lines(caplog) == ["The model names no type for 't.x'; it is not compared"]


def test_columns_are_known_by_their_names_not_keys(database_url: str) -> None:
    models = table(column("x", sa.Integer, key="other"), column("y", sa.Integer, key="x"))
    assert differences(database_url, models, models) == []


def test_system_columns_are_not_added(postgresql_url: str) -> None:
    models = table(column("xmin", sa.Integer, system=True))
    assert differences(postgresql_url, models, models) == []
    assert [each[0] for each in differences(postgresql_url, None, nothing)] == ["remove_table"]


@pytest.mark.parametrize("default", ["5", None])
def test_a_default_that_the_models_leave_to_the_database(database_url: str, default: str | None) -> None:
    """FetchedValue says that there is a default, or a trigger, but not which."""
    before = table(column("x", sa.Integer, server_default=default))
    after = table(column("x", sa.Integer, server_default=sa.FetchedValue()))
    assert differences(database_url, before, after) == []
