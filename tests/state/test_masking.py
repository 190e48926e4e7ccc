"""Point 6 of issue 5: passwords are masked in every log line, error and record."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text

from alembic.masking import masked
from tests.project import Project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("db://u:p@h/d", "db://u:***@h/d"),
        ("x 'db+drv://u:p@ss/w@h:1/d' y", "x 'db+drv://u:***@h:1/d' y"),
        ("db://u@h/d and db://:p@h", "db://u@h/d and db://:***@h"),
        ("sqlite:///a:b.db", "sqlite:///a:b.db"),
        ("see https://sqlalche.me/e/20/f405", "see https://sqlalche.me/e/20/f405"),
        ("db://h/d?user=u&password=p&x=1", "db://h/d?user=u&password=***&x=1"),
        ("dbname=d password=p host=h", "dbname=d password=*** host=h"),
        ("DRIVER={x};UID=u;PWD=p;", "DRIVER={x};UID=u;PWD=***;"),
        ("CREATE ROLE r LOGIN PASSWORD 'it''s'", "CREATE ROLE r LOGIN PASSWORD '***'"),
        ("CREATE USER u IDENTIFIED BY 'a\\'b' x", "CREATE USER u IDENTIFIED BY '***' x"),
        ("CREATE USER u IDENTIFIED BY PASSWORD '*AB'", "CREATE USER u IDENTIFIED BY PASSWORD '***'"),
        ("IDENTIFIED WITH ed25519 AS 'ab'", "IDENTIFIED WITH ed25519 AS '***'"),
        ("IDENTIFIED VIA x USING PASSWORD('ab')", "IDENTIFIED VIA x USING PASSWORD('***')"),
        ("create user u identified by tiger;", "create user u identified by ***;"),
        ("SET PASSWORD FOR u = PASSWORD('x')", "SET PASSWORD FOR u = PASSWORD('***')"),
        ("CREATE LOGIN l WITH PASSWORD = N'x'", "CREATE LOGIN l WITH PASSWORD = N'***'"),
        ("OPTIONS (user 'bob', password 'x')", "OPTIONS (user 'bob', password '***')"),
        ("{'id': 1, 'user_password': 'x'}", "{'id': 1, 'user_password': '***'}"),
        ('{"api_secret": "x", "n": 1}', '{"api_secret": "***", "n": 1}'),
        ("CREATE ROLE r PASSWORD 'cut off in the mid", "CREATE ROLE r PASSWORD '***'"),
    ],
)
def test_what_is_a_password(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(expected) == expected, "twice is once"


@pytest.mark.parametrize(
    "text",
    [
        'password authentication failed for user "u"',
        "ALTER TABLE users ADD COLUMN password VARCHAR(60) NOT NULL",
        "UPDATE users SET password = NULL",
        "tokens: 3",
        "two databases with the token 'one_up'",
        "COMMENT ON COLUMN users.password IS 'hashed'",
    ],
)
def test_what_is_none(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("part", ["a", "a.", "a://", "a://u:", "password", "password '", "secret='a\\", "''"])
def test_an_error_may_quote_megabytes(part: str) -> None:
    masked(part * (2_000_000 // len(part)))


def test_errors_log_lines_and_statements(project: Project) -> None:
    project.revision(
        "a1",
        message="import from db://u:sesame@h/d",
        upgrade="op.execute(\"CREATE USER u PASSWORD 'sesame'\")",
    )
    result = project.run("upgrade", "head")
    assert result.code == 1
    assert "Running upgrade  -> a1, import from db://u:***@h/d" in result.stderr
    assert "statement:" in result.stderr
    assert "sesame" not in result.stdout + result.stderr


def test_an_error_of_the_application(project: Project) -> None:
    project.revision(
        "a1",
        upgrade='from alembic.util import CommandError\nraise CommandError("no way to db://u:sesame@h/d")',
    )
    result = project.run("upgrade", "head")
    assert (result.code, "FAILED: no way to db://u:***@h/d" in result.stderr) == (255, True)
    assert "sesame@" not in result.stderr.replace('raise CommandError("no way to db://u:sesame@h/d")', "")


def test_records_hold_no_password(project: Project, mariadb_url: str) -> None:
    """Neither the history nor the journal of a revision that is half done."""
    project.configure(mariadb_url)
    project.revision(
        "a1",
        message="import from db://u:sesame@h/d",
        upgrade="""
        op.execute("CREATE TABLE t (n INT)")
        op.execute("CREATE USER secret_agent IDENTIFIED BY 'sesame'")
        op.execute(sa.text("INSERT INTO t (nothing) VALUES (:password)").bindparams(password="sesame"))
        """,
    )
    with create_engine(mariadb_url).connect() as connection:
        try:
            result = project.run("upgrade", "head")
            assert result.code == 1
            assert "sesame" not in result.stdout + result.stderr, "not in the line of the file either"
            tables = [name for name in inspect(connection).get_table_names() if name.startswith("alembic_")]
            assert {"alembic_history", "alembic_journal"} <= set(tables)
            for table in tables:
                rows = list(connection.execute(text(f"SELECT * FROM {table}")))
                assert "sesame" not in str(rows), table
        finally:
            connection.execute(text("DROP USER IF EXISTS secret_agent"))
