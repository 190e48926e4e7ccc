"""Changes that hang together: the generated script applies as written, in both directions, and leads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table
from sqlalchemy.pool import NullPool

from tests.autogenerate.roundtrip.cycle import round_trip

Model = Callable[[MetaData], Any]


def _id(name: str = "id") -> Column[Any]:
    return Column(name, Integer, primary_key=True)


def _parent(m: MetaData, *items: Any, name: str = "p") -> Table:
    return Table(name, m, _id(), *items)


def _key_to_new_unique(m: MetaData, new: bool) -> None:
    items: list[Any] = [ForeignKeyConstraint(["code"], ["z.code"], name="fk")] if new else []
    Table("a", m, _id(), Column("code", String(9)), *items)
    more: list[Any] = [sa.UniqueConstraint("code", name="uq_z")] if new else []
    Table("z", m, _id(), Column("code", String(9)), *more)


def _table_to_new_column(m: MetaData, new: bool) -> None:
    items: list[Any] = [Column("code", String(9), unique=True)] if new else []
    Table("a", m, _id(), *items)
    if new:
        Table("b", m, _id(), Column("code", String(9), ForeignKey("a.code"), index=True))


def _primary_key_under_keys(m: MetaData, new: bool) -> None:
    Table(
        "p",
        m,
        Column("id", Integer, primary_key=not new, autoincrement=False, nullable=False),
        Column("code", String(9), primary_key=new, nullable=False),
        *([sa.UniqueConstraint("id", name="uq_id")] if new else []),
    )
    Table("c", m, _id(), Column("p", Integer, ForeignKey("p.id", name="fk_c")))


def _types_under_key(kind: Any) -> Callable[[MetaData, bool], None]:
    def make(m: MetaData, new: bool) -> None:
        type_ = kind if new else Integer
        Table("p", m, Column("id", type_, primary_key=True, autoincrement=False))
        Table("a", m, _id(), Column("p", type_, ForeignKey("p.id", name="fk_a", ondelete="CASCADE")))
        Table("q", m, _id(), Column("p", type_, ForeignKey("p.id", name="fk_q"), index=True))

    return make


def _leaves_primary_key(m: MetaData, new: bool) -> None:
    Table(
        "t",
        m,
        Column("a", Integer, primary_key=True, autoincrement=False),
        Column("b", Integer, primary_key=not new, autoincrement=False, nullable=new),
    )


def _goes_with_primary_key(m: MetaData, new: bool) -> None:
    columns = [Column("b", Integer, primary_key=True, autoincrement=False)] if not new else []
    Table("t", m, Column("a", Integer, primary_key=True, autoincrement=False), *columns)


def _three_in_a_circle(m: MetaData, new: bool) -> None:
    Table("stays", m, _id())
    if new:
        for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
            Table(
                name,
                m,
                _id(),
                Column("other", Integer, ForeignKey(f"{other}.id", name=f"fk_{name}"), index=True),
            )


def _use_alter(m: MetaData, new: bool) -> None:
    Table("stays", m, _id())
    if new:
        key = ForeignKey("b.id", name="fk_a", use_alter=True)
        Table("a", m, _id(), Column("b", Integer, key), Column("s", Integer, ForeignKey("stays.id")))
        Table("b", m, _id(), Column("a", Integer, ForeignKey("a.id", name="fk_b", use_alter=True)))


def _key_both_ways(m: MetaData, new: bool) -> None:
    """An existing and a new table that refer to each other."""
    if new:
        Table("n", m, _id(), Column("e", Integer, ForeignKey("e.id", name="fk_n")))
        Table("e", m, _id(), Column("n", Integer, ForeignKey("n.id", name="fk_e")))
    else:
        Table("e", m, _id())


def _index_moves(m: MetaData, new: bool) -> None:
    for name in ("a", "b"):
        indexes = [sa.Index("ix_moving", "x")] if (name == "a") is new else []
        Table(name, m, _id(), Column("x", Integer), *indexes)


def _column_in_everything(m: MetaData, new: bool) -> None:
    _parent(m, Column("x", Integer), Column("y", Integer), sa.UniqueConstraint("x", "y", name="uq_p"))
    items: list[Any] = []
    if not new:
        items = [
            Column("b", Integer),
            sa.Index("ix_ab", "a", "b"),
            sa.UniqueConstraint("b", "a", name="uq_ab"),
            sa.CheckConstraint("a < b", name="ck_ab"),
            ForeignKeyConstraint(["a", "b"], ["p.x", "p.y"], name="fk_ab"),
        ]
    Table("t", m, _id(), Column("a", Integer), *items)


def _check_gets_new_column(m: MetaData, new: bool) -> None:
    column = "late" if new else "early"
    Table("t", m, _id(), Column(column, Integer), sa.CheckConstraint(f"{column} > 0", name="ck"))


def _key_changes_its_target(m: MetaData, new: bool) -> None:
    target = "zz" if new else "aa"
    Table(target, m, _id())
    Table("t", m, _id(), Column("x", Integer, ForeignKey(f"{target}.id", name="fk"), index=True))


def _counted_key_comes(m: MetaData, new: bool) -> None:
    columns: list[Any] = [_id()] if new else []
    Table("t", m, *columns, Column("a", Integer))


def _counted_key_gives_way(m: MetaData, new: bool) -> None:
    columns: list[Any] = [
        Column("id", Integer, primary_key=not new, nullable=False),
        Column("code", String(9), primary_key=new),
    ]
    Table("t", m, *columns)


def _counted_key_is_replaced(m: MetaData, new: bool) -> None:
    Table("t", m, _id("uid" if new else "id"), Column("a", sa.Date))


def _counted_key_grows(m: MetaData, new: bool) -> None:
    Table("t", m, _id(), Column("tenant", Integer, primary_key=new, autoincrement=False, nullable=False))
    key = ["t.id", "t.tenant"] if new else ["t.id"]
    Table(
        "u",
        m,
        _id(),
        Column("t", Integer),
        Column("tenant", Integer),
        ForeignKeyConstraint(["t", "tenant"] if new else ["t"], key, name="fk_u"),
    )


def _tree_of_other_type(m: MetaData, new: bool) -> None:
    type_ = String(20) if new else Integer
    Table(
        "tree",
        m,
        Column("id", type_, primary_key=True, autoincrement=False),
        Column("up", type_, ForeignKey("tree.id", name="fk_up"), index=True),
    )


def _overlapping_keys(m: MetaData, new: bool) -> None:
    _parent(m, Column("a", Integer), Column("b", Integer), sa.UniqueConstraint("a", "b", name="uq_ab"))
    _parent(m, Column("b", Integer, unique=True), name="q")
    keys: list[Any] = [ForeignKeyConstraint(["a", "b"], ["p.a", "p.b"], name="fk_p")]
    if new:
        keys.append(ForeignKeyConstraint(["b"], ["q.b"], name="fk_q"))
    Table("t", m, _id(), Column("a", Integer), Column("b", Integer), *keys)


def _names_are_swapped(m: MetaData, new: bool) -> None:
    one, other = ("b", "a") if new else ("a", "b")
    Table(
        "t",
        m,
        _id(),
        Column("a", Integer),
        Column("b", Integer),
        sa.Index("ix_1", one),
        sa.Index("ix_2", other),
        sa.UniqueConstraint(one, name="uq_1"),
        sa.UniqueConstraint(other, name="uq_2"),
        sa.CheckConstraint(f"{one} > 0", name="ck_1"),
        sa.CheckConstraint(f"{other} > 1", name="ck_2"),
    )


COMMON: dict[str, Callable[[MetaData, bool], None]] = {
    "foreign key to a new unique constraint": _key_to_new_unique,
    "new table refers to a new column": _table_to_new_column,
    "primary key exchanged under a foreign key": _primary_key_under_keys,
    "wider type under foreign keys": _types_under_key(sa.BigInteger),
    "another kind of type under foreign keys": _types_under_key(String(20)),
    "column leaves the primary key": _leaves_primary_key,
    "column goes with the primary key": _goes_with_primary_key,
    "three tables in a circle": _three_in_a_circle,
    "use_alter": _use_alter,
    "existing and new table refer to each other": _key_both_ways,
    "an index moves to another table": _index_moves,
    "a column goes that everything uses": _column_in_everything,
    "a check moves to another column": _check_gets_new_column,
    "a foreign key changes its target": _key_changes_its_target,
    "a key that counts comes": _counted_key_comes,
    "a key that counts gives way": _counted_key_gives_way,
    "a key that counts is replaced": _counted_key_is_replaced,
    "a key that counts grows, with its foreign key": _counted_key_grows,
    "a tree gets another type": _tree_of_other_type,
    "a foreign key more on a column of another": _overlapping_keys,
    "names are swapped": _names_are_swapped,
}


def _computed(expression: str, **kw: Any) -> Column[Any]:
    return Column("c", Integer, sa.Computed(expression, persisted=True), **kw)


def _computed_changes(m: MetaData, new: bool) -> None:
    c = _computed("a + 2" if new else "a + 1")
    Table(
        "t",
        m,
        _id(),
        Column("a", Integer),
        c,
        sa.Index("ix_c", "c"),
        sa.Index("ix_ac", "a", "c"),
        sa.UniqueConstraint("c", "id", name="uq_c"),
        sa.CheckConstraint("c > 0", name="ck_c"),
    )


def _under_computed(m: MetaData, new: bool) -> None:
    Table(
        "t",
        m,
        _id(),
        Column("a", sa.BigInteger if new else Integer),
        Column("c", sa.BigInteger, sa.Computed("a * 2", persisted=True), index=True),
    )


def _computed_goes_with_its_base(m: MetaData, new: bool) -> None:
    columns: list[Any] = []
    if not new:
        columns = [
            Column("a", Integer),
            Column("b", Integer, sa.Computed("a * 2", persisted=True)),
            sa.Index("ix_ba", "b", "a"),
            sa.CheckConstraint("b > a", name="ck"),
        ]
    Table("t", m, _id(), *columns)


def _computed_becomes_ordinary(m: MetaData, new: bool) -> None:
    column = Column("c", Integer) if new else _computed("a + 1")
    Table("t", m, _id(), Column("a", Integer), column, sa.Index("ix_c", "c"))


def _computed_of_another_column(m: MetaData, new: bool) -> None:
    base = "b" if new else "a"
    Table("t", m, _id(), Column(base, Integer), _computed(f"{base} + 1", index=True))


GENERATED = {
    "a computed column goes with its base": _computed_goes_with_its_base,
    "a computed column becomes an ordinary one": _computed_becomes_ordinary,
    "a computed column gets another base": _computed_of_another_column,
    "computed expression with dependents": _computed_changes,
    "type under a computed column": _under_computed,
}


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=NullPool)


def _check(url: str, make: Callable[[MetaData, bool], None]) -> None:
    engine = _engine(url)
    old, new = MetaData(), MetaData()
    make(old, False)
    make(new, True)
    assert round_trip(engine, old, new) > 0
    assert round_trip(engine, new, old) > 0


@pytest.mark.parametrize("name", [*COMMON, *GENERATED])
def test_postgresql(postgresql_url: str, name: str) -> None:
    _check(postgresql_url, {**COMMON, **GENERATED}[name])


@pytest.mark.parametrize("name", [*COMMON, *GENERATED])
def test_sqlite(sqlite_url: str, name: str) -> None:
    _check(sqlite_url, {**COMMON, **GENERATED}[name])


@pytest.mark.parametrize("name", [*COMMON, *GENERATED])
def test_mariadb(mariadb_url: str, name: str) -> None:
    _check(mariadb_url, {**COMMON, **GENERATED}[name])
