"""Operations as lines for a person and as records for a program: what ``alembic check`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import CompileError

from ..errors import CommandError
from ..operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from ..operations.comments import CreateTableCommentOp, DropTableCommentOp
from ..operations.constraints import AddConstraintOp, CreateForeignKeyOp, DropConstraintOp
from ..operations.containers import OpContainer
from ..operations.indexes import CreateIndexOp, DropIndexOp
from ..operations.operation import MigrateOperation
from ..operations.sql import ExecuteSQLOp, ManualOp
from ..operations.tables import CreateTableOp, DropTableOp, RenameTableOp

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

_KINDS = {
    "primarykey": "primary key",
    "unique": "unique constraint",
    "foreignkey": "foreign key",
    "check": "check constraint",
    "exclude": "exclude constraint",
}
_ATTRIBUTES = {
    "modify_type": "type",
    "modify_default": "default",
    "modify_comment": "comment",
    "modify_name": "name",
}


class Difference(NamedTuple):
    """One difference between models and database.

    :param kind: the first member of the operation's diff tuple, such as ``"add_column"``.
    :param name: of the column, index or constraint; None if it is the table that differs.
    :param text: all of it in words.
    """

    kind: str
    schema: str | None
    table: str | None
    name: str | None
    text: str


def differences(container: OpContainer, dialect: Dialect | None) -> list[Difference]:
    """What the operations of an upgrade change, one by one.

    :param dialect: spells types; None: as SQLAlchemy does without one.
    """
    return list(_Describer(dialect).all_of(container.ops))


class _Describer:
    """Describes the operations for one dialect."""

    def __init__(self, dialect: Dialect | None) -> None:
        self._dialect = dialect

    def all_of(self, operations: Iterable[MigrateOperation]) -> Iterator[Difference]:
        for operation in operations:
            if isinstance(operation, OpContainer):
                yield from self.all_of(operation.ops)
            else:
                yield from self.of(operation)

    @singledispatchmethod
    def of(self, operation: MigrateOperation) -> Iterator[Difference]:
        """An operation that nobody here knows: what it says of itself."""
        try:
            found = operation.to_diff_tuple()
        except (CommandError, NotImplementedError):
            found = (type(operation).__name__,)
        table, schema = getattr(operation, "table_name", None), getattr(operation, "schema", None)
        for each in found if isinstance(found, list) else [found]:
            yield Difference(str(each[0]), schema, table, None, " ".join(map(str, each)))

    @of.register
    def _(self, operation: CreateTableOp) -> Iterator[Difference]:
        yield self._of_table(operation, "add_table", "add table {}")

    @of.register
    def _(self, operation: DropTableOp) -> Iterator[Difference]:
        yield self._of_table(operation, "remove_table", "remove table {}")

    @of.register
    def _(self, operation: RenameTableOp) -> Iterator[Difference]:
        yield self._of_table(operation, "rename_table", f"rename table {{}} to {operation.new_table_name}")

    @of.register
    def _(self, operation: CreateTableCommentOp) -> Iterator[Difference]:
        before = self._value("modify_comment", operation.existing_comment)
        text = f"change comment of table {{}} from {before} to {operation.comment!r}"
        yield self._of_table(operation, "add_table_comment", text)

    @of.register
    def _(self, operation: DropTableCommentOp) -> Iterator[Difference]:
        yield self._of_table(operation, "remove_table_comment", "remove comment of table {}")

    @of.register
    def _(self, operation: AddColumnOp) -> Iterator[Difference]:
        column = operation.column
        facts = f"{self._type(column.type)}{'' if column.nullable else ' NOT NULL'}"
        yield self._of_part(operation, "add_column", str(column.name), f"add column {{}} {facts}")

    @of.register
    def _(self, operation: DropColumnOp) -> Iterator[Difference]:
        yield self._of_part(operation, "remove_column", operation.column_name, "remove column {}")

    @of.register
    def _(self, operation: AlterColumnOp) -> Iterator[Difference]:
        name = operation.column_name
        for kind, *_, before, after in operation.to_diff_tuple():
            if kind == "modify_nullable":
                text = f"make column {{}} {'nullable' if after else 'NOT NULL'}"
            elif kind == "modify_name":
                text = f"rename column {{}} to {after}"
            else:
                text = f"change {_ATTRIBUTES[kind]} of column {{}} from "
                text += f"{self._value(kind, before)} to {self._value(kind, after)}"
            yield self._of_part(operation, kind, name, text)
        for key, after in operation.kw.items():
            if key.startswith("modify_"):
                attribute = key.removeprefix("modify_")
                before = operation.kw.get(f"existing_{attribute}")
                text = f"change {attribute} of column {{}} from {before} to {after}"
                yield self._of_part(operation, key, name, text)

    @of.register
    def _(self, operation: CreateIndexOp) -> Iterator[Difference]:
        kind = "unique index" if operation.unique else "index"
        columns = ", ".join(str(getattr(each, "name", None) or each) for each in operation.columns)
        yield self._of_member(operation, "add_index", operation.index_name, f"add {kind}", f" ({columns})")

    @of.register
    def _(self, operation: DropIndexOp) -> Iterator[Difference]:
        yield self._of_member(operation, "remove_index", operation.index_name, "remove index")

    @of.register
    def _(self, operation: AddConstraintOp) -> Iterator[Difference]:
        name = operation.constraint_name
        what = f"add {_KINDS.get(operation.constraint_type, 'constraint')}"
        columns = getattr(operation, "columns", None)
        rest = f" ({', '.join(map(str, columns))})" if columns else ""
        condition = getattr(operation, "condition", None)
        rest += f" ({condition})" if condition is not None else ""
        yield self._of_member(operation, "add_constraint", name, what, rest)

    @of.register
    def _(self, operation: CreateForeignKeyOp) -> Iterator[Difference]:
        schema, referred = operation.kw.get("source_schema"), operation.kw.get("referent_schema")
        local, remote = ", ".join(operation.local_cols), ", ".join(operation.remote_cols)
        text = f"add foreign key{_named(operation.constraint_name)} on "
        text += f"{_dotted(schema, operation.source_table)} ({local}) to "
        text += f"{_dotted(referred, operation.referent_table)} ({remote})"
        yield Difference("add_fk", schema, operation.source_table, operation.constraint_name, text)

    @of.register
    def _(self, operation: DropConstraintOp) -> Iterator[Difference]:
        name, type_ = operation.constraint_name, operation.constraint_type or ""
        kind = "remove_fk" if type_ == "foreignkey" else "remove_constraint"
        yield self._of_member(operation, kind, name, f"remove {_KINDS.get(type_, 'constraint')}")

    @of.register
    def _(self, operation: ExecuteSQLOp) -> Iterator[Difference]:
        yield Difference("execute", None, None, None, f"run {' '.join(str(operation.sqltext).split())}")

    @of.register
    def _(self, operation: ManualOp) -> Iterator[Difference]:
        if isinstance(operation.operation, str):
            yield Difference(
                "manual", None, None, None, f"by hand: {operation.operation} ({operation.reason})"
            )
            return
        for found in self.of(operation.operation):
            yield found._replace(text=f"by hand: {found.text} ({operation.reason})")

    # -- how its parts are said --------------------------------------------------------------------

    def _of_table(self, operation: Any, kind: str, text: str) -> Difference:
        where = _dotted(operation.schema, operation.table_name)
        return Difference(kind, operation.schema, operation.table_name, None, text.replace("{}", where, 1))

    def _of_part(self, operation: Any, kind: str, name: str, text: str) -> Difference:
        schema, table = operation.schema, operation.table_name
        return Difference(kind, schema, table, name, text.replace("{}", _dotted(schema, table, name), 1))

    def _of_member(self, operation: Any, kind: str, name: Any, what: str, rest: str = "") -> Difference:
        schema, table = operation.schema, operation.table_name
        name = None if name is None else str(name)
        return Difference(
            kind, schema, table, name, f"{what}{_named(name)} on {_dotted(schema, table)}{rest}"
        )

    def _type(self, type_: TypeEngine[Any]) -> str:
        try:
            return str(type_.compile(self._dialect))
        except (CompileError, AttributeError):  # a user's type may need what only a whole statement knows
            return repr(type_)

    def _value(self, kind: str, value: Any) -> str:
        if value is None or value is False:
            return "none"
        if kind == "modify_type":
            return self._type(value)
        if kind == "modify_comment":
            return repr(value)
        return str(getattr(getattr(value, "arg", value), "text", getattr(value, "arg", value)))


def _dotted(*names: str | None) -> str:
    return ".".join(str(name) for name in names if name)


def _named(name: Any) -> str:
    return f" {name}" if name else ""
