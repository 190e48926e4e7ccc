"""Every statement of the golden files runs on a real MariaDB, and a changed column is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.ddl.golden import NAMES, Case, GoldenFile, read, run_live

HERE = Path(__file__).parent
ALTERATIONS = ["alter_column_autoincrement", "alter_column_datetime", "alter_column_integer"]
OTHERS = sorted({path.stem for path in HERE.glob("*.golden")} - {"only_mysql", *ALTERATIONS})

# MySQL takes these, MariaDB doesn't: DROP CHECK, and a CHECK in a column that has a name.
MYSQL_ALONE = re.compile(r"DROP CHECK|CONSTRAINT ck1 CHECK")


class Server:
    """A database, and two beside it that the golden files call ``s`` and ``s2``."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)
        self.main = self.engine.url.database
        self.beside = {"s": f"{self.main}_s", "s2": f"{self.main}_s2"}

    def here(self, text: str) -> str:
        """The text with the names that the two have on this server."""
        for name, actual in self.beside.items():
            text = re.sub(rf"(?<![\w.'\"`]){name}(?=\.)", actual, text)  # s.t
            text = re.sub(rf"(['\"]){name}(\.\w+\.\w+)?\1", rf"\g<1>{actual}\2\1", text)  # "s", "s2.u.id"
        return text

    def prepare(self, file: GoldenFile, case: Case, connection: sa.Connection) -> Case:
        """Empty databases with the tables that the case speaks of; the case as it is called here."""
        spoken = "\n".join([case.directive, *case.given])
        given = [self.here(sql) for sql in (*_needed(file.given, spoken), *case.given)]
        directive = self.here(case.directive)
        for name in (self.main, *self.beside.values()):
            if name == self.main or name in "\n".join([directive, *given]):
                connection.exec_driver_sql(f"CREATE OR REPLACE DATABASE {name}")
        connection.exec_driver_sql(f"USE {self.main}")
        for sql in given:
            connection.exec_driver_sql(sql)
        expected = tuple(self.here(line) for line in case.expected)
        return Case((), directive, expected, self.here(case.then))

    def close(self) -> None:
        with self.engine.connect() as connection:
            for name in self.beside.values():
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        self.engine.dispose()


def _needed(given: tuple[str, ...], spoken: str) -> list[str]:
    """Of the tables that the cases of a file share, those that this case and its other tables speak of."""
    needed: list[str] = []
    for sql in reversed(given):  # a table refers to those before it
        table = re.fullmatch(r"CREATE TABLE (?:\w+\.)?`?([\w ]+?)`? \(.*", sql)
        if table is None or re.search(rf"\b{table[1]}\b", spoken):
            needed.insert(0, sql)
            spoken += sql
    return needed


@pytest.fixture
def server(mariadb_url: str) -> Iterator[Server]:
    found = Server(mariadb_url)
    yield found
    found.close()


@pytest.mark.parametrize("name", OTHERS)
def test_every_directive_runs(server: Server, name: str) -> None:
    file = read(HERE / f"{name}.golden")
    with server.engine.connect() as connection:
        for case in file.cases:
            if not case.fails:
                here = server.prepare(file, case, connection)
                run_live(here, connection)
                _check_effect(here, connection)


def _check_effect(case: Case, connection: sa.Connection) -> None:
    if case.then:
        query, _, answer = case.then.partition(" => ")
        assert str(connection.exec_driver_sql(query).scalar()) == answer, case.directive


def test_the_server_counts_not_the_name_in_the_url(server: Server) -> None:
    """A MariaDB that is reached by a mysql:// URL is spoken to as MariaDB."""
    file = read(HERE / "only_mariadb.golden")
    engine = sa.create_engine(server.engine.url.set(drivername="mysql+pymysql"))
    with server.engine.connect() as preparing, engine.connect() as connection:
        for case in file.cases:
            here = server.prepare(file, case, preparing)
            connection.exec_driver_sql(f"USE {server.main}")
            if "ck1" in here.directive or "if_exists" in here.directive:
                run_live(here, connection)
    engine.dispose()


AWKWARD = 'it\'s 5% \\ :x \\n %s {"a": 1} `é`'


@pytest.mark.parametrize("condition", ["", ", if_not_exists=True"])
def test_literals_arrive_unchanged(server: Server, condition: str) -> None:
    """Quotes, backslashes, percent signs and colons, sent as DDL and inside a prepared statement."""
    column = f"Column('c', String(80), ForeignKey('u.c'), comment={AWKWARD!r}, server_default={AWKWARD!r})"
    directive = f"op.add_column('t', {column}, inline_references=True{condition})"
    case = Case(("CREATE TABLE u (c VARCHAR(80) PRIMARY KEY)", "CREATE TABLE t (id INT)"), directive, ())
    with server.engine.connect() as connection:
        run_live(server.prepare(GoldenFile(HERE, "", (), ()), case, connection), connection)
        (found,) = [each for each in sa.inspect(connection).get_columns("t") if each["name"] == "c"]
        connection.execute(sa.text("INSERT INTO u (c) VALUES (:value)"), {"value": AWKWARD})
        connection.exec_driver_sql("INSERT INTO t (id) VALUES (1)")
        assert found["comment"] == AWKWARD
        assert connection.exec_driver_sql("SELECT c FROM t").scalar() == AWKWARD
        assert sa.inspect(connection).get_foreign_keys("t") != []


def test_script_for_mysql_runs(server: Server) -> None:
    """What is prepared for MySQL holds on MariaDB too: a script can't know which of the two will read it."""
    file = read(HERE / "only_mysql.golden")
    ran = 0
    with server.engine.connect() as connection:
        for case in file.cases:
            here = server.prepare(file, case, connection)
            script = "\n".join(here.expected)
            if not MYSQL_ALONE.search(script):
                for statement in script.removesuffix(";").split(";\n"):
                    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
                _check_effect(here, connection)
                ran += 1
    assert ran > 20


# -- exactness -----------------------------------------------------------------------------------------


class Asked:
    """Takes the place of ``op``: keeps what alter_column was asked."""

    def alter_column(self, table: str, column: str, **asked: Any) -> None:
        self.asked = {"name": column, **asked}

    def column(self) -> dict[str, Any]:
        """What the column must be afterwards: what is new, and all else as it was."""
        asked = self.asked

        def now(new: str, old: str, unsaid: Any) -> Any:
            return asked[new] if new in asked else asked.get(old, unsaid)

        autoincrement = now("autoincrement", "existing_autoincrement", False)
        return {
            "name": asked.get("new_column_name", asked["name"]),
            "type": {"INTEGER": "int", "BIGINT": "bigint", "DATETIME": "datetime"}[
                str(now("type_", "existing_type", None))
            ],
            "nullable": now("nullable", "existing_nullable", True) and not autoincrement,
            "default": str(now("server_default", "existing_server_default", None)),
            "comment": now("comment", "existing_comment", None) or "",
            "autoincrement": autoincrement,
        }


def _found(connection: sa.Connection) -> dict[str, Any]:
    (row,) = connection.exec_driver_sql("SHOW FULL COLUMNS FROM t").mappings()
    default = str(row["Default"]).replace("current_timestamp()", "CURRENT_TIMESTAMP")
    if "on update current_timestamp()" in row["Extra"]:
        default += " ON UPDATE CURRENT_TIMESTAMP"
    return {
        "name": row["Field"],
        "type": row["Type"].partition("(")[0],
        "nullable": row["Null"] == "YES",
        "default": default.removesuffix(" 00:00:00"),
        "comment": row["Comment"],
        "autoincrement": "auto_increment" in row["Extra"],
    }


@pytest.mark.parametrize("name", ALTERATIONS)
def test_a_changed_column_is_what_was_asked(server: Server, name: str) -> None:
    """Type, nullability, default, comment, AUTO_INCREMENT and name: each alone, and in all combinations."""
    file = read(HERE / f"{name}.golden")
    with server.engine.connect() as connection:
        for case in file.cases:
            for sql in file.given:
                connection.exec_driver_sql(sql.replace("CREATE TABLE", "CREATE OR REPLACE TABLE"))
            run_live(case, connection)
            asked = Asked()
            eval(case.directive, {**NAMES, "op": asked})  # data of this suite
            assert _found(connection) == asked.column(), case.directive
