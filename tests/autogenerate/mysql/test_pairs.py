"""Differences between the catalogue and models that say nothing, and those beside them that do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, text
from sqlalchemy.dialects import mysql

from .comparing import Items, found, made_by, models

PARENT = "CREATE TABLE p (id INT PRIMARY KEY AUTO_INCREMENT)"
KEY = "id INT PRIMARY KEY AUTO_INCREMENT"


def _differences(url: str, sql: str, items: Items, **options: Any) -> list[Any]:
    """What is found, by the names of the operations and of what they are about."""
    made_by(url, PARENT, f"CREATE TABLE t ({KEY}, {sql}")
    return [_told(each) for each in found(url, models(items, **options))]


def _told(difference: Any) -> Any:
    if isinstance(difference, list):
        return [(each[0], each[3]) for each in difference]
    subject = difference[1]
    return difference[0], getattr(subject, "name", subject)


def _c(*args: Any, **kw: Any) -> Column[Any]:
    return Column("c", *args, **kw)


# the rest of CREATE TABLE, the models, what is found
UNIQUES: list[tuple[str, Items, Sequence[Any]]] = [
    ("c INT, UNIQUE KEY u (c))", lambda: [_c(Integer), sa.UniqueConstraint("c", name="u")], []),
    ("c INT, UNIQUE KEY u (c))", lambda: [_c(Integer), Index("u", "c", unique=True)], []),
    ("c INT, UNIQUE KEY u (c))", lambda: [_c(Integer), sa.UniqueConstraint("c")], []),
    ("c INT, UNIQUE KEY u (c))", lambda: [_c(Integer, unique=True)], []),
    ("c INT, UNIQUE KEY u (c))", lambda: [_c(Integer)], [("remove_index", "u")]),
    (
        "c INT, d INT, UNIQUE KEY u (c), UNIQUE KEY v (c, d))",
        lambda: [_c(Integer, unique=True), Column("d", Integer), sa.UniqueConstraint("c", "d", name="v")],
        [],
    ),
    (
        "c INT, UNIQUE KEY a (c), UNIQUE KEY c (c))",
        lambda: [_c(Integer, unique=True), Index("a", "c", unique=True)],
        [],
    ),
    (
        "c INT, d INT, UNIQUE KEY u (c))",
        lambda: [_c(Integer), Column("d", Integer), sa.UniqueConstraint("c", "d")],
        [("remove_index", "u"), ("add_constraint", None)],
    ),
]


@pytest.mark.parametrize(("sql", "items", "expected"), UNIQUES)
def test_a_unique_index_is_a_unique_constraint(
    mariadb_url: str, sql: str, items: Items, expected: Any
) -> None:
    told = _differences(mariadb_url, sql, items)
    assert [(kind, None if kind == "add_constraint" else name) for kind, name in told] == list(expected)


KEYED = "c INT, CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id)"
IMPLICIT: list[tuple[str, Items, Sequence[Any]]] = [
    (f"{KEYED})", lambda: [_c(Integer, sa.ForeignKey("p.id"))], []),
    ("c INT, FOREIGN KEY (c) REFERENCES p (id))", lambda: [_c(Integer, sa.ForeignKey("p.id"))], []),
    (f"{KEYED}, KEY own (c))", lambda: [_c(Integer, sa.ForeignKey("p.id"))], []),
    (f"{KEYED}, KEY own (c))", lambda: [_c(Integer, sa.ForeignKey("p.id"), index=True)], ["add", "remove"]),
    (f"{KEYED})", lambda: [_c(Integer)], ["remove"]),
    (f"{KEYED}, d INT, KEY other (d))", lambda: [_c(Integer, sa.ForeignKey("p.id"))], ["remove", "column"]),
    (
        f"{KEYED}, KEY own (c), KEY more (c, id))",
        lambda: [_c(Integer, sa.ForeignKey("p.id")), Index("more", "c", "id")],
        ["remove"],
    ),
    (
        f"{KEYED}, d INT, FOREIGN KEY (d) REFERENCES p (id))",
        lambda: [_c(Integer, sa.ForeignKey("p.id")), Column("d", Integer, sa.ForeignKey("p.id"))],
        [],
    ),
]
SHORT = {"remove_index": "remove", "add_index": "add", "remove_column": "column"}


@pytest.mark.parametrize(("sql", "items", "expected"), IMPLICIT)
def test_indexes_that_foreign_keys_make(mariadb_url: str, sql: str, items: Items, expected: Any) -> None:
    told = _differences(mariadb_url, sql, items)
    # Foreign keys may have to go and come again around it.
    assert sorted(SHORT[kind] for kind, _ in told if kind in SHORT) == sorted(expected)


ACTIONS = [
    ("", {"ondelete": "RESTRICT", "onupdate": "NO ACTION"}, True),
    ("ON DELETE RESTRICT", {}, True),
    ("ON DELETE NO ACTION ON UPDATE RESTRICT", {}, True),
    ("ON DELETE CASCADE", {"ondelete": "cascade"}, True),
    ("ON DELETE CASCADE", {"ondelete": "SET NULL"}, False),
    ("ON UPDATE CASCADE", {}, False),
    ("", {"deferrable": True, "initially": "DEFERRED"}, True),
]


@pytest.mark.parametrize(("sql", "options", "same"), ACTIONS)
def test_restrict_is_no_action(mariadb_url: str, sql: str, options: Any, same: bool) -> None:
    key = lambda: [_c(Integer, sa.ForeignKey("p.id", **options))]  # noqa: E731
    told = _differences(mariadb_url, f"c INT, FOREIGN KEY (c) REFERENCES p (id) {sql})", key)
    assert [kind for kind, _ in told] == ([] if same else ["remove_fk", "add_fk"])


OPTIONS: list[tuple[str, dict[str, Any], int]] = [
    ("ENGINE=MyISAM ROW_FORMAT=FIXED", {}, 0),
    ("ENGINE=MyISAM", {"mariadb_engine": "MYISAM"}, 0),
    ("ENGINE=MyISAM", {"mariadb_engine": "InnoDB"}, 1),
    ("ENGINE=MyISAM", {"mysql_engine": "InnoDB"}, 0),
    ("COLLATE latin1_bin", {}, 0),
    ("COLLATE latin1_swedish_ci", {"mariadb_charset": "latin1"}, 0),
    ("CHARSET utf8mb3", {"mariadb_charset": "utf8"}, 0),
    ("COLLATE utf8mb4_bin", {"mariadb_charset": "utf8mb4", "mariadb_collate": "utf8mb4_bin"}, 0),
    ("COLLATE utf8mb4_bin", {"mariadb_charset": "utf8mb4"}, 1),
    ("AUTO_INCREMENT=7", {"mariadb_auto_increment": "9"}, 0),
]


@pytest.mark.parametrize(("sql", "options", "count"), OPTIONS)
def test_options_count_where_the_model_says_them(
    mariadb_url: str, sql: str, options: Any, count: int
) -> None:
    assert len(_differences(mariadb_url, f"c INT) {sql}", lambda: [_c(Integer)], **options)) == count


# the column, the options of the table, the type in the models, whether it is the same
COLLATIONS: list[tuple[str, str, Any, bool]] = [
    ("VARCHAR(9)", "COLLATE latin1_bin", String(9), True),
    ("VARCHAR(9)", "COLLATE latin1_bin", String(9, collation="latin1_bin"), True),
    ("VARCHAR(9)", "COLLATE latin1_bin", mysql.VARCHAR(9, binary=True), True),
    ("VARCHAR(9)", "COLLATE latin1_bin", mysql.VARCHAR(9, charset="latin1"), False),
    ("VARCHAR(9) COLLATE utf8mb4_bin", "COLLATE utf8mb4_unicode_ci", String(9), False),
    ("VARCHAR(9) CHARSET latin1", "COLLATE utf8mb4_bin", mysql.VARCHAR(9, charset="latin1"), True),
    ("VARCHAR(9) CHARSET latin1", "COLLATE utf8mb4_bin", mysql.VARCHAR(9, ascii=True), True),
    ("VARCHAR(9) CHARSET utf8mb3", "", mysql.NVARCHAR(9), True),
    ("ENUM('a') COLLATE utf8mb4_bin", "", sa.Enum("a"), False),
    ("ENUM('a') COLLATE utf8mb4_bin", "", mysql.ENUM("a", collation="utf8mb4_bin"), True),
    ("JSON", "COLLATE latin1_bin", sa.JSON(), True),
    ("JSON", "", mysql.LONGTEXT(collation="utf8mb4_bin"), True),
    ("LONGTEXT COLLATE utf8mb4_bin", "", sa.JSON(), True),
    ("LONGTEXT", "COLLATE latin1_bin", sa.JSON(), False),
    ("TEXT", "COLLATE latin1_bin", sa.Text(300), True),
    ("TINYTEXT", "COLLATE latin1_bin", sa.Text(200), True),
    ("TINYTEXT", "COLLATE utf8mb4_bin", sa.Text(200), False),
]


@pytest.mark.parametrize(("sql", "options", "type_", "same"), COLLATIONS)
def test_collations(mariadb_url: str, sql: str, options: str, type_: Any, same: bool) -> None:
    told = _differences(mariadb_url, f"c {sql}) {options}", lambda: [_c(type_)])
    assert told == ([] if same else [[("modify_type", "c")]])


# what the catalogue has, what the model says, whether it is the same
WIDTHS: list[tuple[str, Any, bool]] = [
    ("INT(5)", sa.Integer(), True),
    ("TINYINT(4)", sa.Boolean(), True),
    ("TINYINT(1)", mysql.TINYINT(), True),
    ("INT(11)", mysql.INTEGER(display_width=11), True),
    ("INT(5)", mysql.INTEGER(display_width=7), False),
    ("INT(5) UNSIGNED", mysql.INTEGER(display_width=5, unsigned=True), True),
    ("INT(5) UNSIGNED", mysql.INTEGER(display_width=5), False),
]


@pytest.mark.parametrize(("sql", "type_", "same"), WIDTHS)
def test_a_width_counts_where_the_model_says_one(mariadb_url: str, sql: str, type_: Any, same: bool) -> None:
    told = _differences(mariadb_url, f"c {sql})", lambda: [_c(type_)])
    assert told == ([] if same else [[("modify_type", "c")]])


def test_defaults_that_a_server_gives_to_timestamps(mariadb_url: str) -> None:
    stamped = f"CREATE TABLE t ({KEY}, c TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW())"
    made_by(mariadb_url, PARENT, stamped)
    metadata = models(lambda: [_c(sa.TIMESTAMP, nullable=False)])
    assert [_told(each)[0][0] for each in found(mariadb_url, metadata)] == ["modify_type"]
    made_by(mariadb_url, "SET GLOBAL explicit_defaults_for_timestamp = 0")
    try:
        assert found(mariadb_url, metadata) == []
    finally:
        made_by(mariadb_url, "SET GLOBAL explicit_defaults_for_timestamp = 1")


CHECKS: list[tuple[str, Items, Sequence[str]]] = [
    ("c INT, CHECK (c > 0), CHECK (c < 9))", lambda: [_c(Integer), sa.CheckConstraint("c < 9")], ["remove"]),
    (
        "c INT, CHECK (c > 0), CHECK (c < 9))",
        lambda: [_c(Integer), sa.CheckConstraint("c < 9"), sa.CheckConstraint("0 < c")],
        ["remove", "add"],
    ),
    (
        "c INT, CHECK (c > 0), CONSTRAINT k CHECK (c < 9))",
        lambda: [_c(Integer, sa.CheckConstraint("c > 0")), sa.CheckConstraint("c<9", name="k")],
        [],
    ),
    ("c BOOL, CONSTRAINT k CHECK (c IN (0, 1)))", lambda: [_c(sa.Boolean)], ["remove"]),
    (
        "c BOOL, CONSTRAINT k CHECK (c IN (0, 1)))",
        lambda: [_c(sa.Boolean(create_constraint=True, name="k"))],
        [],
    ),
    ("c JSON)", lambda: [_c(sa.JSON)], []),
    ("c INT CHECK (c > 0))", lambda: [_c(Integer), sa.CheckConstraint("c > 0")], []),
    ("c INT, CHECK (c > 0))", lambda: [_c(Integer, sa.CheckConstraint("c > 0"))], []),
]


@pytest.mark.parametrize(("sql", "items", "expected"), CHECKS)
def test_checks(mariadb_url: str, sql: str, items: Items, expected: Any) -> None:
    told = _differences(mariadb_url, sql, items)
    assert [kind.removesuffix("_constraint") for kind, _ in told] == list(expected)


LENGTHS: list[tuple[str, Items, bool]] = [
    ("c TEXT, KEY i (c))", lambda: [_c(sa.Text), Index("i", "c")], True),
    ("c VARCHAR(2000), KEY i (c))", lambda: [_c(String(2000)), Index("i", "c")], True),
    ("c VARCHAR(20), KEY i (c(20)))", lambda: [_c(String(20)), Index("i", "c", mariadb_length=20)], True),
    ("c VARCHAR(20), KEY i (c(7)))", lambda: [_c(String(20)), Index("i", "c")], False),
    ("c TEXT, KEY i (c(7)))", lambda: [_c(sa.Text), Index("i", text("c"), mariadb_length=7)], True),
    ("c TEXT, FULLTEXT KEY i (c))", lambda: [_c(sa.Text), Index("i", "c", mariadb_prefix="fulltext")], True),
    ("c TEXT, FULLTEXT KEY i (c))", lambda: [_c(sa.Text), Index("i", "c")], False),
    ("c INT, KEY i (c DESC))", lambda: [_c(Integer), Index("i", text("c desc"))], True),
    ("c INT, KEY i (c DESC))", lambda: [_c(Integer), Index("i", "c")], False),
]


@pytest.mark.parametrize(("sql", "items", "same"), LENGTHS)
def test_what_is_in_an_index(mariadb_url: str, sql: str, items: Items, same: bool) -> None:
    told = _differences(mariadb_url, sql, items)
    assert told == ([] if same else [("remove_index", "i"), ("add_index", "i")])
