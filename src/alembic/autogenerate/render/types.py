"""Types of columns as generated Python has them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import Interval, TypeDecorator, TypeEngine, to_instance

from .expressions import _render_potential_expr, option, text_literal
from .names import _sqlalchemy_autogenerate_prefix, _user_autogenerate_prefix, _user_defined_render
from .user_types import constructor_call, importable, is_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.types import ARRAY

    from alembic.autogenerate.context import AutogenContext

_DIALECT_MODULE = re.compile(r"sqlalchemy\.dialects\.(\w+)")
_STRING = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""


def _repr_type(type_: Any, autogen_context: AutogenContext, _skip_variants: bool = False) -> str:
    """The Python expression that makes a type again; what it has to import goes to the context.

    Asked in this order: ``render_item``, the dialect's ``render_type``, the ``repr`` of the type.
    """
    type_ = to_instance(type_)
    rendered = _user_defined_render("type", type_, autogen_context)
    if rendered is not False:
        return str(rendered)
    if not _skip_variants and type_._variant_mapping:
        return _render_Variant_type(type_, autogen_context)
    of_dialect = _of_dialect(type_, autogen_context)
    if of_dialect:
        return of_dialect
    if isinstance(type_, DOMAIN):
        return with_prefix(type_, _domain(type_, autogen_context), autogen_context)
    text = _with_subtypes(type_, autogen_context)
    if _tells_all(type_) and is_python(text):
        return with_prefix(type_, text, autogen_context)
    call = constructor_call(type_, lambda value: _argument(value, autogen_context))
    if call is not None:
        return with_prefix(type_, call, autogen_context)
    if isinstance(type_, TypeDecorator):
        # What stands in CREATE TABLE has to do.
        return _repr_type(type_.load_dialect_impl(autogen_context.migration_context.dialect), autogen_context)
    return with_prefix(type_, text, autogen_context)


def with_prefix(type_: TypeEngine[Any], expression: str, autogen_context: AutogenContext) -> str:
    """An expression that begins with the name of the type's class, under the module it is found in."""
    cls = type(type_)
    module = cls.__module__
    dialect = _DIALECT_MODULE.match(module)
    if dialect and hasattr(_imported(dialect[0]), cls.__name__):
        autogen_context.imports.add(f"from sqlalchemy.dialects import {dialect[1]}")
        return f"{dialect[1]}.{expression}"
    if not _is_foreign(type_):
        if hasattr(sqlalchemy, cls.__name__):
            return _sqlalchemy_autogenerate_prefix(autogen_context) + expression
        if hasattr(sqlalchemy.types, cls.__name__):
            return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}types.{expression}"
        autogen_context.imports.add(f"import {module}")
        return f"{module}.{expression}"
    if expression.startswith(f"{cls.__name__}(") and "<locals>" not in cls.__qualname__:
        expression = cls.__qualname__ + expression.removeprefix(cls.__name__)
    if autogen_context.opts.get("user_module_prefix") is None and importable(cls):
        autogen_context.imports.add(f"import {module}")
    return _user_autogenerate_prefix(autogen_context, cls) + expression


def _imported(module: str) -> Any:
    from importlib import import_module

    return import_module(module)


def _is_foreign(type_: TypeEngine[Any]) -> bool:
    """Whether the class is neither SQLAlchemy's nor of one of its dialects."""
    return not type(type_).__module__.startswith("sqlalchemy.")


def _of_dialect(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str | Literal[False] | None:
    return autogen_context.migration_context.impl.render_type(type_, autogen_context)


def _tells_all(type_: TypeEngine[Any]) -> bool:
    """Whether the ``repr`` knows the arguments: that of a TypeDecorator knows those of the type within."""
    cls = type(type_)
    return (
        not isinstance(type_, TypeDecorator)
        or cls.__repr__ is not TypeDecorator.__repr__
        or cls.__init__ is TypeDecorator.__init__
        or not (_is_foreign(type_) or isinstance(type_, Interval))
    )


def _argument(value: Any, autogen_context: AutogenContext) -> str | None:
    """The Python for an argument of a type; None if there is none."""
    if isinstance(value, TypeEngine):
        return _repr_type(value, autogen_context)
    if isinstance(value, ClauseElement):
        return _render_potential_expr(value, autogen_context)
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        inner = [_argument(each, autogen_context) for each in value]
        if None in inner:
            return None
        text = ", ".join(str(each) for each in inner)
        return f"[{text}]" if isinstance(value, list) else f"({text},)" if len(inner) == 1 else f"({text})"
    if importable(value):
        autogen_context.imports.add(f"import {value.__module__}")
        return f"{value.__module__}.{value.__qualname__}"
    text = repr(value)
    return text if is_python(text) else None


def _domain(type_: DOMAIN, autogen_context: AutogenContext) -> str:
    """A domain of PostgreSQL, with the arguments that its ``repr`` leaves out."""
    arguments = [repr(str(type_.name)), _repr_type(type_.data_type, autogen_context)]
    for name in ("collation", "default", "constraint_name", "not_null", "check", "schema"):
        value = getattr(type_, name)
        if value is not None and value is not False:
            # A string would be a default's value, not its SQL.
            write = option if name == "default" else _text
            arguments.append(f"{name}={write(value, autogen_context)}")
    if not type_.create_type:
        arguments.append("create_type=False")
    return f"DOMAIN({', '.join(arguments)})"


def _text(value: Any, autogen_context: AutogenContext) -> str:
    return text_literal(value, autogen_context) if isinstance(value, ClauseElement) else repr(value)


def _with_subtypes(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    """The ``repr`` of a type, in which the types within it are rendered as well."""
    text = repr(type_)
    rendered = {
        repr(inner): _repr_type(inner, autogen_context)
        for inner in _inner_types(type_)
        if repr(inner) in text
    }
    if not rendered:
        return text
    longest_first = sorted(rendered, key=len, reverse=True)
    pattern = "|".join([_STRING, *(rf"(?<![\w.]){re.escape(each)}" for each in longest_first)])
    start = len(type(type_).__name__)
    return text[:start] + re.sub(pattern, lambda found: rendered.get(found[0], found[0]), text[start:])


def _inner_types(type_: TypeEngine[Any]) -> Iterator[TypeEngine[Any]]:
    """The types that it holds, or has by default: of items, of elements as text, the one that it wraps."""
    cls: Any = type(type_)
    for name, value in {**_types_of_class(cls), **vars(type_)}.items():
        if isinstance(value, TypeEngine):
            yield value
            if name == "impl" and isinstance(type_, TypeDecorator):
                yield from _inner_types(value)


@cache
def _types_of_class(cls: Any) -> dict[str, TypeEngine[Any]]:
    held = {name: value for each in reversed(cls.__mro__) for name, value in vars(each).items()}
    return {name: value for name, value in held.items() if isinstance(value, TypeEngine)}


def _render_Variant_type(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    """A type with variants, these in the order of the names of their dialects."""
    base = _repr_type(type_, autogen_context, _skip_variants=True)
    variants = [
        f".with_variant({_repr_type(variant, autogen_context)}, {name!r})"
        for name, variant in sorted(type_._variant_mapping.items())
    ]
    return base + "".join(variants)


def _render_ARRAY_type(type_: ARRAY[Any], autogen_context: AutogenContext) -> str:
    """An array, with the type of its items."""
    return with_prefix(type_, _with_subtypes(type_, autogen_context), autogen_context)


def _render_type_w_subtype(
    type_: TypeEngine[Any],
    autogen_context: AutogenContext,
    attrname: str,
    regexp: str,
    prefix: str | None = None,
) -> str | Literal[False] | None:
    """A type with one type within it rendered; for dialects of third parties.

    :param attrname: the attribute that holds the inner type.
    :param regexp: what stands before the inner type in the ``repr``, as its first group.
    :param prefix: what is put before the result; by default that of the type's module.
    :returns: False if the attribute holds no type, or the ``repr`` doesn't show it.
    """
    inner = getattr(type_, attrname, None)
    if not isinstance(inner, TypeEngine):
        return False
    text = _repr_type(inner, autogen_context)
    whole, count = re.subn(
        regexp + re.escape(repr(inner)), lambda found: found[1] + text, repr(type_), count=1
    )
    if not count:
        return False
    return with_prefix(type_, whole, autogen_context) if prefix is None else prefix + whole
