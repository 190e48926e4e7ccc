"""How Oracle carries out the directives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.util import immutabledict

from ..features import Features
from ..impl import DefaultImpl
from .conditions import conditional

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult
    from sqlalchemy.sql import Executable

    from alembic.schema.rules import SchemaRules


class OracleImpl(DefaultImpl):
    """Oracle, every version that SQLAlchemy supports."""

    __dialect__ = "oracle"
    features = Features(widens_varchar=True)
    transactional_ddl = False
    batch_separator = "/"
    command_terminator = ""
    type_synonyms = (
        *DefaultImpl.type_synonyms,
        {"VARCHAR", "VARCHAR2"},
        {"INTEGER", "BIGINT", "SMALLINT", "NUMBER", "NUMERIC", "DECIMAL"},
        {"DOUBLE", "DOUBLE_PRECISION", "FLOAT"},
    )
    identity_attrs_ignore = ()

    def make_rules(self) -> SchemaRules:
        """The rules of this database, loaded when something is to be compared."""
        from .compare import OracleRules

        return OracleRules(self.dialect)

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = immutabledict(),
    ) -> CursorResult[Any] | None:
        return super()._exec(conditional(construct), execution_options, multiparams, params)

    def emit_begin(self) -> None:
        """Write what begins a transaction in a script; Oracle begins one by itself at the first change."""
        self._exec("SET TRANSACTION READ WRITE")

    def emit_commit(self) -> None:
        """Write COMMIT into a script."""
        self._exec("COMMIT")
