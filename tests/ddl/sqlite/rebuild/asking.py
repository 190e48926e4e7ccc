"""The same requests, said to ``op`` one by one, or to a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from alembic.operations import BatchOperations, Operations

TABLE = "t"


class Asker(Protocol):
    """Takes requests about the table."""

    in_batch: bool

    def calling(self, names: Mapping[str, str]) -> Asker: ...
    def order(self, columns: tuple[str, ...]) -> None: ...
    def alter_column(self, name: str, **kw: Any) -> None: ...
    def add_column(self, column: sa.Column[Any], **kw: Any) -> None: ...
    def drop_column(self, name: str) -> None: ...
    def create_unique_constraint(self, name: str, columns: list[str]) -> None: ...
    def create_check_constraint(self, name: str, condition: str) -> None: ...
    def create_foreign_key(
        self, name: str, other: str, columns: list[str], remote: list[str], **kw: Any
    ) -> None: ...
    def drop_constraint(self, name: str) -> None: ...


class OneByOne:
    """Requests as directives of ``op``; what only a batch understands becomes a batch."""

    in_batch = False

    def __init__(self, op: Operations, table: str, schema: str | None) -> None:
        self._op, self._table, self._schema = op, table, schema

    def calling(self, names: Mapping[str, str]) -> OneByOne:
        return self

    def order(self, columns: tuple[str, ...]) -> None:
        with self._op.batch_alter_table(self._table, schema=self._schema, partial_reordering=[columns]):
            pass

    def alter_column(self, name: str, **kw: Any) -> None:
        if "insert_before" in kw or "insert_after" in kw:
            self._in_batch(lambda batch: batch.alter_column(name, **kw))
        else:
            self._op.alter_column(self._table, name, schema=self._schema, **kw)

    def add_column(self, column: sa.Column[Any], **kw: Any) -> None:
        if kw:
            self._in_batch(lambda batch: batch.add_column(column, **kw))
        else:
            self._op.add_column(self._table, column, schema=self._schema)

    def _in_batch(self, ask: Callable[[BatchOperations], None]) -> None:
        with self._op.batch_alter_table(self._table, schema=self._schema) as batch:
            ask(batch)

    def drop_column(self, name: str) -> None:
        self._op.drop_column(self._table, name, schema=self._schema)

    def create_unique_constraint(self, name: str, columns: list[str]) -> None:
        self._op.create_unique_constraint(name, self._table, columns, schema=self._schema)

    def create_check_constraint(self, name: str, condition: str) -> None:
        self._op.create_check_constraint(name, self._table, condition, schema=self._schema)

    def create_foreign_key(
        self, name: str, other: str, columns: list[str], remote: list[str], **kw: Any
    ) -> None:
        kw |= {"source_schema": self._schema, "referent_schema": self._schema}
        self._op.create_foreign_key(name, self._table, other, columns, remote, **kw)

    def drop_constraint(self, name: str) -> None:
        self._op.drop_constraint(name, self._table, schema=self._schema)


class InBatch:
    """Requests within one batch.

    :param names: columns are called by these new names, given by the old ones.
    """

    in_batch = True

    def __init__(
        self, batch: BatchOperations, order: list[tuple[str, ...]], names: Mapping[str, str] | None = None
    ) -> None:
        self._batch, self._order, self._names = batch, order, names or {}

    def calling(self, names: Mapping[str, str]) -> InBatch:
        return InBatch(self._batch, self._order, names)

    def _called(self, *names: str) -> list[str]:
        return [self._names.get(name, name) for name in names]

    def order(self, columns: tuple[str, ...]) -> None:
        self._order.append(tuple(self._called(*columns)))

    def alter_column(self, name: str, **kw: Any) -> None:
        for hint in ("insert_before", "insert_after"):
            if hint in kw:
                kw[hint] = self._called(kw[hint])[0]
        self._batch.alter_column(self._called(name)[0], **kw)

    def add_column(self, column: sa.Column[Any], **kw: Any) -> None:
        hints: dict[str, Any] = {hint: self._called(name)[0] for hint, name in kw.items()}
        self._batch.add_column(column, **hints)

    def drop_column(self, name: str) -> None:
        self._batch.drop_column(self._called(name)[0])

    def create_unique_constraint(self, name: str, columns: list[str]) -> None:
        self._batch.create_unique_constraint(name, self._called(*columns))

    def create_check_constraint(self, name: str, condition: str) -> None:
        self._batch.create_check_constraint(name, condition)

    def create_foreign_key(
        self, name: str, other: str, columns: list[str], remote: list[str], **kw: Any
    ) -> None:
        schema = self._batch.impl.schema
        self._batch.create_foreign_key(
            name, other, self._called(*columns), remote, referent_schema=schema, **kw
        )

    def drop_constraint(self, name: str) -> None:
        self._batch.drop_constraint(name)
