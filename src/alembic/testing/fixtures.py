"""Base classes and contexts for tests of dialects."""

from __future__ import annotations

import configparser
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from unittest import mock

from sqlalchemy import Column, MetaData, String, Table, create_engine, event, inspect, testing, text
from sqlalchemy.engine.mock import MockConnection, create_mock_engine
from sqlalchemy.testing.fixtures import TablesTest as SQLAlchemyTablesTest
from sqlalchemy.testing.fixtures import TestBase as SQLAlchemyTestBase

from ..ddl.sinks import ScriptSink
from ..operations import Operations
from ..runtime.environment import EnvironmentContext
from ..runtime.migration import MigrationContext
from .assertions import _get_dialect, eq_
from .env import clear_staging_env

if TYPE_CHECKING:
    from ..ddl.impl import DefaultImpl
    from ..ddl.statement import Statement

__all__ = [
    "AlterColRoundTripFixture",
    "TablesTest",
    "TestBase",
    "capture_context_buffer",
    "capture_db",
    "capture_engine_context_buffer",
    "op_fixture",
]


config: Any = testing.config  # it has no type hints
_F = TypeVar("_F", bound=Callable[..., Any])


def _fixture(function: _F) -> _F:
    """A fixture of pytest, once SQLAlchemy's plugin is loaded."""
    made: _F = config.fixture()(function)
    return made


class TestBase(SQLAlchemyTestBase):
    """SQLAlchemy's, with contexts of migrations as fixtures."""

    is_sqlalchemy_future = True

    @_fixture
    def clear_staging_dir(self) -> Iterator[None]:
        """The staging directory is removed after the test."""
        yield
        clear_staging_env()

    @_fixture
    def pop_alembic_config_env(self) -> Iterator[None]:
        """ALEMBIC_CONFIG, which the test may set, is gone after it."""
        yield
        os.environ.pop("ALEMBIC_CONFIG", None)

    @_fixture
    def pushd(self) -> Iterator[Any]:
        """A context manager that changes the working directory for a block."""

        @contextmanager
        def enter(directory: str | os.PathLike[str]) -> Iterator[None]:
            before = os.getcwd()
            os.chdir(directory)
            try:
                yield
            finally:
                os.chdir(before)

        yield enter

    @_fixture
    def restore_operations(self) -> Iterator[Callable[[type], None]]:
        """A function of a class, such as Operations: what the test adds to it is gone after the test.

        So are the implementations of operations that the test registers.
        """
        registry = Operations._to_impl._registry
        implementations, classes = dict(registry), list[tuple[type, dict[str, Any]]]()
        yield lambda cls: classes.append((cls, dict(vars(cls))))
        registry.clear()
        registry.update(implementations)
        for cls, before in classes:
            _restore(cls, before)

    @_fixture
    def migration_context(self, connection: Any) -> MigrationContext:
        """A context on the connection under test, inside of a transaction that is rolled back."""
        return MigrationContext.configure(connection, opts={"transaction_per_migration": True})

    @_fixture
    def as_sql_migration_context(self, connection: Any) -> Iterator[MigrationContext]:
        """A context that writes a script for the database under test."""
        opts = {"transaction_per_migration": True, "as_sql": True, "output_buffer": io.StringIO()}
        yield MigrationContext.configure(dialect=connection.dialect, opts=opts)

    @_fixture
    def ops_context(self, migration_context: MigrationContext) -> Iterator[Operations]:
        """Operations of :meth:`migration_context`, for which ``alembic.op`` speaks."""
        with (
            migration_context.begin_transaction(_per_migration=True),
            Operations.context(migration_context) as found,
        ):
            yield found

    @_fixture
    def connection(self) -> Iterator[Any]:
        """A connection to the database under test."""
        with config.db.connect() as found:
            yield found

    @_fixture
    def metadata(self) -> Iterator[MetaData]:
        """A MetaData whose tables are dropped after the test."""
        made = MetaData()
        yield made
        with config.db.begin() as connection:
            made.drop_all(connection)


class TablesTest(TestBase, SQLAlchemyTablesTest):
    """SQLAlchemy's, with contexts of migrations as fixtures."""


def _restore(cls: type, before: Mapping[str, Any]) -> None:
    for name, value in list(vars(cls).items()):
        if name not in before:
            delattr(cls, name)
        elif value is not before[name]:
            setattr(cls, name, before[name])


class _TextSink:
    """Keeps the text of each statement; line ends and tabs are left out, as SQLAlchemy puts them in."""

    def __init__(self, impl: DefaultImpl, literal_binds: bool) -> None:
        self.texts: list[str] = []
        self._render = ScriptSink(impl.dialect, io.StringIO(), literal_binds=literal_binds).render

    def emit(self, statement: Statement) -> None:
        self.texts.append(re.sub(r"\n *", "", self._render(statement.construct)))

    def write(self, text: str) -> None:
        pass


class _AssertingContext(MigrationContext):
    """A context whose statements go nowhere and can be asked for."""

    _sink: _TextSink

    def assert_(self, *sql: str) -> None:
        """These statements were issued, no others, and in this order."""
        eq_(self._sink.texts, [re.sub(r"[\n\t]", "", one) for one in sql])

    def assert_contains(self, sql: str) -> None:
        """One of the statements contains this text."""
        assert any(sql in one for one in self._sink.texts), (
            f"Could not locate fragment {sql!r} in {self._sink.texts!r}"
        )

    def clear_assertions(self) -> None:
        """Forget the statements so far."""
        self._sink.texts.clear()


def op_fixture(
    dialect: str = "default",
    as_sql: bool = False,
    naming_convention: Mapping[str, Any] | None = None,
    literal_binds: bool = False,
    native_boolean: bool | None = None,
) -> _AssertingContext:
    """A context for which ``alembic.op`` speaks from now on, without any database.

    What comes back has ``assert_(*sql)``, ``assert_contains(sql)`` and ``clear_assertions()``.

    :param dialect: its name.
    :param as_sql: as if a script were written.
    :param naming_convention: of the target metadata.
    :param literal_binds: bound values are shown as literals.
    :param native_boolean: whether the dialect has booleans of its own, if not as it says itself.
    """
    made = _get_dialect(dialect)
    if native_boolean is not None:
        made.supports_native_boolean = native_boolean
        made.non_native_boolean_check_constraint = not native_boolean  # type: ignore[attr-defined]  # of MySQL
    opts: dict[str, Any] = {"as_sql": as_sql, "output_buffer": io.StringIO(), "literal_binds": literal_binds}
    if naming_convention is not None:
        opts["target_metadata"] = MetaData(naming_convention=naming_convention)
    context = _AssertingContext(made, None, opts)
    context._sink = _TextSink(context.impl, literal_binds)
    context.impl.sink = context._sink
    for earlier in _Proxied.contexts:
        earlier._remove_proxy()
    operations = Operations(context)
    operations._install_proxy()
    _Proxied.contexts[:] = [operations]
    return context


class _Proxied:
    """Whom ``alembic.op`` was made to speak for by the last :func:`op_fixture`."""

    contexts: ClassVar[list[Operations]] = []


# -- what commands write ------------------------------------------------------------------------------


def capture_db(dialect: str = "postgresql://") -> tuple[MockConnection, list[str]]:
    """An engine that runs nothing, and a list of what it was to run."""
    texts: list[str] = []

    def keep(sql: Any, *parameters: Any, **more: Any) -> None:
        texts.append(sql if isinstance(sql, str) else str(sql.compile(dialect=engine.dialect)))

    engine = create_mock_engine(dialect, keep)
    return engine, texts


@contextmanager
def _configured(change: Callable[[EnvironmentContext, dict[str, Any]], None]) -> Iterator[None]:
    real = EnvironmentContext.configure

    def configure(self: EnvironmentContext, *args: Any, **options: Any) -> None:
        change(self, options)
        real(self, *args, **options)

    with mock.patch.object(EnvironmentContext, "configure", configure):
        yield


@contextmanager
def capture_context_buffer(**kw: Any) -> Iterator[io.StringIO | io.BytesIO]:
    """A block in which every ``context.configure()`` writes scripts into the buffer that is given.

    :param kw: further arguments for ``context.configure()``; ``dialect_name`` is SQLite's unless it is one of
        them. With ``bytes_io=True`` the buffer takes bytes.
    """
    buffer = io.BytesIO() if kw.pop("bytes_io", False) else io.StringIO()
    options = {"dialect_name": "sqlite", "output_buffer": buffer, **kw}
    with _configured(lambda environment, given: given.update(options)):
        yield buffer


@contextmanager
def capture_engine_context_buffer(**kw: Any) -> Iterator[io.StringIO]:
    """A block in which migrations run on a SQLite database in memory, and their SQL goes into the buffer too.

    :param kw: further arguments for ``context.configure()``.
    """
    buffer = io.StringIO()
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        buffer.write(f"{statement}\n")

    with engine.connect() as connection:

        def change(environment: EnvironmentContext, given: dict[str, Any]) -> None:
            given.update(kw, connection=connection)

        with _configured(change):
            yield buffer


class AlterColRoundTripFixture:
    """Changes columns of a table on the database under test, and reads them back."""

    __only_on__: Any = ()

    def setUp(self) -> None:
        """Connect."""
        self.conn = config.db.connect()
        self.ctx = MigrationContext.configure(self.conn)
        self.op = Operations(self.ctx)
        self._made = MetaData()

    def tearDown(self) -> None:
        """Drop the table and disconnect."""
        self.conn.rollback()
        with self.conn.begin():
            self._made.drop_all(self.conn)
        self.conn.close()

    def _compare_type(self, t1: Any, t2: Any) -> bool:
        """Whether the types of two columns differ, as a comparison with models judges."""
        return self.ctx.impl.compare_type(Column("q", t1), Column("q", t2))

    def _compare_server_default(self, t1: Any, s1: Any, t2: Any, s2: Any) -> bool:
        """Whether two defaults of the server differ, as a comparison with models judges.

        :param s1: the model's, text or SQL.
        :param s2: the database's, SQL.
        """
        model, database = Column("q", t1, server_default=s1), Column("q", t2, server_default=s2)
        return self.ctx.impl.compare_server_default(
            database, model, None if s1 is None else str(s1), None if s2 is None else str(s2)
        )

    def _run_alter_col(
        self, from_: dict[str, Any], to_: dict[str, Any], compare: dict[str, Any] | None = None
    ) -> None:
        """Make a column, alter it, and compare what the database then says of it.

        :param from_: of the column ``type``, ``nullable``, ``server_default``, ``name``, ``comment``.
        :param to_: those that change.
        :param compare: what is expected instead of ``to_``.
        """
        before = {"name": "x", "nullable": True, "type": String(20), **from_}
        options = {name: before[name] for name in ("nullable", "server_default", "comment") if name in before}
        table = Table("x", self._made, Column(before["name"], before["type"], **options))
        with self.conn.begin():
            table.create(self.conn)
            self.op.alter_column("x", before["name"], **_alteration(before, to_))
        expected = {**before, **to_, **(compare or {})}
        reflected = inspect(self.conn).get_columns("x")
        self.conn.rollback()
        [column] = [each for each in reflected if each["name"] == expected["name"]]
        assert not self._compare_type(column["type"], expected["type"]), (column["type"], expected["type"])
        eq_(column["nullable"], expected["nullable"])
        if "comment" in expected:
            eq_(column.get("comment"), expected["comment"])
        default = expected.get("server_default")
        if default is None:
            eq_(column["default"], None)
        else:
            # The database's own spelling of a text is SQL.
            clause = text(column["default"]) if column["default"] is not None else None
            assert not self._compare_server_default(expected["type"], default, column["type"], clause)


def _alteration(before: Mapping[str, Any], to_: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords of alter_column() that say what changes, and what was there before."""
    names = {"name": "new_column_name", "type": "type_"}
    wanted = {names.get(name, name): value for name, value in to_.items()}
    for name in ("type", "nullable", "server_default", "comment"):
        if name in before and name not in to_:
            wanted[f"existing_{name}"] = before[name]
    return wanted


testing_config = configparser.ConfigParser()
"""The settings of the test run, from setup.cfg beside the tests where there is one."""
testing_config.read(["setup.cfg"])
