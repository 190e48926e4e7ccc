"""Schema objects that are equal when they mean the same, for assertions about operations and diffs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.elements import ClauseList


class _Compare:
    """Stands for a schema object in a comparison with ``==``.

    :param thing: the schema object.
    """

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.thing!r})"

    def __hash__(self) -> int:
        return hash(type(self))

    def __eq__(self, other: object) -> bool:
        what = other.thing if isinstance(other, _Compare) else other
        return bool(self._meaning(self.thing) == self._meaning(what))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _meaning(self, thing: Any) -> Any:
        raise TypeError(f"{type(self).__name__} compares nothing by itself")


class CompareTable(_Compare):
    """Name, schema and columns count."""

    def __init__(self, table: Any) -> None:
        super().__init__(table)

    def _meaning(self, thing: Any) -> Any:
        return thing.name, thing.schema, [CompareColumn(column) for column in thing.columns]


class CompareColumn(_Compare):
    """Name and nullability count."""

    def __init__(self, column: Any) -> None:
        super().__init__(column)

    def _meaning(self, thing: Any) -> Any:
        return thing.name, thing.nullable


class CompareIndex(_Compare):
    """Name, expressions and uniqueness count.

    :param name_only: only the name.
    """

    def __init__(self, index: Any, name_only: bool = False) -> None:
        super().__init__(index)
        self.name_only = name_only

    def _meaning(self, thing: Any) -> Any:
        if self.name_only:
            return thing.name
        return str(thing.name), [str(one) for one in thing.expressions], thing.unique, thing.table.name


class CompareCheckConstraint(_Compare):
    """The table and the text of the condition count."""

    def __init__(self, constraint: Any) -> None:
        super().__init__(constraint)

    def _meaning(self, thing: Any) -> Any:
        condition = thing.sqltext
        if isinstance(condition, ClauseList):
            return [str(one) for one in condition], thing.table.name
        return str(condition), thing.table.name


class CompareForeignKey(_Compare):
    """Columns on both sides and the rules count."""

    def __init__(self, constraint: Any) -> None:
        super().__init__(constraint)

    def _meaning(self, thing: Any) -> Any:
        columns = [column.name for column in thing.columns]
        targets = [element.target_fullname for element in thing.elements]
        rules = (thing.onupdate, thing.ondelete, thing.deferrable, thing.initially)
        return thing.table.name, columns, targets, rules


class ComparePrimaryKey(_Compare):
    """The columns count."""

    def __init__(self, constraint: Any) -> None:
        super().__init__(constraint)

    def _meaning(self, thing: Any) -> Any:
        return thing.table.name, [column.name for column in thing.columns]


class CompareUniqueConstraint(_Compare):
    """The columns count."""

    def __init__(self, constraint: Any) -> None:
        super().__init__(constraint)

    def _meaning(self, thing: Any) -> Any:
        return thing.table.name, [column.name for column in thing.columns]
