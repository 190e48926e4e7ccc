"""Point 5 of issue 5: downgrades with care."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from alembic.runtime.losses import lost_by
from alembic.schema.tokens import POSTGRESQL
from tests.project import Project

from .terminal import on_terminal

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))'


def _execute(project: Project, *statements: str) -> None:
    with create_engine(project.url).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _tables(project: Project) -> Project:
    """Two revisions whose way back destroys, one whose way back doesn't, and rows."""
    project.revision("a1", upgrade=TABLE.format("users"), downgrade='op.drop_table("users")')
    project.revision(
        "b2",
        "a1",
        upgrade='op.add_column("users", sa.Column("email", sa.Text))',
        downgrade='op.drop_column("users", "email")',
    )
    project.revision(
        "c3",
        "b2",
        upgrade='op.create_index("ix", "users", ["email"])',
        downgrade='op.drop_index("ix", "users")',
    )
    project.call("upgrade", "head").ok()
    _execute(project, "INSERT INTO users (n) VALUES (1), (2), (3)")
    return project.configure(ini="protect = true")


class TestIrreversible:
    def _mark(self, path: Path, value: str) -> None:
        path.write_text(path.read_text("utf-8") + f"\nirreversible = {value}\n", "utf-8")

    def test_a_downgrade_through_it_is_refused_before_anything_runs(self, project: Project) -> None:
        project.chain("a1", "b2", "c3")
        project.call("upgrade", "head").ok()
        self._mark(project.versions / "b2_.py", '"names were made lower case"')
        result = project.call("downgrade", "base")
        assert result.code == 255
        assert "FAILED: Revision b2 is irreversible: names were made lower case\n" in result.stderr
        assert str(project.versions / "b2_.py") in result.stderr
        assert project.applied() == ["c3"]
        project.call("downgrade", "b2").ok()
        assert project.call("downgrade", "--sql", "b2:a1").code == 255
        assert project.call("downgrade", "--yes", "-1").code == 255

    def test_upgrades_and_stamps_do_not_care(self, project: Project) -> None:
        project.chain("a1")
        self._mark(project.versions / "a1_.py", "True")
        project.call("upgrade", "head").ok()
        assert "FAILED: Revision a1 is irreversible\n" in project.call("downgrade", "base").stderr
        project.call("stamp", "base").ok()

    def test_an_empty_reason_is_none(self, project: Project) -> None:
        project.chain("a1")
        project.call("upgrade", "head").ok()
        self._mark(project.versions / "a1_.py", "None")
        project.call("downgrade", "base").ok()


class TestProtect:
    def test_what_would_be_lost_is_named_with_rows(self, project: Project) -> None:
        result = _tables(project).call("downgrade", "base")
        assert result.code == 255
        assert result.stderr.partition("FAILED: ")[2] == (
            "This environment is protected, and a downgrade that destroys data needs --yes\n"
            "  b2: drop column users.email (3 rows)\n"
            "  a1: drop table users (3 rows)\n"
            "  Nothing was run.\n"
        )
        assert project.applied() == ["c3"]

    def test_yes(self, project: Project) -> None:
        _tables(project).call("downgrade", "base", "--yes").ok()
        assert project.tables() == []

    def test_what_destroys_nothing_is_free(self, project: Project) -> None:
        _tables(project).call("downgrade", "-1").ok()
        assert project.applied() == ["b2"]

    def test_the_environment_may_mark_it(self, project: Project) -> None:
        _tables(project).configure(ini="")
        assert project.run("downgrade", "base", env={"ALEMBIC_PROTECT": "1"}).code == 255
        project.run("downgrade", "base").ok()

    def test_a_script_destroys_nothing_yet(self, project: Project) -> None:
        _tables(project).call("downgrade", "--sql", "c3:base").ok()

    def test_what_cannot_be_foretold_counts(self, project: Project) -> None:
        project.revision("a1", downgrade='op.get_bind().execute(sa.text("select 1")).scalar()')
        project.configure(ini="protect = true").call("upgrade", "head").ok()
        result = project.call("downgrade", "base")
        assert (result.code, "a1: what can't be foretold (" in result.stderr) == (255, True)

    def test_statements_and_batches(self, project: Project) -> None:
        project.revision("a1", upgrade=TABLE.format("users"))
        project.revision(
            "b2",
            "a1",
            downgrade="""
            op.execute("update users set n = 0; create index i on users (n)")
            op.execute(sa.table("users", sa.column("n")).delete())
            with op.batch_alter_table("users") as batch:
                batch.drop_column("n")
            """,
        )
        project.configure(ini="protect = true").call("upgrade", "head").ok()
        told = project.call("downgrade", "a1").stderr
        assert "  b2: update users set n = 0 (0 rows)\n" in told
        assert "  b2: DELETE FROM users (0 rows)\n" in told
        assert "  b2: drop column users.n (0 rows)\n" in told
        assert "create index" not in told

    def test_rows_on_other_databases(self, project: Project, database_url: str) -> None:
        project.configure(database_url)
        _tables(project)
        result = project.call("downgrade", "base")
        assert (result.code, "  a1: drop table users (3 rows)\n" in result.stderr) == (255, True)
        project.call("downgrade", "base", "--yes").ok()

    @pytest.mark.parametrize(
        ("answer", "code", "left"), [("y", 0, []), ("n", 255, ["c3"]), ("", 255, ["c3"])]
    )
    def test_on_a_terminal_it_asks(self, project: Project, answer: str, code: int, left: list[str]) -> None:
        _tables(project)
        shown, found = on_terminal(project, "downgrade", "base", answer=answer)
        assert "This downgrade destroys data in sqlite:///" in shown
        assert "  a1: drop table users (3 rows)\r\n" in shown
        assert "Go on? [y/N]" in shown
        assert (found, project.applied()) == (code, left)
        assert shown.count("Go on?") == 1


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("DELETE FROM a", "a"),
        ("TRUNCATE TABLE s.a", "a"),
        ("UPDATE a SET n = 1", "a"),
        ("DROP TABLE IF EXISTS a", "a"),
        ("ALTER TABLE a DROP COLUMN b", "a"),
        ('ALTER TABLE ONLY "a" DROP b', "a"),
        ("ALTER TABLE a ALTER COLUMN b TYPE int", "a"),
        ("WITH x AS (SELECT 1) DELETE FROM a", "a"),
        ("CREATE TABLE b (n int); DELETE FROM a", "a"),
        ("DROP SCHEMA a CASCADE", "SCHEMA"),
        ("DO $$ BEGIN DELETE FROM a; END $$", None),
        ("CALL cleanup()", None),
        ("REPLACE INTO a VALUES (1)", "a"),
        ("CREATE OR REPLACE TABLE a (n int)", "a"),
    ],
)
def test_sql_that_destroys(sql: str, table: str | None) -> None:
    ((_, found),) = lost_by(sql, POSTGRESQL)
    if table is not None and table != "SCHEMA":
        assert found is not None and found[1] == table


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE ON UPDATE CASCADE)",
        "DROP INDEX a",
        "DROP MATERIALIZED VIEW a",
        "ALTER TABLE a DROP CONSTRAINT b",
        "ALTER TABLE a ALTER COLUMN b DROP NOT NULL",
        "ALTER TYPE a ADD VALUE 'b'",
        "CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ DELETE FROM a $$ LANGUAGE sql",
        "CREATE TRIGGER t AFTER DELETE ON a EXECUTE FUNCTION f()",
        "INSERT INTO a VALUES ('delete from b')",
        "GRANT DELETE ON a TO b",
        "INSERT INTO a SELECT REPLACE(b, 'x', 'y'), TRUNCATE(n, 2) FROM c",
        "SELECT * FROM a FOR UPDATE",
        "COMMENT ON TABLE a IS 'x'",
        "-- drop table a\nSELECT 1",
    ],
)
def test_sql_that_does_not(sql: str) -> None:
    assert list(lost_by(sql, POSTGRESQL)) == []
