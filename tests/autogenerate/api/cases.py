"""Pairs of models and what ``compare_metadata`` says about them; run as a script, with either package.

``python cases.py URL`` prints JSON: for each case the diff tuples as text and the lines logged about them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

Models = Callable[[sa.MetaData], Any]
ASKED = {"compare_server_default": True}


class Case:
    """What the database has, what the models have, and the options of the comparison."""

    def __init__(self, database: Models, model: Models, only: str = "", **opts: Any) -> None:
        self.database, self.model, self.only, self.opts = database, model, only, opts


def none(metadata: sa.MetaData) -> None:
    """No tables."""


def t(*items: Callable[[], Any], name: str = "t", **kw: Any) -> Models:
    """One table."""

    def make(metadata: sa.MetaData) -> sa.Table:
        made = [item() for item in items]
        return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *made, **kw)

    return make


def c(name: str, type_: Any = sa.Integer, *items: Callable[[], Any], **kw: Any) -> Callable[[], Any]:
    """A column."""
    return lambda: sa.Column(name, type_, *(item() for item in items), **kw)


def both(*models: Models) -> Models:
    """Several tables."""

    def make(metadata: sa.MetaData) -> None:
        for each in models:
            each(metadata)

    return make


def to_p(**kw: Any) -> Callable[[], Any]:
    """A column that refers to table p."""
    return lambda: sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", **kw))


def keyed(*items: Callable[[], Any]) -> Models:
    """Table p, and t with these items."""
    return both(t(name="p"), t(*items))


X = c("x")
UNIQUE = c("x", unique=True)


def index(*columns: Any, **kw: Any) -> Callable[[], Any]:
    """An index named ix."""
    return lambda: sa.Index("ix", *columns, **kw)


def unique(*columns: str, **kw: Any) -> Callable[[], Any]:
    """A unique constraint named uq."""
    return lambda: sa.UniqueConstraint(*columns, name="uq", **kw)


def cases() -> Iterator[tuple[str, Case]]:
    """All cases by name."""
    full = t(c("x", sa.String(30), nullable=False, server_default="q"), c("y", index=True, unique=True))
    yield "add table", Case(none, full)
    yield "drop table", Case(t(c("x", sa.String(30)), c("y", index=True)), none)
    yield "add tables that refer to each other", Case(none, keyed(to_p(name="fk", ondelete="CASCADE")))
    yield "drop tables that refer to each other", Case(keyed(to_p(name="fk", ondelete="CASCADE")), none)
    yield from _columns()
    yield from _types()
    yield from _defaults()
    yield from _comments()
    yield from _keys()
    yield "the default schema by name", Case(t(schema="public"), t(X, schema="public"), only="postgresql")


def _columns() -> Iterator[tuple[str, Case]]:
    yield "add and drop columns", Case(t(c("a"), c("b")), t(c("b"), c("c", sa.String(5), nullable=False)))
    yield "to NOT NULL", Case(t(X), t(c("x", nullable=False)))
    yield "to NULL", Case(t(c("x", nullable=False)), t(X))
    several = t(c("x", sa.BigInteger, nullable=False, server_default="4"), c("w"), c("y", sa.String(20)))
    yield "several at once", Case(t(X, c("y", sa.String(10)), c("z")), several, **ASKED)
    yield "types not compared", Case(t(X), t(c("x", sa.String(3), nullable=False)), compare_type=False)
    yield "type callable", Case(t(X, c("y")), t(X, c("y")), compare_type=lambda *a: a[1].name == "y")


def _types() -> Iterator[tuple[str, Case]]:
    changes = {
        "integer to big": (sa.Integer, sa.BigInteger),
        "length": (sa.String(10), sa.String(20)),
        "string to text": (sa.String(10), sa.Text),
        "precision": (sa.Numeric(10, 2), sa.Numeric(12, 4)),
        "integer to string": (sa.Integer, sa.String(20)),
        "datetime to date": (sa.DateTime, sa.Date),
        "float to numeric": (sa.Float, sa.Numeric(10, 2)),
        "boolean to integer": (sa.Boolean, sa.Integer),
        "timezone": (sa.DateTime(), sa.DateTime(timezone=True)),
        "decimal to numeric": (sa.DECIMAL(10, 2), sa.Numeric(10, 2)),
    }
    for name, (before, after) in changes.items():
        yield f"type: {name}", Case(t(c("x", before)), t(c("x", after)))


def _defaults() -> Iterator[tuple[str, Case]]:
    values: dict[str, tuple[Any, Any, Any]] = {
        "added": (sa.String(20), None, "a"),
        "removed": (sa.String(20), "a", None),
        "changed": (sa.String(20), "a", "b"),
        "same": (sa.String(20), "a", "a"),
        "quoted": (sa.String(20), "it's", "it's"),
        "number": (sa.Integer, "5", "6"),
        "same number": (sa.Integer, sa.text("5"), "5"),
        "longer number": (sa.Integer, "10", "10"),
        "negative": (sa.Integer, "-1", sa.text("-1")),
        "now": (sa.DateTime, sa.func.now(), sa.func.now()),
        "now added": (sa.DateTime, None, sa.func.now()),
        "boolean": (sa.Boolean, sa.false(), sa.true()),
        "same boolean": (sa.Boolean, sa.true(), sa.true()),
        "decimals": (sa.Numeric(10, 2), "0", "0"),
        "expression": (sa.Integer, sa.text("(1+2)"), sa.text("(1+3)")),
        "same expression": (sa.Integer, sa.text("(1+2)"), sa.text("(1+2)")),
        "empty": (sa.String(5), "", ""),
        "empty removed": (sa.String(5), "", None),
    }
    for name, (type_, before, after) in values.items():
        present, wanted = (t(c("x", type_, server_default=value)) for value in (before, after))
        yield f"default: {name}", Case(present, wanted, **ASKED)
    counted = [{"start": 5}, {"start": 7, "always": True, "increment": 3}]
    first, second = (t(c("x", sa.Integer, lambda kw=kw: sa.Identity(**kw))) for kw in counted)
    yield "identity: same", Case(first, first, "postgresql", **ASKED)
    yield "identity: changed", Case(first, second, "postgresql", **ASKED)
    yield "identity: added", Case(t(c("x", nullable=False)), first, "postgresql", **ASKED)
    yield "identity: removed", Case(first, t(c("x", nullable=False)), "postgresql", **ASKED)
    computed = [t(X, c("y", sa.Integer, lambda n=n: sa.Computed(f"x + {n}", persisted=True))) for n in (5, 6)]
    yield "computed: same", Case(computed[0], computed[0], **ASKED)
    yield "computed: changed", Case(computed[0], computed[1], **ASKED)


def _comments() -> Iterator[tuple[str, Case]]:
    first = t(c("x", comment="a"), comment="b")
    yield "comments: added", Case(t(X), first, "postgresql mariadb")
    yield "comments: changed", Case(first, t(c("x", comment="c"), comment="d"), "postgresql mariadb")
    yield "comments: removed", Case(first, t(X), "postgresql mariadb")
    yield "comments: empty", Case(t(X), t(c("x", comment=""), comment=""), "postgresql mariadb")


def _keys() -> Iterator[tuple[str, Case]]:
    two = (X, c("y"))
    yield "index: added", Case(t(X), t(X, index("x")))
    yield "index: removed", Case(t(X, index("x")), t(X))
    yield "index: unique", Case(t(X, index("x")), t(X, index("x", unique=True)))
    yield "index: columns", Case(t(*two, index("x")), t(*two, index("x", "y")))
    yield "index: text", Case(t(X, index(sa.text("x DESC"))), t(X, index(sa.text("x DESC"))))
    yield "unique: added", Case(t(X), t(X, unique("x")))
    yield "unique: added without a name", Case(t(X), t(UNIQUE))
    yield "unique: removed", Case(t(X, unique("x")), t(X))
    yield "unique: changed", Case(t(*two, unique("x")), t(*two, unique("x", "y")))
    yield "unique: same without a name", Case(t(UNIQUE), t(UNIQUE))
    plain = keyed(c("p_id"))
    named = keyed(to_p(name="fk"))
    yield "key: added", Case(plain, named)
    yield "key: added without a name", Case(plain, keyed(to_p()))
    yield "key: removed", Case(named, plain)
    yield "key: ON DELETE", Case(named, keyed(to_p(name="fk", ondelete="CASCADE")))
    yield "key: NO ACTION", Case(named, keyed(to_p(name="fk", ondelete="NO ACTION")))
    yield "key: other name", Case(named, keyed(to_p(name="fk2")))
    yield "key: with its column", Case(keyed(), named)
    yield "key: removed with its column", Case(named, keyed())


def kind_of(url: str) -> str:
    """The database that a URL leads to."""
    return url.partition(":")[0].partition("+")[0]


def results(url: str) -> dict[str, dict[str, list[str]]]:
    """What this package says about each case."""
    engine = sa.create_engine(url)
    found = {}
    for name, case in cases():
        if not case.only or kind_of(url) in case.only:
            found[name] = _result(engine, case)
    engine.dispose()
    return found


def _result(engine: sa.Engine, case: Case) -> dict[str, list[str]]:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(_plain(record.getMessage()))  # type: ignore[method-assign]
    logger = logging.getLogger("alembic.autogenerate")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _make(connection, case.database)
            wanted = sa.MetaData()
            case.model(wanted)
            context = MigrationContext.configure(connection, opts=dict(case.opts))
            diffs = [_plain(repr(each)) for each in compare_metadata(context, wanted)]
    except Exception as error:
        diffs = [f"{type(error).__name__}"]
    finally:
        logger.removeHandler(handler)
    return {"diffs": diffs, "log": lines}


def _make(connection: sa.Connection, models: Models) -> None:
    present = sa.MetaData()
    present.reflect(connection)
    present.drop_all(connection)
    wanted = sa.MetaData()
    models(wanted)
    wanted.create_all(connection)
    connection.commit()


def _plain(text: str) -> str:
    """Text without addresses and without the path of the impl class."""
    return re.sub(r"alembic\.ddl\.[\w.]+", "Impl", re.sub(r" at 0x[0-9a-f]+", "", text))


if __name__ == "__main__":
    json.dump(results(sys.argv[1]), sys.stdout)
