"""A dump shows every difference that a crash can leave behind, and none that it cannot help."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from alembic.testing.crash import Database, DisposableDatabase, SQLiteFile
from alembic.testing.dump import Dump, difference, dump, unstable_columns

TABLES = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR(20))",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, n INTEGER, s VARCHAR(30))",
    "CREATE INDEX ix ON child (n)",
    "INSERT INTO child VALUES (1, 10, 'x'), (2, 20, 'y')",
)
EVERYWHERE = (
    "CREATE TABLE other (n INTEGER)",
    "DROP TABLE parent",
    "ALTER TABLE child ADD COLUMN more INTEGER",
    "ALTER TABLE child ADD COLUMN more INTEGER DEFAULT 4",
    "ALTER TABLE child RENAME COLUMN n TO m",
    "ALTER TABLE child RENAME TO kid",
    "CREATE INDEX ix_2 ON child (s)",
    "CREATE UNIQUE INDEX ix_2 ON child (s)",
    "CREATE VIEW v AS SELECT n FROM child",
    "INSERT INTO child VALUES (3, 30, 'z')",
    "DELETE FROM child WHERE id = 2",
    "UPDATE child SET n = 11 WHERE id = 1",
    "UPDATE child SET s = NULL WHERE id = 1",
)
ON_SERVERS = (
    "ALTER TABLE child ADD CONSTRAINT ck CHECK (n > 0)",
    "ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES child (id)",
    "ALTER TABLE child ALTER COLUMN n SET DEFAULT 5",
    "CREATE SEQUENCE numbers",
)
ON: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "DROP INDEX ix",
        "CREATE TRIGGER tr AFTER INSERT ON child BEGIN DELETE FROM parent; END",
        "PRAGMA user_version = 3",
    ),
    "mariadb": (
        "DROP INDEX ix ON child",
        "ALTER TABLE child MODIFY n BIGINT",
        "ALTER TABLE child COMMENT = 'text'",
        "ALTER TABLE child CONVERT TO CHARACTER SET latin1",
        "ALTER TABLE child ENGINE = MyISAM",
        "CREATE TRIGGER tr AFTER INSERT ON child FOR EACH ROW DELETE FROM parent",
        "CREATE PROCEDURE p() SELECT 1",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
    ),
    "postgresql": (
        "DROP INDEX ix",
        "ALTER TABLE child ALTER COLUMN n TYPE bigint",
        "ALTER TABLE child ALTER COLUMN n SET NOT NULL",
        "ALTER TABLE child ADD CONSTRAINT ck CHECK (n > 0) NOT VALID",
        "ALTER TABLE child ADD COLUMN i INTEGER GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE child SET (fillfactor = 50)",
        "ALTER TABLE child ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON child USING (n > 1)",
        "COMMENT ON TABLE child IS 'text'",
        "COMMENT ON COLUMN child.n IS 'text'",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix'::regclass",
        "CREATE TYPE mood AS ENUM ('sad')",
        "CREATE DOMAIN positive AS integer CHECK (value > 0)",
        "CREATE SCHEMA elsewhere",
        "CREATE SCHEMA elsewhere CREATE TABLE t (n integer)",
        "CREATE MATERIALIZED VIEW m AS SELECT n FROM child",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE RULE r AS ON DELETE TO parent DO INSTEAD NOTHING",
        "CREATE STATISTICS st ON n, s FROM child",
        "GRANT SELECT ON child TO PUBLIC",
        "CREATE TABLE child_2 (LIKE child) PARTITION BY RANGE (n)",
    ),
}
SAME: dict[str, tuple[str, ...]] = {
    "sqlite": ("PRAGMA user_version = 0",),
    "mariadb": ("ALTER TABLE counted AUTO_INCREMENT = 50",),
    "postgresql": ("SELECT nextval('counted_id_seq')", "ANALYZE child"),
}
COUNTED = {
    "sqlite": "CREATE TABLE counted (id INTEGER PRIMARY KEY, n INTEGER)",
    "mariadb": "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER)",
    "postgresql": "CREATE TABLE counted (id serial PRIMARY KEY, n INTEGER)",
}


class Sessions:
    """Statements and dumps, each on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def dump(self, *without: str) -> Dump:
        with self._engine.connect() as connection:
            return dump(connection, without=without)


def _database(request: pytest.FixtureRequest, kind: str) -> Sessions:
    return Sessions(request.getfixturevalue(f"{kind}_url"))


def _tables(connection: Connection) -> None:
    for statement in TABLES:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("kind", ON)
def test_every_change_shows(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database: Database
    if kind == "sqlite":
        database = SQLiteFile(tmp_path / "fresh.db", prepare=_tables)
    else:
        database = DisposableDatabase(request.getfixturevalue(f"{kind}_url"), prepare=_tables)
    sessions = Sessions(database.url)
    database.reset()
    before = sessions.dump()
    unseen = []
    for statement in (*EVERYWHERE, *ON[kind], *(ON_SERVERS if kind != "sqlite" else ())):
        database.reset()
        assert difference(before, sessions.dump()) == []
        sessions.run(statement)
        if not difference(before, sessions.dump()):
            unseen.append(statement)
    assert unseen == []


@pytest.mark.parametrize("kind", ["sqlite", "mariadb", "postgresql"])
def test_what_counters_have_come_to_does_not_show(kind: str, request: pytest.FixtureRequest) -> None:
    sessions = _database(request, kind)
    sessions.run(*TABLES, COUNTED[kind])
    before = sessions.dump()
    for statement in SAME[kind]:
        sessions.run(statement)
    assert difference(before, sessions.dump()) == []


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_numbers_given_out_count_by_their_order(kind: str, request: pytest.FixtureRequest) -> None:
    sessions = _database(request, kind)
    refers = "CREATE TABLE refers (f INTEGER, FOREIGN KEY (f) REFERENCES counted (id))"
    sessions.run(COUNTED[kind], refers)

    def fill(first: int) -> Dump:
        sessions.run(
            "DELETE FROM refers",
            "DELETE FROM counted",
            f"INSERT INTO counted VALUES ({first}, 7), ({first + 1}, 8)",
            f"INSERT INTO refers VALUES ({first + 1})",
        )
        return sessions.dump()

    one, other = fill(1), fill(5)
    assert difference(one, other) == []
    sessions.run("UPDATE refers SET f = 5")
    assert difference(one, sessions.dump())


def test_tables_may_be_left_out(database_url: str) -> None:
    sessions = Sessions(database_url)
    sessions.run(*TABLES)
    assert list(sessions.dump("child").rows) == ["parent"]
    assert not any("child" in text for text in sessions.dump("child").schema)


def test_the_difference_names_rows_and_objects(sqlite_url: str) -> None:
    sessions = Sessions(sqlite_url)
    sessions.run(*TABLES)
    before = sessions.dump()
    sessions.run("UPDATE child SET n = 11 WHERE id = 1", "DROP INDEX ix")
    changed = [line for line in difference(before, sessions.dump()) if line[0] in "-+"][2:]
    assert changed == [
        "-index ix: CREATE INDEX ix ON child (n)",
        "-row of child: id=1, n=10, s='x'",
        "+row of child: id=1, n=11, s='x'",
    ]


def test_unstable_columns_are_those_that_differ(sqlite_url: str) -> None:
    sessions = Sessions(sqlite_url)
    sessions.run(*TABLES)
    before = sessions.dump()
    sessions.run("UPDATE child SET n = 11 WHERE id = 1")
    after = sessions.dump()
    assert unstable_columns(before, after) == {"child": ("n",)}
    assert difference(before, after, ignored={"child": ("n",)}) == []
    sessions.run("DELETE FROM child WHERE id = 1")
    assert unstable_columns(before, sessions.dump()) == {}, "a missing row is no new value"
