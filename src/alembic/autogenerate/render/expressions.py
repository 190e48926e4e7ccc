"""SQL expressions, server defaults and generated columns as generated Python has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import Column, Computed, DefaultClause, FetchedValue, Identity
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnElement, Label, TextClause

from alembic.ddl.ddl_text import escaped_for_text

from .names import _ident, _sqlalchemy_autogenerate_prefix, _user_defined_render

if TYPE_CHECKING:
    from alembic.autogenerate.context import AutogenContext

_BOUNDS = ("minvalue", "maxvalue", "nominvalue", "nomaxvalue")
_IDENTITY_OPTIONS = ("always", "start", "increment", *_BOUNDS, "cycle", "cache")


def sql_of(value: Any, autogen_context: AutogenContext, **kw: Any) -> str:
    """The SQL of an expression; the dialect's impl may have its own idea of it."""
    return autogen_context.migration_context.impl.render_ddl_sql_expr(value, **kw)


def text_literal(value: Any, autogen_context: AutogenContext) -> str:
    """The Python string for a condition or an expression, to be taken by what makes a ``text()`` of it."""
    sql = sql_of(value, autogen_context) if isinstance(value, ClauseElement) else str(value)
    return repr(escaped_for_text(sql))


def _render_potential_expr(
    value: Any,
    autogen_context: AutogenContext,
    *,
    wrap_in_element: bool = True,
    is_server_default: bool = False,
    is_index: bool = False,
) -> str:
    """The Python for a value that may be an SQL expression.

    :param wrap_in_element: make it ``sa.text(…)``; otherwise it is a plain string.
    :param is_server_default: the expression is a server default, which some databases want in parentheses.
    :param is_index: the expression is a part of an index: ``sa.literal_column(…)``, which can have a label.
    """
    if not isinstance(value, ClauseElement):
        return repr(value)
    if not wrap_in_element:
        return repr(sql_of(value, autogen_context, is_server_default=is_server_default))
    prefix = _sqlalchemy_autogenerate_prefix(autogen_context)
    if is_index:
        element: Any = value.element if isinstance(value, Label) else value
        sql = sql_of(element, autogen_context, is_index=True)
        label = f".label({value.name!r})" if isinstance(value, Label) else ""
        return f"{prefix}literal_column({sql!r}){label}"
    sql = sql_of(value, autogen_context, is_server_default=is_server_default)
    return f"{prefix}text({escaped_for_text(sql)!r})"


def option(value: Any, autogen_context: AutogenContext) -> str:
    """The Python for the value of a database's own option, such as ``postgresql_where``."""
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        # Lists are of columns, which go by their names; elsewhere a column is a condition.
        named = [_ident(each.name) if isinstance(each, Column) else each for each in value]
        parts = ", ".join(option(each, autogen_context) for each in named)
        if isinstance(value, list):
            return f"[{parts}]"
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if isinstance(value, dict) and type(value) is dict:
        return (
            "{" + ", ".join(f"{key!r}: {option(each, autogen_context)}" for key, each in value.items()) + "}"
        )
    return _render_potential_expr(value, autogen_context)


def _render_server_default(
    default: FetchedValue | str | TextClause | ColumnElement[Any] | None,
    autogen_context: AutogenContext,
    repr_: bool = True,
) -> str | None:
    """The Python for a server default; None if there is none, or ``render_item`` leaves it out.

    :param default: a default, an expression, or a string as databases report it, in quotes.
    :param repr_: False leaves a string as it is.
    """
    if isinstance(default, str):
        rendered = _user_defined_render("server_default", default, autogen_context)
        if rendered is not False:
            return rendered
        return repr(re.sub(r"^'|'$", "", default)) if repr_ else default
    return server_default(default, autogen_context)


def server_default(default: Any, autogen_context: AutogenContext) -> str | None:
    """The Python for the server default of a column; a string is a value, whatever quotes are in it."""
    rendered = _user_defined_render("server_default", default, autogen_context)
    if rendered is not False:
        return rendered
    match default:
        case None:
            return None
        case Computed():
            return _render_computed(default, autogen_context)
        case Identity():
            return _render_identity(default, autogen_context)
        case DefaultClause():
            return _server_default_value(default.arg, autogen_context)
        case FetchedValue():
            return _render_fetched_value(autogen_context)
        case _:
            return _server_default_value(default, autogen_context)


def _server_default_value(value: Any, autogen_context: AutogenContext) -> str:
    if isinstance(value, str):
        return repr(str.__str__(value))
    return _render_potential_expr(value, autogen_context, is_server_default=True)


def _should_render_server_default_positionally(server_default: Any) -> bool:
    """Whether it stands among the positional arguments of a Column: what generates values does."""
    return isinstance(server_default, (Computed, Identity))


def _render_fetched_value(autogen_context: AutogenContext) -> str:
    """A default that the database has and nobody knows."""
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}FetchedValue()"


def _render_computed(computed: Computed, autogen_context: AutogenContext) -> str:
    """The expression of a generated column."""
    persisted = "" if computed.persisted is None else f"persisted={computed.persisted!r}"
    sql = text_literal(computed.sqltext, autogen_context)
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}Computed({sql}, {persisted})"


def _render_identity(identity: Identity, autogen_context: AutogenContext) -> str:
    """An identity, with those options that are set."""
    given = {name: getattr(identity, name, None) for name in _IDENTITY_OPTIONS}
    if not hasattr(identity, "dialect_kwargs"):  # SQLAlchemy before 2.1: options of Oracle without a prefix
        given |= {name: getattr(identity, name, None) for name in ("on_null", "order")}
    given = {name: value for name, value in given.items() if value is not None}
    given |= dict(getattr(identity, "dialect_kwargs", {}))
    options = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}Identity({options})"
