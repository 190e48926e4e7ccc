"""The commands as functions, for programs that run migrations themselves.

Each takes the :class:`~alembic.config.Config` first, raises a :class:`~alembic.errors.CommandError` where the
command line would exit with 255, and prints to ``config.stdout`` what the command line prints. SQL scripts go
to ``config.output_buffer``. Nothing is loaded before it is needed: commands that only read revision files
never import SQLAlchemy.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors.commands import RevisionOptionsContradict
from .environment import applied, needs_environment, no_steps, run_environment
from .locks import lock
from .output import document
from .reading import branches, current, heads, history, show
from .recorded import log
from .recovery import resume, unwind
from .running import downgrade, ensure_version, stamp, upgrade
from .survey import status

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
    "lock",
    "log",
    "merge",
    "resume",
    "revision",
    "show",
    "stamp",
    "status",
    "unwind",
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

    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        arguments = {
            **comparison.NO_ARGUMENTS,
            "autogenerate": True,
            "allow_empty_metadata": allow_empty_metadata,
        }
        context = RevisionContext(config, directory, arguments)
        comparison.compare(config, directory, context)
        comparison.tell(output, context)


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
