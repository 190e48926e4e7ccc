"""From one list of an enumeration type's values to another: values added in place, or the type made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.ddl.changes import EnumUse
from alembic.operations import ops
from alembic.schema.shapes import EnumType, TableKey

from .facts import Facts, StatementOp, Thing

if TYPE_CHECKING:
    from alembic.ddl.changes import Changes


@dataclass(frozen=True, slots=True)
class UsedColumn:
    """A column of the type that is made anew.

    :param dimensions: of an array; 0 if it's none.
    :param before: its server default, as SQL; None without one.
    :param after: what its server default is to be.
    """

    schema: str | None
    table: str
    column: str
    dimensions: int = 0
    before: str | None = None
    after: str | None = None

    @property
    def thing(self) -> Thing:
        """The column, as the order of operations has it."""
        return "column", (self.schema, self.table), self.column


class RetypeOp(ops.ReversibleSQLOp):
    """Turns a column to the type made anew: what depends on the column's type is in the way of it.

    :param key: schema, table and column.
    """

    def __init__(
        self, there: str, back: str, key: tuple[str | None, str, str], notes: Sequence[str] = ()
    ) -> None:
        super().__init__(there, back, notes=notes)
        self.key = key


def additions(before: EnumType, after: EnumType) -> list[tuple[str, str | None]] | None:
    """The new values, each with the one that it comes after; None if there is more to change than that.

    In this order each one finds its place when it is added.
    """
    kept = tuple(value for value in after.values if value in before.values)
    if kept != before.values or len(set(after.values)) != len(after.values):
        return None
    return [
        (value, after.values[place - 1] if place else None)
        for place, value in enumerate(after.values)
        if value not in before.values
    ]


def rebuilt(
    before: EnumType,
    after: EnumType,
    used: Sequence[UsedColumn],
    changes: Changes,
    taken: Collection[TableKey],
    *,
    defaults_stay: bool = False,
) -> Iterator[ops.ReversibleSQLOp]:
    """Rename the type, make it anew, turn its columns to it by the texts of the values, drop the old one.

    :param taken: the keys of all such types.
    :param defaults_stay: the defaults after are those before.
    """
    aside = _free_name(before, taken)
    for each in used:
        if each.before is not None:
            yield ops.ReversibleSQLOp(
                changes.default_of(each.schema, each.table, each.column, None),
                changes.default_of(each.schema, each.table, each.column, each.before),
            )
    # What depends on a column's type goes before the first of these steps, and comes again after the last.
    # A column that no longer uses the type goes, or changes, before the first one as well.
    things = {each.thing for each in used}
    first = Facts(drops={*things, ("enum", (before.schema, before.name))})
    yield StatementOp(*changes.rename_enum(before.schema, before.name, aside), first)
    yield StatementOp(*changes.create_enum(after), Facts(makes={("enum", (after.schema, after.name))}))
    gone = [value for value in before.values if value not in after.values]
    for each in used:
        use = EnumUse(before.schema, before.name, each.dimensions)
        there = changes.retype(each.schema, each.table, each.column, use, after.name)
        back = changes.retype(each.schema, each.table, each.column, use, aside)
        yield RetypeOp(there, back, (each.schema, each.table, each.column), _notes(each, gone))
    # The comment also says whether the type goes with its last column.
    yield ops.ReversibleSQLOp(
        changes.copy_comment(before.schema, aside, after.name),
        changes.copy_comment(before.schema, after.name, aside),
    )
    there, back = reversed(changes.create_enum(EnumType(before.schema, aside, before.values)))
    yield StatementOp(there, back, Facts(makes=things))
    for each in used:
        default = each.before if defaults_stay else each.after
        if default is not None:
            yield ops.ReversibleSQLOp(
                changes.default_of(each.schema, each.table, each.column, default),
                changes.default_of(each.schema, each.table, each.column, None),
            )


def _notes(used: UsedColumn, gone: Sequence[str]) -> list[str]:
    if not gone:
        return []
    values = ", ".join(map(repr, gone))
    return [f"Fails if {used.table}.{used.column} still holds {values}."]


def _free_name(enum: EnumType, taken: Collection[TableKey]) -> str:
    name = f"{enum.name[:55]}_old"
    while (enum.schema, name) in taken:
        name += "_"
    return name
