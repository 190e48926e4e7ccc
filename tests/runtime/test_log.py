"""Contract 7.1: the log lines, word for word."""

from __future__ import annotations

import textwrap

import pytest

from tests.project import Project

ENV = """\
import logging, sys
from sqlalchemy import create_engine, pool
from alembic import context

logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s", force=True)
logging.getLogger("alembic").setLevel(logging.DEBUG)
if context.is_offline_mode():
    context.configure(dialect_name="postgresql")
    context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


@pytest.fixture
def logged(project: Project) -> Project:
    project.env_py.write_text(ENV, "utf-8")
    project.revision("a", None, message="one")
    project.revision("b", "a", message="two")
    project.revision("c", "a", message="three")
    project.revision("d", ("b", "c"), message="four")
    return project


def lines(project: Project, *argv: str) -> str:
    wanted = "alembic.runtime.migration: "
    result = project.call(*argv).ok()
    return "".join(line.replace(wanted, "") + "\n" for line in result.stderr.splitlines() if wanted in line)


HEADER = """\
INFO Context impl SQLiteImpl.
INFO Will assume non-transactional DDL.
"""


def expected(text: str) -> str:
    return HEADER + textwrap.dedent(text)


def test_upgrade_and_downgrade(logged: Project) -> None:
    assert lines(logged, "upgrade", "b") == expected("""\
        INFO Running upgrade  -> a, one
        DEBUG new branch insert a
        INFO Running upgrade a -> b, two
        DEBUG update a to b
        """)
    assert lines(logged, "upgrade", "c") == expected("""\
        INFO Running upgrade a -> c, three
        DEBUG new branch insert c
        """)
    upgraded = lines(logged, "upgrade", "d")
    assert upgraded in (
        expected("""\
        INFO Running upgrade b, c -> d, four
        DEBUG merge, delete ['b'], update c to d
        """),
        expected("""\
        INFO Running upgrade b, c -> d, four
        DEBUG merge, delete ['c'], update b to d
        """),
    )
    downgraded = lines(logged, "downgrade", "b")
    assert downgraded in (
        expected("""\
        INFO Running downgrade d -> b, c, four
        DEBUG unmerge, insert ('c',), update d to b
        """),
        expected("""\
        INFO Running downgrade d -> b, c, four
        DEBUG unmerge, insert ('b',), update d to c
        """),
    )
    assert lines(logged, "downgrade", "base").endswith("""\
DEBUG branch delete a
""")


def test_stamps(logged: Project) -> None:
    assert lines(logged, "stamp", "a") == expected("""\
        INFO Running stamp_revision  -> a
        DEBUG new branch insert a
        """)
    assert lines(logged, "stamp", "b") == expected("""\
        INFO Running stamp_revision a -> b
        DEBUG update a to b
        """)
    assert lines(logged, "stamp", "b") == HEADER


def test_scripts(logged: Project) -> None:
    assert lines(logged, "upgrade", "a", "--sql") == textwrap.dedent("""\
        INFO Context impl PostgresqlImpl.
        INFO Generating static SQL
        INFO Will assume transactional DDL.
        INFO Running upgrade  -> a, one
        DEBUG new branch insert a
        """)


def test_a_script_that_breaks_off_says_so(logged: Project) -> None:
    logged.revision("e", "d", upgrade="op.execute('SELECT 1')\nraise RuntimeError('stop here')")
    result = logged.call("upgrade", "d:e", "--sql")
    assert result.code == 1
    assert "SELECT 1;" in result.stdout
    assert (
        "ERROR alembic.runtime.migration: The SQL script is incomplete: it ends inside of upgrade d -> e; "
        in (result.stderr)
    )
