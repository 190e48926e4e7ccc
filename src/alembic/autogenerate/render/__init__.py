"""Operations become Python: one statement each, and the bodies of ``upgrade()`` and ``downgrade()``.

Every function here takes an :class:`~alembic.autogenerate.api.AutogenContext`, whose ``imports`` receive what
the text needs. The names with an underscore are used by extensions as well.
"""

from __future__ import annotations

from .body import (
    _indent,
    _render_cmd_body,
    _render_modify_table,
    render_op,
    render_op_text,
    renderers,
)
from .code import render_python_code
from .columns import (
    _add_column,
    _alter_column,
    _drop_column,
    _render_column,
    _render_dialect_kwargs_items,
)
from .constraints import (
    _add_check_constraint,
    _add_fk_constraint,
    _add_pk_constraint,
    _add_unique_constraint,
    _constraint_renderers,
    _drop_constraint,
    _fk_colspec,
    _populate_render_fk_opts,
    _render_check_constraint,
    _render_constraint,
    _render_foreign_key,
    _render_primary_key,
    _render_unique_constraint,
    _uq_constraint,
)
from .expressions import (
    _render_computed,
    _render_fetched_value,
    _render_identity,
    _render_potential_expr,
    _render_server_default,
    _should_render_server_default_positionally,
)
from .indexes import _add_index, _drop_index, _get_index_rendered_expressions
from .names import (
    _alembic_autogenerate_prefix,
    _f_name,
    _ident,
    _render_gen_name,
    _sqlalchemy_autogenerate_prefix,
    _user_autogenerate_prefix,
    _user_defined_render,
)
from .registry import default_renderers
from .sql import _execute_sql
from .tables import (
    MAX_PYTHON_ARGS,
    _add_table,
    _drop_table,
    _render_create_table_comment,
    _render_drop_table_comment,
)
from .types import _render_ARRAY_type, _render_type_w_subtype, _render_Variant_type, _repr_type

__all__ = [
    "MAX_PYTHON_ARGS",
    "_add_check_constraint",
    "_add_column",
    "_add_fk_constraint",
    "_add_index",
    "_add_pk_constraint",
    "_add_table",
    "_add_unique_constraint",
    "_alembic_autogenerate_prefix",
    "_alter_column",
    "_constraint_renderers",
    "_drop_column",
    "_drop_constraint",
    "_drop_index",
    "_drop_table",
    "_execute_sql",
    "_f_name",
    "_fk_colspec",
    "_get_index_rendered_expressions",
    "_ident",
    "_indent",
    "_populate_render_fk_opts",
    "_render_ARRAY_type",
    "_render_Variant_type",
    "_render_check_constraint",
    "_render_cmd_body",
    "_render_column",
    "_render_computed",
    "_render_constraint",
    "_render_create_table_comment",
    "_render_dialect_kwargs_items",
    "_render_drop_table_comment",
    "_render_fetched_value",
    "_render_foreign_key",
    "_render_gen_name",
    "_render_identity",
    "_render_modify_table",
    "_render_potential_expr",
    "_render_primary_key",
    "_render_server_default",
    "_render_type_w_subtype",
    "_render_unique_constraint",
    "_repr_type",
    "_should_render_server_default_positionally",
    "_sqlalchemy_autogenerate_prefix",
    "_uq_constraint",
    "_user_autogenerate_prefix",
    "_user_defined_render",
    "default_renderers",
    "render_op",
    "render_op_text",
    "render_python_code",
    "renderers",
]
