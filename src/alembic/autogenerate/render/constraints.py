"""Constraints, within CREATE TABLE and as operations, as generated Python has them."""

from __future__ import annotations

import warnings
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.schema import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from alembic.errors.operations import NoDispatch
from alembic.operations import ops
from alembic.operations.dispatch import Dispatcher
from alembic.operations.schemaobj import target_of

from .columns import _render_dialect_kwargs_items
from .expressions import text_literal
from .names import (
    _alembic_autogenerate_prefix,
    _ident,
    _render_gen_name,
    _sqlalchemy_autogenerate_prefix,
    _user_defined_render,
)
from .registry import default_renderers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.schema import ForeignKey, MetaData

    from alembic.autogenerate.context import AutogenContext

#: One function for each class of constraints, for those within ``create_table``.
_constraint_renderers = Dispatcher()

_Renderer: TypeAlias = "Callable[[Any, AutogenContext, MetaData | None], str | None]"

_UNNAMED = [
    "# WARNING: constraint name is None; this directive will fail as",
    "# rendered.  Add a name, or use a naming convention; see",
    "# https://alembic.sqlalchemy.org/en/latest/naming.html",
]


def within_table(kind: type[Constraint], item: str) -> Callable[[_Renderer], _Renderer]:
    """A decorator: this function writes constraints of a class, unless ``render_item`` does.

    :param item: what ``render_item`` calls them.
    """

    def register(function: _Renderer) -> _Renderer:
        @wraps(function)
        def render(
            constraint: Any, autogen_context: AutogenContext, namespace: MetaData | None
        ) -> str | None:
            rendered = _user_defined_render(item, constraint, autogen_context)
            return function(constraint, autogen_context, namespace) if rendered is False else rendered

        _constraint_renderers.dispatch_for(kind)(render)
        return render

    return register


def _render_constraint(
    constraint: Constraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    """A constraint within ``create_table``; None if it isn't to be there.

    One of a kind that nobody has registered a function for is left out, with a warning.

    :param namespace_metadata: where tables that foreign keys point to are looked up.
    """
    try:
        renderer = _constraint_renderers.dispatch(constraint)
    except NoDispatch:
        kind = type(constraint).__qualname__
        warnings.warn(f"a {kind} of table {constraint.table.name!r} can't be written as Python", stacklevel=2)
        return None
    rendered: str | None = renderer(constraint, autogen_context, namespace_metadata)
    return rendered


def _name(constraint: Constraint, autogen_context: AutogenContext) -> list[str]:
    if not isinstance(constraint.name, str):
        return []
    return [f"name={_render_gen_name(autogen_context, constraint.name)!r}"]


def _deferral(constraint: Any) -> list[str]:
    return [
        f"{option}={getattr(constraint, option)!r}"
        for option in ("deferrable", "initially")
        if getattr(constraint, option) is not None
    ]


@within_table(PrimaryKeyConstraint, "primary_key")
def _render_primary_key(
    constraint: PrimaryKeyConstraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    if not constraint.columns:
        return None
    arguments = [
        *(repr(_ident(column.name)) for column in constraint.columns),
        *_name(constraint, autogen_context),
        *_deferral(constraint),
        *_render_dialect_kwargs_items(autogen_context, constraint.dialect_kwargs),
    ]
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}PrimaryKeyConstraint({', '.join(arguments)})"


@within_table(UniqueConstraint, "unique")
def _render_unique_constraint(
    constraint: UniqueConstraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    return _uq_constraint(constraint, autogen_context, False)


def _uq_constraint(constraint: UniqueConstraint, autogen_context: AutogenContext, alter: bool) -> str:
    """A unique constraint: as an operation if ``alter``, otherwise within ``create_table``."""
    options = [
        *_deferral(constraint),
        *([f"schema={_ident(constraint.table.schema)!r}"] if _has_schema(constraint, alter) else []),
        *([] if alter else _name(constraint, autogen_context)),
        *_render_dialect_kwargs_items(autogen_context, constraint.dialect_kwargs),
    ]
    if autogen_context._has_batch:
        options = [each for each in options if not each.startswith("schema=")]
    columns = [repr(_ident(column.name)) for column in constraint.columns]
    if not alter:
        prefix = _sqlalchemy_autogenerate_prefix(autogen_context)
        return f"{prefix}UniqueConstraint({', '.join([*columns, *options])})"
    arguments = [repr(_render_gen_name(autogen_context, constraint.name))]
    if not autogen_context._has_batch:
        arguments.append(repr(_ident(constraint.table.name)))
    arguments += [f"[{', '.join(columns)}]", *options]
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_unique_constraint({', '.join(arguments)})"


def _has_schema(constraint: UniqueConstraint, alter: bool) -> bool:
    return alter and bool(constraint.table.schema)


@within_table(CheckConstraint, "check")
def _render_check_constraint(
    constraint: CheckConstraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    if constraint._type_bound:  # the type makes it again
        return None
    arguments = [
        text_literal(constraint.sqltext, autogen_context),
        *_name(constraint, autogen_context),
        *_deferral(constraint),
        *_render_dialect_kwargs_items(autogen_context, constraint.dialect_kwargs),
    ]
    return f"{_sqlalchemy_autogenerate_prefix(autogen_context)}CheckConstraint({', '.join(arguments)})"


@within_table(ForeignKeyConstraint, "foreign_key")
def _render_foreign_key(
    constraint: ForeignKeyConstraint, autogen_context: AutogenContext, namespace_metadata: MetaData | None
) -> str | None:
    options: list[tuple[str, str]] = []
    if isinstance(constraint.name, str):
        options.append(("name", repr(_render_gen_name(autogen_context, constraint.name))))
    _populate_render_fk_opts(constraint, options)
    columns = ", ".join(repr(_ident(key.parent.name)) for key in constraint.elements)
    schema = constraint.parent.metadata.schema
    targets = ", ".join(repr(_fk_colspec(key, schema, namespace_metadata)) for key in constraint.elements)
    named = ", ".join(
        [
            *(f"{name}={value}" for name, value in options),
            *_render_dialect_kwargs_items(autogen_context, constraint.dialect_kwargs),
        ]
    )
    prefix = _sqlalchemy_autogenerate_prefix(autogen_context)
    return f"{prefix}ForeignKeyConstraint([{columns}], [{targets}], {named})"


def _populate_render_fk_opts(constraint: ForeignKeyConstraint, opts: list[tuple[str, str]]) -> None:
    """Add the options of a foreign key to a list of (name, Python)."""
    for name in ("onupdate", "ondelete", "initially", "deferrable"):
        value = getattr(constraint, name)
        if value is not None:
            opts.append((name, repr(value)))
    if constraint.use_alter:
        opts.append(("use_alter", repr(constraint.use_alter)))
    if constraint.match is not None:
        opts.append(("match", repr(constraint.match)))


def _fk_colspec(fk: ForeignKey, metadata_schema: str | None, namespace_metadata: MetaData | None) -> str:
    """``[schema.]table.column`` that a foreign key points to, the column by its name in the database."""
    schema, table, column = target_of(fk)
    if schema is None and metadata_schema is not None:
        schema = metadata_schema
    if namespace_metadata is not None:
        referent = namespace_metadata.tables.get(f"{schema}.{table}" if schema else table)
        found = None if referent is None else referent.columns.get(column)
        if found is not None:
            column = found.name
    return ".".join(each for each in (schema, table, column) if each)


@default_renderers.dispatch_for(ops.CreatePrimaryKeyOp)
def _add_primary_key(autogen_context: AutogenContext, op: ops.CreatePrimaryKeyOp) -> str:
    arguments = _place(op, op.table_name, autogen_context)
    arguments.append(repr([_ident(each) for each in op.columns]))
    arguments += _schema(op.schema, autogen_context)
    arguments += _render_dialect_kwargs_items(autogen_context, op.kw)
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_primary_key({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.CreateUniqueConstraintOp)
def _add_unique_constraint(autogen_context: AutogenContext, op: ops.CreateUniqueConstraintOp) -> list[str]:
    """``op.create_unique_constraint(…)``"""
    return [_uq_constraint(op.to_constraint(), autogen_context, True)]


@default_renderers.dispatch_for(ops.CreateForeignKeyOp)
def _add_fk_constraint(autogen_context: AutogenContext, op: ops.CreateForeignKeyOp) -> str:
    """``op.create_foreign_key(…)``"""
    in_batch = autogen_context._has_batch
    arguments = _place(op, op.source_table, autogen_context)
    arguments += [
        repr(_ident(op.referent_table)),
        repr([_ident(each) for each in op.local_cols]),
        repr([_ident(each) for each in op.remote_cols]),
    ]
    known = [*([] if in_batch else ["source_schema"]), "referent_schema"]
    known += ["onupdate", "ondelete", "initially", "deferrable", "use_alter", "match"]
    given = {name: op.kw[name] for name in known if op.kw.get(name) is not None}
    given |= {name: value for name, value in op.kw.items() if name not in (*known, "source_schema")}
    arguments += _render_dialect_kwargs_items(autogen_context, given)
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_foreign_key({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.CreateCheckConstraintOp)
def _add_check_constraint(autogen_context: AutogenContext, op: ops.CreateCheckConstraintOp) -> str:
    """``op.create_check_constraint(…)``"""
    arguments = _place(op, op.table_name, autogen_context)
    arguments.append(text_literal(op.condition, autogen_context))
    arguments += _schema(op.schema, autogen_context)
    arguments += _render_dialect_kwargs_items(autogen_context, op.kw)
    return f"{_alembic_autogenerate_prefix(autogen_context)}create_check_constraint({', '.join(arguments)})"


@default_renderers.dispatch_for(ops.DropConstraintOp)
def _drop_constraint(autogen_context: AutogenContext, op: ops.DropConstraintOp) -> list[str]:
    """``op.drop_constraint(…)``, below a warning if the constraint has no name."""
    lines: list[str] = []
    if op.constraint_name is None:
        warnings.warn(
            f"a constraint of table {op.table_name!r} that is to be dropped has no name; "
            "the revision will not run until one is filled in",
            stacklevel=2,
        )
        lines += _UNNAMED
    arguments = _place(op, op.table_name, autogen_context)
    arguments += _schema(op.schema, autogen_context)
    if op.constraint_type:
        arguments.append(f"type_={op.constraint_type!r}")
    if op.if_exists is not None:
        arguments.append(f"if_exists={op.if_exists!r}")
    return [*lines, f"{_alembic_autogenerate_prefix(autogen_context)}drop_constraint({', '.join(arguments)})"]


def _add_pk_constraint(constraint: Any, autogen_context: AutogenContext) -> str:
    """``op.create_primary_key(…)`` for a constraint."""
    return _add_primary_key(autogen_context, ops.CreatePrimaryKeyOp.from_constraint(constraint))


def _place(op: Any, table_name: str, autogen_context: AutogenContext) -> list[str]:
    """The name of the constraint, and outside of a batch that of its table."""
    name = repr(_render_gen_name(autogen_context, op.constraint_name))
    return [name] if autogen_context._has_batch else [name, repr(_ident(table_name))]


def _schema(schema: str | None, autogen_context: AutogenContext) -> list[str]:
    return [f"schema={_ident(schema)!r}"] if schema and not autogen_context._has_batch else []
