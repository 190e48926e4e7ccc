"""What may be written on the command line: the option tables and the parsers made from them."""

from __future__ import annotations

import os
from argparse import ArgumentParser, HelpFormatter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_SQL = "write SQL to standard output instead of changing the database"

# One entry a parameter name: its flags, then the keywords of add_argument().
KEYWORD_OPTIONS: dict[str, tuple[Any, ...]] = {
    "template": (
        "-t",
        "--template",
        {"default": "generic", "type": str, "help": "template of the new environment (default: generic)"},
    ),
    "message": ("-m", "--message", {"type": str, "help": "what the revision does, in a few words"}),
    "sql": ("--sql", {"action": "store_true", "help": _SQL}),
    "tag": ("--tag", {"type": str, "help": "any text; env.py can ask for it"}),
    "head": ("--head", {"type": str, "help": "revision to build upon: an identifier or <branch>@head"}),
    "splice": (
        "--splice",
        {"action": "store_true", "help": "allow building upon a revision that is not a head"},
    ),
    "depends_on": (
        "--depends-on",
        {"action": "append", "help": "revision that has to be applied before the new one; may be repeated"},
    ),
    "rev_id": ("--rev-id", {"type": str, "help": "identifier of the new revision instead of a random one"}),
    "version_path": ("--version-path", {"type": str, "help": "version location for the new file"}),
    "branch_label": (
        "--branch-label",
        {"type": str, "help": "name of the branch that the new revision begins"},
    ),
    "verbose": ("-v", "--verbose", {"action": "store_true", "help": "show all about each revision"}),
    "resolve_dependencies": (
        "--resolve-dependencies",
        {"action": "store_true", "help": "leave out heads which other revisions depend on"},
    ),
    "autogenerate": (
        "--autogenerate",
        {"action": "store_true", "help": "fill the file with the differences between database and models"},
    ),
    "allow_empty": (
        "--allow-empty",
        {"action": "store_true", "help": "with --autogenerate: write a file even if nothing differs"},
    ),
    "rename": (
        "--rename",
        {
            "action": "append",
            "metavar": "TABLE.OLD:NEW",
            "help": "with --autogenerate: a column, or by OLD:NEW a table, that was renamed; may be repeated",
        },
    ),
    "allow_empty_metadata": (
        "--allow-empty-metadata",
        {"action": "store_true", "help": "compare even if the models are empty, and drop all tables"},
    ),
    "format": (
        "--format",
        {
            "choices": ("text", "json"),
            "default": "text",
            "help": "what to print: text, or JSON for programs (default: text)",
        },
    ),
    "rev_range": (
        "-r",
        "--rev-range",
        {"action": "store", "help": "only these revisions: [start]:[end], both included"},
    ),
    "indicate_current": (
        "-i",
        "--indicate-current",
        {"action": "store_true", "help": "mark the revisions that the database is at"},
    ),
    "purge": ("--purge", {"action": "store_true", "help": "empty the version table first"}),
    "verify": (
        "--verify",
        {
            "action": "store_true",
            "help": "refuse if the schema is not the one that the revision files lead to",
        },
    ),
    "allow_ahead": (
        "--allow-ahead",
        {
            "action": "store_true",
            "help": "succeed, doing nothing, if the database is ahead of the revision files",
        },
    ),
    "yes": (
        "--yes",
        {"action": "store_true", "help": "destroy data also where the configuration says protect"},
    ),
    "lock_wait": (
        "--lock-wait",
        {"type": float, "metavar": "SECONDS", "help": "how long to wait for another run (default: 300)"},
    ),
    "done": (
        "--done",
        {"type": int, "metavar": "N", "help": "count this statement, and those before it, as carried out"},
    ),
    "redo": (
        "--redo",
        {"type": int, "metavar": "N", "help": "run this statement, and those behind it, once more"},
    ),
    "package": (
        "--package",
        {"action": "store_true", "help": "make the directory and its versions Python packages"},
    ),
    "check_heads": (
        "-c",
        "--check-heads",
        {"action": "store_true", "help": "fail if the database is not at every head"},
    ),
    "revision": (
        "--revision",
        {"metavar": "ID", "help": "only what was done with this revision; the beginning of its id will do"},
    ),
    "run": ("--run", {"metavar": "ID", "help": "only this run; the beginning of its id will do"}),
    "outcome": (
        "--outcome",
        {
            "choices": ("started", "done", "failed", "died", "rolled-back", "overtaken", "repaired"),
            "help": "only rows of this outcome",
        },
    ),
    "since": ("--since", {"metavar": "TIME", "help": "only from this time on, in UTC: 2026-11-22T15, say"}),
    "last": ("--last", {"type": int, "metavar": "N", "help": "only the newest N rows"}),
    "verify_rows": (
        "--verify",
        {"action": "store_true", "help": "fail if a row was changed, exchanged or removed since"},
    ),
}

POSITIONAL_OPTIONS: dict[str, dict[str, Any]] = {
    "directory": {"help": "directory of the new environment"},
    "revision": {"help": "target revision"},
    "revisions": {"nargs": "+", "help": "one or more revisions; 'heads' stands for all heads"},
    "action": {"choices": ("status", "break"), "help": "show who holds it, or end the sessions that do"},
    "rev": {"help": "revision, or several such as 'heads' or 'current'"},
}


class Parameters(NamedTuple):
    """The parameters of a command function after the configuration."""

    positional: tuple[str, ...]
    keyword: tuple[str, ...]


def parameters_of(function: Callable[..., Any]) -> Parameters:
    """Which parameters a command function has: those without a default are positional."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__") or code.co_kwonlyargcount or code.co_flags & 0x0C:
        return _parameters_by_signature(function)
    names = code.co_varnames[1 : code.co_argcount]
    with_default = len(getattr(function, "__defaults__", None) or ())
    first = max(len(names) - with_default, 0)
    return Parameters(names[:first], names[first:])


def _parameters_by_signature(function: Callable[..., Any]) -> Parameters:
    """The same for decorated functions and other callables; costs the import of inspect."""
    from inspect import Parameter, signature

    parameters = [p for p in signature(function).parameters.values() if p.kind not in (2, 4)][1:]
    return Parameters(
        tuple(p.name for p in parameters if p.default is Parameter.empty),
        tuple(p.name for p in parameters if p.default is not Parameter.empty),
    )


def first_paragraph(text: str | None) -> str:
    """The first paragraph of a docstring as one line."""
    lines = []
    for line in (text or "").strip().splitlines():
        if not line.strip():
            break
        lines.append(line.strip())
    return " ".join(lines)


def formatter(prog: str) -> HelpFormatter:
    """A help formatter as wide as the terminal; finds the width without importing shutil, which is slow."""
    return HelpFormatter(prog, width=_columns() - 2)


def _columns() -> int:
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns > 0:
        return columns
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


class CommandParser(ArgumentParser):
    """The parser of one command, made when it is first used.

    There are as many as commands while a command line speaks of one, and making a parser is slow.

    :param populate: gives the parser its arguments.
    """

    def __init__(self, *, populate: Callable[[ArgumentParser], None] | None = None, **settings: Any) -> None:
        self._unmade = populate, settings

    def __getattr__(self, name: str) -> Any:
        """Called for attributes that are not there, which before the parser is made is any but methods."""
        unmade = self.__dict__.pop("_unmade", None)
        if unmade is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        populate, settings = unmade
        super().__init__(**settings)
        if populate:
            populate(self)
        return getattr(self, name)


def global_parser(prog: str | None, version: str) -> ArgumentParser:
    """The parser with the options that stand before the command."""
    parser = ArgumentParser(prog=prog, formatter_class=formatter)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version}")
    parser.add_argument(
        "-c",
        "--config",
        action="append",
        help="configuration file: an ini file or a pyproject.toml; twice for one of each. Default: the "
        "environment variable ALEMBIC_CONFIG, else alembic.ini and pyproject.toml",
    )
    parser.add_argument(
        "-n", "--name", type=str, default="alembic", help="section of the ini file (default: alembic)"
    )
    parser.add_argument("-x", action="append", help="value for env.py, such as -x tenant=a; may be repeated")
    parser.add_argument("--raiseerr", action="store_true", help="show the whole traceback of an error")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing but failures")
    return parser


def add_parameters(
    parser: ArgumentParser,
    parameters: Parameters,
    keyword_options: Mapping[str, tuple[Any, ...]],
    positional_options: Mapping[str, dict[str, Any]],
) -> None:
    """Give the parser of one command its arguments. A keyword parameter without a table entry gets none."""
    for name in parameters.keyword:
        if name in keyword_options:
            *flags, settings = keyword_options[name]
            parser.add_argument(*flags, dest=name, **settings)
    for name in parameters.positional:
        parser.add_argument(name, **positional_options.get(name, {}))
