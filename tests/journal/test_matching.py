"""Which of the statements that are sent once more were carried out before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alembic.journal.ledger import rows_of
from alembic.journal.matching import Memory, Way
from alembic.journal.nature import Nature, reading
from alembic.journal.rows import Identity, Row, State, described, identity, parameters_text
from alembic.journal.sent import Course, Sent
from alembic.runtime.statements import Call
from alembic.schema.tokens import MYSQL, POSTGRESQL


def remembered(*statements: str) -> list[Row]:
    """Rows such as "done A", "begun A:1"; what follows the colon are the values in the statement."""
    rows = []
    for number, each in enumerate(statements, 1):
        state, _, text = each.partition(" ")
        shape, _, details = text.partition(":")
        rows.append(Row(number, "b1", "upgrade", state, text, shape, details, "file"))
    return rows


def told(
    rows: Sequence[Row], sent: str, *, has_read: bool = False, file: str = "file"
) -> list[tuple[Way, int]]:
    memory = Memory(rows, file)
    answers = []
    for each in sent.split():
        shape, _, details = each.partition(":")
        verdict = memory.verdict(Identity(shape, details), has_read=has_read)
        answers.append((verdict.way, verdict.row.number if verdict.row else 0))
    return answers


SKIP, AGAIN, FRESH, STOP, DOUBT, OTHER = (
    Way.SKIP, Way.AGAIN, Way.FRESH, Way.STOP, Way.DOUBT, Way.OTHER_DOUBT
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "sent", "answers"),
    [
        (["done A", "done B"], "A B C", [(SKIP, 1), (SKIP, 2), (FRESH, 0)]),
        (["done A", "done A"], "A A A", [(SKIP, 1), (SKIP, 2), (FRESH, 0)]),
        (["done A", "undone B"], "A B", [(SKIP, 1), (AGAIN, 2)]),
        (["done A", "undone B"], "A MENDED", [(SKIP, 1), (AGAIN, 2)]),
        (["done A", "begun B"], "A B", [(SKIP, 1), (DOUBT, 2)]),
        (["done A", "begun B"], "A MENDED", [(SKIP, 1), (OTHER, 2)]),
        # Sent in another order, as late foreign keys are.
        (["done A", "done B", "done C"], "A C B D", [(SKIP, 1), (SKIP, 3), (SKIP, 2), (FRESH, 0)]),
        # What was done has been taken out of the file.
        (["done A", "done B", "undone C"], "C D", [(AGAIN, 3), (FRESH, 0)]),
        (["decreed A", "done B"], "X B", [(SKIP, 1), (SKIP, 2)]),
    ],
)
def test_verdicts(rows: list[str], sent: str, answers: list[tuple[Way, int]]) -> None:
    assert told(remembered(*rows), sent) == answers


@pytest.mark.parametrize(
    ("has_read", "file", "way"),
    [(False, "file", SKIP), (True, "file", STOP), (False, "edited", STOP), (True, "edited", STOP)],
)
def test_other_values_are_chance_or_the_rest_of_the_work(has_read: bool, file: str, way: Way) -> None:
    """uuid4() by a file that reads nothing; else it may be the rows that are left, or an edited statement."""
    assert told(remembered("done A:1"), "A:2", has_read=has_read, file=file) == [(way, 1)]


@pytest.mark.parametrize(
    ("has_read", "file", "way"),
    [(True, "file", FRESH), (False, "file", STOP), (False, "edited", STOP), (True, "edited", STOP)],
)
def test_another_statement_may_follow_from_what_was_read(has_read: bool, file: str, way: Way) -> None:
    """A file that asks first whether a column is there doesn't send ADD COLUMN again."""
    assert told(remembered("done A"), "B", has_read=has_read, file=file)[0][0] is way


@pytest.mark.parametrize(
    ("sql", "nature", "tables"),
    [
        ("SELECT 1", Nature.READ, ()),
        ("-- why\n (SELECT 1 FOR UPDATE)", Nature.READ, ()),
        ("WITH x AS (SELECT 1) SELECT * FROM x FOR UPDATE", Nature.READ, ()),
        ("WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x", Nature.ROWS, ("t", "x")),
        ("INSERT IGNORE INTO `a`.`t` VALUES (1)", Nature.ROWS, ("t",)),
        ("REPLACE t VALUES (1)", Nature.ROWS, ("t",)),
        ("UPDATE LOW_PRIORITY t, s AS u SET t.a = u.a WHERE 1", Nature.ROWS, ("t", "s")),
        ("DELETE FROM t WHERE a IN (SELECT b FROM u)", Nature.ROWS, ("t",)),
        ("UPDATE tmp SET a = 1", Nature.SESSION, ("tmp",)),
        ("CREATE TEMPORARY TABLE x AS SELECT 1", Nature.SESSION, ()),
        ("DROP TABLE tmp", Nature.SESSION, ()),
        ("SET @a = 1", Nature.SESSION, ()),
        ("ANALYZE TABLE t", Nature.SESSION, ()),
        ("SAVEPOINT a", Nature.CONTROL, ()),
        ("COMMIT;", Nature.CONTROL, ()),
        ("ALTER TABLE t ADD a INT;", Nature.SCHEMA, ()),
        ("CREATE PROCEDURE p() BEGIN UPDATE t SET a = 1; END", Nature.SCHEMA, ()),
        ("GRANT SELECT ON t TO u", Nature.SCHEMA, ()),
        ("UPDATE t SET a = 1; UPDATE t SET b = 1", Nature.ROWS, ()),
        ("UPDATE t SET a = 1; DROP TABLE t", Nature.OPAQUE, ()),
        ("CALL p()", Nature.OPAQUE, ()),
        ("  ", Nature.SESSION, ()),
    ],
)
def test_natures(sql: str, nature: Nature, tables: tuple[str, ...]) -> None:
    found = reading(sql, MYSQL, {"tmp"})
    assert (found.nature, found.tables) == (nature, tables)


@pytest.mark.parametrize(
    "sql",
    [
        *("ALTER TABLE t ADD a INT", "LOCK TABLES t WRITE", "ANALYZE TABLE t", "START TRANSACTION"),
        *("CALL p()", "SET autocommit = 1"),
    ],
)
def test_what_commits_where_ddl_does(sql: str) -> None:
    assert reading(sql, MYSQL).commits


@pytest.mark.parametrize(
    "sql",
    [
        *("SET @a = 1", "USE d", "SAVEPOINT a", "ROLLBACK TO a", "SELECT 1", "DELETE FROM t"),
        "CREATE TEMPORARY TABLE t (a INT)",
    ],
)
def test_what_commits_nothing(sql: str) -> None:
    assert not reading(sql, MYSQL).commits


def test_truncate_can_be_rolled_back_on_postgresql() -> None:
    assert reading("TRUNCATE t", POSTGRESQL).nature is Nature.ROWS
    assert reading("TRUNCATE t", MYSQL).nature is Nature.SCHEMA


def test_what_identifies_a_statement() -> None:
    """Comments, white space and a semicolon don't; of changed rows the values are apart from the text."""

    def of(sql: str, nature: Nature, parameters: object = ()) -> Identity:
        return identity(sql, parameters_text(parameters, False), nature, MYSQL)

    assert of("ALTER TABLE t\n ADD a INT -- x", Nature.SCHEMA) == of(
        "ALTER TABLE t ADD a INT;", Nature.SCHEMA
    )
    assert (
        of("ALTER TABLE t ADD a CHAR(1)", Nature.SCHEMA).shape
        != of("ALTER TABLE t ADD a CHAR(2)", Nature.SCHEMA).shape
    )
    one, two = (
        of("INSERT INTO t VALUES (1, 'a')", Nature.ROWS),
        of("INSERT INTO t VALUES (2, 'b')", Nature.ROWS),
    )
    assert one.shape == two.shape and one.details != two.details
    assert of("DELETE FROM t WHERE a = %s", Nature.ROWS, (1,)) != of(
        "DELETE FROM t WHERE a = %s", Nature.ROWS, (2,)
    )


def test_a_description_is_the_same_in_every_process() -> None:
    import sqlalchemy as sa

    assert " at 0x" not in described([object(), sa.text("now()"), sa.DefaultClause("1"), {"a": sa.String(5)}])
    assert described(sa.String(5)) != described(sa.String(6))


def sent(sql: str, state: str = State.DONE) -> Sent:
    made = Sent(Call(sql, (), None), Course.TOGETHER)
    made.state = state
    return made


def test_what_was_rolled_back_to_a_savepoint_is_undone() -> None:
    statements = [
        *("INSERT INTO t VALUES (1)", "SAVEPOINT a", "INSERT INTO t VALUES (2)", "SELECT 1"),
        *("ROLLBACK TO SAVEPOINT a", "INSERT INTO t VALUES (3)", "RELEASE SAVEPOINT a"),
    ]
    kept = rows_of([sent(sql) for sql in statements], POSTGRESQL)
    assert [(each.sql[-2], each.state) for each in kept] == [("1", "done"), ("2", "undone"), ("3", "done")]
    kept = rows_of([sent("DELETE FROM t"), sent("ROLLBACK"), sent("DELETE FROM t")], POSTGRESQL)
    assert [each.state for each in kept] == ["undone", "done"]
