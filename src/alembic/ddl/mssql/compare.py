"""What is the same on SQL Server although it reads differently.

There is no server among ours to ask: what it may have rewritten is taken to be as the models want it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ...schema.certainty import believed, without_unnamed_checks
from ...schema.expressions import MSSQL, normalise, significant_tokens, without_parentheses
from ...schema.rules import SchemaRules
from ...schema.shapes import Check, Column, Computed, ForeignKey, Identity, Index, Table
from ...schema.spelling import options
from .reflect import read

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ...schema.catalogue import Catalogue
    from ...schema.shapes import Options, TableKey

_GIVEN_NAME = re.compile(r"CK__.*__[0-9A-F]+")
_SYSTEM = frozenset(
    """INFORMATION_SCHEMA sys guest db_owner db_accessadmin db_securityadmin db_ddladmin
    db_backupoperator db_datareader db_datawriter db_denydatareader db_denydatawriter""".split()  # noqa: SIM905
)


class MSSQLRules(SchemaRules):
    """Types part by part, as ``DefaultImpl.compare_type`` has it; the rest as spelled here."""

    flavour = MSSQL

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """All schemas but the server's own."""
        names: list[str] = sa.inspect(connection).get_schema_names()
        return sorted(name for name in names if name not in _SYSTEM)

    def read(
        self, connection: Connection, schemas: Sequence[str | None], wanted: Callable[[TableKey], bool]
    ) -> Catalogue:
        """By the Inspector, with CHECKs and UNIQUE constraints, which it does not tell."""
        return read(connection, schemas, wanted)

    # -- one spelling for both sides ---------------------------------------------------------------

    def expression(self, text: str) -> str:
        """The expression without brackets, needless parentheses and blanks."""
        return normalise(text, MSSQL)

    def default(self, text: str | None, type_text: str) -> str | None:
        """The default without parentheses, blanks and quotes; 5 is '5' is N'5', and now() is getdate()."""
        if text is None:
            return None
        inside = without_parentheses(text, MSSQL)
        pieces = [token.text for token in significant_tokens(inside, MSSQL) if token.text not in ("(", ")")]
        if [piece.upper() for piece in pieces] == ["NULL"]:
            return None
        return "".join(map(_bare, pieces))

    def identity(self, facts: Mapping[str, Any]) -> Identity:
        """Start and increment; SQL Server knows no more of an IDENTITY."""
        kept = {name: facts.get(name) for name in ("start", "increment")}
        return Identity(
            False, options({name: value for name, value in kept.items() if value not in (None, 1)})
        )

    # -- models and database -----------------------------------------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models; the key and an IDENTITY are NOT NULL, whatever they say."""
        shape = super().model_column(column)
        if column.identity is not None:  # SQLAlchemy's dialect has them, but does not say so
            shape = replace(shape, identity=self._model_identity(column.identity))
        if shape.nullable and (column.primary_key or shape.identity is not None):
            shape = replace(shape, nullable=False)
        return _with_storage(shape)

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        return _with_storage(super().record_column(record))

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models; its order is not told by the Inspector, so it says nothing."""
        shape = super().model_index(index)
        if shape is None:
            return None
        elements = tuple(element.removesuffix(" DESC") for element in shape.elements)
        said = index.dialect_options["mssql"]
        include = [each if isinstance(each, str) else each.name for each in said["include"] or ()]
        return replace(shape, elements=elements, options=self._index_options(include, said["where"]))

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read."""
        shape = super().record_index(record)
        said = record.get("dialect_options") or {}
        where = said.get("mssql_where")
        found = self._index_options(said.get("mssql_include") or (), where)
        return shape and replace(shape, options=found)

    def _index_options(self, include: Sequence[str], where: Any) -> Options:
        found: dict[str, Any] = {}
        if include:
            found["include"] = tuple(include)
        if where is not None:
            found["where"] = self.expression(where) if isinstance(where, str) else self.model_text(where)
        return options(found)

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK of the models, those that types bring along included."""
        return self.written_check(constraint)

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models; SQL Server has no deferrable ones."""
        key = super().model_foreign_key(constraint)
        kept = tuple(each for each in key.options if each[0] in ("ondelete", "onupdate")) if key else ()
        return key and replace(key, options=kept)

    # -- both sides together -----------------------------------------------------------------------

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """The IDENTITY of a key is the models', who leave it to SQLAlchemy to make one."""
        key = database.primary_key.columns if database.primary_key is not None else ()
        columns = dict(database.columns)
        for name in columns.keys() & model.columns.keys():
            wanted = model.columns[name]
            if name in key or getattr(wanted.source, "autoincrement", None) is True:
                columns[name] = replace(columns[name], identity=wanted.identity)
        database = replace(database, columns=columns)
        database, model = without_unnamed_checks(database, model, _GIVEN_NAME)
        return database, believed(database, model, MSSQL)


def _with_storage(column: Column) -> Column:
    """PERSISTED or not: not to say is not to persist."""
    if column.computed is None:
        return column
    return replace(column, computed=Computed(column.computed.text, bool(column.computed.persisted)))


def _bare(piece: str) -> str:
    if piece[:2] in ("N'", "n'"):
        piece = piece[1:]
    if piece.startswith("'"):
        return piece[1:-1].replace(" ", "").replace("''", "'").lower()
    lower = piece.strip('"[]').lower()
    return "getdate" if lower == "current_timestamp" else lower
