"""Running env.py for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..configuration import Config
    from ..journal.decision import Decision
    from ..runtime.migration import MigrationContext
    from ..script.base import ScriptDirectory
    from ..script.steps import MigrationStep
    from .following import Following
    from .position import Position


def run_environment(
    config: Config,
    directory: ScriptDirectory,
    fn: Callable[[tuple[str, ...], MigrationContext], Iterable[MigrationStep]],
    lock_wait: float | None = None,
    decision: Decision | None = None,
    follower: Following | None = None,
    **settings: Any,
) -> None:
    """Run env.py; where it runs migrations, ``fn`` says which steps those are.

    Those of a command that only looks (``dont_mutate``) or writes a script run unaccompanied.

    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    :param decision: about statements of an interrupted run.
    :param follower: whoever tells about the runs.
    """
    from ..runtime.environment import EnvironmentContext

    if not (settings.get("dont_mutate") or settings.get("as_sql")):
        from .company import companions

        settings["companions"] = companions(config, lock_wait, decision)
    if follower is not None:
        settings["listeners"] = follower.listeners
        settings["companions"] = (*settings.get("companions", ()), *follower.companions)
        fn = follower.watched(fn)
    with EnvironmentContext(config, directory, fn=fn, **settings):
        directory.run_env()


def no_steps(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
    """Do nothing where env.py runs migrations."""
    return []


def applied(config: Config, directory: ScriptDirectory) -> Position:
    """What the version table holds, for commands that only look; identifiers without a file are warned of."""
    from .position import position

    rows: list[str] = []

    def read(found: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
        rows.extend(row for row in found if row not in rows)
        return []

    run_environment(config, directory, read, dont_mutate=True)
    applied = position(directory, rows)
    applied.warn()
    return applied


def needs_environment(config: Config) -> bool:
    """Whether the project wants env.py run also by commands that could do without."""
    from ..configuration.values import truth_of

    return truth_of("revision_environment", config.get_alembic_option("revision_environment"))


def masked_url(context: MigrationContext) -> str:
    """The URL of the database that env.py connected to, without its password."""
    if context.connection is None:
        return "a SQL script"
    return str(context.connection.engine.url.render_as_string(hide_password=True))


def version_table(context: MigrationContext) -> str:
    """The name of the version table, with its schema if env.py has given one."""
    schema, name = context.version_table_schema, context.version_table
    return f"{schema}.{name}" if schema else name
