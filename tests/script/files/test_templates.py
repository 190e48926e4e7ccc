"""Projects made from each of the five templates, used as a person would."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from alembic.script.header import read_header
from tests.project import Project

SYNC = ["generic", "pyproject"]
ASYNC = ["async", "pyproject_async"]
NAMES = [*SYNC, *ASYNC, "multidb"]


class Fresh(Project):
    """A project that `alembic init` made, with its own env.py and template."""

    def __init__(self, directory: Path, template: str, *urls: str) -> None:
        self.directory = directory
        self.versions = directory / "migrations" / "versions"
        self.url = urls[0].replace("+aiosqlite", "").replace("+asyncpg", "+psycopg")
        self.call("init", "-t", template, "migrations").ok()
        text = self.config_file.read_text(encoding="utf-8")
        for url in urls:
            text = re.sub(r"dialect\+driver://\S+", lambda _, url=url: url.replace("%", "%%"), text, count=1)
        self.config_file.write_text(text, encoding="utf-8")

    def fill(self, revision: str, upgrade: dict[str, str], downgrade: dict[str, str]) -> None:
        """Put code in place of `pass` in the functions named."""
        (path,) = self.versions.glob(f"{revision}_*.py")
        text = path.read_text(encoding="utf-8")
        for kind, bodies in (("upgrade", upgrade), ("downgrade", downgrade)):
            for suffix, body in bodies.items():
                text, done = re.subn(
                    rf"(def {kind}{suffix}\(\) -> None:\n    [^\n]+\n    )pass\n", rf"\g<1>{body}\n", text
                )
                assert done == 1
        path.write_text(text, encoding="utf-8")


def fresh(tmp_path: Path, template: str) -> Fresh:
    driver = "sqlite+aiosqlite" if template in ASYNC else "sqlite"
    return Fresh(tmp_path, template, f"{driver}:///{tmp_path}/one.db", f"{driver}:///{tmp_path}/two.db")


def suffix(template: str) -> str:
    return "_engine1" if template == "multidb" else ""


def use(project: Fresh, template: str) -> None:
    """Make a revision, apply it, look, write it as SQL, take it back."""
    project.call("revision", "-m", "add t", "--rev-id", "a1").ok()
    project.call("revision", "-m", "nothing yet", "--rev-id", "b1").ok()
    end = suffix(template)
    project.fill(
        "a1", {end: "op.create_table('t', sa.Column('id', sa.Integer))"}, {end: "op.drop_table('t')"}
    )
    upgraded = project.call("upgrade", "head").ok()
    assert "INFO  [alembic.runtime.migration] Running upgrade a1 -> b1, nothing yet" in upgraded.stderr
    assert (project.tables(), project.applied()) == (["t"], ["b1"])
    assert project.call("current").ok().stdout.splitlines()[:1] == ["b1 (head)"]
    project.call("downgrade", "base").ok()
    assert (project.tables(), project.applied()) == ([], [])


@pytest.mark.parametrize("template", NAMES)
def test_on_sqlite(tmp_path: Path, template: str) -> None:
    project = fresh(tmp_path, template)
    use(project, template)
    script = project.call("upgrade", "head", "--sql").ok().stdout
    if template == "multidb":
        assert script == ""
        script = (tmp_path / "engine1.sql").read_text()
        assert "CREATE TABLE t (" not in (tmp_path / "engine2.sql").read_text()
        assert "alembic_version" in (tmp_path / "engine2.sql").read_text()
    assert "CREATE TABLE t (" in script
    assert "INSERT INTO alembic_version (version_num) VALUES ('a1')" in script


@pytest.mark.parametrize("template", ["generic", "async"])
def test_on_postgresql(tmp_path: Path, postgresql_url: str, template: str) -> None:
    url = postgresql_url.replace("+psycopg", "+asyncpg") if template == "async" else postgresql_url
    use(Fresh(tmp_path, template, url), template)


def test_on_mariadb(tmp_path: Path, mariadb_url: str) -> None:
    use(Fresh(tmp_path, "generic", mariadb_url), "generic")


def test_inline_values_of_a_script_need_no_driver(tmp_path: Path) -> None:
    project = Fresh(tmp_path, "generic", "postgresql://nobody@nowhere.invalid/none")
    project.call("revision", "-m", "x", "--rev-id", "a1").ok()
    insert = 'op.execute(sa.text("INSERT INTO t VALUES (:v)").bindparams(v="it\'s"))'
    project.fill("a1", {"": insert}, {})
    assert "INSERT INTO t VALUES ('it''s')" in project.call("upgrade", "head", "--sql").ok().stdout


@pytest.mark.parametrize("template", NAMES)
def test_identifiers_of_new_files_are_read_without_running_them(tmp_path: Path, template: str) -> None:
    project = fresh(tmp_path, template)
    project.call("revision", "-m", 'say "hello"', "--rev-id", "a1", "--branch-label", "x").ok()
    project.call("revision", "--rev-id", "b1", "--depends-on", "a1", "--head", "base").ok()
    project.call("merge", "a1", "b1", "--rev-id", "c1", "-m", "both").ok()
    headers = {}
    for path in project.versions.glob("*.py"):
        header = read_header(str(path), path.read_text(encoding="utf-8"))
        assert header is not None
        headers[header.id] = header[1:4]
    assert headers == {
        "a1": ((), (), ("x",)),
        "b1": ((), ("a1",), ()),
        "c1": (("a1", "b1"), (), ()),
    }


def test_a_failing_database_leaves_the_others_as_they_were(tmp_path: Path, postgresql_url: str) -> None:
    project = Fresh(tmp_path, "multidb", postgresql_url, f"sqlite:///{tmp_path}/two.db")
    project.call("revision", "-m", "add", "--rev-id", "a1").ok()
    project.fill(
        "a1",
        {"_engine1": "op.execute('create table t (i integer)')", "_engine2": "op.execute('nonsense')"},
        {},
    )
    assert project.call("upgrade", "head").code != 0
    assert (project.tables(), project.applied()) == ([], [])
    (path,) = project.versions.glob("a1_*.py")
    path.write_text(path.read_text().replace("nonsense", "create table t (i integer)"))
    project.call("upgrade", "head").ok()
    assert (project.tables(), project.applied()) == (["t"], ["a1"])


def test_two_databases_can_commit_in_two_phases(tmp_path: Path, mariadb_url: str) -> None:
    project = Fresh(tmp_path, "multidb", mariadb_url, mariadb_url)
    text = project.config_file.read_text()
    project.config_file.write_text(text.replace("databases = engine1, engine2", "databases = engine1"))
    project.call("revision", "-m", "one", "--rev-id", "a1").ok()
    project.call("revision", "-m", "two", "--rev-id", "b1").ok()
    project.fill("a1", {"_engine1": "op.execute('create table t (i integer)')"}, {})
    project.fill("b1", {"_engine1": "op.execute('insert into t values (7)')"}, {})
    project.call("upgrade", "a1").ok()
    project.env_py.write_text(project.env_py.read_text().replace("TWO_PHASE = False", "TWO_PHASE = True"))
    project.call("upgrade", "b1").ok()
    assert project.applied() == ["b1"]


@pytest.mark.parametrize("template", NAMES)
def test_an_env_py_leaves_the_loggers_of_an_application_alone(tmp_path: Path, template: str) -> None:
    project = fresh(tmp_path, template)
    logger = logging.getLogger("an.application.of.test")
    project.call("upgrade", "heads").ok()
    assert not logger.disabled


@pytest.mark.parametrize("template", NAMES)
def test_an_ini_file_without_logging_will_do(tmp_path: Path, template: str) -> None:
    project = fresh(tmp_path, template)
    text = project.config_file.read_text()
    project.config_file.write_text(text[: text.index("# Logging, as")])
    assert project.call("upgrade", "heads").ok().stderr == ""


@pytest.mark.parametrize("template", NAMES)
def test_the_url_still_to_be_filled_in_is_a_short_error(tmp_path: Path, template: str) -> None:
    project = Fresh(tmp_path, template, "dialect+driver://user:password@host/database")
    result = project.call("current")
    assert result.code != 0
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) < 10


@pytest.mark.parametrize("template", ["generic", "async", "multidb", "pyproject"])
def test_projects_of_the_genuine_package_run_unchanged(tmp_path: Path, template: str, genuine: Path) -> None:
    project = Fresh.__new__(Fresh)
    project.directory, project.versions = tmp_path, tmp_path / "migrations" / "versions"
    project.run("init", "-t", template, "migrations", python=genuine).ok()
    driver = "sqlite+aiosqlite" if template in ASYNC else "sqlite"
    project.url = f"sqlite:///{tmp_path}/one.db"
    text = project.config_file.read_text()
    for name in ("one", "two"):
        text = re.sub(r"driver://\S+", f"{driver}:///{tmp_path}/{name}.db", text, count=1)
    project.config_file.write_text(text)
    use(project, template)
    project.call("upgrade", "head").ok()
    if template not in ASYNC:  # the genuine environment has no asyncio driver
        theirs = project.run("current", python=genuine).ok()
        assert theirs.stdout.splitlines()[:1] == ["b1 (head)"]


@pytest.mark.parametrize("template", ["pyproject", "multidb"])
def test_the_genuine_package_runs_these_projects(tmp_path: Path, template: str, genuine: Path) -> None:
    project = fresh(tmp_path, template)
    project.run("revision", "-m", "theirs", "--rev-id", "a1", python=genuine).ok()
    project.run("upgrade", "head", python=genuine).ok()
    assert project.applied() == ["a1"]
    assert project.call("current").ok().stdout.splitlines()[:1] == ["a1 (head)"]
