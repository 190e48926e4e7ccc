"""Random changes: what is asked for, and what the table's text must then be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from .asking import Asker
from .tables import Col, Maker, Model, Part, changed


@dataclass
class Change:
    """One request, and its outcome.

    :param ask: performs it.
    :param model: the table afterwards.
    :param native: SQL after which a table of that model is what it must be, with all that belongs to it.
    :param renamed: old names by new ones.
    :param retyped: new type of columns whose values follow its affinity.
    :param computed: columns whose values are others now.
    :param lost: columns that are gone, with the indexes on them.
    :param is_loose: before or behind which comma a comment stands does not matter. SQLite itself puts a
        column behind the last comment, and whose the comments around a lost column are, who knows: they stay.
    """

    ask: Callable[[Asker], None]
    model: Model
    native: tuple[str, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    retyped: dict[str, str] = field(default_factory=dict)
    computed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    is_loose: bool = False


Kind = Callable[[Maker, Model], Change]


def pick(maker: Maker, model: Model) -> Change:
    """Some changes that the model allows, as one, with a rename now and then."""
    number = maker.random.choice((1, 1, 1, 2, 3))
    change = Change(lambda op: None, model)
    kinds = maker.random.sample(KINDS, number)
    kinds.sort(key=lambda kind: kind is _reorder)  # which is the last thing that a batch does, by its nature
    for kind in kinds:
        change = _both(change, kind(maker, change.model))
    if maker.chance(0.3):
        change = _rename(maker, change, alone=maker.chance(0.3), model=model)
    return change


def _both(one: Change, other: Change) -> Change:
    def ask(op: Asker) -> None:
        one.ask(op)
        other.ask(op)

    return Change(
        ask,
        other.model,
        retyped=one.retyped | other.retyped,
        computed=one.computed + other.computed,
        lost=one.lost + other.lost,
        is_loose=one.is_loose or other.is_loose,
    )


def _rename(maker: Maker, change: Change, *, alone: bool, model: Model) -> Change:
    """Another name for a column, beside the changes, or instead of them."""
    if alone:
        change = Change(lambda op: None, model)
    column = maker.random.choice([each for each in change.model.columns if each.bare not in ("added", "ref")])
    old, new = column.bare, maker.random.choice(("z", "new name", "Order"))
    which = maker.random.choice(("first", "last", "new name"))
    if old not in [each.bare for each in model.columns]:
        which = "last"

    def ask(op: Asker) -> None:
        if which == "last" or not op.in_batch:
            change.ask(op)
            op.alter_column(old, new_column_name=new)
        else:
            op.alter_column(old, new_column_name=new)
            change.ask(op.calling({old: new}) if which == "new name" else op)

    written = "z" if new == "z" else f'"{new}"'
    rename = f'ALTER TABLE t RENAME COLUMN "{old}" TO {written}'
    retyped = {new if name == old else name: type_ for name, type_ in change.retyped.items()}
    computed = tuple(new if name == old else name for name in change.computed)
    return replace(
        change,
        ask=ask,
        native=(rename,),
        renamed={new: old},
        retyped=retyped,
        computed=computed,
    )


def _plain(maker: Maker, model: Model) -> Col:
    free = [
        each
        for each in model.columns
        if not each.is_generated and each.bare not in ("id", "up", "ref", "added", "placed")
    ]
    return maker.random.choice(free)


def _retype(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    type_, text = maker.random.choice(
        [(sa.Text(), "TEXT"), (sa.String(99), "VARCHAR(99)"), (sa.Integer(), "INTEGER")]
    )
    if model.strict:
        type_, text = sa.Text(), "TEXT"
    new.column(column.bare).type = text
    return Change(lambda op: op.alter_column(column.bare, type_=type_), new, retyped={column.bare: text})


def _nullable(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.column(column.bare).clauses.pop("null", None)
    return Change(lambda op: op.alter_column(column.bare, nullable=True), new)


def _not_null(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    target = new.column(column.bare)
    if "null" not in target.clauses:
        _put(target, "null", "NOT NULL", behind="default")
    return Change(lambda op: op.alter_column(column.bare, nullable=False), new)


def _default(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    target = new.column(column.bare)
    if "default" in target.clauses:
        target.clauses["default"] = "DEFAULT 'it''s'"
    else:
        _put(target, "default", "DEFAULT 'it''s'")
    return Change(lambda op: op.alter_column(column.bare, server_default="it's"), new)


def _no_default(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.column(column.bare).clauses.pop("default", None)
    return Change(lambda op: op.alter_column(column.bare, server_default=None), new)


def _put(column: Col, kind: str, sql: str, behind: str | None = None) -> None:
    """A new clause right behind the type, or behind another."""
    clauses = list(column.clauses.items())
    place = next((n + 1 for n, (each, _) in enumerate(clauses) if each == behind), 0)
    clauses.insert(place, (kind, sql))
    column.clauses = dict(clauses)


def _generation(maker: Maker, model: Model) -> Change:
    """Another expression for a generated column."""
    found = [each for each in model.columns if each.is_generated]
    if not found:
        return _default(maker, model)
    column, new = found[0], changed(model)
    stored = maker.chance(0.5)
    new.column(column.bare).clauses["generated"] = "GENERATED ALWAYS AS (id || 'y') " + (
        "STORED" if stored else "VIRTUAL"
    )
    default = sa.Computed("id || 'y'", persisted=stored)
    return Change(
        lambda op: op.alter_column(column.bare, server_default=default), new, computed=(column.bare,)
    )


def _add(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.columns.append(Col("added", "INTEGER", {"default": "DEFAULT (1 + 1)", "null": "NOT NULL"}))

    def ask(op: Asker) -> None:
        op.add_column(sa.Column("added", sa.Integer, server_default=sa.text("(1 + 1)"), nullable=False))

    return Change(ask, new)


def _add_simple(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.columns.append(Col("simple", "INTEGER", {"default": "DEFAULT '5'"}))
    return Change(
        lambda op: op.add_column(sa.Column("simple", sa.Integer, server_default="5")), new, is_loose=True
    )


def _add_somewhere(maker: Maker, model: Model) -> Change:
    new = changed(model)
    place = maker.random.randrange(len(model.columns))
    neighbour = model.columns[place].bare
    before = maker.chance(0.5)
    new.columns.insert(place if before else place + 1, Col("placed", "INTEGER"))
    hint = {"insert_before" if before else "insert_after": neighbour}
    return Change(lambda op: op.add_column(sa.Column("placed", sa.Integer), **hint), new)


def _move(maker: Maker, model: Model) -> Change:
    new = changed(model)
    column, neighbour = maker.random.sample([each.bare for each in model.columns], 2)
    before = maker.chance(0.5)
    order = [each.bare for each in model.columns if each.bare != column]
    order.insert(order.index(neighbour) + (0 if before else 1), column)
    _order(new, order)
    hint = {"insert_before" if before else "insert_after": neighbour}
    return Change(lambda op: op.alter_column(column, **hint), new)


def _reorder(maker: Maker, model: Model) -> Change:
    """``partial_reordering``: columns one behind the other, at the place of the first of them."""
    new = changed(model)
    names = [each.bare for each in model.columns]
    wanted = maker.random.sample(names, 2)
    start = min(map(names.index, wanted))
    rest = [name for name in names if name not in wanted]
    at = sum(name not in wanted for name in names[:start])
    _order(new, [*rest[:at], *wanted, *rest[at:]])
    return Change(lambda op: op.order(tuple(wanted)), new)


def _order(model: Model, order: list[str]) -> None:
    """Definitions change places; the comments stay where they are, they belong to lines."""
    comments = [each.comment for each in model.columns]
    model.columns = [model.column(name) for name in order]
    for column, comment in zip(model.columns, comments, strict=True):
        column.comment = comment


def _drop(maker: Maker, model: Model) -> Change:
    """A column less, with constraints and indexes that are on it."""
    checked = [name for part in model.parts if "CHECK" in part.sql for name in part.columns]
    plain = [each for each in model.columns if each.bare.startswith("c") and each.bare not in checked]
    sources = [sql for each in model.columns for kind, sql in each.clauses.items() if kind == "generated"]
    free = [each for each in plain if not any(f"({each.name} ||" in sql for sql in sources)]
    if len(free) < 2:
        return _nullable(maker, model)
    column = maker.random.choice(free)
    new = changed(model)
    new.columns = [each for each in new.columns if each.bare != column.bare]
    new.parts = [part for part in new.parts if column.bare not in part.columns]
    return Change(lambda op: op.drop_column(column.bare), new, lost=(column.bare,), is_loose=True)


def _unique(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.parts.append(Part(f"CONSTRAINT uq_new UNIQUE (id, {column.bare})", "uq_new", ("id", column.bare)))
    return Change(lambda op: op.create_unique_constraint("uq_new", ["id", column.bare]), new)


def _check(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.parts.append(Part("CONSTRAINT ck_new CHECK (id <> -7)", "ck_new"))
    return Change(lambda op: op.create_check_constraint("ck_new", "id <> -7"), new)


def _foreign_key(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.columns.append(Col("ref", "INTEGER"))
    new.parts.append(
        Part("CONSTRAINT fk_new FOREIGN KEY(ref) REFERENCES p (id) ON DELETE CASCADE", "fk_new", ("ref",))
    )

    def ask(op: Asker) -> None:
        op.add_column(sa.Column("ref", sa.Integer))
        op.create_foreign_key("fk_new", "p", ["ref"], ["id"], ondelete="CASCADE")

    return Change(ask, new, is_loose=True)


def _drop_named(maker: Maker, model: Model) -> Change:
    named = [part for part in model.parts if part.name]
    if not named:
        return _nullable(maker, model)
    name = maker.random.choice(named).name
    assert name is not None
    new = changed(model)
    new.parts = [part for part in new.parts if part.name != name]
    return Change(lambda op: op.drop_constraint(name), new)


KINDS: list[Kind] = [
    _retype,
    _nullable,
    _not_null,
    _default,
    _no_default,
    _generation,
    _add,
    _add_simple,
    _add_somewhere,
    _move,
    _reorder,
    _drop,
    _unique,
    _check,
    _foreign_key,
    _drop_named,
]


def outcome(name: Any) -> str:
    """A value as something that compares by type too."""
    return repr(name)
