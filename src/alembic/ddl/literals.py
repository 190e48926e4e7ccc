"""Statements as text with every value in it, for scripts, where nobody passes values beside a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column
from sqlalchemy.sql import Insert, visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ValuesBase
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.util import immutabledict

from ..errors.ddl import DefaultNotInScript, UnboundParameter

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import Executable


def literal_text(construct: Executable, dialect: Dialect, values: Mapping[str, Any] = immutabledict()) -> str:
    """The SQL of a statement with its values as literals.

    :param values: those that a connection would take beside the statement: for its bound parameters, or for
        columns of an INSERT or UPDATE.
    :raises UnboundParameter: a parameter has no value.
    :raises DefaultNotInScript: a column has a default made by Python, which can't be put into this statement.
    """
    statement: Any = construct
    if isinstance(construct, ValuesBase):
        bound = {each.key for each in visitors.iterate(construct) if isinstance(each, BindParameter)}
        columns = {key: value for key, value in values.items() if key not in bound}
        statement = _with_defaults(construct.values(columns) if columns else construct, dialect)
    statement = _bound(statement, values)
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def default_value(default: Any) -> Any:
    """What a default of a column that is Python's, not SQL, gives for a row."""
    # SQLAlchemy wraps each callable to take an execution context; a script has none.
    return default.arg(None) if default.is_callable else default.arg


def _with_defaults(statement: ValuesBase, dialect: Dialect) -> ValuesBase:
    """The statement with the values that Python gives to columns which it leaves out."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    missing: list[Column[Any]] = [*compiled.insert_prefetch, *compiled.update_prefetch]
    if not missing:
        return statement
    if statement._multi_values or statement.select is not None:
        raise DefaultNotInScript(missing[0].name)
    made = [column.default if isinstance(statement, Insert) else column.onupdate for column in missing]
    return statement.values(
        {column: default_value(default) for column, default in zip(missing, made, strict=True)}
    )


def _bound(statement: Any, values: Mapping[str, Any]) -> Any:
    """The statement with values in its bound parameters, each of which has to have one."""

    def take(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in values:
            return element._with_value(values[element.key], required=False)  # type: ignore[no-untyped-call]  # untyped there
        return None

    if values:
        statement = visitors.replacement_traverse(statement, {}, take)
    for element in visitors.iterate(statement):
        # SQLAlchemy would write NULL for a ``:name`` that has no value, even if none was meant.
        if isinstance(element, BindParameter) and element.required and element.effective_value is None:
            raise UnboundParameter(element.key)
    return statement
