"""Sections 1.1 and 2.4 of the contract: what may be written on the command line, and how it is extended."""

from __future__ import annotations

import argparse
import functools
import os
import subprocess
import sys
from typing import ClassVar

import pytest

import alembic
from alembic import command
from alembic.config import CommandLine, Config, main
from alembic.errors import CommandError

from .options import COMMANDS, GRAMMAR

GLOBAL = {"config": None, "name": "alembic", "x": None, "raiseerr": False, "quiet": False}


def parsed(*argv: str) -> dict[str, object]:
    found = vars(CommandLine().parser.parse_args(argv))
    found.pop("cmd")
    return found


@pytest.mark.parametrize("line", GRAMMAR)
def test_each_command_has_its_options(line):
    unset, options, changed = GRAMMAR[line]
    assert parsed(*line.split()) == {**GLOBAL, **unset}
    assert parsed(*line.split(), *options) == {**GLOBAL, **unset, **changed}


def test_the_command_travels_with_its_parameter_names():
    options = CommandLine().parser.parse_args(["stamp", "a"])
    assert options.cmd == (
        command.stamp,
        ["revisions"],
        ["sql", "tag", "purge", "verify", "format", "lock_wait"],
    )


def test_global_options_stand_before_the_command():
    found = parsed(
        "-c",
        "a.ini",
        "--config",
        "pyproject.toml",
        "-n",
        "s",
        "-x",
        "a=1",
        "-x",
        "b",
        "--raiseerr",
        "-q",
        "heads",
    )
    assert found["config"] == ["a.ini", "pyproject.toml"]
    assert (found["name"], found["x"], found["raiseerr"], found["quiet"]) == ("s", ["a=1", "b"], True, True)
    with pytest.raises(SystemExit) as leaving:
        parsed("heads", "-q")
    assert leaving.value.code == 2


def test_long_options_may_be_shortened_and_negative_numbers_are_arguments():
    assert parsed("--raise", "history", "--rev=a:")["rev_range"] == "a:"
    assert parsed("downgrade", "-1")["revision"] == "-1"
    assert parsed("history", "-r-3:x")["rev_range"] == "-3:x"


@pytest.mark.parametrize(
    "argv", [[], ["nonsense"], ["upgrade"], ["heads", "extra"], ["history", "-r", "-3:x"]]
)
def test_a_wrong_command_line_ends_with_2_and_a_usage_line(argv, capsys):
    with pytest.raises(SystemExit) as leaving:
        main(argv, prog="alembic")
    assert leaving.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: alembic ")
    if not argv:
        assert err.endswith("alembic: error: too few arguments\n")


def test_version(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--version"], prog="alembic")
    assert leaving.value.code == 0
    assert capsys.readouterr().out == f"alembic {alembic.__version__}\n"


def test_help_lists_every_command_with_the_first_paragraph_of_its_docstring(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(["--help"], prog="alembic")
    assert leaving.value.code == 0
    text = capsys.readouterr().out
    listed = [line.split()[0] for line in text.splitlines() if line.startswith("    ") and line[4] != " "]
    assert listed == COMMANDS
    assert "{" + ",".join(COMMANDS) + "}" in text
    assert "List the heads: the revisions that nothing follows." in text


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_for_itself_and_for_every_argument(name, capsys):
    with pytest.raises(SystemExit) as leaving:
        main([name, "--help"], prog="alembic")
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: alembic {name} [-h]")
    parser = CommandLine(prog="alembic").subparsers.choices[name]
    assert parser.description
    assert [action.dest for action in parser._actions if not action.help] == []


def test_help_fits_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert (
        max(map(len, CommandLine("alembic").subparsers.choices["revision"].format_help().splitlines())) <= 60
    )


class TestWhichFiles:
    @pytest.fixture
    def files(self, monkeypatch):
        def found(*given: str, variable: str | None = None) -> tuple[str | None, str | None]:
            monkeypatch.delenv("ALEMBIC_CONFIG", raising=False)
            if variable is not None:
                monkeypatch.setenv("ALEMBIC_CONFIG", variable)
            line = CommandLine()
            received = []

            def spy(config: Config) -> None:
                """Remember the configuration."""
                received.append((config.config_file_name, config.toml_file_name))

            line.register_command(spy)
            line.main([*(part for path in given for part in ("-c", path)), "spy"])
            return received[0]

        return found

    def test_the_usual_names_are_the_default(self, files):
        assert files() == ("alembic.ini", "pyproject.toml")
        assert files(variable="") == ("alembic.ini", "pyproject.toml")

    def test_the_base_name_pyproject_toml_means_toml_and_anything_else_ini(self, files):
        assert files("foo.toml") == ("foo.toml", "pyproject.toml")
        assert files("a/pyproject.toml") == ("alembic.ini", "a/pyproject.toml")
        assert files("a/pyproject.toml", "b.ini") == ("b.ini", "a/pyproject.toml")

    def test_the_variable_goes_below_the_option_kind_by_kind(self, files):
        assert files(variable="env.ini") == ("env.ini", "pyproject.toml")
        assert files(variable="x/pyproject.toml") == ("alembic.ini", "x/pyproject.toml")
        assert files("a.ini", variable="env.ini") == ("a.ini", "pyproject.toml")
        assert files("a.ini", variable="x/pyproject.toml") == ("a.ini", "x/pyproject.toml")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (("a.ini", "b.ini"), "only one ini file may be indicated"),
            (("pyproject.toml", "a/pyproject.toml"), "pyproject.toml indicated more than once"),
        ],
    )
    def test_one_of_each_kind_at_most(self, files, capsys, given, message):
        with pytest.raises(SystemExit) as leaving:
            files(*given)
        assert leaving.value.code == -1
        assert capsys.readouterr().err == f"FAILED: {message}\n"


class TestExtending:
    def test_a_registered_function_becomes_a_command(self, capsys):
        calls = []

        def my_command(config: Config, target, message=None, unknown_option="kept out", verbose=False):
            """Do something
            of mine.

            More text.
            """
            calls.append((target, message, unknown_option, verbose))

        line = CommandLine(prog="mine")
        line.register_command(my_command)
        line.main(["my_command", "there", "-m", "hello"])
        # An option that the command line has not got is passed as None, over Python's default.
        assert calls == [("there", "hello", None, False)]
        assert "Do something of mine." in line.parser.format_help()
        assert "More text" not in line.parser.format_help()

    def test_decorated_functions_show_their_own_parameters(self):
        def logged(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)

            return wrapper

        calls = []

        @logged
        def wrapped(config, revision, *, sql=False):
            """Wrapped."""
            calls.append((revision, sql))

        line = CommandLine()
        line.register_command(wrapped)
        line.main(["wrapped", "abc", "--sql"])
        assert calls == [("abc", True)]

    def test_a_subclass_adds_options_to_the_tables(self):
        class Mine(CommandLine):
            _KWARGS_OPTS: ClassVar = {
                **CommandLine._KWARGS_OPTS,
                "colour": ("--colour", {"type": str, "help": "x"}),
            }
            _POSITIONAL_OPTS: ClassVar = {**CommandLine._POSITIONAL_OPTS, "fruits": {"nargs": "+"}}

        calls = []

        def paint(config, fruits, colour=None):
            """Paint fruits."""
            calls.append((fruits, colour))

        line = Mine()
        line.register_command(paint)
        line.main(["paint", "a", "b", "--colour", "red"])
        assert calls == [(["a", "b"], "red")]

    def test_translated_positional_names(self):
        class Mine(CommandLine):
            pass

        calls = []

        def stamp_all(config, revision):
            """Stamp."""
            calls.append(revision)

        Mine._POSITIONAL_TRANSLATIONS = {
            **CommandLine._POSITIONAL_TRANSLATIONS,
            stamp_all: {"revision": "revisions"},
        }
        line = Mine()
        line.register_command(stamp_all)
        line.main(["stamp_all", "a", "b"])
        assert calls == [["a", "b"]]

    def test_the_parsers_are_open_to_additions(self):
        line = CommandLine()
        line.parser.add_argument("--tenant")
        calls = []
        line.subparsers.add_parser("own").set_defaults(
            cmd=(lambda config: calls.append(config.cmd_opts.tenant), [], [])
        )
        line.main(["--tenant", "t1", "own"])
        assert calls == ["t1"]

    def test_run_cmd_takes_options_from_elsewhere(self, capsys):
        def failing(config, rev):
            raise CommandError(f"no {rev}")

        options = argparse.Namespace(cmd=(failing, ["rev"], []), rev="luck", raiseerr=False)
        with pytest.raises(SystemExit) as leaving:
            CommandLine().run_cmd(Config(), options)
        assert leaving.value.code == -1
        assert capsys.readouterr().err == "FAILED: no luck\n"
        options.raiseerr = True
        with pytest.raises(CommandError):
            CommandLine().run_cmd(Config(), options)


@pytest.mark.parametrize("module", ["alembic", "alembic.config"])
def test_both_modules_run_as_programs(module):
    run = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, f"alembic {alembic.__version__}\n")


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["upgrade", "--help"], []])
def test_the_grammar_loads_few_modules(argv):
    """Bare Python has about 30 modules at hand; what else is loaded must stay in that order of size."""
    program = (
        "import sys\nbefore = set(sys.modules)\nfrom alembic.config import main\n"
        "try:\n    main(prog='alembic')\nfinally:\n"
        "    print(*sorted(set(sys.modules) - before), sep='\\n', file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", program, *argv], capture_output=True, text=True)
    loaded = run.stderr.split()
    heavy = {
        "sqlalchemy",
        "mako",
        "rich",
        "logging",
        "inspect",
        "dataclasses",
        "asyncio",
        "pathlib",
        "shutil",
    }
    assert heavy.isdisjoint(loaded)
    assert "alembic.command" in loaded
    assert len([name for name in loaded if not name.startswith("alembic")]) < 60


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
@pytest.mark.parametrize("argv", [["--help"], ["list_templates"]])
def test_a_reader_that_leaves_ends_the_command_quietly(argv):
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-m", "alembic", *argv], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert run.stderr == ""
    assert run.returncode in (0, 141)


@pytest.mark.parametrize(("argv", "changed"), [("None", True), ("['list_templates']", False)])
def test_only_a_process_of_our_own_gets_its_garbage_collector_tuned(argv, changed):
    program = (
        "import gc, sys\nfrom alembic.config import main\nbefore = gc.get_threshold()\n"
        f"main({argv})\nprint(gc.get_threshold() != before)"
    )
    run = subprocess.run([sys.executable, "-c", program, "list_templates"], capture_output=True, text=True)
    assert run.stdout.splitlines()[-1] == str(changed), run.stderr
