"""The command line as an object that applications can extend."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .. import __version__, command, console
from ..configuration import Config
from ..errors.configuration import ConfigFileRepeated
from .grammar import (
    KEYWORD_OPTIONS,
    POSITIONAL_OPTIONS,
    CommandParser,
    Parameters,
    add_parameters,
    first_paragraph,
    formatter,
    global_parser,
    parameters_of,
)
from .status import READER_GONE

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Callable, Sequence
    from typing import Any, ClassVar

    from ..configuration import CommandFunction

_COMMANDS = (
    command.branches,
    command.check,
    command.current,
    command.downgrade,
    command.edit,
    command.ensure_version,
    command.heads,
    command.history,
    command.init,
    command.list_templates,
    command.lock,
    command.log,
    command.merge,
    command.resume,
    command.revision,
    command.show,
    command.stamp,
    command.status,
    command.unwind,
    command.upgrade,
)


class CommandLine:
    """The ``alembic`` program: parses arguments, runs the command, exits.

    Applications extend it with :meth:`register_command`, or by adding to ``parser`` and ``subparsers``.

    :param prog: the program's name in help texts; the name it was started by when left out.
    """

    _KWARGS_OPTS: ClassVar[dict[str, tuple[Any, ...]]] = KEYWORD_OPTIONS
    _POSITIONAL_OPTS: ClassVar[dict[str, dict[str, Any]]] = POSITIONAL_OPTIONS
    _POSITIONAL_TRANSLATIONS: ClassVar[dict[Any, dict[str, str]]] = {command.stamp: {"revision": "revisions"}}

    parser: ArgumentParser
    subparsers: _SubParsersAction[CommandParser]

    def __init__(self, prog: str | None = None) -> None:
        self._generate_args(prog)

    def _generate_args(self, prog: str | None) -> None:
        self.parser = global_parser(prog, __version__)
        self.subparsers = self.parser.add_subparsers(prog=self.parser.prog, parser_class=CommandParser)
        for function in _COMMANDS:
            self.register_command(function)

    def register_command(self, fn: CommandFunction) -> None:
        """Make a function a command of this command line.

        :param fn: takes the :class:`~alembic.config.Config` first. Its name becomes the command, the first
            paragraph of its docstring the help; parameters without a default become positional arguments,
            those with one become options where the option table has an entry for their name.
        """
        translations = self._POSITIONAL_TRANSLATIONS.get(fn, {})
        found = parameters_of(fn)
        parameters = Parameters(
            tuple(translations.get(name, name) for name in found.positional), found.keyword
        )

        def populate(subparser: ArgumentParser) -> None:
            add_parameters(subparser, parameters, self._KWARGS_OPTS, self._POSITIONAL_OPTS)
            subparser.set_defaults(cmd=(fn, list(parameters.positional), list(parameters.keyword)))

        help_text = first_paragraph(fn.__doc__).replace("%", "%%")
        self.subparsers.add_parser(
            fn.__name__,
            help=help_text,
            description=help_text or None,
            formatter_class=formatter,
            populate=populate,
        )

    def main(self, argv: Sequence[str] | None = None) -> None:
        """Parse arguments and run the command they name.

        Returns when the command succeeded, else raises SystemExit with the exit status.

        :param argv: the arguments without the program's name; those of the process when left out.
        """
        try:
            options = self.parser.parse_args(argv)
            if not hasattr(options, "cmd"):
                # Python's own message for a missing command differs from version to version.
                self.parser.error("too few arguments")
        except (SystemExit, BrokenPipeError):  # --help and --version end in SystemExit, too
            if console.reader_gone():
                sys.exit(READER_GONE)
            raise
        self._reporting(options, lambda: self.run_cmd(self._config(options), options))

    def run_cmd(self, config: Config, options: Namespace) -> None:
        """Run the command of already parsed arguments.

        :raises SystemExit: the command failed and said why, or gave a value with an ``exit_status``; with
            ``--raiseerr`` the error itself is raised.
        """
        function, positional, keyword = options.cmd

        def run() -> None:
            outcome = function(
                config,
                *[getattr(options, name, None) for name in positional],
                **{name: getattr(options, name, None) for name in keyword},
            )
            found = getattr(outcome, "exit_status", None)
            if isinstance(found, int) and found:
                console.flush(sys.stdout)
                sys.exit(found)

        self._reporting(options, run)

    def _config(self, options: Namespace) -> Config:
        toml, ini = self._inis_from_config(options)
        return Config(file_=ini, toml_file=toml, ini_section=options.name, cmd_opts=options)

    def _inis_from_config(self, options: Namespace) -> tuple[str, str]:
        """The paths of the TOML and of the ini file: as given, of the environment, or the usual ones."""
        given = [_is_toml(path) for path in options.config or ()]
        if given.count(False) > 1:
            raise ConfigFileRepeated("only one ini file may be indicated")
        if given.count(True) > 1:
            raise ConfigFileRepeated("pyproject.toml indicated more than once")
        paths = {True: "pyproject.toml", False: "alembic.ini"}
        for path in (os.environ.get("ALEMBIC_CONFIG"), *(options.config or ())):
            if path:
                paths[_is_toml(path)] = path
        return paths[True], paths[False]

    def _reporting(self, options: Namespace, run: Callable[[], None]) -> None:
        """Run, and turn what goes wrong into a text on standard error and an exit status."""
        try:
            run()
            console.flush(sys.stdout)
        except (Exception, KeyboardInterrupt) as error:
            if getattr(options, "raiseerr", False):
                raise
            from .failures import report

            sys.exit(report(error, getattr(options, "cmd", (None,))[0]))


def _is_toml(path: str) -> bool:
    return os.path.basename(path) == "pyproject.toml"


def main(argv: Sequence[str] | None = None, prog: str | None = None, **kwargs: Any) -> None:
    """The console script ``alembic``.

    :param argv: arguments without the program's name; those of the process when left out.
    :param prog: the program's name in help texts.
    """
    if argv is None:
        _collect_garbage_rarely()
    CommandLine(prog=prog).main(argv=argv)


def _collect_garbage_rarely() -> None:
    """Suit the collector to a process that only runs one command.

    It lives for moments and makes few cycles, while each full collection walks all of SQLAlchemy. Programs
    that run commands among other things pass arguments, and keep their own settings.
    """
    import atexit
    import gc

    gc.set_threshold(10_000, 20, 100)
    atexit.register(gc.freeze)  # else the interpreter walks all of it again while it leaves
