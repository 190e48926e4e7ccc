"""What each database offers to random schemas: types, defaults, index forms, kinds of change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql


@dataclass(frozen=True)
class Kind:
    """A column type: how to make it, what it can be changed to, and defaults (``=`` marks SQL text)."""

    make: Callable[[str], Any]
    family: str
    defaults: tuple[str, ...] = ()
    key: bool = False


def _kind(type_: Any, family: str, *defaults: str, key: bool = False) -> Kind:
    return Kind(lambda name: type_, family, defaults, key)


@dataclass(frozen=True)
class Flavour:
    """One database's offer."""

    types: Mapping[str, Kind]
    key_type: str = "integer"
    comments: bool = True
    computed: bool = True
    index_forms: tuple[str, ...] = ("plain",)
    foreign_key_options: tuple[dict[str, Any], ...] = ({},)
    check_forms: tuple[str, ...] = ("{} > 0", "{0} > 0 AND {0} < 100", "{} IN (1, 2, 3)", "{} is not null")
    changes: tuple[str, ...] = ()
    table_options: Mapping[str, Any] = field(default_factory=dict)
    quotes: str = '"'

    def quote(self, name: str) -> str:
        """An identifier, quoted where it must be."""
        return f"{self.quotes}{name}{self.quotes}" if not name.islower() or " " in name else name

    def index(self, name: str, table: sa.Table, parts: Mapping[str, Any]) -> None:
        """Make an index of the form that ``parts`` asks for."""
        columns: list[Any] = [table.c[column] for column in parts["columns"]]
        options: dict[str, Any] = {}
        form = parts["form"]
        if form == "desc":
            columns[0] = columns[0].desc()
        elif form == "where":
            options = {f"{key}_where": columns[0].is_not(None) for key in ("postgresql", "sqlite")}
        elif form == "lower" and _is_text(columns[0]):
            columns[0] = sa.func.lower(columns[0])
        elif form == "hash" and len(columns) == 1 and not parts["unique"]:
            options = {"postgresql_using": "hash"}
        elif form == "include":
            options = {"postgresql_include": ["id"]}
        elif form == "fillfactor":
            options = {"postgresql_with": {"fillfactor": 70}}
        elif form == "prefix" and _is_text(columns[0]):
            options = {"mariadb_length": {columns[0].name: 5}}
        sa.Index(name, *columns, unique=parts["unique"], **options)


def _is_text(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.String) and not isinstance(column.type, (sa.Enum, mysql.ENUM))


_COMMON = {
    "integer": _kind(sa.Integer(), "number", "0", "5", "=7", "=-1", key=True),
    "bigint": _kind(sa.BigInteger(), "number", "0", "5000000000", key=True),
    "smallint": _kind(sa.SmallInteger(), "number", "0", "=12", key=True),
    "numeric": _kind(sa.Numeric(10, 2), "number", "0", "1.50", "=2.5"),
    "numeric-long": _kind(sa.Numeric(14, 4), "number", "0", "=1"),
    "float": _kind(sa.Float(), "number", "0", "1.5"),
    "string": _kind(sa.String(50), "text", "", "x", "it's", "=''", "a%b:c", key=True),
    "string-long": _kind(sa.String(80), "text", "x", "NULL ", "=  'a'  ", key=True),
    "boolean": _kind(sa.Boolean(), "boolean", "=true", "=false"),
    "date": _kind(sa.Date(), "day", "2020-01-01"),
    "time": _kind(sa.Time(), "time", "12:00:00"),
    "binary": _kind(sa.LargeBinary(), "binary"),
}

_ALTERATIONS = (
    "add_table",
    "add_column",
    "add_unique",
    "add_index",
    "add_foreign_key",
    "add_check",
    "drop_table",
    "drop_column",
    "drop_unique",
    "drop_index",
    "drop_foreign_key",
    "drop_check",
    "alter_type",
    "alter_type",
    "alter_nullable",
    "alter_default",
    "alter_default",
    "alter_index",
    "alter_foreign_key",
    "alter_check",
    "alter_computed",
    "alter_primary_key",
)
_COMMENTS = ("alter_comment", "alter_table_comment")

_ACTIONS = (
    {},
    {"ondelete": "CASCADE"},
    {"ondelete": "SET NULL", "onupdate": "CASCADE"},
    {"onupdate": "NO ACTION"},
)

POSTGRESQL = Flavour(
    types={
        **_COMMON,
        "string-open": _kind(sa.String(), "text", "x", key=True),
        "text": _kind(sa.Text(), "text", "x", "=lower('ABC')", "=('a' || 'b')", key=True),
        "collated": _kind(sa.String(20, collation="C"), "text", "x", key=True),
        "double": _kind(postgresql.DOUBLE_PRECISION(), "number", "0"),
        "timestamp": _kind(sa.DateTime(), "day", "=now()", "=CURRENT_TIMESTAMP", "=timezone('utc', now())"),
        "timestamptz": _kind(sa.DateTime(timezone=True), "day", "=now()", "=now() + interval '1 day'"),
        "interval": _kind(postgresql.INTERVAL(), "interval", "1 day"),
        "jsonb": _kind(postgresql.JSONB(), "json", "{}", "='{}'::jsonb", "='{\"a\": [1, 2]}'"),
        "json": _kind(sa.JSON(), "json", "[]"),
        "uuid": _kind(sa.Uuid(), "uuid", "=gen_random_uuid()", key=True),
        "array": _kind(postgresql.ARRAY(sa.Integer()), "array", "{}", "=ARRAY[1,2]", "='{}'::integer[]"),
        "array-text": _kind(postgresql.ARRAY(sa.String(10)), "array-text", "{}", "=ARRAY['a']::varchar[]"),
        "inet": _kind(postgresql.INET(), "inet", "127.0.0.1", key=True),
        "bit": _kind(postgresql.BIT(4), "bit"),
        "enum": Kind(lambda name: sa.Enum("a", "b", "it's", name=f"e_{name}"), "enum", ("a", "='b'"), True),
        "enum-more": Kind(
            lambda name: sa.Enum("z", "a", "c", "b", "it's", name=f"e_{name}"), "enum", ("a",), True
        ),
        "enum-less": Kind(lambda name: sa.Enum("b", "a", name=f"e_{name}"), "enum", ("b",), True),
    },
    index_forms=("plain", "plain", "desc", "where", "lower", "hash", "include", "fillfactor"),
    foreign_key_options=(*_ACTIONS, {"deferrable": True}, {"deferrable": True, "initially": "DEFERRED"}),
    check_forms=(
        "{} > 0",
        "{0} > 0 AND {0} < 100",
        "{} IN (1, 2, 3)",
        "{} is not null",
        "{0} between 1 and 5 or not {0} = 7",
        "coalesce({}, 0) <> 9",
        "case when {0} > 1 then true else {0} < 0 end",
    ),
    changes=(*_ALTERATIONS, *_COMMENTS),
)

MARIADB = Flavour(
    types={
        **_COMMON,
        "integer-unsigned": _kind(mysql.INTEGER(unsigned=True), "number", "0", key=True),
        "tinyint": _kind(mysql.TINYINT(), "number", "1", key=True),
        "mediumint": _kind(mysql.MEDIUMINT(), "number", "1", key=True),
        "double": _kind(mysql.DOUBLE(), "number", "0", "1.5"),
        "text": _kind(sa.Text(), "text", "x", "=(concat('a', 'b'))"),
        "mediumtext": _kind(mysql.MEDIUMTEXT(), "text"),
        "char": _kind(sa.CHAR(10), "text", "x", key=True),
        "collated": _kind(mysql.VARCHAR(20, collation="utf8mb4_bin"), "text", "x", key=True),
        "latin": _kind(mysql.VARCHAR(20, charset="latin1"), "text", "x", key=True),
        "datetime": _kind(sa.DateTime(), "day", "=now()", "=CURRENT_TIMESTAMP"),
        "datetime-exact": _kind(mysql.DATETIME(fsp=6), "day", "=current_timestamp(6)"),
        "timestamp": _kind(
            mysql.TIMESTAMP(), "day", "=CURRENT_TIMESTAMP", "=CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
        ),
        "year": _kind(mysql.YEAR(), "year", "2020"),
        "json": _kind(sa.JSON(), "json", "='{}'", "=(json_array())"),
        "enum": _kind(mysql.ENUM("a", "b", "it's"), "enum", "a", key=True),
        "enum-more": _kind(mysql.ENUM("z", "a", "c", "b", "it's"), "enum", "b", key=True),
        "set": _kind(mysql.SET("a", "b"), "set", "a"),
        "uuid": _kind(sa.Uuid(), "uuid", key=True),
    },
    index_forms=("plain", "plain", "desc", "prefix"),
    foreign_key_options=(*_ACTIONS, {"ondelete": "RESTRICT"}),
    changes=(*_ALTERATIONS, *_COMMENTS),
    quotes="`",
)

SQLITE = Flavour(
    types={
        **_COMMON,
        "text": _kind(sa.Text(), "text", "x", "=(lower('ABC'))", key=True),
        "collated": _kind(sa.String(20, collation="NOCASE"), "text", "x", key=True),
        "timestamp": _kind(sa.DateTime(), "day", "=CURRENT_TIMESTAMP", "=(datetime('now'))"),
        "json": _kind(sa.JSON(), "json", "{}"),
        "enum": Kind(lambda name: sa.Enum("a", "b", "it's", name=f"e_{name}"), "enum", ("a",), True),
    },
    comments=False,
    index_forms=("plain", "plain", "desc", "where", "lower"),
    foreign_key_options=(*_ACTIONS, {"deferrable": True, "initially": "DEFERRED"}),
    changes=_ALTERATIONS,
)

FLAVOURS = {"postgresql": POSTGRESQL, "mariadb": MARIADB, "sqlite": SQLITE}
