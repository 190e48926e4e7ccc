"""Contract 3.3 to 3.5 and 7.1: MigrationContext, EnvironmentContext, and the door `alembic.context`."""

from __future__ import annotations

import argparse
import inspect
import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, create_engine, text

from alembic import context as door
from alembic import op
from alembic.config import Config
from alembic.errors import CommandError
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.events import Event, PlanMade, RunDone, StepDone, StepStarted
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.project import Project


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Connection]:
    with create_engine(sqlite_url).connect() as connection:
        yield connection


@pytest.fixture
def files(project: Project) -> tuple[Config, ScriptDirectory]:
    project.chain("a", "b")
    project.revision("c", "a")
    config = Config(project.config_file)
    return config, ScriptDirectory.from_config(config)


def environment(files: tuple[Config, ScriptDirectory], **kw: Any) -> EnvironmentContext:
    return EnvironmentContext(*files, **kw)


def message(error: pytest.ExceptionInfo[BaseException]) -> str:
    return str(error.value).splitlines()[0]


# -- MigrationContext without any files ----------------------------------------------------------------


def test_an_engine_is_no_connection() -> None:
    engine = create_engine("sqlite://")
    with pytest.raises(CommandError) as error:
        MigrationContext.configure(connection=engine)  # type: ignore[arg-type]  # the mistake in question
    assert message(error) == (
        "'connection' argument to configure() is expected to be a sqlalchemy.engine.Connection instance, "
        "got Engine(sqlite://)"
    )


def test_a_dialect_has_to_come_from_somewhere() -> None:
    with pytest.raises(Exception, match=r"^Connection, url, or dialect_name is required\.$"):
        MigrationContext.configure()


@pytest.mark.parametrize(
    "given",
    [
        {"url": "postgresql://somewhere"},
        {"dialect_name": "postgresql"},
        {"dialect_name": "postgresql", "dialect_opts": {"paramstyle": "named"}},
    ],
)
def test_the_dialect_by_url_or_name(given: dict[str, Any]) -> None:
    context = MigrationContext.configure(**given)
    assert context.dialect.name == "postgresql"
    assert type(context.impl).__name__ == "PostgresqlImpl"
    assert context.bind is None
    if "dialect_opts" in given:
        assert context.dialect.paramstyle == "named"


def test_attributes(connection: Connection) -> None:
    opts = {"version_table": "v", "version_table_schema": "s", "my_own": 1}
    context = MigrationContext.configure(connection, opts=opts)
    assert context.connection is context.bind is connection
    assert context.opts is opts
    assert (context.version_table, context.version_table_schema) == ("v", "s")
    assert (context.as_sql, context.purge, context.script, context.config) == (False, False, None, None)
    assert context.on_version_apply_callbacks == ()
    assert context._version.fullname == "s.v"
    assert context.transactional_ddl is None
    assert context.impl.transactional_ddl is False
    assert (
        MigrationContext.configure(connection, opts={"transactional_ddl": True}).impl.transactional_ddl
        is True
    )


def test_literal_binds_are_for_scripts(connection: Connection) -> None:
    with pytest.raises(CommandError) as error:
        MigrationContext.configure(connection, opts={"literal_binds": True})
    assert message(error) == "Can't use literal_binds setting without as_sql mode"


def test_a_starting_revision_is_for_scripts(connection: Connection) -> None:
    with pytest.raises(CommandError) as error:
        MigrationContext.configure(connection, opts={"starting_rev": "a"}).get_current_heads()
    assert message(error) == "Can't specify current_rev to context when using a database connection"


def test_a_script_starts_where_it_is_told() -> None:
    def heads(start: Any) -> tuple[str, ...]:
        return MigrationContext.configure(
            dialect_name="sqlite", opts={"as_sql": True, "starting_rev": start}
        ).get_current_heads()

    assert heads(None) == heads("base") == ()
    assert heads("a") == ("a",)
    assert heads(("a", "b")) == ("a", "b")


def test_without_database_and_script_there_is_nothing_to_ask() -> None:
    context = MigrationContext.configure(dialect_name="sqlite")
    with pytest.raises(CommandError, match="has no database connection"):
        context.get_current_heads()
    with pytest.raises(CommandError, match="has no database connection"):
        context.execute("SELECT 1")


def test_nobody_said_what_to_run(connection: Connection) -> None:
    with pytest.raises(CommandError, match="has no function that says which migrations to run"):
        MigrationContext.configure(connection).run_migrations()


def test_executing_goes_out_verbatim(connection: Connection) -> None:
    context = MigrationContext.configure(connection)
    context.execute("CREATE TABLE t AS SELECT '10:30 100% {\"a\":1}' AS x")
    assert connection.scalar(text("SELECT x FROM t")) == '10:30 100% {"a":1}'


def test_a_run_without_files(connection: Connection) -> None:
    """Usable without any files: `fn` gives the steps."""
    called: list[Any] = []

    def fn(heads: tuple[str, ...], context: MigrationContext) -> list[Any]:
        called.append((heads, context))
        return []

    context = MigrationContext.configure(connection, opts={"fn": fn})
    context.run_migrations()
    assert called == [((), context)]
    assert context._has_version_table(), "created as the commands do"


def test_a_reading_run_creates_nothing(connection: Connection) -> None:
    options = {"fn": lambda heads, context: [], "dont_mutate": True}
    context = MigrationContext.configure(connection, opts=options)
    with context.begin_transaction():
        context.run_migrations()
    assert not context._has_version_table()


def test_stamping_without_a_command(connection: Connection, files: tuple[Config, ScriptDirectory]) -> None:
    context = MigrationContext.configure(connection)
    context.stamp(files[1], "b")
    assert context.get_current_heads() == ("b",)
    connection.rollback()
    assert MigrationContext.configure(connection).get_current_revision() == "b", "it was committed"


# -- EnvironmentContext --------------------------------------------------------------------------------


def test_what_the_command_wants(files: tuple[Config, ScriptDirectory]) -> None:
    given = environment(files, as_sql=True, starting_rev="a", destination_rev="heads", tag="t")
    assert given.is_offline_mode() is True
    assert given.requires_connection() is False
    assert given.get_starting_revision_argument() == "a"
    assert sorted(given.get_revision_argument() or ()) == ["b", "c"]
    assert sorted(given.get_head_revisions() or ()) == ["b", "c"]
    assert given.get_tag_argument() == "t"
    with pytest.raises(CommandError, match="Multiple head"):
        given.get_head_revision()


@pytest.mark.parametrize("target", ["+1", "-1", "b@+2"])
def test_a_count_is_no_revision_yet(files: tuple[Config, ScriptDirectory], target: str) -> None:
    assert environment(files, destination_rev=target).get_revision_argument() == target


def test_what_the_command_does_not_say(files: tuple[Config, ScriptDirectory]) -> None:
    bare = environment(files)
    assert bare.is_offline_mode() is False
    assert bare.requires_connection() is True
    assert bare.get_tag_argument() is None
    with pytest.raises(CommandError) as error:
        bare.get_starting_revision_argument()
    assert message(error) == "No starting revision argument is available."
    with pytest.raises(KeyError):
        bare.get_revision_argument()
    assert environment(files, destination_rev="base").get_revision_argument() is None


@pytest.mark.parametrize(
    "ask",
    ["get_context", "get_bind", "get_impl", "is_transactional_ddl", "begin_transaction", "run_migrations"],
)
def test_before_configure(files: tuple[Config, ScriptDirectory], ask: str) -> None:
    with pytest.raises(Exception, match=r"^No context has been configured yet\.$"):
        getattr(environment(files), ask)()


def test_x_arguments(files: tuple[Config, ScriptDirectory]) -> None:
    config, script = files
    asked = EnvironmentContext(config, script)
    assert asked.get_x_argument() == []
    config.cmd_opts = argparse.Namespace(x=["a=b", "c", "d=e=f"])
    assert asked.get_x_argument() == ["a=b", "c", "d=e=f"]
    assert asked.get_x_argument(as_dictionary=True) == {"a": "b", "c": "", "d": "e=f"}
    config.cmd_opts = argparse.Namespace()
    assert asked.get_x_argument() == []


def test_configure_keeps_unknown_keywords(files: tuple[Config, ScriptDirectory]) -> None:
    asked = environment(files, as_sql=True, tag="t")
    asked.configure(dialect_name="postgresql", my_own=[1], target_metadata=(metadata := MetaData()))
    opts = asked.get_context().opts
    assert opts["my_own"] == [1]
    assert opts["target_metadata"] is metadata
    assert opts["script"] is files[1]
    assert (opts["tag"], opts["compare_type"], opts["upgrade_token"]) == ("t", True, "upgrades")
    assert asked.get_context().environment_context is asked
    assert asked.get_context().config is files[0]


def test_nothing_of_an_earlier_call_is_left(files: tuple[Config, ScriptDirectory]) -> None:
    asked = environment(files, as_sql=True, tag="t")
    asked.configure(dialect_name="postgresql", version_table="v", tag="u", transactional_ddl=False, my_own=1)
    assert asked.get_tag_argument() == "u"
    assert asked.is_transactional_ddl() is False
    asked.configure(dialect_name="postgresql")
    assert asked.get_tag_argument() == "t"
    assert asked.is_transactional_ddl() is True
    assert asked.get_context().version_table == "alembic_version"
    assert "my_own" not in asked.get_context().opts


def test_template_arguments_reach_the_command(files: tuple[Config, ScriptDirectory]) -> None:
    arguments = {"given": 1}
    environment(files, template_args=arguments).configure(dialect_name="sqlite", template_args={"more": 2})
    assert arguments == {"given": 1, "more": 2}


def test_scripts_are_written_to_the_given_buffer(files: tuple[Config, ScriptDirectory]) -> None:
    buffer, other = io.StringIO(), io.StringIO()
    files[0].output_buffer = buffer
    asked = environment(files, as_sql=True)
    asked.configure(dialect_name="sqlite")
    asked.static_output("-- remark")
    asked.execute("SELECT 1")
    asked.get_bind().execute(text("SELECT 2"))
    assert buffer.getvalue() == "-- remark\n\nSELECT 1;\n\nSELECT 2;\n\n"
    asked.configure(dialect_name="sqlite", output_buffer=other)
    asked.execute("SELECT 3")
    assert other.getvalue() == "SELECT 3;\n\n"


def run(
    files: tuple[Config, ScriptDirectory], connection: Connection, target: str, **options: Any
) -> list[Event]:
    """Upgrade through an environment whose env.py is this function; all events of it."""
    config, script = files
    events: list[Event] = []

    def fn(heads: Any, context: MigrationContext) -> Any:
        return script._upgrade_revs(target, heads)

    with EnvironmentContext(config, script, fn=fn, listeners=[events.append]) as asked:
        asked.configure(connection=connection, **options)
        with asked.begin_transaction():
            asked.run_migrations(**options.pop("arguments", {}))
    return events


def test_events_tell_the_whole_story(files: tuple[Config, ScriptDirectory], connection: Connection) -> None:
    events = run(files, connection, "b")
    assert [type(event).__name__ for event in events] == [
        "ContextMade",
        "PlanMade",
        *["StepStarted", "StepApplied", "StepDone"] * 2,
        "RunDone",
    ]
    [plan] = [event for event in events if isinstance(event, PlanMade)]
    assert (plan.heads, [str(step.short_log) for step in plan.steps]) == (
        (),
        ["upgrade  -> a", "upgrade a -> b"],
    )
    assert [event.heads for event in events if isinstance(event, StepDone | RunDone)] == [
        ("a",),
        ("b",),
        ("b",),
    ]
    assert [event.step for event in events if isinstance(event, StepStarted)] == list(plan.steps)


def test_callbacks_after_each_step(files: tuple[Config, ScriptDirectory], connection: Connection) -> None:
    seen: list[Any] = []

    def applied(ctx: MigrationContext, step: Any, heads: Any, run_args: Any) -> None:
        assert ctx.connection is not None
        assert ctx.connection.in_transaction()
        seen.append((step.up_revision_id, step.is_upgrade, step.is_stamp, heads, run_args))

    run(files, connection, "b", on_version_apply=applied)
    assert seen == [("a", True, False, {"a"}, {}), ("b", True, False, {"b"}, {})]


def test_arguments_reach_the_migrations(project: Project, connection: Connection) -> None:
    path = project.revision("a", None)
    path.write_text(
        path.read_text("utf-8").replace(
            "def upgrade():\n    pass", "def upgrade(given):\n    given.append(1)"
        ),
        "utf-8",
    )
    config = Config(project.config_file)
    script = ScriptDirectory.from_config(config)
    given: list[int] = []
    with EnvironmentContext(
        config, script, fn=lambda heads, context: script._upgrade_revs("head", heads)
    ) as asked:
        asked.configure(connection=connection)
        asked.run_migrations(given=given)
    assert given == [1]


def test_a_missing_function_is_found_before_anything_runs(project: Project) -> None:
    project.chain("a")
    path = project.revision("b", "a")
    path.write_text(path.read_text("utf-8").replace("def upgrade", "def up"), "utf-8")
    assert project.call("upgrade", "head").code != 0
    assert project.tables() == []


def test_errors_of_a_migration_are_not_wrapped(project: Project) -> None:
    from alembic import command

    project.revision("a", None, upgrade="raise LookupError('mine')")
    with pytest.raises(LookupError, match=r"^'?mine'?$"):
        command.upgrade(Config(project.config_file), "head")


# -- the door ------------------------------------------------------------------------------------------


def test_outside_of_a_command() -> None:
    for function in ("configure", "get_x_argument", "run_migrations"):
        with pytest.raises(NameError) as error:
            getattr(door, function)()
        assert message(error) == (
            f"Can't invoke function '{function}', as the proxy object has not yet been established for the "
            "Alembic 'EnvironmentContext' class.  Try placing this code inside a callable."
        )
    with pytest.raises(AttributeError, match=r"^module 'alembic\.context' has no attribute 'config'$"):
        _ = door.config


def test_inside_it_speaks_for_the_innermost(files: tuple[Config, ScriptDirectory]) -> None:
    config, script = files
    with EnvironmentContext(config, script, tag="outer"):
        assert door.config is config
        assert door.script is script
        with EnvironmentContext(config, script, tag="inner"):
            assert door.get_tag_argument() == "inner"
        assert door.get_tag_argument() == "outer"
    with pytest.raises(NameError):
        door.get_tag_argument()


def test_op_speaks_for_the_run_only(files: tuple[Config, ScriptDirectory], connection: Connection) -> None:
    run(files, connection, "b")
    with pytest.raises(NameError, match="Can't invoke function 'execute'"):
        op.execute("SELECT 1")


def test_signatures_are_those_of_the_methods() -> None:
    for name in door.__all__:
        method = getattr(EnvironmentContext, name, None)
        if method is None or inspect.ismethod(method):
            continue
        theirs = list(inspect.signature(method).parameters.values())[1:]
        assert list(inspect.signature(getattr(door, name)).parameters.values()) == theirs, name
