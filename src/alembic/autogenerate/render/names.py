"""Names of objects, and the prefixes of modules, as generated Python has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.sql.elements import conv, quoted_name

if TYPE_CHECKING:
    from alembic.autogenerate.context import AutogenContext


class _f_name:  # the name is known outside
    """A name that is final: ``op.f('name')``, which no naming convention changes again."""

    def __init__(self, prefix: str, name: conv) -> None:
        self.prefix, self.name = prefix, name

    def __repr__(self) -> str:
        return f"{self.prefix}f({_ident(self.name)!r})"


def _ident(name: quoted_name | str | None) -> str | None:
    """The name as a plain string."""
    return None if name is None else str.__str__(name)


def _render_gen_name(autogen_context: AutogenContext, name: Any) -> str | _f_name | None:
    """The name of a constraint or an index; its ``repr`` is the Python for it."""
    if isinstance(name, conv):
        return _f_name(_alembic_autogenerate_prefix(autogen_context), name)
    return _ident(name) if isinstance(name, str) else None


def _alembic_autogenerate_prefix(autogen_context: AutogenContext) -> str:
    """What stands before a directive: ``batch_op.`` within a batch, otherwise as configured."""
    return "batch_op." if autogen_context._has_batch else directive_prefix(autogen_context)


def directive_prefix(autogen_context: AutogenContext) -> str:
    """What stands before a directive outside of any batch: ``op.`` as a rule."""
    return autogen_context.opts.get("alembic_module_prefix", "op.") or ""


def _sqlalchemy_autogenerate_prefix(autogen_context: AutogenContext) -> str:
    """What stands before a name of SQLAlchemy's: ``sa.`` as a rule."""
    return autogen_context.opts.get("sqlalchemy_module_prefix", "sa.") or ""


def _user_autogenerate_prefix(autogen_context: AutogenContext, target: Any) -> str:
    """What stands before a class of the user's own: ``user_module_prefix``, or the module it is from."""
    prefix = autogen_context.opts.get("user_module_prefix")
    return f"{target.__module__}." if prefix is None else str(prefix)


def _user_defined_render(
    type_: str, object_: Any, autogen_context: AutogenContext
) -> str | Literal[False] | None:
    """What the user's ``render_item`` makes of an object; False leaves it to us, None leaves it out."""
    render_item = autogen_context.opts.get("render_item")
    return render_item(type_, object_, autogen_context) if render_item else False
