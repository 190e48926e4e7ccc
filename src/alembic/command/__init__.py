"""The commands as functions, for programs that run migrations themselves.

Each takes the :class:`~alembic.config.Config` first, raises a :class:`~alembic.errors.CommandError` where the
command line would exit with 255, and prints to ``config.stdout`` what the command line prints. SQL scripts go
to ``config.output_buffer``. Nothing is loaded before it is needed: commands that only read revision files
never import SQLAlchemy.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import CommandError
from ..errors.commands import DatabaseNotAtHead, RevisionOptionsContradict, RevisionRangeInvalid
from .environment import applied, masked_url, needs_environment, no_steps, run_environment
from .ranges import split_history_range, split_range

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..configuration import Config
    from ..runtime.environment import ProcessRevisionDirectiveFn
    from ..runtime.migration import MigrationContext
    from ..script.base import Script
    from ..script.steps import MigrationStep

__all__ = [
    "branches",
    "check",
    "current",
    "downgrade",
    "edit",
    "ensure_version",
    "heads",
    "history",
    "init",
    "list_templates",
    "merge",
    "revision",
    "show",
    "stamp",
    "upgrade",
]


def list_templates(config: Config) -> None:
    """List the templates that init can start from.

    :param config: its template directory is the one that is read.
    """
    from ..script.deposit import available_templates

    config.print_stdout("Available templates:\n")
    for name, synopsis in available_templates(config.get_template_directory()):
        config.print_stdout("%s - %s", name, synopsis)
    config.print_stdout("\nStart from one of them with:\n\n  alembic init --template <name> <directory>")


def init(config: Config, directory: str, template: str = "generic", package: bool = False) -> None:
    """Create a migration environment in a new or empty directory.

    :param config: names the configuration files to write.
    :param directory: where env.py, script.py.mako and the folder of the revision files go.
    :param template: one of :func:`list_templates`.
    :param package: also make the directory and its ``versions`` Python packages.
    :raises CommandError: the directory is not empty, or there is no such template.
    """
    from functools import partial

    from .. import console
    from ..script.deposit import deposit

    stdout, quiet = config.stdout, config.messaging_opts["quiet"]
    deposit(
        config.get_template_directory(),
        template,
        directory,
        ini_path=config.config_file_name or "alembic.ini",
        toml_path=config.toml_file_name or "pyproject.toml",
        package=package,
        announce=partial(console.status, stdout=stdout, quiet=quiet),
        say=partial(console.message, stdout=stdout, quiet=quiet),
    )


def revision(
    config: Config,
    message: str | None = None,
    autogenerate: bool = False,
    sql: bool = False,
    head: str = "head",
    splice: bool = False,
    branch_label: str | Sequence[str] | None = None,
    version_path: str | os.PathLike[str] | None = None,
    rev_id: str | None = None,
    depends_on: str | Sequence[str] | None = None,
    process_revision_directives: ProcessRevisionDirectiveFn | None = None,
    allow_empty: bool = False,
    rename: Sequence[str] | None = None,
    allow_empty_metadata: bool = False,
) -> Script | list[Script | None] | None:
    """Create a revision file.

    :param message: what the revision does; becomes part of the file name and of the docstring.
    :param autogenerate: fill it with the differences between database and models.
    :param sql: run env.py in offline mode.
    :param head: the revision to build upon.
    :param splice: allow a ``head`` that already has a successor.
    :param branch_label: name, or names, of the branch that begins here.
    :param version_path: which of several version locations to write to.
    :param rev_id: the identifier; a random one when left out.
    :param depends_on: revisions that have to be applied before this one.
    :param process_revision_directives: a hook that may change what is written; it runs before that of env.py.
    :param allow_empty: with ``autogenerate``, write a file even if nothing differs.
    :param rename: with ``autogenerate``, what was renamed: ``"table.old:new"`` for a column,
        ``"old:new"`` for a table.
    :param allow_empty_metadata: with ``autogenerate``, go on if the models are empty, and drop all tables.
    :return: the new script; a list when nothing differs, or hooks made none or several of it.
    :raises CommandError: nothing sensible can be written; then no file was written.
    """
    from ..script.base import ScriptDirectory
    from ..script.naming import new_identifier

    if autogenerate and sql:
        raise RevisionOptionsContradict("Using --sql with --autogenerate does not make any sense")
    if rename and not autogenerate:
        raise RevisionOptionsContradict("--rename says something to --autogenerate, which was not asked for")
    directory = ScriptDirectory.from_config(config)
    through_env_py = needs_environment(config)
    if sql and not through_env_py:
        raise RevisionOptionsContradict(
            "Using --sql with the revision command when revision_environment is not configured does not make "
            "any sense"
        )
    placement: dict[str, Any] = {
        "head": head,
        "splice": splice,
        "branch_label": branch_label,
        "version_path": version_path,
        "depends_on": depends_on,
    }
    if not (autogenerate or through_env_py) and process_revision_directives is None:
        placement["branch_labels"] = placement.pop("branch_label")
        return directory.generate_revision(
            rev_id or new_identifier(), message, refresh=True, config=config, **placement
        )

    from ..autogenerate.revision_context import RevisionContext

    arguments = {"message": message, "autogenerate": autogenerate, "sql": sql, "rev_id": rev_id, **placement}
    if autogenerate:
        from . import comparison

        arguments["allow_empty"], arguments["renames"] = allow_empty, list(rename or ())
        arguments["allow_empty_metadata"], arguments["ask"] = allow_empty_metadata, comparison.asker(config)
    context = RevisionContext(config, directory, arguments, process_revision_directives)
    if autogenerate:
        comparison.compare(config, directory, context)
    elif through_env_py:

        def offer(rows: tuple[str, ...], migration_context: MigrationContext) -> list[MigrationStep]:
            context.run_no_autogenerate(rows, migration_context)
            return []

        run_environment(
            config,
            directory,
            offer,
            as_sql=sql,
            dont_mutate=True,
            template_args=context.template_args,
            revision_context=context,
        )
    scripts = list(context.generate_scripts())
    if autogenerate and not scripts:
        config.print_stdout("No changes detected: no file was written (--allow-empty writes one)")
    return scripts[0] if len(scripts) == 1 else scripts


def check(config: Config, format: str = "text", allow_empty_metadata: bool = False) -> None:
    """Fail if the models have changes that no revision has.

    :param format: ``"json"`` prints one object that holds the outcome and each difference.
    :param allow_empty_metadata: compare even if the models are empty.
    :raises AutogenerateDiffsDetected: there are such changes.
    :raises DatabaseNotAtHead: the database lacks revisions, so that nothing can be said.
    """
    from ..autogenerate.revision_context import RevisionContext
    from ..script.base import ScriptDirectory
    from . import comparison

    try:
        directory = ScriptDirectory.from_config(config)
        arguments = {
            **comparison.NO_ARGUMENTS,
            "autogenerate": True,
            "allow_empty_metadata": allow_empty_metadata,
        }
        context = RevisionContext(config, directory, arguments)
        comparison.compare(config, directory, context)
    except CommandError as error:
        comparison.tell_failure(config, error, isinstance(error, DatabaseNotAtHead), format)
        raise
    comparison.tell(config, context, format)


def merge(
    config: Config,
    revisions: str | Sequence[str],
    message: str | None = None,
    branch_label: str | Sequence[str] | None = None,
    rev_id: str | None = None,
    splice: bool = False,
) -> Script | None:
    """Create a revision file that joins several branches.

    :param revisions: the heads to join; ``heads`` stands for all of them.
    :param message: what the revision does.
    :param branch_label: name, or names, of the branch that begins here.
    :param rev_id: the identifier; a random one when left out.
    :param splice: allow revisions that already have a successor.
    :return: the new script.
    """
    from ..script.base import ScriptDirectory
    from ..script.naming import new_identifier

    directory = ScriptDirectory.from_config(config)
    template_args: dict[str, Any] = {"config": config}
    if needs_environment(config):
        run_environment(config, directory, no_steps, dont_mutate=True, template_args=template_args)
    return directory.generate_revision(
        rev_id or new_identifier(),
        message,
        refresh=True,
        head=revisions,
        splice=splice,
        branch_labels=branch_label,
        **template_args,
    )


def upgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Bring the database to a later revision.

    :param revision: the target, such as ``head`` or ``+1``; with ``sql`` it may be a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    start, target = split_range(revision, sql)
    run_environment(
        config,
        directory,
        lambda rows, context: directory._upgrade_revs(target, rows),
        as_sql=sql,
        starting_rev=start,
        destination_rev=target,
        tag=tag,
    )


def downgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Bring the database back to an earlier revision.

    :param revision: the target, such as ``-1`` or ``base``; with ``sql`` a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    start, target = split_range(revision, sql)
    if sql and start is None:
        raise RevisionRangeInvalid(
            "downgrade with --sql requires <fromrev>:<torev>",
            hint="A script cannot ask the database where it is: name the revision to begin at.",
        )
    run_environment(
        config,
        directory,
        lambda rows, context: directory._downgrade_revs(target, rows),
        as_sql=sql,
        starting_rev=start,
        destination_rev=target,
        tag=tag,
    )


def show(config: Config, rev: str) -> None:
    """Show everything about a revision.

    :param rev: a revision, or a symbol for several, such as ``heads`` or ``current``.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    symbol = applied(config, directory).known if rev == "current" else rev
    for script in directory.get_revisions(symbol):
        config.print_stdout(script.log_entry)


def history(
    config: Config, rev_range: str | None = None, verbose: bool = False, indicate_current: bool = False
) -> None:
    """List revisions, the newest first.

    :param rev_range: only these, ``[start]:[end]``, both included; either may be ``current``.
    :param verbose: show everything about each.
    :param indicate_current: mark those that the database is at.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    start, end = split_history_range(rev_range)
    rows: tuple[str, ...] = ()
    if indicate_current or "current" in (start, end) or needs_environment(config):
        rows = applied(config, directory).known
    lower = rows or "base" if start == "current" else start or "base"
    upper = rows if end == "current" else end or "heads"
    if not upper:
        return
    entries = [
        script.cmd_format(
            verbose,
            include_branches=True,
            include_doc=True,
            include_parents=True,
            current=indicate_current and script.revision in rows,
        )
        for script in directory.walk_revisions(base=lower, head=upper)
    ]
    if entries:
        config.print_stdout("\n".join(entries))


def heads(config: Config, verbose: bool = False, resolve_dependencies: bool = False) -> None:
    """List the heads: the revisions that nothing follows.

    :param verbose: show everything about each.
    :param resolve_dependencies: leave out those that other revisions depend on.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    for script in directory.get_revisions(directory.get_heads(consider_depends_on=resolve_dependencies)):
        config.print_stdout(script.cmd_format(verbose, include_branches=True, tree_indicators=False))


def branches(config: Config, verbose: bool = False) -> None:
    """List the revisions where branches part, with what follows them.

    :param verbose: show everything about each.
    """
    from ..script.base import ScriptDirectory

    directory = ScriptDirectory.from_config(config)
    for script in directory.walk_revisions():
        if not script.is_branch_point:
            continue
        indent = " " * len(script.revision)
        children = [
            f"{indent} -> {child.cmd_format(False, include_branches=True, include_doc=verbose)}"
            for child in directory.get_revisions(sorted(script.nextrev))
        ]
        config.print_stdout(script.cmd_format(verbose, include_branches=True))
        config.print_stdout("\n".join(children) + "\n")


def current(config: Config, check_heads: bool = False, verbose: bool = False) -> None:
    """Show which revisions the database is at.

    An identifier in the database that no file has is shown as such.

    :param check_heads: fail unless the database is at every head.
    :param verbose: show everything about each.
    :raises DatabaseNotAtHead: it is not.
    """
    from ..script.base import ScriptDirectory
    from .position import check_at_heads, describe_position

    directory = ScriptDirectory.from_config(config)

    def tell(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
        if check_heads:
            check_at_heads(directory, rows)
        if verbose:
            config.print_stdout("Current revision(s) for %s:", masked_url(context))
        for line in describe_position(directory, rows, verbose):
            config.print_stdout(line)
        return []

    run_environment(config, directory, tell, dont_mutate=True)


def stamp(
    config: Config,
    revision: str | Sequence[str],
    sql: bool = False,
    tag: str | None = None,
    purge: bool = False,
) -> None:
    """Record that the database is at a revision, without running any migration.

    Rows that no revision file accounts for are removed, with a warning.

    :param revision: the target, or several; ``base`` forgets all; with ``sql`` it may be a range ``from:to``.
    :param sql: write the SQL instead of running it.
    :param tag: any text; env.py can ask for it.
    :param purge: empty the version table first, whatever it holds.
    """
    from ..script.base import ScriptDirectory
    from .position import stamp_steps

    directory = ScriptDirectory.from_config(config)
    if sql and purge:
        raise RevisionRangeInvalid("Can't use --purge with --sql mode")
    given = [revision] if isinstance(revision, str) else list(revision)
    ranges = [split_range(one, sql) for one in given]
    starts = {start for start, _ in ranges}
    if len(starts) > 1:
        raise RevisionRangeInvalid(
            "Stamp operation with --sql only supports a single starting revision at a time"
        )
    targets = tuple(target for _, target in ranges)

    def steps(rows: tuple[str, ...], context: MigrationContext) -> Sequence[MigrationStep]:
        if sql:  # the rows are what the user named: one without a file is a typing error, nothing to remove
            return directory._stamp_revs(targets, rows)
        return stamp_steps(directory, targets, rows)

    run_environment(
        config,
        directory,
        steps,
        as_sql=sql,
        starting_rev=starts.pop() if starts else None,
        destination_rev=targets,
        tag=tag,
        purge=purge,
    )


def edit(config: Config, rev: str) -> None:
    """Open revision files in an editor, that of EDITOR or VISUAL.

    :param rev: a revision, or a symbol for several, such as ``heads`` or ``current``.
    :raises NothingToEdit: the symbol stands for no file.
    """
    from ..errors.commands import NothingToEdit
    from ..script.base import ScriptDirectory
    from .editor import open_in_editor

    directory = ScriptDirectory.from_config(config)
    if rev == "current":
        symbol: str | tuple[str, ...] = applied(config, directory).known
        if not symbol:
            raise NothingToEdit("No current revisions")
    else:
        symbol = rev
    scripts = directory.get_revisions(symbol)
    if not scripts:
        raise NothingToEdit(f"No revision files indicated by symbol '{rev}'")
    for script in scripts:
        open_in_editor(script.path)


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
