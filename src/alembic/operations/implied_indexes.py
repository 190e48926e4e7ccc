"""The indexes that InnoDB makes for foreign keys: https://mariadb.com/kb/en/foreign-keys/.

As long as a key is there its index is none of the table's own: nobody has asked for it, and it would come by
itself. Once the key is dropped the index is what everybody sees, until another one covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from alembic.schema.spelling import element_of

#: Marks, in ``info``, a constraint whose name was given by the database; its first column was called so then.
GIVEN = "alembic_given_name"

_MARK = "alembic_implied"


def implied(table: sa.Table) -> dict[str, tuple[str, ...]]:
    """The columns of the indexes that were made for the foreign keys of a table, by their names."""
    covering = [columns for _, columns in _keys(table)]
    made: dict[str, tuple[str, ...]] = {}
    for constraint in sorted(table.foreign_key_constraints, key=lambda each: each._creation_order):
        columns = tuple(element.parent.name for element in constraint.elements)
        if any(_covers(each, columns) for each in covering):
            continue
        if any(len(each) > len(columns) and _covers(each, columns) for each in made.values()):
            continue
        made = {name: each for name, each in made.items() if not _covers(columns, each)}
        taken = {*made, *(str(index.name) for index in table.indexes)}
        named = isinstance(constraint.name, str) and GIVEN not in constraint.info
        first = constraint.info.get(GIVEN, columns[0])
        made[str(constraint.name) if named else unused_name(first, taken)] = columns
    return made


def left_behind(before: sa.Table, after: sa.Table) -> Iterator[sa.Index]:
    """The indexes that stay when foreign keys were dropped; marked, so that they can go by themselves."""
    kept = implied(after)
    for name, columns in implied(before).items():
        if kept.get(name) != columns:
            index = sa.Index(name, *columns)
            index.info[_MARK] = True
            sa.Table("left", sa.MetaData(), *(sa.Column(each, sa.types.NULLTYPE) for each in columns), index)
            yield index


def drop_covered(table: sa.Table, new: sa.ForeignKeyConstraint | None = None) -> None:
    """Take those indexes out that foreign keys have left, where another covers them.

    :param new: a foreign key that has just been added, and got an index of its own.
    """
    own = () if new is None else tuple(element.parent.name for element in new.elements)
    for index in [each for each in table.indexes if _MARK in each.info]:
        columns = tuple(column.name for column in index.columns)
        others = [each for other, each in _keys(table) if other is not index]
        if any(_covers(each, columns) for each in [*others, own]):
            table.indexes.discard(index)


def forget_origin(index: sa.Index) -> None:
    """Make an index that a foreign key has left one as any other, which stays whatever comes."""
    index.info.pop(_MARK, None)


def unused_name(name: str, taken: Iterable[str]) -> str:
    """The name of an index that nobody has named: that of its first column, with a number if it is taken."""
    lower = {"primary", *(each.lower() for each in taken)}
    number = 1
    made = name
    while made.lower() in lower:
        number += 1
        made = f"{name}_{number}"
    return made


def _keys(table: sa.Table) -> list[tuple[Any, tuple[str, ...]]]:
    """All keys and indexes, and the columns that they begin with."""
    found: list[tuple[Any, tuple[str, ...]]] = [
        (each, tuple(column.name for column in each.columns))
        for each in table.constraints
        if isinstance(each, (sa.PrimaryKeyConstraint, sa.UniqueConstraint))
    ]
    for index in table.indexes:
        if not any(key.endswith(("_length", "_prefix")) for key in index.dialect_kwargs):
            found.append((index, tuple(_leading(index))))
    return found


def _leading(index: sa.Index) -> Iterator[str]:
    assert index.table is not None
    for part in index.expressions:
        name = element_of(part, _text, index.table).removesuffix(" DESC")
        if name not in index.table.columns:
            return
        yield name


def _text(clause: Any) -> str:
    return str(clause)


def _covers(index: tuple[str, ...], columns: tuple[str, ...]) -> bool:
    return index[: len(columns)] == columns
