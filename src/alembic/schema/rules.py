"""How one dialect reads its catalogue and spells what it compares; the standard answers.

A dialect folder's ``compare.py`` subclasses :class:`SchemaRules`; an unknown dialect gets it as it is. The
diff itself asks no dialect anything: both sides went through the same rules before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

    from .catalogue import Catalogue, TableRecord
    from .shapes import (
        Check,
        Column,
        EnumType,
        Exclude,
        ForeignKey,
        Index,
        Options,
        Schema,
        Table,
        TableKey,
        Unique,
    )
    from .shapes import Sequence as Seq


class SchemaRules:
    """The rules of a dialect that has none of its own: SQLAlchemy's Inspector, texts as they are."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """All schemas that may hold the user's tables, sorted; the system's own are left out."""
        raise NotImplementedError

    def read(
        self,
        connection: Connection,
        schemas: Sequence[str | None],
        wanted: Callable[[TableKey], bool],
    ) -> Catalogue:
        """Read everything about the wanted tables of these schemas, by a constant number of queries.

        :param schemas: None is the default schema.
        :param wanted: asked once for each table found; what it refuses is neither read nor reported.
        """
        raise NotImplementedError

    # -- one spelling for both sides ---------------------------------------------------------------

    def type_text(self, type_: TypeEngine[Any]) -> str:
        """The type as CREATE TABLE has it, synonyms replaced by one of them."""
        raise NotImplementedError

    def expression(self, text: str) -> str:
        """An SQL expression in a spelling that is the same for all that surely mean the same.

        White space, the case of keywords and needless parentheses go; never what could change the meaning.
        """
        raise NotImplementedError

    def model_text(self, clause: ClauseElement) -> str:
        """SQL of an expression of the models, values written out, spelled by :meth:`expression`."""
        raise NotImplementedError

    def default(self, text: str | None, type_text: str) -> str | None:
        """A server default, of either side, in one spelling; None where it says nothing (DEFAULT NULL)."""
        raise NotImplementedError

    # -- facts of the models: SQLAlchemy's objects to shapes ----------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models."""
        raise NotImplementedError

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models; None if this database makes none of it."""
        raise NotImplementedError

    def model_unique(self, constraint: sa.UniqueConstraint) -> Unique | None:
        """A UNIQUE constraint of the models."""
        raise NotImplementedError

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models."""
        raise NotImplementedError

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK constraint of the models; None where the dialect's type makes none (native booleans)."""
        raise NotImplementedError

    def model_exclude(self, constraint: Any) -> Exclude | None:
        """An EXCLUDE constraint of the models."""
        return None

    def model_table_options(self, table: sa.Table) -> Options:
        """Storage options, engine and the like of a table of the models."""
        return ()

    def model_enums(self, metadata: sa.MetaData) -> list[EnumType]:
        """The named enumeration types that the models use."""
        return []

    def model_sequences(self, metadata: sa.MetaData) -> list[Seq]:
        """The sequences of the models that no column owns."""
        return []

    # -- facts of the database: the reader's records to shapes --------------------------------------

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        raise NotImplementedError

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read; None if it is only the means of a constraint."""
        raise NotImplementedError

    def record_unique(self, record: dict[str, Any]) -> Unique | None:
        """A UNIQUE constraint that was read."""
        raise NotImplementedError

    def record_foreign_key(self, record: dict[str, Any], default_schema: str | None) -> ForeignKey | None:
        """A foreign key that was read."""
        raise NotImplementedError

    def record_check(self, record: dict[str, Any]) -> Check | None:
        """A CHECK constraint that was read; None if it is only the means of a type."""
        raise NotImplementedError

    def record_exclude(self, record: dict[str, Any]) -> Exclude | None:
        """An EXCLUDE constraint that was read."""
        return None

    def record_table_options(self, record: TableRecord) -> Options:
        """Storage options, engine and the like that were read."""
        return ()

    # -- both sides together ------------------------------------------------------------------------

    def settle(
        self, connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]]
    ) -> dict[TableKey, Table]:
        """Have the server spell the expressions of models that differ from the database's in text.

        :param doubtful: (database's, model's) shape of every table in which some expression differs.
        :returns: the model's shapes, with the server's spelling; those it could not tell are left out.
        """
        return {}

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """Remove differences of one table that say nothing, where it takes both sides to tell."""
        return database, model

    def finish(self, database: Schema, model: Schema) -> tuple[Schema, Schema]:
        """As :meth:`adjust`, for what takes more than one table."""
        return database, model
