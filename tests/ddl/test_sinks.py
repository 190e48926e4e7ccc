"""Sinks: the same statements into a database, a script or a list."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.ddl import DefaultImpl
from alembic.ddl.sinks import LiveSink, RecordingSink, ScriptSink, expand_tabs
from alembic.ddl.statement import Statement
from alembic.errors import CommandError, DefaultNotInScript, LiteralBindsOnlineError, NoResultInScript

AWKWARD = r"""{"a":1, "t": "12:30:00"} 100% %s %(x)s ? :name ::int \n '' E"""


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def script(url: str = "postgresql+psycopg://", **options: object) -> tuple[ScriptSink, io.StringIO]:
    buffer = io.StringIO()
    return ScriptSink(sa.make_url(url).get_dialect()(), buffer, **options), buffer  # type: ignore[arg-type]  # options of the case


def as_literal(value: str, dialect: sa.Dialect) -> str:
    backslash = "\\\\" if dialect.name in ("mysql", "mariadb") else "\\"
    return "'" + value.replace("\\", backslash) + "'"


def test_text_goes_out_verbatim(connection: sa.Connection) -> None:
    """No placeholder of any driver is looked for in a plain string: colons, percents, backslashes, JSON."""
    sql = f"SELECT {as_literal(AWKWARD, connection.dialect)}"
    result = LiveSink(connection).emit(Statement(sql))
    assert result is not None
    assert result.scalar() == AWKWARD.replace("''", "'")


def test_text_is_written_verbatim() -> None:
    sink, buffer = script()
    sql = f"SELECT '{AWKWARD}\t'"
    sink.emit(Statement(f"  {sql}\n"))
    assert buffer.getvalue() == f"{sql};\n\n"


def test_the_escape_of_colons_is_undone(connection: sa.Connection) -> None:
    r"""Existing migrations write "\:name", as text() has it."""
    impl = DefaultImpl.get_by_dialect(connection.dialect)(
        connection.dialect, connection, False, None, None, {}
    )
    result = impl._exec(r"SELECT '\:name \:12 a::b'")
    assert result is not None
    assert result.scalar() == ":name :12 a::b"


def test_bound_values(connection: sa.Connection) -> None:
    result = LiveSink(connection).emit(
        Statement(
            sa.text("SELECT :a || ''" if connection.dialect.name != "mysql" else "SELECT :a"), {"a": "%"}
        )
    )
    assert result is not None
    assert str(result.scalar()) in ("%", "0")  # MySQL takes || for OR


def test_values_become_literals_on_request() -> None:
    statement = Statement(sa.text("SELECT :a, '50%'").bindparams(a="it's 5%"))
    sink, buffer = script(literal_binds=True)
    sink.emit(statement)
    assert buffer.getvalue() == "SELECT 'it''s 5%', '50%';\n\n"
    sink, buffer = script("sqlite://")
    sink.emit(statement)
    assert buffer.getvalue() == "SELECT ?, '50%';\n\n"


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://", "postgresql+psycopg2://", "mysql+pymysql://", "sqlite://", "mssql+pymssql://"],
)
def test_percent_signs_are_never_doubled(url: str) -> None:
    """Drivers with "%s" placeholders want them doubled; a script has no driver."""
    sink, buffer = script(url)
    table = sa.table("5%", sa.column("%s", sa.String))
    sink.emit(Statement(table.insert().values({"%s": sa.literal_column("'%'")})))
    sink.emit(Statement(sa.schema.CreateTable(sa.Table("5%", sa.MetaData(), sa.Column("c%", sa.Integer)))))
    assert "%%" not in buffer.getvalue()
    assert buffer.getvalue().count("%") == 5


def test_the_dialect_itself_stays_as_it_is() -> None:
    dialect = sa.create_engine("postgresql+psycopg://").dialect
    ScriptSink(dialect, io.StringIO())
    assert str(sa.literal_column("'%'").compile(dialect=dialect)) == "'%%'"


def test_terminator_and_separator() -> None:
    sink, buffer = script("sqlite://", terminator="", batch_separator="/")
    sink.emit(Statement("SELECT 1"))
    sink.write("-- a remark")
    assert buffer.getvalue() == "SELECT 1\n\n/\n\n-- a remark\n\n"


def test_columns_are_indented_by_spaces() -> None:
    """Tabs become four spaces, but not those that belong to a value."""
    sink, buffer = script("sqlite://")
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Text, server_default="x\ty"))
    sink.emit(Statement(sa.schema.CreateTable(table)))
    assert buffer.getvalue() == "CREATE TABLE t (\n    a TEXT DEFAULT 'x\ty'\n);\n\n"
    assert expand_tabs("a\t'it''s\t'\t\"b\t\"") == "a    'it''s\t'    \"b\t\""


def test_an_insert_asks_for_nothing_back() -> None:
    sink, buffer = script(literal_binds=True)
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text)
    )
    sink.emit(Statement(table.insert().values(a="x")))
    assert buffer.getvalue() == "INSERT INTO t (a) VALUES ('x');\n\n"


def test_a_script_takes_no_separate_parameters() -> None:
    sink, buffer = script()
    with pytest.raises(TypeError, match="SQL parameters not allowed with as_sql") as raised:
        sink.emit(Statement(sa.text("SELECT :a"), {"a": 1}))
    assert isinstance(raised.value, CommandError)
    assert buffer.getvalue() == ""


def test_a_colon_that_was_no_parameter() -> None:
    """Written as NULL, it would change data; on a connection it is an error as well."""
    sink, buffer = script(literal_binds=True)
    for construct in (
        sa.text("""INSERT INTO t VALUES ('{"a":1}')"""),
        sa.select(sa.literal_column("1")).where(sa.text("b = :1")),
    ):
        with pytest.raises(CommandError, match="A value is required for bind parameter '1'"):
            sink.emit(Statement(construct))
    sink.emit(Statement(sa.text("SELECT :a").bindparams(sa.bindparam("a", None, sa.Integer()))))
    assert buffer.getvalue() == "SELECT NULL;\n\n"


def test_execution_options_are_the_statements_own(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url)
    seen: list[object] = []
    with engine.connect() as connection:
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda *args: seen.append(args[4].execution_options.get("mark")),
        )
        sink = LiveSink(connection)
        for construct in ("SELECT 1", sa.text("SELECT 1")):
            sink.emit(Statement(construct, execution_options={"mark": 5}))
            sink.emit(Statement(construct))
        assert "mark" not in connection.get_execution_options()
    engine.dispose()
    assert seen == [5, None, 5, None]


def test_recording(sqlite_url: str) -> None:
    """An impl with a recording sink in its place changes nothing and says what it would do."""
    engine = sa.create_engine(sqlite_url)
    with engine.connect() as connection:
        impl = DefaultImpl.get_by_dialect(engine.dialect)(engine.dialect, connection, False, None, None, {})
        sink = impl.sink = RecordingSink()
        impl.create_table(sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer)))
        impl.bulk_insert(sa.table("t", sa.column("a")), [{"a": 1}, {"a": 2}])
        impl.static_output("-- done")
        assert [type(statement.construct).__name__ for statement in sink.statements] == [
            "CreateTable",
            "Insert",
        ]
        assert sink.statements[1].parameters == [{"a": 1}, {"a": 2}]
        assert sink.remarks == ["-- done"]
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()


def test_everything_of_a_script_passes_static_output() -> None:
    """Impl classes that override it see statements and remarks alike."""
    seen: list[str] = []

    class Listening(DefaultImpl):
        def static_output(self, text: str) -> None:
            seen.append(text)
            super().static_output(text)

    buffer = io.StringIO()
    impl = Listening(sa.create_engine("sqlite://").dialect, None, True, None, buffer, {})
    impl.emit_begin()
    impl.execute("SELECT 1")
    impl.emit_commit()
    assert seen == ["BEGIN;", "SELECT 1;", "COMMIT;"]
    assert buffer.getvalue() == "BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n\n"


def test_the_stand_in_connection_of_a_script_writes() -> None:
    buffer = io.StringIO()
    dialect = sa.create_engine("postgresql+psycopg://").dialect
    impl = DefaultImpl.get_by_dialect(dialect)(dialect, None, True, None, buffer, {})
    bind = impl.bind
    assert bind is not None
    bind.execute(sa.text("SELECT '5%'"))
    sa.Enum("a", name="mood").create(bind)
    assert buffer.getvalue() == "SELECT '5%';\n\nCREATE TYPE mood AS ENUM ('a');\n\n"


def test_values_beside_a_statement_of_a_script_are_written_into_it(database_url: str) -> None:
    """What a data migration passes to ``op.get_bind()``; the script is run, too."""
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Integer, primary_key=True),
        sa.Column("s", sa.String(20), default=lambda: "made", onupdate="changed"),
        sa.Column("j", sa.JSON),
    )
    buffer = io.StringIO()
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    impl = DefaultImpl.get_by_dialect(engine.dialect)(engine.dialect, None, True, None, buffer, {})
    bind: Any = impl.bind
    metadata.create_all(bind)
    bind.execute(table.insert(), {"a": 1, "s": "it's 5% :x"})
    bind.execute(table.insert(), [{"a": 2, "j": {"k": [1]}}, {"a": 3, "j": None}])
    bind.execute(table.insert().values(s="b"), [{"a": 4}, {"a": 5}])
    bind.execute(table.insert().inline().prefix_with("", dialect="none"), {"a": 6})
    bind.execute(sa.text("UPDATE t SET s = :s WHERE a = :a"), [{"s": "é", "a": 4}, {"s": None, "a": 5}])
    bind.execute(table.update().where(table.c.a == sa.bindparam("which")), {"which": 1, "j": None})
    bind.exec_driver_sql("DELETE FROM t WHERE a = 3 AND ':x' = ':x'")
    with engine.begin() as connection:
        for statement in buffer.getvalue().split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        assert connection.execute(sa.select(table).order_by(table.c.a)).all() == [
            (1, "changed", None),
            (2, "made", {"k": [1]}),
            (4, "é", None),
            (5, None, None),
            (6, "made", None),
        ]


@pytest.mark.parametrize("literal_binds", [False, True])
def test_a_default_of_python_that_fits_nowhere_is_refused(literal_binds: bool) -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("d", sa.Integer, default=lambda: 1)
    )
    impl, _ = script_impl({"literal_binds": literal_binds})
    insert = table.insert().from_select(["a"], sa.select(sa.bindparam("x", 1)))
    with pytest.raises(DefaultNotInScript, match="column 'd'"):
        impl.bind.execute(insert, {"x": 2})


def test_defaults_of_python_become_literals() -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("d", sa.Integer, default=lambda: 7)
    )
    impl, buffer = script_impl({"literal_binds": True})
    impl.execute(table.insert().values(a=1))
    assert buffer.getvalue() == "INSERT INTO t (a, d) VALUES (1, 7);\n\n"


@pytest.mark.parametrize(
    "read",
    [
        lambda bind: bind.execute(sa.text("SELECT 1")).fetchall(),
        lambda bind: bind.execute(sa.text("SELECT 1")).scalar(),
        lambda bind: list(bind.execute(sa.text("SELECT 1"))),
        lambda bind: bind.scalar(sa.text("SELECT 1")),
        lambda bind: bind.scalars(sa.text("SELECT 1")),
        lambda bind: bind.exec_driver_sql("SELECT 1").first(),
        sa.inspect,
    ],
)
def test_a_script_cannot_read(read: Callable[[Any], Any]) -> None:
    impl, _ = script_impl({})
    with pytest.raises(NoResultInScript, match="A script can't read from the database"):
        read(impl.bind)
    assert not impl.bind.execute(sa.text("UPDATE t SET a = 1"))


def script_impl(opts: dict[str, Any]) -> tuple[Any, io.StringIO]:
    buffer = io.StringIO()
    dialect = sa.create_engine("sqlite://").dialect
    return DefaultImpl.get_by_dialect(dialect)(dialect, None, True, None, buffer, opts), buffer


def test_literal_binds_belong_to_scripts(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url)
    with (
        engine.connect() as connection,
        pytest.raises(LiteralBindsOnlineError, match=r"^Can't use literal_binds"),
    ):
        DefaultImpl(engine.dialect, connection, False, None, None, {"literal_binds": True})
    engine.dispose()


def test_names_written_into_a_script_are_not_remembered_for_the_driver() -> None:
    """What a script spells with one percent sign the driver needs with two, before and after."""
    from sqlalchemy.dialects import postgresql

    from alembic.ddl.sinks import script_dialect

    dialect = postgresql.psycopg.dialect()
    assert script_dialect(dialect).identifier_preparer.quote("a%b") == '"a%b"'
    assert dialect.identifier_preparer.quote("a%b") == '"a%%b"'
    assert script_dialect(dialect).identifier_preparer.quote("a%b") == '"a%b"'
