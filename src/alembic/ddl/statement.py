"""What a dialect hands to a sink: one statement, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy.util import immutabledict

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

Parameters: TypeAlias = "Mapping[str, Any] | Sequence[Mapping[str, Any]]"

EMPTY: Mapping[str, Any] = immutabledict()


class Statement(NamedTuple):
    """One statement on its way to a database, a script or a recording.

    :param construct: a SQLAlchemy construct, or a string: SQL that is sent exactly as it stands, without any
        processing of ``:names``, ``%`` or backslashes.
    :param parameters: bound values; a mapping, or a sequence of mappings to run the statement once for each.
    :param execution_options: SQLAlchemy execution options of this statement alone; they mean nothing to a
        script.
    """

    construct: Executable | str
    parameters: Parameters | None = None
    execution_options: Mapping[str, Any] = EMPTY
