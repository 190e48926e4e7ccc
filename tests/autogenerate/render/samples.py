"""Operations of every kind, rendered for several databases and options; runs on the genuine package too.

Run as a script it prints what the package of its interpreter makes of them, as JSON.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.sql.elements import conv, quoted_name

from alembic.autogenerate import render, render_op_text
from alembic.autogenerate.api import AutogenContext
from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

if __package__:
    from .sample_types import DEFAULTS, POSTGRESQL_TYPES, TYPES, Plain
else:  # run as a script, by an interpreter that knows nothing of this package
    from sample_types import DEFAULTS, POSTGRESQL_TYPES, TYPES, Plain

DIALECTS = ("postgresql", "sqlite", "mysql", "mssql", "oracle")
I = sa.Integer  # noqa: E741  # it stands in nearly every line below

CONVENTION = {
    "pk": "%(table_name)s_key",
    "fk": "%(table_name)s_to_%(referred_table_name)s",
    "uq": "%(table_name)s_one_%(column_0_name)s",
    "ck": "%(table_name)s_rule_%(constraint_name)s",
    "ix": "find_%(column_0_label)s",
}


def _table(*items: Any, convention: bool = False, name: str = "t", **kw: Any) -> Any:
    metadata = sa.MetaData(naming_convention=CONVENTION if convention else None)
    return sa.Table(name, metadata, *items, **kw)


def _created(*items: Any, **kw: Any) -> Any:
    return ops.CreateTableOp.from_table(_table(*items, **kw))


def _with_schema_of_metadata() -> Any:
    metadata = sa.MetaData(schema="ms")
    sa.Table("u", metadata, sa.Column("uid", I, key="ukey", primary_key=True))
    key = sa.Column("a", I, sa.ForeignKey("ms.u.ukey"))
    return ops.CreateTableOp.from_table(sa.Table("t", metadata, sa.Column("id", I, primary_key=True), key))


def operations() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Names, and what makes the operation of that name anew."""
    for number, type_ in enumerate(TYPES):
        yield f"type {number} {type_!r:.60}", lambda t=type_: ops.AddColumnOp("t", sa.Column("c", t))
        yield (
            f"alter to {number}",
            lambda t=type_: ops.AlterColumnOp(
                "t", "c", modify_type=t, existing_type=sa.String(5), existing_nullable=True
            ),
        )
    for number, default in enumerate(DEFAULTS):
        yield f"default {number}", lambda d=default: _created(
            sa.Column("id", I), sa.Column("c", I, _copied(d)) if _generates(d) else
            sa.Column("c", I, server_default=d)
        )  # fmt: skip
        yield (
            f"alter default {number}",
            lambda d=default: ops.AlterColumnOp(
                "t", "c", modify_server_default=_modified(d), existing_type=I()
            ),
        )
        if not _generates(default) and not isinstance(default, sa.FetchedValue):
            yield (
                f"existing default {number}",
                lambda d=default: ops.AlterColumnOp(
                    "t", "c", modify_nullable=False, existing_server_default=_clause(d), existing_type=I()
                ),
            )
    yield from _tables()
    yield from _columns()
    yield from _constraints()
    yield from _indexes()
    yield from _others()


def _generates(default: Any) -> bool:
    return isinstance(default, (sa.Computed, sa.Identity))


def _copied(default: Any) -> Any:
    return default._copy()


def _modified(default: Any) -> Any:
    return default if isinstance(default, (str, sa.FetchedValue)) else sa.DefaultClause(default)


def _clause(default: Any) -> Any:
    return sa.DefaultClause(default)


# SQLAlchemy 2.0 has no name for the storage parameters of a table.
_STORAGE: dict[str, Any] = (
    {"postgresql_with": {"fillfactor": 50}} if "with" in dict(PGDialect.construct_arguments)[sa.Table] else {}
)


def _tables() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "table, everything", lambda: _created(
        sa.Column("id", I, primary_key=True),
        sa.Column("x", sa.String(50), nullable=False, server_default="a'b\"c", comment="what's it"),
        sa.Column("u", I, sa.ForeignKey("u.id", ondelete="CASCADE"), unique=True, index=True),
        sa.Column("e", sa.Enum("a", "b", name="en")),
        sa.CheckConstraint("x > 5", name="ck1"),
        schema="s", comment="hello", info={"a": 1}, prefixes=["TEMP"], mysql_engine="InnoDB",
        sqlite_autoincrement=True, **_STORAGE,
    )  # fmt: skip
    yield (
        "table, convention",
        lambda: _created(
            sa.Column("id", I, primary_key=True),
            sa.Column("a", I, sa.ForeignKey("u.id"), unique=True, index=True),
            sa.CheckConstraint("a>5", "foo"),
            sa.Column("b", sa.Boolean(create_constraint=True, name="bb")),
            convention=True,
        ),
    )
    yield "table, foreign keys", lambda: _created(
        sa.Column("id", I, primary_key=True), sa.Column("a", I), sa.Column("b", I),
        sa.ForeignKeyConstraint(
            ["a", "b"], ["s2.u.x", "s2.u.y"], name="n", onupdate="CASCADE", ondelete="SET NULL",
            deferrable=True, initially="IMMEDIATE", use_alter=True, match="FULL", link_to_name=True,
            postgresql_not_valid=True,
        ),
        sa.ForeignKeyConstraint(["a"], ["t.id"]), schema="s",
    )  # fmt: skip
    yield "table, schema of the metadata", _with_schema_of_metadata
    yield "table, one column", lambda: _created(sa.Column("a", I))
    yield "table, key", lambda: _created(sa.Column("a", I, key="other", primary_key=True))
    yield (
        "table, primary key",
        lambda: _created(sa.Column("a", I), sa.Column("b", I), sa.PrimaryKeyConstraint("b", "a", name="pkk")),
    )
    yield (
        "table, uniques",
        lambda: _created(
            sa.Column("a", I),
            sa.UniqueConstraint(
                "a", name="q", deferrable=True, initially="DEFERRED", postgresql_include=["a"]
            ),
            sa.UniqueConstraint("a"),
        ),
    )
    yield (
        "table, checks",
        lambda: _created(
            sa.Column("a", I),
            sa.CheckConstraint(sa.column("a") > 5, name="q"),
            sa.CheckConstraint("a = 'x:y'"),
        ),
    )
    yield "table, options", lambda: ops.CreateTableOp(
        "e", [sa.Column("a", I), sa.Index("ix", "a")], schema="s", if_not_exists=True, comment="c",
        info={"x": "y"}, prefixes=["A", "B"], sqlite_autoincrement=True, mysql_engine="x",
    )  # fmt: skip
    for count in (255, 256):
        yield (
            f"table, {count} columns",
            lambda n=count: _created(*[sa.Column(f"c{at}", I) for at in range(n)], schema="x"),
        )
    yield "table, exclude", lambda: _created(
        sa.Column("a", I), sa.Column("b", I),
        ExcludeConstraint(
            ("a", "="), (sa.column("b"), "&&"), (sa.func.lower(sa.column("a")), "="), name="ex", using="gist",
            where=sa.text("a > 5"), initially="DEFERRED",
        ),
    )  # fmt: skip
    yield "drop table", lambda: ops.DropTableOp("t")
    yield "drop table, schema", lambda: ops.DropTableOp("t", schema="s", if_exists=True)
    yield "drop table, of a table", lambda: ops.DropTableOp.from_table(_table(sa.Column("a", I), schema="s"))
    yield (
        "drop table, back",
        lambda: ops.DropTableOp.from_table(
            _table(sa.Column("a", I, primary_key=True), comment="x", mysql_engine="y")
        ).reverse(),
    )
    yield "comment", lambda: ops.CreateTableCommentOp("t", "c")
    yield "comment, schema", lambda: ops.CreateTableCommentOp("t", "c's", schema="s", existing_comment="old")
    yield "drop comment", lambda: ops.DropTableCommentOp("t")
    yield "drop comment, schema", lambda: ops.DropTableCommentOp("t", schema="s", existing_comment="o")


def _columns() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "add column", lambda: ops.AddColumnOp("t", sa.Column("c", I))
    yield "add column, everything", lambda: ops.AddColumnOp(
        "t",
        sa.Column(
            "c", I, sa.ForeignKey("a.b"), primary_key=True, unique=True, index=True, key="k", default=5,
            onupdate=6, server_onupdate=sa.FetchedValue(), comment="x", system=True, autoincrement=False,
            info={"a": 1}, doc="x", quote=True,
        ),
        schema="s", if_not_exists=True, inline_references=True, inline_primary_key=True,
    )  # fmt: skip
    yield "add column, autoincrement", lambda: ops.AddColumnOp("t", sa.Column("c", I, autoincrement=True))
    yield "add column, quoted", lambda: ops.AddColumnOp("t", sa.Column(quoted_name("c", True), I))
    yield (
        "add column, option",
        lambda: ops.AddColumnOp("t", sa.Column("c", I, sqlite_on_conflict_not_null="FAIL", nullable=False)),
    )
    yield "add column, sequence", lambda: ops.AddColumnOp("t", sa.Column("c", I, sa.Sequence("foo")))
    yield (
        "add column, boolean",
        lambda: ops.AddColumnOp("t", sa.Column("c", sa.Boolean(create_constraint=True, name="ckn"))),
    )
    yield "drop column", lambda: ops.DropColumnOp("t", "c")
    yield "drop column, schema", lambda: ops.DropColumnOp("t", "c", schema="s", if_exists=True)
    alter: Any = ops.AlterColumnOp
    yield "alter, nothing", lambda: alter("t", "c")
    yield "alter, all", lambda: alter(
        "t", "c", modify_type=I(), modify_nullable=False, modify_server_default=None, modify_comment=None,
        modify_name="d",
    )  # fmt: skip
    yield "alter, existing", lambda: alter(
        "t", "c", existing_type=I(), existing_nullable=True, existing_comment="hi", modify_comment="ho",
        modify_server_default="5", existing_server_default=None, schema="s",
    )  # fmt: skip
    yield "alter, options", lambda: alter(
        "t", "c", existing_type=I(), modify_type=sa.String(5), modify_nullable=True, existing_nullable=False,
        modify_comment="a'b", existing_comment="x", autoincrement=True,
    )  # fmt: skip
    yield "alter, rename", lambda: alter("t", "c", modify_name="d")


def _constraints() -> Iterator[tuple[str, Callable[[], Any]]]:
    unique: Any = ops.CreateUniqueConstraintOp
    yield (
        "unique, options",
        lambda: unique("uq", "t", ["a", "b"], schema="s", deferrable=True, initially="DEFERRED"),
    )
    yield "unique, nulls", lambda: unique("uq", "t", ["a"], postgresql_nulls_not_distinct=True)
    yield "unique, unnamed", lambda: unique(None, "t", ["a", "b"])
    yield "unique, final", lambda: unique(conv("uq"), "t", ["a", "b"])
    check: Any = ops.CreateCheckConstraintOp
    yield "check", lambda: check("ck", "t", "a > 5")
    yield "check, text", lambda: check("ck", "t", sa.text("a > 5"), schema="s")
    yield "check, expression", lambda: check("ck", "t", sa.column("a") > 5, schema="s")
    key: Any = ops.CreateForeignKeyOp
    yield "foreign key", lambda: key("fk", "a", "b", ["x", "y"], ["p", "q"])
    yield "foreign key, everything", lambda: key(
        conv("fk"), "a", "b", ["x", "y"], ["p", "q"], source_schema="s", referent_schema="r",
        onupdate="CASCADE", ondelete="SET NULL", deferrable=True, initially="DEFERRED", match="FULL",
        use_alter=True,
    )  # fmt: skip
    yield "foreign key, option", lambda: key(None, "a", "b", ["x"], ["p"], postgresql_not_valid=True)
    drop: Any = ops.DropConstraintOp
    yield "drop constraint", lambda: drop("x", "t")
    yield "drop constraint, options", lambda: drop("x", "t", "check", schema="s", if_exists=True)
    yield "drop constraint, final", lambda: drop(conv("x"), "t", "check", schema="s")
    yield "drop constraint, unnamed", lambda: drop(None, "t", "unique")
    yield "exclude, unnamed", lambda: CreateExcludeConstraintOp(None, "t", [("a", "=")])
    yield (
        "exclude, where",
        lambda: CreateExcludeConstraintOp(
            "x", "t", [("a", "=")], where=sa.text("q > 4"), initially="DEFERRED", using="gist"
        ),
    )


def _indexes() -> Iterator[tuple[str, Callable[[], Any]]]:
    create: Any = ops.CreateIndexOp
    yield "index", lambda: create("i", "t", ["a", "b"])
    yield "index, everything", lambda: create(
        conv("i"), "t",
        [
            "a", sa.text("lower(b)"), sa.func.lower(sa.column("c")), sa.column("d").desc(),
            sa.literal_column("x+1").label("z"), sa.column("e"),
        ],
        unique=True, schema="s", if_not_exists=True, postgresql_where=sa.text("a > 5"),
        postgresql_using="gin", postgresql_ops={"a": "x"}, postgresql_include=["q"],
        postgresql_with={"fillfactor": 50}, mysql_length={"a": 4},
    )  # fmt: skip
    drop: Any = ops.DropIndexOp
    yield "drop index", lambda: drop("i", "t")
    yield "drop index, no table", lambda: drop("i")
    yield (
        "drop index, options",
        lambda: drop(
            "i",
            "t",
            schema="s",
            if_exists=True,
            postgresql_where=sa.text("x>5"),
            postgresql_concurrently=True,
        ),
    )
    yield "drop index, back", lambda: create("i", "t", ["a"]).reverse()


def _others() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "execute", lambda: ops.ExecuteSQLOp("select 1")
    yield "execute, quotes", lambda: ops.ExecuteSQLOp("it's \"\nmulti\t\\x")
    yield "modify table", lambda: ops.ModifyTableOps("t", _batched(), schema="s")
    yield "modify nothing", lambda: ops.ModifyTableOps("t", [])


def _batched() -> list[Any]:
    return [
        ops.AddColumnOp("t", sa.Column("x", I, sa.ForeignKey("a.b")), schema="s", if_not_exists=True),
        ops.DropColumnOp("t", "y", schema="s", if_exists=True),
        ops.CreateIndexOp(conv("i"), "t", ["a", sa.text("b + 1")], schema="s", unique=True),
        ops.DropIndexOp("i", "t", schema="s"),
        ops.CreateUniqueConstraintOp(conv("q"), "t", ["a"], schema="s"),
        ops.CreateForeignKeyOp(
            "fk", "t", "u", ["a"], ["b"], source_schema="s", referent_schema="s2", ondelete="CASCADE"
        ),
        ops.DropConstraintOp("q", "t", type_="check", schema="s"),
        ops.CreateCheckConstraintOp("ck", "t", "a>1", schema="s"),
        ops.CreateTableCommentOp("t", "x", schema="s"),
        ops.DropTableCommentOp("t", schema="s", existing_comment="z"),
        ops.ExecuteSQLOp("select 1"),
        CreateExcludeConstraintOp("ex", "t", [("a", "=")], schema="s", using="gist"),
        ops.AlterColumnOp("t", "c", schema="s", modify_nullable=False, existing_type=sa.String(5)),
    ]


def _item(type_: str, item: Any, context: Any) -> Any:
    """What an application's render_item may do: words of its own, the usual, or nothing at all."""
    if type_ == "type" and isinstance(item, (sa.String, Plain)):
        context.imports.add("import mine")
        return f"mine.{type(item).__name__}()"
    if type_ == "server_default" and isinstance(item, sa.FetchedValue) and not _generates(item):
        return "mine.DEFAULT"
    if type_ == "unique":
        return None
    return "mine.Check()" if type_ == "check" else False


OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "batch": {"render_as_batch": True},
    "prefixes": {
        "sqlalchemy_module_prefix": "alchemy.", "alembic_module_prefix": "migrate.",
        "user_module_prefix": "types.",
    },
    "no prefixes": {
        "sqlalchemy_module_prefix": None, "alembic_module_prefix": None, "user_module_prefix": "",
    },
    "render_item": {"render_item": _item},
}  # fmt: skip


@cache
def _migration(dialect: str) -> MigrationContext:
    return MigrationContext.configure(dialect_name=dialect)


def context(dialect: str, **options: Any) -> AutogenContext:
    usual = {
        "sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op.", "user_module_prefix": None,
        "render_item": None,
    }  # fmt: skip
    return AutogenContext(_migration(dialect), opts={**usual, **options}, autogenerate=False)


def rendered() -> dict[str, Any]:
    """For each sample its text and imports, or the kind of error."""
    result: dict[str, Any] = {}
    for dialect in DIALECTS:
        for option, values in OPTIONS.items():
            if option != "plain" and dialect not in ("postgresql", "sqlite"):
                continue
            for name, make in operations():
                at = f"{dialect} | {option} | {name}"
                autogen_context = context(dialect, **values)
                result[at] = _attempt(lambda m=make, c=autogen_context: render_op_text(c, m()))
                result[at] = [result[at], sorted(autogen_context.imports)]
    for type_ in POSTGRESQL_TYPES:
        autogen_context = context("postgresql")
        text = _attempt(lambda t=type_, c=autogen_context: render._repr_type(t, c))
        result[f"postgresql type | {type_!r}"] = [text, sorted(autogen_context.imports)]
    return result


def bodies() -> dict[str, str]:
    """The whole of the samples as one upgrade, for some databases and options."""
    result = {}
    for dialect, option in (("postgresql", "plain"), ("sqlite", "batch"), ("mysql", "prefixes")):
        autogen_context = context(dialect, **OPTIONS[option])
        everything = ops.UpgradeOps([_wrapped(make(), option) for _, make in operations()])
        result[f"{dialect} | {option}"] = render._indent(render._render_cmd_body(everything, autogen_context))
    return result


def _wrapped(op: Any, option: str) -> Any:
    of_tables = (ops.CreateTableOp, ops.DropTableOp, ops.ModifyTableOps)
    return op if option != "batch" or isinstance(op, of_tables) else ops.ModifyTableOps("t" * 25, [op])


def _attempt(function: Callable[[], str]) -> str:
    try:
        return function()
    except Exception as error:  # a sample that fails is to fail in both
        return f"error: {type(error).__name__}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    what = {"rendered": rendered, "bodies": bodies}
    json.dump({name: what[name]() for name in sys.argv[1:] or what}, sys.stdout)
