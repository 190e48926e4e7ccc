"""The shapes of the functions that users hand to ``context.configure()``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Literal, Optional, TypeAlias, Union

from sqlalchemy import Column
from sqlalchemy.schema import FetchedValue, SchemaItem
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from ..operations.ops import MigrationScript
    from ..script.steps import MigrationInfo
    from .migration import MigrationContext

# Read at run time as well, by tools that resolve annotations: so in the notation of Python 3.10.
RevisionNumber: TypeAlias = Union[str, tuple[str, ...], None]  # noqa: UP007

ProcessRevisionDirectiveFn: TypeAlias = Callable[
    ["MigrationContext", Union[str, Iterable[Optional[str]]], list["MigrationScript"]],  # noqa: UP007, UP045
    None,
]
# (type_, object, autogen_context) → source text, or False for the usual rendering.
RenderItemFn: TypeAlias = Callable[[str, Any, Any], Union[str, Literal[False]]]  # noqa: UP007

NameFilterType: TypeAlias = Literal[
    "schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint", "check_constraint"
]
NameFilterParentNames: TypeAlias = MutableMapping[
    Literal["schema_name", "table_name", "schema_qualified_table_name"],
    Optional[str],  # noqa: UP045
]
IncludeNameFn: TypeAlias = Callable[
    [Optional[str], NameFilterType, NameFilterParentNames],  # noqa: UP045
    bool,
]
# (object, name, type_, reflected, compare_to)
IncludeObjectFn: TypeAlias = Callable[
    [SchemaItem, Optional[str], NameFilterType, bool, Optional[SchemaItem]],  # noqa: UP045
    bool,
]
# Called with the keywords ctx, step, heads, run_args.
OnVersionApplyFn: TypeAlias = Callable[
    ["MigrationContext", "MigrationInfo", Collection[Any], Mapping[str, Any]], None
]
# (context, inspected_column, metadata_column, inspected_type, metadata_type)
CompareType: TypeAlias = Callable[
    ["MigrationContext", Column[Any], Column[Any], TypeEngine[Any], TypeEngine[Any]],
    Optional[bool],  # noqa: UP045
]
# (context, inspected_column, metadata_column, inspected_default, metadata_default, rendered_metadata_default)
CompareServerDefault: TypeAlias = Callable[
    ["MigrationContext", Column[Any], Column[Any], Optional[str], Optional[FetchedValue], Optional[str]],  # noqa: UP045
    Optional[bool],  # noqa: UP045
]
