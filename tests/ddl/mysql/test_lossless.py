"""MariaDB: a change of a column changes what was asked and nothing else, whatever the column has.

The definitions are in the words of SHOW CREATE TABLE, so that they can be compared with it.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from alembic.errors import CommandError
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from tests.ddl.golden import outcome
from tests.project import Project

# What the column has: its definition, another type and another default for it.
COLUMNS: dict[str, tuple[str, Any, Any]] = {
    "plain": ("int(11) DEFAULT NULL", sa.BigInteger(), "7"),
    "not null": ("int(11) NOT NULL", sa.BigInteger(), "7"),
    "number default": ("int(11) NOT NULL DEFAULT -5", sa.BigInteger(), "7"),
    "expression default": ("int(11) DEFAULT (1 + 2)", sa.BigInteger(), "7"),
    "function default": (
        "uuid DEFAULT uuid()",
        sa.String(36),
        sa.text("'00000000-0000-0000-0000-000000000001'"),
    ),
    "case default": (
        "int(11) DEFAULT (case when 1 > 2 then 3 else 4 end + 1)",
        sa.BigInteger(),
        sa.text("(2 * 3)"),
    ),
    "sequence default": ("bigint(20) DEFAULT nextval(`{db}`.`s`)", sa.Integer(), sa.text("(nextval(s) + 1)")),
    "default from a column": ("int(11) DEFAULT (`other` + 1)", sa.BigInteger(), "7"),
    "string default": (r"varchar(50) NOT NULL DEFAULT 'it''s \\ a, b) %s :x'", sa.String(99), "b'\\"),
    "text default": ("text DEFAULT 'long'", mysql.LONGTEXT(), "short"),
    "binary": (r"varbinary(4) DEFAULT '\0a'", sa.LargeBinary(), "x"),
    "bit": ("bit(3) DEFAULT b'101'", mysql.BIT(4), sa.text("b'001'")),
    "unsigned": ("int(10) unsigned NOT NULL", mysql.BIGINT(unsigned=True), "7"),
    "zerofill": ("int(7) unsigned zerofill NOT NULL", mysql.BIGINT(unsigned=True, zerofill=True), "8"),
    "decimal": ("decimal(10,2) unsigned DEFAULT 1.50", sa.Numeric(12, 2), "2.5"),
    "auto increment": ("int(11) NOT NULL AUTO_INCREMENT", sa.BigInteger(), "7"),
    "charset": (
        "varchar(50) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'a'",
        sa.String(99),
        "b",
    ),
    "enum": ("enum('a','b,c','d''e)','%s') NOT NULL DEFAULT 'b,c'", sa.Enum("a", "b,c", "%s"), "a"),
    "set": (
        "set('x','y') CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'x,y'",
        mysql.SET("x", "y", "z"),
        "y",
    ),
    "json": (
        "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '{}' CHECK (json_valid(`c`))",
        sa.Text(),
        "[]",
    ),
    "fsp": ("datetime(6) DEFAULT '2020-01-02 03:04:05.000006'", mysql.TIMESTAMP(fsp=6), "2021-01-01"),
    "timestamp": ("timestamp NULL DEFAULT NULL", mysql.TIMESTAMP(fsp=3), "2021-01-01"),
    "on update": (
        "timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()",
        sa.DateTime(),
        "2021-01-01",
    ),
    "on update alone": (
        "datetime(6) DEFAULT NULL ON UPDATE current_timestamp(6)",
        mysql.TIMESTAMP(fsp=6),
        sa.text("CURRENT_TIMESTAMP(6)"),
    ),
    "virtual": ("int(11) GENERATED ALWAYS AS (`other` * 2) VIRTUAL COMMENT 'x'", sa.BigInteger(), "7"),
    "stored": (
        "varchar(20) CHARACTER SET latin1 COLLATE latin1_bin GENERATED ALWAYS AS"
        " (concat('a, b',`other`)) STORED",
        sa.String(30),
        "7",
    ),
    "check": ("int(11) DEFAULT 3 CHECK (`c` > 0 and `c` <> 9)", sa.BigInteger(), "7"),
    "invisible": ("int(11) NOT NULL INVISIBLE DEFAULT 3 CHECK (`c` > 0)", sa.BigInteger(), "7"),
    "compressed": (
        "varchar(500) /*M!100301 COMPRESSED*/ CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'z'",
        sa.Text(),
        "y",
    ),
    "comment": (r"""int(11) DEFAULT NULL COMMENT 'it''s \\ \n "%s" :x, ) DEFAULT 9'""", sa.BigInteger(), "7"),
    "year": ("year(4) DEFAULT 2000", sa.Integer(), "2001"),
    "point": ("point NOT NULL", mysql.TEXT(), None),
    "foreign key": ("int(11) DEFAULT NULL COMMENT 'a parent'", None, "7"),
}
CHANGES = ["type", "null", "not null", "default", "no default", "name", "comment", "no comment"]
# What the server itself does not take.
REFUSED = {
    ("auto increment", "default"): "can't have a default",
    ("invisible", "no default"): "must have a default value",
    ("virtual", "default"): "computed",
    ("virtual", "no default"): "computed",
    ("virtual", "not null"): "MariaDB has no NOT NULL for generated columns",
    ("stored", "default"): "computed",
    ("stored", "no default"): "computed",
    ("stored", "not null"): "MariaDB has no NOT NULL for generated columns",
}
VALUE = r"(?:[bx]?'(?:[^'\\]|''|\\.)*'|\((?:[^()]|\([^()]*\))*\)|[^\s,(]+(?:\([^)]*\))?)"
CLAUSES = {
    "type": r"^\w+(?:\((?:'(?:[^']|'')*'|[^')])*\))?(?: unsigned)?(?: zerofill)?",
    "null": r"( NOT NULL|(?<!DEFAULT) NULL| DEFAULT NULL)",
    "not null": r"( NOT NULL|(?<!DEFAULT) NULL| DEFAULT NULL)",
    "default": f" DEFAULT {VALUE}",
    "no default": f" DEFAULT {VALUE}",
    "comment": f" COMMENT {VALUE}",
    "no comment": f" COMMENT {VALUE}",
}


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    from tests.conftest import _database

    for url in _database("mariadb"):
        engine = sa.create_engine(url)
        with engine.connect() as opened:
            opened.exec_driver_sql("CREATE TABLE parent (id INT PRIMARY KEY)")
            opened.exec_driver_sql("CREATE SEQUENCE s")
            yield opened
        engine.dispose()


def create(connection: sa.Connection, definition: str, *more: str) -> str:
    """Make a table with this column among others; what the server says of it."""
    items = ["`before` int(11) DEFAULT 1 COMMENT 'c'", f"`c` {definition}", "`other` int(11) DEFAULT NULL"]
    items += ["KEY `k` (`other`)", *more]
    sql = f"CREATE OR REPLACE TABLE t ({', '.join(items)}) COLLATE utf8mb4_unicode_ci"
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    found = show(connection)
    assert f"  `c` {definition}," in found
    return found


def show(connection: sa.Connection) -> str:
    return str(connection.exec_driver_sql("SHOW CREATE TABLE t").one()[1])


def column(text: str, name: str = "c") -> str:
    """The definition of a column in the words of SHOW CREATE TABLE."""
    (found,) = re.findall(rf"^  `{name}` (.*?),?$", text, re.MULTILINE)
    return str(found)


def alter(connection: sa.Connection, **asked: Any) -> None:
    Operations(MigrationContext.configure(connection)).alter_column("t", "c", **asked)


def asked_for(change: str, type_: Any, default: Any) -> dict[str, Any]:
    return {
        "type": {"type_": type_},
        "null": {"nullable": True},
        "not null": {"nullable": False},
        "default": {"server_default": default},
        "no default": {"server_default": None},
        "name": {"new_column_name": "new `c`"},
        "comment": {"comment": r"5% of 'x' \n :y"},
        "no comment": {"comment": None},
    }[change]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("has", COLUMNS)
def test_one_thing_changes(connection: sa.Connection, has: str, change: str) -> None:
    """Trap 13, in general."""
    definition, type_, default = COLUMNS[has]
    if (change == "type" and type_ is None) or (change == "default" and default is None):
        pytest.skip("nothing to change it to")
    definition = definition.replace("{db}", str(connection.engine.url.database))
    more = {
        "auto increment": ["PRIMARY KEY (`c`)"],
        "foreign key": ["CONSTRAINT `f` FOREIGN KEY (`c`) REFERENCES `parent` (`id`)"],
    }.get(has, ["UNIQUE KEY `u` (`other`)", "CONSTRAINT `k` CHECK (`other` > 1)"])
    before = create(connection, definition, *more)
    asked = asked_for(change, type_, default)
    if (has, change) in REFUSED:
        with pytest.raises(
            (sa.exc.DBAPIError, sa.exc.CompileError, CommandError), match=REFUSED[has, change]
        ):
            alter(connection, **asked)
        assert show(connection) == before
        return
    alter(connection, **asked)
    after = show(connection)
    if change == "name":
        assert after.replace("`new ``c```", "`c`") == before
        return
    old, new = column(before), column(after)
    assert after.replace(f"`c` {new}", f"`c` {old}") == before
    if has == "json" and change == "type":  # these are the JSON
        assert new == "text NOT NULL DEFAULT '{}'"
        return
    # What other types don't say.
    old, new = (re.sub(r"^(timestamp\S*) NULL", r"\1", each) for each in (old, new))
    assert re.sub(CLAUSES[change], "", new) == re.sub(CLAUSES[change], "", old)
    check_effect(change, old, new)


def check_effect(change: str, old: str, new: str) -> None:
    match change:
        case "type" | "default":
            assert new != old
        case "null":
            assert "NOT NULL" not in new or "AUTO_INCREMENT" in new
        case "not null":
            assert "NOT NULL" in new
        case "no default":
            assert " DEFAULT " not in new.replace("DEFAULT NULL", "").partition(" COMMENT ")[0]
        case "comment":
            assert r" COMMENT '5% of ''x'' \\n :y'" in new
        case _:
            assert "COMMENT" not in new


@pytest.mark.parametrize("has", ["check", "charset", "json", "on update", "auto increment", "invisible"])
def test_several_things_change_in_one_statement(connection: sa.Connection, has: str) -> None:
    definition = COLUMNS[has][0]
    before = create(connection, definition, *(["PRIMARY KEY (`c`)"] if "AUTO" in definition else []))
    alter(connection, new_column_name="d", comment="new")
    after = show(connection)
    comment = " COMMENT 'new'"
    assert comment in after
    assert after.replace("`d`", "`c`").replace(comment, "") == before
    assert column(after, "d").replace("`d`", "`c`").replace(comment, "") == definition


def test_a_function_with_the_name_of_the_column(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE OR REPLACE TABLE t (length VARCHAR(9) CHECK (length(`length`) > 1))")
    op = Operations(MigrationContext.configure(connection))
    op.alter_column("t", "length", new_column_name="d", nullable=False)
    assert column(show(connection), "d") == "varchar(9) NOT NULL CHECK (octet_length(`d`) > 1)"


def test_wrong_memories_do_no_harm(connection: sa.Connection) -> None:
    """What a migration believes of the column is not what it asks for."""
    create(connection, "bigint(20) unsigned NOT NULL DEFAULT 5 COMMENT 'x' CHECK (`c` > 0)")
    alter(
        connection,
        comment="y",
        existing_type=sa.Integer(),
        existing_nullable=True,
        existing_server_default=None,
        existing_comment="z",
    )
    expected = "bigint(20) unsigned NOT NULL DEFAULT 5 COMMENT 'y' CHECK (`c` > 0)"
    assert column(show(connection)) == expected


def test_a_type_takes_its_character_set_along(connection: sa.Connection) -> None:
    """A new type without one leaves it, unless the old one is said to have it."""
    latin1 = "varchar(50) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL"
    create(connection, latin1)
    alter(connection, type_=sa.String(60), existing_type=sa.String(50))
    assert column(show(connection)) == latin1.replace("50", "60")
    alter(connection, type_=sa.String(60), existing_type=mysql.VARCHAR(60, collation="latin1_bin"))
    assert column(show(connection)) == "varchar(60) DEFAULT NULL"
    alter(connection, type_=sa.String(60, collation="latin1_swedish_ci"))
    expected = "varchar(60) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL"
    assert column(show(connection)) == expected
    alter(connection, type_=sa.Integer())
    assert column(show(connection)) == "int(11) DEFAULT NULL"


def test_a_default_takes_on_update_along(connection: sa.Connection) -> None:
    """A new default without it leaves it, unless the old one is said to have it."""
    create(connection, "datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()")
    both = sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    alter(connection, server_default=None)
    assert column(show(connection)) == "datetime NOT NULL ON UPDATE current_timestamp()"
    alter(connection, server_default=sa.text("CURRENT_TIMESTAMP"), existing_server_default=both)
    assert column(show(connection)) == "datetime NOT NULL DEFAULT current_timestamp()"
    alter(connection, server_default=both)
    expected = "datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()"
    assert column(show(connection)) == expected
    alter(connection, server_default=None, existing_server_default=both)
    assert column(show(connection)) == "datetime NOT NULL"


@pytest.mark.parametrize("kind", ["timestamp", "datetime"])
def test_the_server_adds_no_default(connection: sa.Connection, kind: str) -> None:
    """A moment that is NOT NULL gets a default if none is stated, and without this setting ON UPDATE too."""
    create(connection, "timestamp NULL DEFAULT NULL COMMENT 'x'")
    connection.exec_driver_sql("SET explicit_defaults_for_timestamp = 0")
    alter(connection, nullable=False)
    connection.exec_driver_sql("SET explicit_defaults_for_timestamp = 1")
    assert column(show(connection)) == "timestamp NOT NULL COMMENT 'x'"
    create(connection, f"{kind} NOT NULL DEFAULT '2020-01-01 00:00:00' ON UPDATE current_timestamp()")
    connection.exec_driver_sql("ALTER TABLE t ALTER c DROP DEFAULT")
    alter(connection, comment="x")
    assert column(show(connection)) == f"{kind} NOT NULL ON UPDATE current_timestamp() COMMENT 'x'"


def test_the_check_of_a_column(connection: sa.Connection) -> None:
    create(connection, "int(11) DEFAULT NULL")
    alter(connection, check="c % 2 = 0")
    assert column(show(connection)) == "int(11) DEFAULT NULL CHECK (`c` MOD 2 = 0)"
    alter(connection, check="c > 1", comment="x")
    assert column(show(connection)) == "int(11) DEFAULT NULL COMMENT 'x' CHECK (`c` > 1)"
    alter(connection, check="", existing_check="c > 1")
    assert column(show(connection)) == "int(11) DEFAULT NULL COMMENT 'x'"


def test_auto_increment_comes_and_goes(connection: sa.Connection) -> None:
    create(connection, "int(11) NOT NULL DEFAULT 5 COMMENT 'x'", "PRIMARY KEY (`c`)")
    alter(connection, autoincrement=True)
    assert column(show(connection)) == "int(11) NOT NULL AUTO_INCREMENT COMMENT 'x'"
    alter(connection, autoincrement=False)
    assert column(show(connection)) == "int(11) NOT NULL COMMENT 'x'"


@pytest.mark.parametrize(
    "mode", ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "NO_FIELD_OPTIONS", "ORACLE", "ANSI"]
)
def test_whatever_the_sql_mode(mariadb_url: str, mode: str) -> None:
    """In some modes SHOW CREATE TABLE tells less, or what the server would not read."""
    engine = sa.create_engine(mariadb_url, connect_args={"sql_mode": mode})
    definition = r"int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'a\\b'"
    with engine.connect() as opened:
        modes = opened.exec_driver_sql("SELECT @@sql_mode").scalar()
        opened.exec_driver_sql("SET sql_mode = ''")
        before = create(opened, definition, "PRIMARY KEY (`c`)")
        opened.exec_driver_sql(f"SET sql_mode = '{modes}'")
        alter(opened, type_=mysql.BIGINT(unsigned=True))
        alter(opened, comment=r"it's \n")
        alter(opened, new_column_name="d", nullable=False)
        assert opened.exec_driver_sql("SELECT @@sql_mode").scalar() == modes
        opened.exec_driver_sql("SET sql_mode = ''")
        expected = definition.replace("int(10)", "bigint(20)").replace(r"a\\b", r"it''s \\n")
        expected = expected.replace("`c`", "`d`")
        assert column(show(opened), "d") == expected
        others = before.replace("`c`", "`d`").replace(definition.replace("`c`", "`d`"), expected)
        assert show(opened) == others
    engine.dispose()


def test_in_another_database(connection: sa.Connection) -> None:
    name = f"{connection.engine.url.database}_x"
    connection.exec_driver_sql(f"CREATE OR REPLACE DATABASE {name}")
    connection.exec_driver_sql(f"CREATE TABLE {name}.`a t` (`order` INT NOT NULL COMMENT 'x')")
    op = Operations(MigrationContext.configure(connection))
    op.alter_column("a t", "order", type_=sa.BigInteger(), schema=name)
    op.alter_column("a t", "ORDER", new_column_name="new order", schema=name)
    text = connection.exec_driver_sql(f"SHOW CREATE TABLE {name}.`a t`").one()[1]
    assert column(text, "new order") == "bigint(20) NOT NULL COMMENT 'x'"
    connection.exec_driver_sql(f"DROP DATABASE {name}")


def test_without_backticks(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE OR REPLACE TABLE t (c INT NOT NULL COMMENT 'x', `a b` INT)")
    connection.exec_driver_sql("SET sql_quote_show_create = 0")
    alter(connection, type_=sa.BigInteger())
    connection.exec_driver_sql("SET sql_quote_show_create = 1")
    assert column(show(connection)) == "bigint(20) NOT NULL COMMENT 'x'"


def test_an_unknown_column(connection: sa.Connection) -> None:
    create(connection, "int(11) DEFAULT NULL")
    op = Operations(MigrationContext.configure(connection))
    with pytest.raises(CommandError, match="Table 't' has no column 'nosuch'"):
        op.alter_column("t", "nosuch", nullable=False)


def test_how_many_statements(connection: sa.Connection) -> None:
    """One question and one change; less than the whole column where the server has words for it."""
    sent: list[str] = []

    def note(_: Any, __: Any, sql: str, *___: Any) -> None:
        sent.append(sql)

    create(connection, "int(11) NOT NULL DEFAULT 5")
    sa.event.listen(connection.engine, "before_cursor_execute", note)
    try:
        alter(connection, nullable=True, comment="x")
        alter(connection, server_default="7")
        alter(connection, new_column_name="d")
    finally:
        sa.event.remove(connection.engine, "before_cursor_execute", note)
    assert sent == [
        "SHOW CREATE TABLE t",
        "ALTER TABLE t MODIFY c int(11) NULL DEFAULT 5 COMMENT 'x'",
        "SHOW CREATE TABLE t",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT '7'",
        "SHOW CREATE TABLE t",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ]


def test_scripts_warn_of_what_is_not_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="alembic"):
        said = outcome('op.alter_column("t", "c", existing_type=Integer(), comment="x")', "mysql")
    assert said == ["ALTER TABLE t MODIFY c INTEGER NULL COMMENT 'x';"]
    assert [record.getMessage() for record in caplog.records] == [
        "Restating column 'c' of table 't' loses what is not said of it: NOT NULL (existing_nullable),"
        " its default (existing_server_default), AUTO_INCREMENT (existing_autoincrement)"
    ]


@pytest.mark.parametrize(
    "described",
    [
        "nullable=False, existing_type=Integer(), existing_server_default=None",
        'nullable=False, existing_type=Integer(), existing_server_default="5", existing_comment="x"',
        'server_default="5"',
        "server_default=None",
    ],
)
def test_scripts_are_silent_when_all_is_said(described: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="alembic"):
        assert outcome(f'op.alter_column("t", "c", {described})', "mariadb", strict=True)
    assert caplog.records == []


def test_strict_makes_it_an_error() -> None:
    directive = 'op.alter_column("t", "c", existing_type=String(5), new_column_name="d")'
    assert outcome(directive, "mysql", strict=True) == [
        "!! ColumnNotDescribed: Restating column 'c' of table 't' loses what is not said of it: NOT NULL"
        " (existing_nullable), its default (existing_server_default), its comment (existing_comment)"
    ]


def test_scripts_say_what_earlier_revisions_tell() -> None:
    """A script knows the table from the history; what the migration itself says counts more."""
    column = sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0"), nullable=False, comment="x")
    table = sa.Table("t", sa.MetaData(), column, sa.Column("id", sa.Integer, primary_key=True))
    column.server_default = sa.DefaultClause("5")
    buffer = io.StringIO()
    options = {"as_sql": True, "output_buffer": buffer, "strict": True}
    context = MigrationContext.configure(dialect_name="mariadb", opts=options)
    context.impl.table_source = lambda name, schema: table if (name, schema) == ("t", None) else None
    op = Operations(context)
    op.alter_column("t", "c", type_=sa.BigInteger())
    op.alter_column("t", "c", comment=None, existing_server_default=None)
    op.alter_column("t", "id", new_column_name="number")
    assert buffer.getvalue().split("\n\n")[:-1] == [
        "ALTER TABLE t MODIFY c BIGINT NOT NULL DEFAULT '5' COMMENT 'x' CHECK (c > 0);",
        "ALTER TABLE t MODIFY c INTEGER NOT NULL CHECK (c > 0);",
        "ALTER TABLE t CHANGE id number INTEGER NOT NULL AUTO_INCREMENT;",
    ]


def test_strict_is_a_key_of_the_configuration_file(project: Project) -> None:
    project.revision("a", upgrade='op.alter_column("t", "c", nullable=False, existing_type=sa.Integer())')
    loss = "Restating column 'c' of table 't' loses what is not said of it: its default"
    project.configure("mysql+pymysql://host/db")
    lenient = project.run("upgrade", "head", "--sql")
    assert lenient.code == 0
    assert "ALTER TABLE t MODIFY c INTEGER NOT NULL;" in lenient.stdout
    assert loss in lenient.stderr
    project.configure(ini="strict = true")
    strict = project.run("upgrade", "head", "--sql")
    assert strict.code != 0
    assert loss in strict.stderr
    assert "existing_server_default=..." in strict.stderr
    assert "MODIFY" not in strict.stdout
