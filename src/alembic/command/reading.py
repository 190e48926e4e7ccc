"""The commands that show something: revision files, and where a database is among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .environment import applied, masked_url, needs_environment, run_environment, version_table
from .output import document, record
from .ranges import split_history_range

if TYPE_CHECKING:
    from ..configuration import Config
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep


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
    config: Config,
    rev_range: str | None = None,
    verbose: bool = False,
    indicate_current: bool = False,
    format: str = "text",
) -> None:
    """List revisions, the newest first.

    :param rev_range: only these, ``[start]:[end]``, both included; either may be ``current``.
    :param verbose: show everything about each.
    :param indicate_current: mark those that the database is at.
    :param format: ``"json"`` prints one object.
    """
    from ..script.base import ScriptDirectory

    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        start, end = split_history_range(rev_range)
        rows: tuple[str, ...] = ()
        if indicate_current or "current" in (start, end) or needs_environment(config):
            rows = applied(config, directory).known
        lower = rows or "base" if start == "current" else start or "base"
        upper = rows if end == "current" else end or "heads"
        scripts = list(directory.walk_revisions(base=lower, head=upper)) if upper else []
        if output.is_json:
            marks = {"is_current": rows} if indicate_current else {}
            output.facts["revisions"] = [
                {**record(script), **{mark: script.revision in ids for mark, ids in marks.items()}}
                for script in scripts
            ]
        elif scripts:
            entries = [
                script.cmd_format(
                    verbose,
                    include_branches=True,
                    include_doc=True,
                    include_parents=True,
                    current=indicate_current and script.revision in rows,
                )
                for script in scripts
            ]
            output.line("\n".join(entries))


def heads(
    config: Config, verbose: bool = False, resolve_dependencies: bool = False, format: str = "text"
) -> None:
    """List the heads: the revisions that nothing follows.

    :param verbose: show everything about each.
    :param resolve_dependencies: leave out those that other revisions depend on.
    :param format: ``"json"`` prints one object.
    """
    from ..script.base import ScriptDirectory

    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        found = directory.get_revisions(directory.get_heads(consider_depends_on=resolve_dependencies))
        if output.is_json:
            output.facts["heads"] = [record(script) for script in found]
        for script in found:
            output.line(script.cmd_format(verbose, include_branches=True, tree_indicators=False))


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


def current(config: Config, check_heads: bool = False, verbose: bool = False, format: str = "text") -> None:
    """Show which revisions the database is at.

    An identifier in the database that no file has is shown as such.

    :param check_heads: fail unless the database is at every head.
    :param verbose: show everything about each.
    :param format: ``"json"`` prints one object.
    :raises DatabaseNotAtHead: it is not.
    """
    from ..script.base import ScriptDirectory
    from .position import check_at_heads, describe_position, position_record

    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        found = output.facts["databases"] = []

        def tell(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
            if output.is_json:
                place = {"database": masked_url(context), "version_table": version_table(context)}
                found.append({**place, **position_record(directory, rows)})
            if check_heads:
                check_at_heads(directory, rows)
            if verbose:
                output.line(f"Current revision(s) for {masked_url(context)}:")
            for line in describe_position(directory, rows, verbose):
                output.line(line)
            return []

        run_environment(config, directory, tell, dont_mutate=True)
