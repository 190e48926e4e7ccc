"""SQL expressions of models as text, as they stand in DDL and in generated revision files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column
from sqlalchemy.sql.compiler import BIND_PARAMS, BIND_PARAMS_ESC
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.visitors import replacement_traverse

from .sinks import script_dialect

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql import ClauseElement


def ddl_text(element: ClauseElement, dialect: Dialect) -> str:
    """The SQL of an expression, with its values in it and without the names of tables.

    Percent signs are not doubled for any driver. In ``text()`` a ``:name`` that has no value is taken for
    what it most likely is, a part of the text.
    """
    if isinstance(element, TextClause) and _unbound(element):
        return _plain(element)
    replaced: Any = replacement_traverse(element, {}, _without_binds)
    kw = {"literal_binds": True, "include_table": False}
    return str(replaced.compile(dialect=script_dialect(dialect), compile_kwargs=kw))


def escaped_for_text(sql: str) -> str:
    """The SQL with ``\\:`` where ``text()`` would take a ``:name`` for a parameter."""
    return BIND_PARAMS.sub(r"\\:\1", sql)


def _without_binds(element: Any, **_: Any) -> Any:
    if isinstance(element, TextClause) and _unbound(element):
        return literal_column(_plain(element))
    return None


def _unbound(element: TextClause) -> bool:
    return any(bind.required and bind.value is None for bind in element._bindparams.values())


def _plain(element: TextClause) -> str:
    return BIND_PARAMS_ESC.sub(r"\1", element.text)
