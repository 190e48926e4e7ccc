"""A small migration project in a temporary directory, to be driven through the command line."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# What a run leaves in a database beside the tables of the migrations.
OWN_TABLES = frozenset({"alembic_version", "alembic_history", "alembic_journal", "alembic_lock"})

INI = """\
[alembic]
script_location = %(here)s/migrations
path_separator = os
sqlalchemy.url = {url}
{extra}
[loggers]
keys = root,migrations

[logger_root]
handlers = stderr
level = WARNING

[logger_migrations]
qualname = alembic
level = INFO
handlers =

[handlers]
keys = stderr

[handler_stderr]
class = StreamHandler
formatter = plain
args = (sys.stderr,)

[formatters]
keys = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""

ENV = """\
from logging.config import fileConfig

from sqlalchemy import create_engine, pool

from alembic import context

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)
url = config.get_main_option("sqlalchemy.url")
options = {options}


def migrate(**target):
    context.configure(**target, **options)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    migrate(url=url, literal_binds=True, dialect_opts={{"paramstyle": "named"}})
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        migrate(connection=connection)
"""

TEMPLATE = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''

REVISION = '''\
"""{message}"""
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends_on!r}


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


# What we keep in a database.
OUR_TABLES = {"alembic_version", "alembic_history", "alembic_journal", "alembic_lock"}


class Result(NamedTuple):
    """What one command left behind."""

    stdout: str
    stderr: str
    code: int

    def ok(self) -> Result:
        """This result, or a failure that shows both streams."""
        assert self.code == 0, (
            f"exit status {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
        )
        return self


class Project:
    """A project of its own ini file, env.py, template and revision files.

    `url` is the database of the ini file, a new SQLite file unless given; `options` are further keyword
    arguments of `context.configure` in Python source form (`"dict(transaction_per_migration=True)"`); `ini`
    is further text of the main section.
    """

    def __init__(
        self, directory: Path, url: str | None = None, *, options: str = "{}", ini: str = ""
    ) -> None:
        self.directory = directory
        self.versions = directory / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        self.url = url or f"sqlite:///{directory / 'database.db'}"
        self.options = options
        self.ini = ini
        (directory / "migrations" / "script.py.mako").write_text(TEMPLATE, "utf-8")
        self.configure()

    def configure(
        self, url: str | None = None, *, options: str | None = None, ini: str | None = None
    ) -> Project:
        """Write the ini file and env.py anew with what is given, the rest as before."""
        self.url = url or self.url
        self.options = self.options if options is None else options
        self.ini = self.ini if ini is None else ini
        text = INI.format(url=self.url.replace("%", "%%"), extra=self.ini)
        self.config_file.write_text(text, "utf-8")
        self.env_py.write_text(ENV.format(options=self.options), "utf-8")
        return self

    @property
    def config_file(self) -> Path:
        return self.directory / "alembic.ini"

    @property
    def env_py(self) -> Path:
        return self.directory / "migrations" / "env.py"

    def revision(
        self,
        revision: str,
        down: str | Sequence[str] | None = None,
        *,
        upgrade: str = "pass",
        downgrade: str = "pass",
        message: str | None = None,
        labels: str | Sequence[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> Path:
        """Write one revision file; `upgrade` and `downgrade` are the bodies of the two functions."""
        path = self.versions / f"{revision}_.py"
        path.write_text(
            REVISION.format(
                message=message or f"revision {revision}",
                revision=revision,
                down=down,
                labels=labels,
                depends_on=depends_on,
                upgrade=_body(upgrade),
                downgrade=_body(downgrade),
            ),
            "utf-8",
        )
        return path

    def chain(self, *revisions: str, down: str | None = None) -> None:
        """Write revisions that follow each other, each of which makes a table named after it."""
        for revision in revisions:
            self.revision(
                revision,
                down,
                upgrade=f'op.create_table("t_{revision}", sa.Column("id", sa.Integer, primary_key=True))',
                downgrade=f'op.drop_table("t_{revision}")',
            )
            down = revision

    def run(
        self,
        *argv: str,
        python: str | Path = sys.executable,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        timeout: float = 120,
    ) -> Result:
        """Run `alembic ARGV…` in a process of its own, in the project's directory."""
        outcome = subprocess.run(
            [str(python), "-m", "alembic", *argv],
            cwd=self.directory,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**_clean_environment(python), **(env or {})},
        )
        return Result(outcome.stdout, outcome.stderr, outcome.returncode)

    def call(self, *argv: str) -> Result:
        """The same as `run` inside this process: some twenty times faster, for tests of many commands.

        Logging set-up, `sys.path` and the working directory are restored afterwards.
        """
        from alembic.config import main

        out, err = io.StringIO(), io.StringIO()
        code = 0
        with (
            _restored_process(self.directory),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main(argv=list(argv), prog="alembic")
            except SystemExit as leaving:
                code = _status(leaving)
            except Exception:
                traceback.print_exc()
                code = 1
        return Result(out.getvalue(), err.getvalue(), code)

    def applied(self, table: str = "alembic_version") -> list[str]:
        """The rows of the version table, sorted; none when the table is missing."""
        from sqlalchemy import create_engine, inspect, text
        from sqlalchemy.pool import NullPool

        with create_engine(self.url, poolclass=NullPool).connect() as connection:
            if not inspect(connection).has_table(table):
                return []
            return sorted(connection.execute(text(f"SELECT version_num FROM {table}")).scalars())

    def tables(self) -> list[str]:
        """The names of the tables in the database, those of the package itself apart, sorted."""
        from sqlalchemy import create_engine, inspect
        from sqlalchemy.pool import NullPool

        with create_engine(self.url, poolclass=NullPool).connect() as connection:
            return sorted(set(inspect(connection).get_table_names()) - OWN_TABLES)


def _body(source: str) -> str:
    return textwrap.indent(textwrap.dedent(source).strip("\n") or "pass", "    ")


def _status(leaving: SystemExit) -> int:
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    return 0 if leaving.code is None else 1


def _clean_environment(python: str | Path) -> dict[str, str]:
    """The environment without what would lead a command elsewhere.

    PYTHONPATH may be how this interpreter finds our package; another one must not find it.
    """
    hidden = {"ALEMBIC_CONFIG", "EDITOR", "VISUAL", "COLUMNS", "NO_COLOR", "FORCE_COLOR"}
    if str(python) != sys.executable:
        hidden.add("PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@contextlib.contextmanager
def _restored_process(directory: Path) -> Iterator[None]:
    root = logging.getLogger()
    handlers, path, place = root.handlers[:], sys.path[:], os.getcwd()
    loggers = {name: logging.getLogger(name) for name in ("", "alembic", "sqlalchemy", "sqlalchemy.engine")}
    levels = {name: (logger.level, logger.disabled, logger.handlers[:]) for name, logger in loggers.items()}
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(place)
        sys.path[:] = path
        for name, (level, disabled, own) in levels.items():
            loggers[name].setLevel(level)
            loggers[name].disabled = disabled
            loggers[name].handlers[:] = own
        root.handlers[:] = handlers
