"""What ``impl.compare_type()`` and ``compare_server_default()`` say to those who call them themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg

from alembic.autogenerate import compare_metadata
from alembic.ddl.impl import DefaultImpl, _impls
from alembic.runtime.migration import MigrationContext

COMMON: list[Any] = [
    sa.Integer(),
    sa.SmallInteger(),
    sa.BigInteger(),
    sa.Boolean(),
    sa.Numeric(),
    sa.Numeric(10),
    sa.Numeric(10, 2),
    sa.Float(),
    sa.Float(53),
    sa.Double(),
    sa.REAL(),
    sa.CHAR(5),
    sa.String(30),
    sa.Unicode(30),
    sa.Text(),
    sa.JSON(),
    sa.LargeBinary(),
    sa.Date(),
    sa.DateTime(),
    sa.DateTime(timezone=True),
    sa.TIMESTAMP(),
    sa.Time(),
    sa.Uuid(),
    sa.Interval(),
    sa.Enum("a", "b", name="mood"),
    sa.Enum("a", "b", native_enum=False),
    sa.PickleType(),
]
OWN: dict[str, list[Any]] = {
    "sqlite": [sa.String(), sa.NVARCHAR(30), sa.String(30, collation="NOCASE")],
    "mysql": [
        mysql.TINYINT(),
        mysql.TINYINT(1),
        mysql.TINYINT(unsigned=True),
        mysql.SMALLINT(3),
        mysql.MEDIUMINT(),
        mysql.INTEGER(10),
        mysql.INTEGER(unsigned=True),
        mysql.INTEGER(5, zerofill=True),
        mysql.BIGINT(20, unsigned=True),
        mysql.BIT(8),
        mysql.DECIMAL(12, 4, unsigned=True),
        mysql.FLOAT(7, 3),
        mysql.VARCHAR(30, charset="latin1"),
        mysql.VARCHAR(30, collation="utf8mb4_bin"),
        mysql.VARCHAR(30, charset="utf8mb4", collation="utf8mb4_bin"),
        mysql.VARCHAR(30, binary=True),
        mysql.NVARCHAR(30),
        mysql.NCHAR(5),
        mysql.TEXT(100),
        sa.Text(70000),
        mysql.LONGTEXT(collation="utf8mb4_bin"),
        sa.LargeBinary(100),
        mysql.DATETIME(fsp=6),
        mysql.YEAR(),
        mysql.ENUM("a", "b", collation="utf8mb4_bin"),
        mysql.SET("a", "b"),
    ],
    "postgresql": [
        sa.String(),
        sa.String(30, collation="C"),
        pg.JSONB(),
        pg.TIMESTAMP(timezone=True, precision=3),
        pg.TIMESTAMP(precision=6),
        pg.INTERVAL(fields="YEAR"),
        pg.INTERVAL(precision=3),
        pg.BIT(8, varying=True),
        pg.ARRAY(sa.Integer, dimensions=2),
        pg.ARRAY(sa.String(5)),
        pg.INET(),
        pg.INT4RANGE(),
    ],
}


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def mariadb(mariadb_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(mariadb_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _reflected(connection: sa.Connection, *columns: sa.Column[Any]) -> sa.Table:
    """A table as SQLAlchemy reflects it, once it was made of these columns."""
    sa.Table("t", sa.MetaData(), *columns).create(connection)
    connection.commit()
    return sa.Table("t", sa.MetaData(), autoload_with=connection)


def _impl(connection: sa.Connection) -> DefaultImpl:
    return MigrationContext.configure(connection).impl


def test_a_column_has_the_type_that_it_was_made_with(connection: sa.Connection) -> None:
    types = [*COMMON, *OWN["mysql" if connection.dialect.name == "mariadb" else connection.dialect.name]]
    table = _reflected(connection, *(sa.Column(f"c{number}", type_) for number, type_ in enumerate(types)))
    impl = _impl(connection)
    found = [
        (type_, table.c[f"c{number}"].type)
        for number, type_ in enumerate(types)
        if impl.compare_type(table.c[f"c{number}"], sa.Column("c", type_))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("ddl", "type_", "differ"),
    [
        ("INT", sa.Integer(), False),
        ("INT(10)", sa.Integer(), False),
        ("INT(11)", mysql.INTEGER(10), True),
        ("TINYINT(4)", sa.Boolean(), False),
        ("TINYINT(1)", mysql.TINYINT(), False),
        ("BIGINT(20)", sa.BigInteger(), False),
        ("INT(11)", sa.BigInteger(), True),
        ("INT(11)", mysql.INTEGER(unsigned=True), True),
        ("INT UNSIGNED", sa.Integer(), True),
        ("JSON", sa.JSON(), False),
        ("LONGTEXT", sa.JSON(), False),
        ("LONGTEXT", sa.Text(), True),
        ("VARCHAR(30) COLLATE utf8mb4_bin", sa.String(30), False),
        ("VARCHAR(30) COLLATE utf8mb4_bin", sa.String(31), True),
        ("VARCHAR(30) COLLATE utf8mb4_bin", sa.String(30, "utf8mb4_bin"), False),
        ("VARCHAR(30) COLLATE utf8mb4_bin", sa.String(30, "utf8mb4_unicode_ci"), True),
        ("VARCHAR(30)", sa.String(30, "utf8mb4_bin"), True),
        ("VARCHAR(30)", mysql.VARCHAR(30, charset="latin1"), True),
        ("VARCHAR(30)", mysql.VARCHAR(30, charset="utf8mb4"), False),
        ("VARCHAR(30) CHARACTER SET latin1", mysql.VARCHAR(30, charset="latin1"), False),
        ("ENUM('a','b')", sa.Enum("b", "a"), True),
        ("TIME(6)", sa.Time(), True),
    ],
)
def test_on_mariadb(mariadb: sa.Connection, ddl: str, type_: Any, differ: bool) -> None:
    mariadb.exec_driver_sql(f"CREATE TABLE t (c {ddl}) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci")
    table = sa.Table("t", sa.MetaData(), autoload_with=mariadb)
    assert _impl(mariadb).compare_type(table.c.c, sa.Column("c", type_)) is differ


@pytest.mark.parametrize(
    ("reflected", "type_", "differ"),
    [
        (mysql.INTEGER(display_width=11), sa.Integer(), False),
        (mysql.TINYINT(display_width=4), sa.Boolean(), False),
        (mysql.VARCHAR(30, charset="utf8mb4", collation="utf8mb4_bin"), sa.String(30), False),
        (mysql.VARCHAR(30), sa.String(30, "utf8mb4_bin"), False),
        (mysql.VARCHAR(30, collation="utf8mb4_bin"), mysql.VARCHAR(30, binary=True), False),
        (mysql.LONGTEXT(), sa.JSON(), True),
    ],
)
def test_without_a_connection_to_mysql(reflected: Any, type_: Any, differ: bool) -> None:
    impl = MigrationContext.configure(dialect_name="mysql").impl
    assert impl.compare_type(sa.Column("c", reflected), sa.Column("c", type_)) is differ


DEFAULTS: list[tuple[Any, Any]] = [
    (sa.Integer(), "5"),
    (sa.Integer(), sa.text("5")),
    (sa.Boolean(), sa.true()),
    (sa.Boolean(), sa.false()),
    (sa.Numeric(10, 2), "0"),
    (sa.String(30), "it's"),
    (sa.String(30), ""),
    (sa.DateTime(), sa.func.now()),
    (sa.Float(), sa.text("1.5")),
]


def test_a_column_has_the_default_that_it_was_made_with(connection: sa.Connection) -> None:
    columns = [
        sa.Column(f"c{number}", type_, server_default=default)
        for number, (type_, default) in enumerate(DEFAULTS)
    ]
    table = _reflected(connection, *columns)
    impl = _impl(connection)
    wrong = []
    for made, (_, default) in zip(columns, DEFAULTS, strict=True):
        present = table.c[made.name].server_default
        assert isinstance(present, sa.DefaultClause)
        rendered = default if isinstance(default, str) else impl.rules.default_sql(made)
        if impl.compare_server_default(table.c[made.name], made, rendered, str(present.arg)):
            wrong.append((default, str(present.arg)))
    assert wrong == []


@pytest.fixture
def own_impl() -> Iterator[None]:
    """Lets a test define impl classes; what was registered before is restored."""
    before = dict(_impls)
    yield
    _impls.clear()
    _impls.update(before)


def _model(connection: sa.Connection) -> sa.MetaData:
    """Of a table of which the types alone do not tell whether a column is as the model wants it."""
    metadata = sa.MetaData()
    collation = "C" if connection.dialect.name == "postgresql" else None
    sa.Table(
        "t",
        metadata,
        sa.Column("same", sa.JSON()),
        sa.Column("number", sa.Integer(), server_default="5"),
        sa.Column("other", sa.String(30, collation=collation or "utf8mb4_bin"), server_default="x"),
    )
    made = sa.MetaData()
    sa.Table(
        "t",
        made,
        sa.Column("same", sa.JSON()),
        sa.Column("number", sa.Integer(), server_default=sa.text("2 + 3")),
        sa.Column("other", sa.String(30), server_default="y"),
    ).create(connection)
    connection.commit()
    return metadata


def _found(connection: sa.Connection, metadata: sa.MetaData, **options: Any) -> list[tuple[str, str]]:
    found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return [(change[0], change[3]) for (change, *_) in found] + [
        (change[0], change[3]) for each in found for change in each[1:]
    ]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize("how", ["callback", "override"])
def test_who_passes_on_hears_what_autogenerate_would_say(
    request: pytest.FixtureRequest, own_impl: None, kind: str, how: str
) -> None:
    engine = sa.create_engine(request.getfixturevalue(f"{kind}_url"))
    with engine.connect() as connection:
        metadata = _model(connection)
        expected = _found(connection, metadata)
        assert ("modify_type", "other") in expected
        options: dict[str, Any] = {}
        if how == "callback":
            options["compare_type"] = lambda context, inspected, modelled, *_: context.impl.compare_type(
                inspected, modelled
            )
            options["compare_server_default"] = lambda context, inspected, modelled, one, _, other: (
                context.impl.compare_server_default(inspected, modelled, other, one)
            )
        else:
            _passing_on(type(_impl(connection)))
        assert _found(connection, metadata, **options) == expected
    engine.dispose()


def _passing_on(impl: type[DefaultImpl]) -> None:
    class Own(impl):  # type: ignore[misc, valid-type]  # the class of the dialect in question
        __dialect__ = impl.__dialect__

        def compare_type(self, *columns: Any) -> bool:
            return bool(super().compare_type(*columns))

        def compare_server_default(self, *arguments: Any) -> bool:
            return bool(super().compare_server_default(*arguments))


def test_another_question_is_another_answer(postgresql_url: str) -> None:
    """As of an override that puts another type into the place of the model's."""
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as connection:
        metadata = _model(connection)

        def compare(context: Any, inspected: Any, modelled: Any, *_: Any) -> bool:
            return bool(context.impl.compare_type(inspected, sa.Column("x", sa.BigInteger())))

        found = _found(connection, metadata, compare_type=compare, compare_server_default=False)
    assert [name for what, name in found if what == "modify_type"] == ["same", "number", "other"]
    engine.dispose()
