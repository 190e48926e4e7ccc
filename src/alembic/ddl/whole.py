"""A table of a database as SQLAlchemy's Table, with all that one can say, for being made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.sql.compiler import BIND_PARAMS
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import NullType

from ..errors.batch import NotCarriedOver
from ..schema.inspector import complete, inspector_of

if TYPE_CHECKING:
    from ..schema.catalogue import Catalogue, TableRecord
    from .impl import DefaultImpl


def table_of(impl: DefaultImpl, batch: Any, catalogue: Catalogue, record: TableRecord) -> Table:
    """The table of a batch, with what ``reflect_args`` and ``reflect_kwargs`` say of it.

    :param catalogue: has the table.
    :param record: what it tells of the table.
    :raises NotCarriedOver: the table has what no Table can say.
    """
    if record.beyond:
        raise NotCarriedOver(batch.table_name, record.beyond)
    inspector = inspector_of(impl.connection, catalogue)  # type: ignore[arg-type]  # there is one
    options = {"listeners": [("column_reflect", impl.autogen_column_reflect)], **batch.reflect_kwargs}
    follows = options.pop("resolve_fks", False)
    columns = options.pop("include_columns", None)
    metadata = MetaData(naming_convention=batch.naming_convention)
    table = Table(batch.table_name, metadata, schema=batch.schema, **options)
    # By autoload_with another Inspector would be made of this one.
    inspector.reflect_table(table, columns, resolve_fks=follows)
    complete(table, record)
    for clause in _texts(table):
        # SQLAlchemy takes a colon within it for the beginning of a value's name.
        clause.text = BIND_PARAMS.sub(r"\\:\1", clause.text)
        clause._bindparams = {}
    for said in batch.reflect_args:
        if isinstance(said, Column):
            table.append_column(said, replace_existing=True)
        else:
            said._set_parent_with_dispatch(table)
    unknown = [f"the type of column {each.name}" for each in table.columns if isinstance(each.type, NullType)]
    if unknown:
        raise NotCarriedOver(batch.table_name, unknown)
    return table


def _texts(table: Table) -> list[Any]:
    """SQL of the database that SQLAlchemy believes to have values in it."""
    found: list[Any] = [getattr(column.server_default, "arg", None) for column in table.columns]
    found += [column.computed.sqltext for column in table.columns if column.computed is not None]
    found += [each.sqltext for each in table.constraints if isinstance(each, CheckConstraint)]
    for index in table.indexes:
        found += index.expressions
    return [each for each in found if isinstance(each, TextClause) and each._bindparams]


def is_as_it_is(batch: Any) -> bool:
    """Whether the batch leaves it to the database to say what the table is like."""
    return not batch.reflect_args and not batch.reflect_kwargs
