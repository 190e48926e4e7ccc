"""Contract 7.4: scripts, golden and against the genuine package."""
# ruff: noqa: W291 - SQLAlchemy ends the lines of a CREATE TABLE with a space

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.project import Project

ENV = """\
from alembic import context
options = {options}
context.configure(dialect_name={dialect!r}, dialect_opts={{"paramstyle": "named"}}, **options)
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def scripted(project: Project) -> Project:
    project.chain("a", "b")
    project.revision(
        "c", "a", upgrade="op.execute(\"select 'tab\\tx', '{\\\"a\\\":1}', 5 % 3, '10:30', x::int\")"
    )
    project.revision(
        "d",
        ("b", "c"),
        upgrade="with op.get_context().autocommit_block():\n    op.execute('vacuum')\nop.execute('select 2')",
    )
    return project


def script(project: Project, *argv: str, dialect: str = "postgresql", options: str = "{}") -> str:
    project.env_py.write_text(ENV.format(dialect=dialect, options=options), "utf-8")
    return project.call(*argv, "--sql").ok().stdout


def test_one_transaction(scripted: Project) -> None:
    assert (
        script(scripted, "upgrade", "b")
        == """\
BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> a

CREATE TABLE t_a (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('a');

-- Running upgrade a -> b

CREATE TABLE t_b (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';

COMMIT;

"""
    )


def test_a_transaction_each(scripted: Project) -> None:
    assert (
        script(scripted, "downgrade", "b:base", options="dict(transaction_per_migration=True)")
        == """\
BEGIN;

-- Running downgrade b -> a

DROP TABLE t_b;

UPDATE alembic_version SET version_num='a' WHERE alembic_version.version_num = 'b';

COMMIT;

BEGIN;

-- Running downgrade a -> 

DROP TABLE t_a;

DELETE FROM alembic_version WHERE alembic_version.version_num = 'a';

COMMIT;

"""
    )


def test_text_goes_out_verbatim(scripted: Project) -> None:
    out = script(scripted, "upgrade", "a:c", dialect="sqlite")
    assert (
        out
        == """\
-- Running upgrade a -> c

select 'tab\tx', '{"a":1}', 5 % 3, '10:30', x::int;

UPDATE alembic_version SET version_num='c' WHERE alembic_version.version_num = 'a';

"""
    )


def test_no_returning(scripted: Project) -> None:
    for dialect in ("sqlite", "postgresql", "mssql", "oracle", "mysql", "mariadb"):
        text = script(scripted, "stamp", "b", dialect=dialect).upper()
        assert "INSERT INTO ALEMBIC_VERSION (VERSION_NUM) VALUES ('B')" in text
        assert "RETURNING" not in text
        assert "OUTPUT" not in text


def test_an_autocommit_block_is_framed_where_ddl_is_transactional(scripted: Project) -> None:
    assert "COMMIT;\n\nvacuum;\n\nBEGIN;\n\nselect 2;" in script(scripted, "upgrade", "b:d")
    plain = script(scripted, "upgrade", "b:d", dialect="sqlite")
    assert "vacuum;\n\nselect 2;" in plain
    assert "COMMIT" not in plain


def test_ensure_version(scripted: Project) -> None:
    assert (
        script(scripted, "ensure_version", dialect="sqlite")
        == """\
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

"""
    )


def test_the_version_table_as_configured(scripted: Project) -> None:
    options = "dict(version_table='v', version_table_schema='s', version_table_pk=False)"
    out = script(scripted, "stamp", "a", dialect="sqlite", options=options)
    assert "CREATE TABLE s.v (\n    version_num VARCHAR(32) NOT NULL\n);" in out
    assert "INSERT INTO s.v (version_num) VALUES ('a');" in out


def test_a_quote_in_an_identifier_is_doubled(scripted: Project) -> None:
    scripted.revision("o'e", "d")
    assert "SET version_num='o''e'" in script(scripted, "upgrade", "d:o'e", dialect="sqlite")


def test_output_encoding(scripted: Project) -> None:
    scripted.revision("e", "d", upgrade="op.execute('select é')")
    target = scripted.directory / "out.sql"
    options = f"dict(output_buffer=open({str(target)!r}, 'wb', buffering=0), output_encoding='latin-1')"
    script(scripted, "upgrade", "d:e", options=options)
    assert "select é;".encode("latin-1") in target.read_bytes()


# -- against the genuine package ---------------------------------------------------------------------

COMMANDS = (
    ("upgrade", "heads"),
    ("upgrade", "a:d"),
    ("downgrade", "d:base"),
    ("downgrade", "b:a"),
    ("stamp", "b"),
    ("stamp", "a:b"),
    ("ensure_version",),
)
OPTIONS = (
    "{}",
    "dict(transaction_per_migration=True)",
    "dict(transactional_ddl=True)",
    "dict(version_table='v')",
)


def without_losses(text: str) -> str:
    """What the contract marks as an error of the original: an INSERT of a script that returns its key."""
    for loss in (
        " RETURNING version_num",
        " RETURNING alembic_version.version_num INTO :ret_0",
        " RETURNING alembic_version.version_num",
        " RETURNING v.version_num INTO :ret_0",
        " RETURNING v.version_num",
        " OUTPUT inserted.version_num",
    ):
        text = text.replace(loss, "")
    return text


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mssql", "oracle"])
def test_scripts_equal_the_genuine_ones(project: Project, genuine: Path, dialect: str, options: str) -> None:
    project.chain("a", "b")
    project.revision("c", "b", upgrade="op.execute('select 1')")
    project.revision(
        "d", "c", upgrade="with op.get_context().autocommit_block():\n    op.execute('select 2')"
    )
    ours = [script(project, *command, dialect=dialect, options=options) for command in COMMANDS]
    (project.directory / "all.py").write_text(ALL.format(commands=COMMANDS), "utf-8")
    theirs = by_genuine(project, genuine)
    for command, our, their in zip(COMMANDS, ours, theirs, strict=True):
        assert our == without_losses(their), command


ALL = """\
import io, json
from alembic import command
from alembic.config import Config

texts = []
for name, *args in {commands!r}:
    buffer = io.StringIO()
    getattr(command, name)(Config("alembic.ini", output_buffer=buffer), *args, sql=True)
    texts.append(buffer.getvalue())
print(json.dumps(texts))
"""


def by_genuine(project: Project, python: Path) -> list[str]:
    """The scripts of all commands by the genuine package, in one process."""
    done = subprocess.run(
        [str(python), "all.py"], cwd=project.directory, capture_output=True, text=True, check=True
    )
    texts: list[str] = json.loads(done.stdout)
    return texts
