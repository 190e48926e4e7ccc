"""What a failed command says: one screen on standard error that names the place and the next step.

A CommandError ends with status 255, any other failure with 1; ``--raiseerr`` gives the traceback instead.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from tests.project import Project, Result

ALEMBIC = f"{shlex.quote(sys.executable)} -m alembic"

FROM_CONFIG = """\
from sqlalchemy import engine_from_config
from alembic import context
config = context.config
with engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.").connect() as c:
    context.configure(connection=c)
    with context.begin_transaction():
        context.run_migrations()
"""


ASYNCHRONOUS = """\
import asyncio
from sqlalchemy.ext.asyncio import create_async_engine
from alembic import context
async def main():
    async with create_async_engine(context.config.get_main_option("sqlalchemy.url")).connect():
        pass
asyncio.run(main())
"""


def told(result: Result, code: int = 1) -> str:
    """The failure text of a failed command, with nothing of it on standard output."""
    assert result.code == code, result
    assert "FAILED" not in result.stdout
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("FAILED: ")]
    assert len(starts) == 1, result.stderr
    return "\n".join(lines[starts[0] :])


class TestDatabaseUrl:
    @pytest.mark.parametrize("url", ["nonsense", "postgresql:/u:secret@h/d"])
    def test_it_is_no_url(self, project: Project, url: str):
        text = told(project.configure(url).call("current"))
        assert text.startswith("FAILED: Could not parse SQLAlchemy URL")
        assert "dialect+driver:// followed by user:password@host:port/database" in text
        assert "migrations/env.py, line" in text

    def test_nobody_knows_the_dialect(self, project: Project):
        text = told(project.configure("nosuch://u:secret@h/d").call("current"))
        assert text.startswith("FAILED: Can't load plugin: sqlalchemy.dialects:nosuch")
        assert "check its first" in text
        assert "secret" not in text

    def test_only_what_a_driver_shows_as_the_password_is_masked(self, project: Project):
        project.env_py.write_text(
            "import psycopg\nimport sqlalchemy\n"
            "def connect():\n"
            "    raise psycopg.OperationalError('no database postgres for postgres (password=postgres)')\n"
            "sqlalchemy.create_engine('postgresql+psycopg://u:postgres@h/d', creator=connect).connect()\n"
        )
        text = told(project.call("current"))
        assert "no database postgres for postgres (password=***)\n" in text
        assert "u:***@h" in text

    def test_a_commit_that_fails_is_no_failed_connection(self, project: Project):
        project.env_py.write_text(
            "from sqlalchemy import create_engine\n"
            "with create_engine('sqlite://').connect() as connection:\n"
            "    for statement in (\n"
            "        'PRAGMA foreign_keys = ON',\n"
            "        'CREATE TABLE t (id INTEGER PRIMARY KEY, '\n"
            "        'up INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)',\n"
            "        'INSERT INTO t VALUES (1, 2)',\n"
            "    ):\n"
            "        connection.exec_driver_sql(statement)\n"
            "    connection.commit()\n"
        )
        text = told(project.call("current"))
        assert text.startswith("FAILED: (sqlite3.IntegrityError) FOREIGN KEY constraint failed\n")
        assert "connection.commit()" in text
        assert "statement:" not in text

    def test_the_driver_is_not_installed(self, project: Project):
        text = told(project.configure("oracle+cx_oracle://u:secret@h/d").call("current"))
        assert text.startswith("FAILED: Database driver is not installed: No module named 'cx_Oracle'")
        assert "install it, or name another one in the URL" in text

    def test_the_server_is_down(self, project: Project):
        text = told(project.configure("postgresql+psycopg://u:se%40cret@127.0.0.1:1/d").call("current"))
        assert text.startswith("FAILED: Can't connect to the database: (OperationalError) connection failed")
        assert "database: postgresql+psycopg://u:***@127.0.0.1:1/d" in text
        assert "Is the server running" in text
        assert "cret" not in text

    def test_the_directory_of_an_sqlite_file_is_missing(self, project: Project):
        text = told(project.configure("sqlite:////no/such/dir/x.db").call("current"))
        assert text.startswith("FAILED: Can't connect to the database: (OperationalError) unable to open")
        assert "database: sqlite:////no/such/dir/x.db" in text
        assert "Does its directory exist" in text

    @pytest.mark.parametrize("server", ["127.0.0.1:1", "nosuch.invalid"])
    def test_an_asyncio_driver_finds_no_server(self, project: Project, server: str):
        project.configure(f"postgresql+asyncpg://u:sekret@{server}/d")
        project.env_py.write_text(ASYNCHRONOUS)
        text = told(project.call("current"))
        assert text.startswith("FAILED: Can't connect to the database: (")
        assert f"database: postgresql+asyncpg://u:***@{server}/d" in text
        assert "Is the server running" in text
        assert "sekret" not in text

    def test_a_per_cent_sign_is_not_doubled(self, project: Project):
        ini = project.config_file
        ini.write_text(
            ini.read_text().replace(f"sqlalchemy.url = {project.url}", "sqlalchemy.url = db://u:p%40ss@h/d")
        )
        text = told(project.call("current"))
        assert text.startswith(
            "FAILED: The value of 'sqlalchemy.url' in section [alembic] of the ini file has"
        )
        assert "%40 in a URL becomes %%40" in text
        assert "ss@h" not in text

    def test_there_is_none(self, project: Project):
        project.env_py.write_text(FROM_CONFIG)
        ini = project.config_file
        ini.write_text(ini.read_text().replace("sqlalchemy.url", "sqlalchemy.echo = false\nother"))
        text = told(project.call("current"))
        assert text.startswith("FAILED: No database URL is configured")
        assert "Set sqlalchemy.url" in text


class TestConfiguration:
    def test_the_ini_file_is_broken(self, project: Project):
        project.config_file.write_text("[alembic]\nnonsense\n")
        text = told(project.call("heads"), 255)
        assert text.startswith("FAILED: Can't parse configuration file 'alembic.ini'")

    def test_two_of_a_kind(self, project: Project):
        text = told(project.call("-c", "a.ini", "-c", "b.ini", "heads"), 255)
        assert text == "FAILED: only one ini file may be indicated"

    def test_there_is_no_configuration(self, project: Project):
        text = told(project.call("-c", "none.ini", "heads"), 255)
        assert text.startswith("FAILED: No 'script_location' key found in configuration.")
        assert "Looked in: none.ini (no such file), pyproject.toml (no such file)\n" in text

    def test_there_is_no_such_section(self, project: Project):
        text = told(project.call("-n", "none", "heads"), 255)
        assert text.startswith("FAILED: No 'script_location' key found in configuration.")
        assert "Looked in: [none] of alembic.ini, pyproject.toml (no such file)\n" in text


class TestPythonFiles:
    def test_an_endless_recursion_fits_on_a_screen(self, project: Project):
        project.env_py.write_text("def deeper(n):\n    return deeper(n + 1)\ndeeper(0)\n")
        lines = told(project.call("current")).splitlines()
        assert lines[0].startswith("FAILED: RecursionError: ")
        assert lines[2] == "    migrations/env.py, line 3"
        assert any(line.endswith(" more)") for line in lines)
        assert len(lines) < 30

    @pytest.mark.skipif(sys.version_info < (3, 11), reason="no exception groups")
    def test_all_of_a_group_is_told(self, project: Project):
        project.env_py.write_text("raise ExceptionGroup('tasks', [ValueError('one'), KeyError('two')])\n")
        text = told(project.call("current"))
        assert text.startswith("FAILED: ExceptionGroup: tasks")
        assert "  - ValueError: one\n  - KeyError: 'two'\n" in text

    def test_env_py_has_a_syntax_error(self, project: Project):
        project.env_py.write_text("import os\nif True\n    pass\n")
        text = told(project.call("current"))
        assert text.splitlines()[0] == "FAILED: SyntaxError: expected ':'"
        assert "migrations/env.py, line 2" in text
        assert "if True\n" in text

    def test_env_py_is_no_text(self, project: Project):
        project.env_py.write_bytes(b"x = 1\0\n")
        text = told(project.call("current"))
        assert "null bytes\n  migrations/env.py\n" in text

    def test_env_py_imports_something_that_is_not_there(self, project: Project):
        project.env_py.write_text("import nosuch_models\n")
        text = told(project.call("current"))
        assert text.startswith("FAILED: No module named 'nosuch_models'")
        assert "migrations/env.py, line 1" in text
        assert "prepend_sys_path" in text

    def test_env_py_raises(self, project: Project):
        project.env_py.write_text("def url():\n    return {}['here']\n\nurl()\n")
        text = told(project.call("current"))
        assert text.splitlines() == [
            "FAILED: KeyError: 'here'",
            "  at:",
            "    migrations/env.py, line 4",
            "      url()",
            "    migrations/env.py, line 2, in url",
            "      return {}['here']",
            "  --raiseerr shows the whole traceback",
        ]

    def test_a_revision_has_a_syntax_error(self, project: Project):
        project.revision("a1", upgrade="x = = 1")
        text = told(project.call("upgrade", "head"))
        assert text.splitlines() == [
            "FAILED: SyntaxError: invalid syntax",
            "  migrations/versions/a1_.py, line 12",
            "    x = = 1",
            "        ^",
            "  --raiseerr shows the whole traceback",
        ]

    def test_a_module_that_a_revision_imports_has_a_syntax_error(self, project: Project):
        (project.directory / "helper.py").write_text("def f(:\n    pass\n")
        project.configure(ini="prepend_sys_path = .\n")
        project.revision("a1", upgrade="import helper")
        text = told(project.run("upgrade", "head"))
        assert "  in revision a1:\n    migrations/versions/a1_.py, line 12, in upgrade\n" in text
        assert "\n  helper.py, line 1\n" in text


NOTHING_IS_COMMITTED = (
    "  committed: nothing",
    "  rolled back: a1",
    "  the database is at base, as before",
    "  next: mend the cause and run the command again",
)


class TestInsideARevision:
    def test_the_database_refuses_a_statement(self, project: Project):
        project.chain("a1")
        project.revision("b1", "a1", upgrade='x = 1\nop.execute("INSERT INTO nowhere\\nVALUES (1)")')
        text = told(project.call("upgrade", "head"))
        assert text.splitlines() == [
            "FAILED: (sqlite3.OperationalError) no such table: nowhere",
            "  in revision b1:",
            "    migrations/versions/b1_.py, line 13, in upgrade",
            '      op.execute("INSERT INTO nowhere\\nVALUES (1)")',
            "  statement:",
            "    INSERT INTO nowhere",
            "    VALUES (1)",
            "  committed: a1",
            "  rolled back: b1",
            "  the database is at a1",
            "  next: mend the cause and run the command again",
            "  --raiseerr shows the whole traceback",
        ]

    def test_parameters_are_shown_in_short(self, project: Project):
        insert = "op.get_bind().execute(sa.text('INSERT INTO nowhere VALUES (:a)').bindparams(a='x' * 1000))"
        project.revision("a1", upgrade=insert)
        text = told(project.call("upgrade", "head"))
        (line,) = [line for line in text.splitlines() if line.startswith("  parameters: ")]
        assert len(line) < 320

    def test_python_fails_in_a_helper(self, project: Project):
        (project.directory / "helper.py").write_text("def work():\n    raise RuntimeError('no luck')\n")
        project.configure(ini="prepend_sys_path = .\n")
        project.revision("a1", upgrade="import helper\nhelper.work()")
        text = told(project.run("upgrade", "head"))
        assert text.splitlines() == [
            "FAILED: RuntimeError: no luck",
            "  in revision a1:",
            "    migrations/versions/a1_.py, line 13, in upgrade",
            "      helper.work()",
            "    helper.py, line 2, in work",
            "      raise RuntimeError('no luck')",
            *NOTHING_IS_COMMITTED,
            "  --raiseerr shows the whole traceback",
        ]

    def test_the_reason_behind_an_exception_is_named(self, project: Project):
        project.revision(
            "a1", upgrade="try:\n    {}['x']\nexcept KeyError as e:\n    raise ValueError('y') from e"
        )
        text = told(project.call("upgrade", "head"))
        assert "because of KeyError: 'x'" in text

    def test_a_command_error_keeps_its_status_and_gains_the_place(self, project: Project):
        body = "from alembic.util import CommandError\nraise CommandError('not today')"
        project.revision("a1", upgrade=body)
        text = told(project.call("upgrade", "head"), 255)
        assert text.splitlines() == [
            "FAILED: not today",
            "  in revision a1:",
            "    migrations/versions/a1_.py, line 13, in upgrade",
            "      raise CommandError('not today')",
            *NOTHING_IS_COMMITTED,
        ]

    def test_sqlalchemy_objects(self, project: Project):
        project.revision(
            "a1", upgrade="op.create_table('t', sa.Column('a', sa.ForeignKey('x.y')), sa.Column('a'))"
        )
        text = told(project.call("upgrade", "head"))
        assert "a1_.py, line 12, in upgrade" in text
        assert "Background on this error" not in text


class TestHowMuchIsSaid:
    def test_raiseerr_gives_the_traceback(self, project: Project):
        project.revision("a1", upgrade="raise RuntimeError('no luck')")
        result = project.run("--raiseerr", "upgrade", "head")
        assert result.code == 1
        assert "Traceback (most recent call last)" in result.stderr
        assert result.stderr.rstrip().endswith("RuntimeError: no luck")
        assert "FAILED" not in result.stderr

    def test_raiseerr_gives_the_traceback_of_a_command_error_too(self, project: Project):
        result = project.run("--raiseerr", "show", "nosuch")
        assert result.code == 1
        assert "Traceback (most recent call last)" in result.stderr

    def test_quiet_does_not_hide_a_failure(self, project: Project):
        text = told(project.call("-q", "show", "nosuch"), 255)
        assert text.startswith("FAILED: Can't locate revision identified by 'nosuch'")

    def test_a_mistake_of_our_own_shows_everything(self, project: Project, capsys, monkeypatch):
        from alembic import command
        from alembic.config import CommandLine

        line = CommandLine()
        options = line.parser.parse_args(["heads"])
        options.cmd = (int, ["nonsense"], [])
        monkeypatch.setattr(command, "heads", None)
        with pytest.raises(SystemExit) as leaving:
            line.run_cmd(None, options)  # type: ignore[arg-type]
        assert leaving.value.code == 1
        err = capsys.readouterr().err
        assert err.startswith("FAILED: TypeError: ")
        assert "Traceback (most recent call last)" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_goes_nowhere_for_want_of_space(project: Project, unbuffered: str):
    project.chain("a1")
    result = shell(project, f"{ALEMBIC} heads > /dev/full", PYTHONUNBUFFERED=unbuffered)
    assert result.returncode != 0
    assert result.stderr.startswith("FAILED: No space left on device\n")
    assert "Traceback" not in result.stderr


def test_a_process_without_standard_output_works_all_the_same(project: Project):
    project.chain("a1")
    result = shell(project, f"{ALEMBIC} upgrade head >&-")
    assert (result.returncode, "FAILED" in result.stderr) == (0, False)
    assert project.applied() == ["a1"]
    result = shell(project, f"{ALEMBIC} upgrade nope >&- 2>&-")
    assert (result.returncode, result.stderr) == (255, "")


def test_a_working_directory_that_is_gone_matters_only_to_relative_paths(project: Project):
    project.chain("a1")
    project.revision("b2", "a1", upgrade="1 / 0")
    alembic = f"{ALEMBIC} -c {shlex.quote(str(project.config_file))}"
    result = shell(
        project, f"mkdir gone && cd gone && rmdir ../gone && {alembic} heads && {alembic} upgrade head"
    )
    assert result.stdout == "b2 (head)\n"
    assert "\nFAILED: ZeroDivisionError: division by zero\n  in revision b2:\n" in result.stderr


def shell(project: Project, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell command does in the project's directory, redirections and all."""
    return subprocess.run(
        command,
        shell=True,
        cwd=project.directory,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
