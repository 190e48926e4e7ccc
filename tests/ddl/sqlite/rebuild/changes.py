"""Random changes: what is asked of ``op``, and what the table's text must then be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from alembic.operations import Operations

from .tables import Col, Maker, Model, Part, changed


@dataclass
class Change:
    """One request, and its outcome.

    :param ask: performs it.
    :param model: the table afterwards.
    :param renamed: old names by new ones, where rows must agree.
    :param retyped: new type of columns whose values follow its affinity.
    :param lost: columns that are gone, with the indexes on them.
    """

    ask: Callable[[Operations], None]
    model: Model
    renamed: dict[str, str] = field(default_factory=dict)
    retyped: dict[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()


def pick(maker: Maker, model: Model) -> Change:
    """A change that the model allows."""
    kinds = [
        _retype,
        _nullable,
        _not_null,
        _default,
        _no_default,
        _add,
        _unique,
        _check,
        _foreign_key,
        _drop_named,
    ]
    return maker.random.choice(kinds)(maker, model)


def _plain(maker: Maker, model: Model) -> Col:
    free = [each for each in model.columns[1:] if not each.is_generated and each.bare != "up"]
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
    return Change(lambda op: op.alter_column("t", column.bare, type_=type_), new, retyped={column.bare: text})


def _nullable(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.column(column.bare).clauses.pop("null", None)
    return Change(lambda op: op.alter_column("t", column.bare, nullable=True), new)


def _not_null(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    target = new.column(column.bare)
    if "null" not in target.clauses:
        _put(target, "null", "NOT NULL", behind="default")
    return Change(lambda op: op.alter_column("t", column.bare, nullable=False), new)


def _default(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    target = new.column(column.bare)
    if "default" in target.clauses:
        target.clauses["default"] = "DEFAULT 'it''s'"
    else:
        _put(target, "default", "DEFAULT 'it''s'")
    return Change(lambda op: op.alter_column("t", column.bare, server_default="it's"), new)


def _no_default(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.column(column.bare).clauses.pop("default", None)
    return Change(lambda op: op.alter_column("t", column.bare, server_default=None), new)


def _put(column: Col, kind: str, sql: str, behind: str | None = None) -> None:
    """A new clause right behind the type, or behind another."""
    clauses = list(column.clauses.items())
    place = next((n + 1 for n, (each, _) in enumerate(clauses) if each == behind), 0)
    clauses.insert(place, (kind, sql))
    column.clauses = dict(clauses)


def _add(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.columns.append(Col("added", "INTEGER", {"default": "DEFAULT (1 + 1)", "null": "NOT NULL"}))

    def ask(op: Operations) -> None:
        default = sa.text("(1 + 1)")
        op.add_column("t", sa.Column("added", sa.Integer, server_default=default, nullable=False))

    return Change(ask, new)


def _unique(maker: Maker, model: Model) -> Change:
    column = _plain(maker, model)
    new = changed(model)
    new.parts.append(Part(f"CONSTRAINT uq_new UNIQUE (id, {column.bare})", "uq_new"))
    return Change(lambda op: op.create_unique_constraint("uq_new", "t", ["id", column.bare]), new)


def _check(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.parts.append(Part("CONSTRAINT ck_new CHECK (id <> -7)", "ck_new"))
    return Change(lambda op: op.create_check_constraint("ck_new", "t", "id <> -7"), new)


def _foreign_key(maker: Maker, model: Model) -> Change:
    new = changed(model)
    new.columns.append(Col("ref", "INTEGER"))
    new.parts.append(Part("CONSTRAINT fk_new FOREIGN KEY(ref) REFERENCES p (id) ON DELETE CASCADE", "fk_new"))

    def ask(op: Operations) -> None:
        with op.batch_alter_table("t") as batch:
            batch.add_column(sa.Column("ref", sa.Integer))
            batch.create_foreign_key("fk_new", "p", ["ref"], ["id"], ondelete="CASCADE")

    return Change(ask, new)


def _drop_named(maker: Maker, model: Model) -> Change:
    named = [part for part in model.parts if part.name]
    if not named:
        return _check(maker, model)
    name = maker.random.choice(named).name
    assert name is not None
    new = changed(model)
    new.parts = [part for part in new.parts if part.name != name]
    return Change(lambda op: op.drop_constraint(name, "t"), new)


def outcome(name: Any) -> str:
    """A value as something that compares by type too."""
    return repr(name)
