"""The constructs of ``alembic.ddl.base`` serve any SQLAlchemy program; third-party dialects build on them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import default
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import quoted_name

from alembic.ddl import base
from alembic.ddl.postgresql import visit_rename_table
from tests.ddl.test_registry import run


class StandardDialect(default.DefaultDialect):
    name = "standard_like"


def column(*args: object, **options: object) -> sa.Column[object]:
    made = sa.Column("c", *args, **options)  # type: ignore[arg-type]  # a column of the case
    sa.Table("t", sa.MetaData(), made, sa.Column("self", sa.Integer))
    return made


CONSTRUCTS = [
    (base.RenameTable("a", "B"), 'ALTER TABLE a RENAME TO "B"'),
    (base.RenameTable("a", "b", schema="s"), "ALTER TABLE s.a RENAME TO s.b"),
    (base.AddColumn("t", column(sa.Integer), schema="s"), "ALTER TABLE s.t ADD COLUMN c INTEGER"),
    (
        base.AddColumn("t", column(sa.Integer), if_not_exists=True),
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INTEGER",
    ),
    (
        base.AddColumn("t", column(sa.Integer, primary_key=True), inline_primary_key=True),
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL PRIMARY KEY",
    ),
    (
        base.AddColumn("t", column(sa.Integer, sa.ForeignKey("t.self")), inline_references=True),
        "ALTER TABLE t ADD COLUMN c INTEGER REFERENCES t (self)",
    ),
    (base.DropColumn("t", sa.Column("c"), if_exists=True), "ALTER TABLE t DROP COLUMN IF EXISTS c"),
    (base.ColumnNullable("t", "c", True), "ALTER TABLE t ALTER COLUMN c DROP NOT NULL"),
    (base.ColumnNullable("t", "c", False, schema="s"), "ALTER TABLE s.t ALTER COLUMN c SET NOT NULL"),
    (base.ColumnType("t", "c", sa.String(5)), "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(5)"),
    (base.ColumnType("t", "c", sa.Integer), "ALTER TABLE t ALTER COLUMN c TYPE INTEGER"),
    (base.ColumnName("t", "Old", "d"), 'ALTER TABLE t RENAME "Old" TO d'),
    (base.ColumnDefault("t", "c", "it's"), "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'it''s'"),
    (base.ColumnDefault("t", "c", None), "ALTER TABLE t ALTER COLUMN c DROP DEFAULT"),
]


@pytest.mark.parametrize(("construct", "expected"), CONSTRUCTS, ids=lambda value: str(value)[:40])
def test_standard_words(construct: base.AlterTable, expected: str) -> None:
    assert str(construct.compile(dialect=StandardDialect())) == expected


def test_existing_facts_are_kept() -> None:
    construct = base.ColumnNullable(
        "t",
        "c",
        True,
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_server_default="5",
        existing_comment="x",
    )
    assert (construct.table_name, construct.column_name, construct.nullable) == ("t", "c", True)
    assert (construct.existing_nullable, construct.existing_server_default) == (False, "5")
    assert (str(construct.existing_type), construct.existing_comment) == ("INTEGER", "x")


@pytest.mark.parametrize(
    ("construct", "message"),
    [
        (
            base.ComputedColumnDefault("t", "c", sa.Computed("a")),
            'Adding or removing a "computed" construct, e.g. GENERATED ALWAYS AS, to or from an existing '
            "column is not supported.",
        ),
        (
            base.IdentityColumnDefault("t", "c", sa.Identity(), None),  # type: ignore[arg-type]  # the rule reads no impl
            'Adding, removing or modifying an "identity" construct, e.g. GENERATED AS IDENTITY, to or from'
            " an existing column is not supported in this dialect.",
        ),
        (
            base.ColumnDefault("t", "c", sa.FetchedValue()),
            "FetchedValue() says nothing about the SQL of the default",
        ),
    ],
)
def test_what_has_no_standard_words(construct: base.AlterColumn, message: str) -> None:
    with pytest.raises(sa.exc.CompileError) as raised:
        construct.compile(dialect=StandardDialect())
    assert str(raised.value) == message


def test_names() -> None:
    compiler = base.RenameTable("a", "b").compile(dialect=postgresql.dialect())
    assert base.format_table_name(compiler, "t", "My.db") == '"My".db.t'
    assert base.format_table_name(compiler, "t", quoted_name("my.db", quote=True)) == '"my.db".t'
    assert base.format_table_name(compiler, "select", None) == '"select"'
    assert base.quote_dotted("a.B", compiler.preparer.quote) == 'a."B"'  # type: ignore[attr-defined]  # a DDL compiler's


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (postgresql.dialect(), "ALTER TABLE t RENAME a TO b"),
        (sqlite.dialect(), "ALTER TABLE t RENAME COLUMN a TO b"),
        (mysql.dialect(), None),
    ],
)
def test_a_dialects_rule_wins(dialect: sa.Dialect, expected: str | None) -> None:
    construct = base.ColumnName("t", "a", "b", existing_type=sa.Integer())
    if expected is None:
        with pytest.raises(NotImplementedError):
            construct.compile(dialect=dialect)
    else:
        assert str(construct.compile(dialect=dialect)) == expected


def test_rules_load_when_a_construct_is_first_compiled() -> None:
    """A program that imports the constructs only still gets its dialect's words."""
    assert run("""
        import sys
        from sqlalchemy.dialects import postgresql, sqlite
        from alembic.ddl.base import ColumnName, RenameTable

        print(RenameTable("a", "b", schema="s").compile(dialect=sqlite.dialect()))
        print(RenameTable("a", "b", schema="s").compile(dialect=postgresql.dialect()))
        print(ColumnName("t", "a", "b").compile(dialect=sqlite.dialect()))
        print("alembic.ddl.mysql" in sys.modules)
    """) == [
        "ALTER TABLE s.a RENAME TO b",
        "ALTER TABLE s.a RENAME TO b",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "False",
    ]


def test_a_rule_of_the_application_stays() -> None:
    """Registered before or after ours is loaded."""
    assert run("""
        from sqlalchemy.dialects import postgresql, sqlite
        from sqlalchemy.ext.compiler import compiles
        from alembic.ddl.base import ColumnName, RenameTable

        @compiles(RenameTable, "postgresql")
        def mine(element, compiler, **kw):
            return "MINE"

        import alembic.ddl.postgresql, alembic.ddl.sqlite

        @compiles(ColumnName, "sqlite")
        def mine_too(element, compiler, **kw):
            return "MINE TOO"

        print(RenameTable("a", "b").compile(dialect=postgresql.dialect()))
        print(ColumnName("t", "a", "b").compile(dialect=sqlite.dialect()))
    """) == ["MINE", "MINE TOO"]


def test_third_parties_reuse_rules() -> None:
    class ThirdPartyDialect(default.DefaultDialect):
        name = "third_party_rules"

    compiles(base.RenameTable, "third_party_rules")(visit_rename_table)

    @compiles(base.AddColumn, "third_party_rules")
    def visit_add_column(element: base.AddColumn, compiler: sa.sql.compiler.DDLCompiler, **kw: object) -> str:
        table = base.alter_table(compiler, element.table_name, element.schema)
        return f"{table} {base.add_column(compiler, element.column, **kw)} AFTER ALL"

    dialect = ThirdPartyDialect()
    assert (
        str(base.RenameTable("a", "b", schema="s").compile(dialect=dialect)) == "ALTER TABLE s.a RENAME TO b"
    )
    assert str(base.AddColumn("t", column(sa.Integer)).compile(dialect=dialect)) == (
        "ALTER TABLE t ADD COLUMN c INTEGER AFTER ALL"
    )


def test_every_construct_runs(database_url: str) -> None:
    """By an engine alone, without a migration."""
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INT)")
        connection.execute(base.AddColumn("t", column(sa.Integer, server_default="5")))
        connection.execute(base.RenameTable("t", "u"))
        assert [found["name"] for found in sa.inspect(connection).get_columns("u")] == ["id", "c"]
        connection.execute(base.DropColumn("u", sa.Column("c")))
        assert [found["name"] for found in sa.inspect(connection).get_columns("u")] == ["id"]
        connection.exec_driver_sql("DROP TABLE u")
    engine.dispose()
