"""The commands that change a database: its schema, or what its version table says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..configuration.values import is_on
from ..errors.commands import RevisionRangeInvalid
from .environment import run_environment
from .ranges import split_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..configuration import Config
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep


def upgrade(
    config: Config,
    revision: str,
    sql: bool = False,
    tag: str | None = None,
    allow_ahead: bool = False,
    format: str = "text",
    lock_wait: float | None = None,
) -> None:
    """Bring the database to a later revision.

    :param revision: the target, such as ``head`` or ``+1``; with ``sql`` it may be a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    :param allow_ahead: do nothing if a newer version of the application has migrated the database already.
    :param format: ``"json"`` prints what happens as events, see :mod:`alembic.command.following`.
    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    """
    from ..script.base import ScriptDirectory
    from .following import following

    with following(config, format, sql) as follower:
        directory = ScriptDirectory.from_config(config)
        start, target = split_range(revision, sql)
        tolerant = not sql and is_on(config, "allow_ahead", allow_ahead or None)

        def steps(rows: tuple[str, ...], context: MigrationContext) -> Sequence[MigrationStep]:
            if tolerant:
                from .guarding import upgrade_unless_ahead

                return upgrade_unless_ahead(directory, target, rows, context)
            return directory._upgrade_revs(target, rows)

        run_environment(
            config,
            directory,
            steps,
            follower=follower,
            as_sql=sql,
            starting_rev=start,
            destination_rev=target,
            tag=tag,
            lock_wait=lock_wait,
        )


def downgrade(
    config: Config,
    revision: str,
    sql: bool = False,
    tag: str | None = None,
    yes: bool = False,
    format: str = "text",
    lock_wait: float | None = None,
) -> None:
    """Bring the database back to an earlier revision.

    :param revision: the target, such as ``-1`` or ``base``; with ``sql`` a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    :param yes: data may be destroyed, also where the configuration says ``protect``.
    :param format: ``"json"`` prints what happens as events, see :mod:`alembic.command.following`.
    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    :raises IrreversibleRevision: it leads through a revision whose file says ``irreversible``.
    :raises ConfirmationNeeded: it would destroy data where the configuration says ``protect``.
    """
    from ..script.base import ScriptDirectory
    from .following import following

    with following(config, format, sql) as follower:
        directory = ScriptDirectory.from_config(config)
        start, target = split_range(revision, sql)
        if sql and start is None:
            raise RevisionRangeInvalid(
                "downgrade with --sql requires <fromrev>:<torev>",
                hint="A script cannot ask the database where it is: name the revision to begin at.",
            )
        protection = None
        if not sql and not yes and is_on(config, "protect"):
            from .guarding import Protection

            protection = Protection(config, format=format)

        def steps(rows: tuple[str, ...], context: MigrationContext) -> Sequence[MigrationStep]:
            found = directory._downgrade_revs(target, rows)
            if protection is not None:
                protection.check(found, context)
            return found

        run_environment(
            config,
            directory,
            steps,
            follower=follower,
            as_sql=sql,
            starting_rev=start,
            destination_rev=target,
            tag=tag,
            lock_wait=lock_wait,
        )


def stamp(
    config: Config,
    revision: str | Sequence[str],
    sql: bool = False,
    tag: str | None = None,
    purge: bool = False,
    verify: bool = False,
    format: str = "text",
    lock_wait: float | None = None,
) -> None:
    """Record that the database is at a revision, without running any migration.

    Rows that no revision file accounts for are removed, with a warning.

    :param revision: the target, or several; ``base`` forgets all; with ``sql`` it may be a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    :param purge: empty the version table first, whatever it holds.
    :param verify: refuse if the schema is not the one that the revision files lead to.
    :param format: ``"json"`` prints what happens as events, see :mod:`alembic.command.following`.
    :param lock_wait: seconds to wait for another run's end; None for what the configuration says.
    :raises SchemaNotOfRevision: with ``verify``: the schema is another one.
    """
    from ..script.base import ScriptDirectory
    from .following import following
    from .position import stamp_steps

    with following(config, format, sql) as follower:
        directory = ScriptDirectory.from_config(config)
        if sql and purge:
            raise RevisionRangeInvalid("Can't use --purge with --sql mode")
        if sql and verify:
            raise RevisionRangeInvalid("Can't use --verify with --sql: a script has no schema to look at")
        given = [revision] if isinstance(revision, str) else list(revision)
        ranges = [split_range(one, sql) for one in given]
        starts = {start for start, _ in ranges}
        if len(starts) > 1:
            raise RevisionRangeInvalid(
                "Stamp operation with --sql only supports a single starting revision at a time"
            )
        targets = tuple(target for _, target in ranges)

        def steps(rows: tuple[str, ...], context: MigrationContext) -> Sequence[MigrationStep]:
            if sql:
                # The rows are what the user named: one without a file is a typing error, nothing to remove.
                return directory._stamp_revs(targets, rows)
            found = stamp_steps(directory, targets, rows)
            if verify:
                from .verifying import verify_stamp

                verify_stamp(directory, rows, found, context)
            return found

        run_environment(
            config,
            directory,
            steps,
            follower=follower,
            as_sql=sql,
            starting_rev=starts.pop() if starts else None,
            destination_rev=targets,
            tag=tag,
            purge=purge,
            lock_wait=lock_wait,
        )


def ensure_version(config: Config, sql: bool = False) -> None:
    """Create the version table if the database has none.

    :param sql: write the SQL instead of running it.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)

    def create(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
        context._ensure_version_table()
        return []

    run_environment(config, directory, create, as_sql=sql)
