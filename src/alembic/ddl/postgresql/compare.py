"""What PostgreSQL's catalogue and the models say, in one spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from ...schema.expressions import POSTGRESQL, normalise
from ...schema.rules import SchemaRules
from ...schema.shapes import Check, Column, Computed, Exclude, ForeignKey, Index, Unique
from . import indexes, reflect, spelling
from .differences import in_named_schemas, without_noise
from .model_names import enums_of, sequences_of
from .reflect_records import quote_name
from .settle import settle

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from ...schema.catalogue import Catalogue, TableRecord
    from ...schema.shapes import EnumType, Options, Schema, Table, TableKey
    from ...schema.shapes import Sequence as SequenceShape


class PostgresqlRules(SchemaRules):
    """PostgreSQL 12 and later."""

    exact = True
    flavour = POSTGRESQL

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._spelled: dict[Any, tuple[str, str | None]] = {}
        self._surroundings: reflect.Surroundings | None = None

    # -- reading the database ----------------------------------------------------------------------

    def read(
        self,
        connection: Connection,
        schemas: Sequence[str | None],
        wanted: Callable[[TableKey], bool],
    ) -> Catalogue:
        """Everything about the wanted tables of these schemas, in four queries."""
        catalogue, self._surroundings = reflect.read(connection, schemas, wanted)
        return catalogue

    def surroundings(self, connection: Connection) -> reflect.Surroundings:
        """The types and operator classes of the database, as they were when it was read."""
        if self._surroundings is None:
            self._surroundings = reflect.read(connection, (), lambda key: False)[1]
        return self._surroundings

    # -- one spelling for both sides ---------------------------------------------------------------

    def compiled_type(self, type_: TypeEngine[Any]) -> str:
        """The type as CREATE TABLE has it, with a name as it is."""
        return self.undoubled(super().compiled_type(type_))

    def type_text(self, type_: TypeEngine[Any]) -> str:
        """The type as PostgreSQL's format_type() writes it, without its collation."""
        return self.type_facts(type_)[0]

    def type_facts(self, type_: TypeEngine[Any]) -> tuple[str, str | None]:
        """The type as format_type() writes it, and its collation, None for the usual one."""
        key: Any
        try:
            key = (type_.__class__, tuple(type_.__dict__.items()))
            known = self._spelled.get(key)
        except TypeError:  # an attribute without a hash, such as the values of an Enum
            key = self.compiled_type(type_)
            known = self._spelled.get(key)
        if known is None:
            text, collation = spelling.split_collation(self.compiled_type(type_))
            known = self._spelled[key] = self._in_path(spelling.type_text(text)), collation
        return known

    def _in_path(self, text: str) -> str:
        """The name of a type without the default schema, which format_type() leaves out."""
        schema = self.dialect.default_schema_name
        return text.removeprefix(f"{normalise(quote_name(schema), POSTGRESQL)}.") if schema else text

    def expression(self, text: str) -> str:
        """An SQL expression without what surely says nothing."""
        return normalise(text, POSTGRESQL)

    def default(self, text: str | None, type_text: str) -> str | None:
        """A server default in one spelling."""
        return None if text is None else spelling.default(text, type_text)

    # -- facts of the models -----------------------------------------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models."""
        type_text, collation = self.type_facts(column.type)
        default = computed = identity = None
        if column.server_default is not None:
            computed, identity = column.computed, column.identity
            default = self.default(self.default_sql(column), type_text)
        return Column(
            column.name,
            column.type,
            type_text,
            bool(column.nullable),
            default,
            None if computed is None else self._computed(computed),
            None if identity is None else self._model_identity(identity),
            None,
            column.comment or None,
            () if collation is None else (("collation", collation),),
            column,
        )

    def _computed(self, computed: sa.Computed) -> Computed:
        persisted = computed.persisted
        if persisted is None:
            # Without a word SQLAlchemy 2.0 writes STORED; 2.1 leaves it to the server, VIRTUAL from 18 on.
            persisted = not getattr(self.dialect, "supports_virtual_generated_columns", False)
        return Computed(self.model_text(computed.sqltext), persisted)

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models."""
        return indexes.of_model(index, self)

    def model_unique(self, constraint: sa.UniqueConstraint) -> Unique | None:
        """A UNIQUE constraint of the models."""
        facts = _deferral(constraint.deferrable, constraint.initially)
        if "dialect_options" in constraint.__dict__:
            said = constraint.dialect_options["postgresql"]
            facts |= _key_options(
                said.get("nulls_not_distinct"), indexes.included(said.get("include"), constraint)
            )
        columns = tuple(column.name for column in constraint.columns)
        return Unique(self.constraint_name(constraint), columns, _options(facts), constraint)

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models."""
        key = super().model_foreign_key(constraint)
        if key is None:
            return None
        facts = _foreign_key_facts(
            constraint.ondelete,
            constraint.onupdate,
            constraint.match,
            constraint.deferrable,
            constraint.initially,
        )
        return replace(key, options=_options(facts))

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK constraint of the models, also one that a type makes; None if it makes none here."""
        if constraint._create_rule is not None and not constraint._create_rule(self.ddl_compiler):
            return None
        name = self.constraint_name(constraint)
        return Check(name, self.model_text(constraint.sqltext), (), constraint)

    def model_exclude(self, constraint: Any) -> Exclude | None:
        """An EXCLUDE constraint of the models."""
        if not isinstance(constraint, ExcludeConstraint):
            return None
        text = self.expression(self.exclude_sql(constraint))
        return Exclude(self.constraint_name(constraint), text, constraint)

    def exclude_sql(self, constraint: ExcludeConstraint) -> str:
        """The definition of an EXCLUDE constraint of the models, without its name."""
        sql = self.undoubled(self.ddl_compiler.process(constraint))
        return sql[sql.index("EXCLUDE USING ") :]

    def undoubled(self, sql: str) -> str:
        """DDL without the second percent sign that some drivers want to have."""
        return sql.replace("%%", "%") if self.dialect.identifier_preparer._double_percents else sql

    def model_table_options(self, table: sa.Table) -> Options:
        """Storage parameters, UNLOGGED, tablespace, access method, partitioning, parents."""
        facts: dict[str, Any] = {}
        if "dialect_options" in table.__dict__:
            facts = dict(table.dialect_options["postgresql"].items())
            inherits = facts.get("inherits")
            facts["inherits"] = (inherits,) if isinstance(inherits, str) else inherits
        facts["prefixes"] = table._prefixes
        return self._table_options(facts) if any(facts.values()) else ()

    def model_enums(self, metadata: sa.MetaData) -> list[EnumType]:
        """The named enum types of columns and of the metadata itself."""
        return enums_of(metadata, self.dialect)

    def model_sequences(self, metadata: sa.MetaData) -> list[SequenceShape]:
        """The sequences that the metadata creates."""
        return sequences_of(metadata, self)

    # -- facts of the database ---------------------------------------------------------------------

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        type_text = spelling.type_text(record["format_type"])
        default, computed, identity = record["default"], record.get("computed"), record.get("identity")
        collation = record.get("collation")
        return Column(
            record["name"],
            record["type"],
            type_text,
            record["nullable"],
            default and spelling.default(default, type_text),
            computed and Computed(self.expression(computed["sqltext"]), computed["persisted"]),
            identity and self.identity(identity),
            None,
            record["comment"] or None,
            () if collation is None else (("collation", spelling.collation(collation)),),
            record,
        )

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read; None for one that is only the means of a constraint."""
        return None if record.get("duplicates_constraint") else indexes.of_record(record, self)

    def record_unique(self, record: dict[str, Any]) -> Unique | None:
        """A UNIQUE constraint that was read."""
        said = record.get("dialect_options") or {}
        facts = _deferral(record.get("deferrable"), record.get("initially"))
        facts |= _key_options(
            said.get("postgresql_nulls_not_distinct"), tuple(said.get("postgresql_include") or ())
        )
        facts["period"] = record.get("period")
        return Unique(record["name"], tuple(record["column_names"]), _options(facts), record)

    def record_foreign_key(self, record: dict[str, Any], default_schema: str | None) -> ForeignKey | None:
        """A foreign key that was read."""
        said = record["options"]
        facts = _foreign_key_facts(
            said.get("ondelete"), said.get("onupdate"), said.get("match"),
            said.get("deferrable"), said.get("initially"),
        )  # fmt: skip
        return ForeignKey(
            tuple(record["constrained_columns"]),
            (record["referred_schema"], record["referred_table"]),
            tuple(record["referred_columns"]),
            _options(facts),
            record["name"],
            record,
        )

    def record_check(self, record: dict[str, Any]) -> Check | None:
        """A CHECK constraint that was read.

        That it is NOT VALID yet, or NO INHERIT, is nothing that models say.
        """
        return Check(record["name"], self.expression(record["sqltext"]), (), record)

    def record_exclude(self, record: dict[str, Any]) -> Exclude | None:
        """An EXCLUDE constraint that was read, in the server's words: its opposite is written with them."""
        return Exclude(record["name"], record["text"], record)

    def record_table_options(self, record: TableRecord) -> Options:
        """Storage parameters, UNLOGGED, tablespace, access method, partitioning, parents."""
        if not record.options:
            return ()
        return self._table_options(
            {name.removeprefix("postgresql_"): value for name, value in record.options.items()}
        )

    def _table_options(self, facts: Mapping[str, Any]) -> Options:
        partitioning, method, tablespace = (
            facts.get("partition_by"),
            facts.get("using"),
            facts.get("tablespace"),
        )
        prefixes = {str(prefix).upper() for prefix in facts.get("prefixes") or ()}
        return _options(
            {
                "inherits": tuple(_bare(parent) for parent in facts.get("inherits") or ()),
                "partition_by": partitioning and self.expression(partitioning),
                "tablespace": None if tablespace == "pg_default" else tablespace,
                "unlogged": "UNLOGGED" in prefixes,
                "using": None if method == "heap" else method,
                "with": indexes.storage(facts.get("with")),
            }
        )

    # -- both sides together -----------------------------------------------------------------------

    def settle(
        self, connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]]
    ) -> dict[TableKey, Table]:
        """The models' shapes with the server's spelling of what differs."""
        return settle(connection, doubtful, self)

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """Without what only one side says for form: SERIAL, inherited columns, names that nobody gave."""
        return without_noise(database, model)

    def finish(self, database: Schema, model: Schema) -> tuple[Schema, Schema]:
        """With types and sequences under the schemas that the models name."""
        return in_named_schemas(database, model), model


def _options(facts: Mapping[str, Any]) -> Options:
    return tuple((name, facts[name]) for name in sorted(facts) if facts[name]) if facts else ()


def _deferral(deferrable: bool | None, initially: str | None) -> dict[str, Any]:
    """Deferred at first means that it can be deferred."""
    if not deferrable and not initially:
        return {}
    deferred = (initially or "").upper() == "DEFERRED"
    return {"deferrable": bool(deferrable) or deferred, "initially": "DEFERRED" if deferred else None}


def _key_options(nulls_not_distinct: bool | None, include: tuple[str, ...]) -> dict[str, Any]:
    return {"nulls_not_distinct": bool(nulls_not_distinct), "include": include}


def _foreign_key_facts(
    ondelete: str | None,
    onupdate: str | None,
    match: str | None,
    deferrable: bool | None,
    initially: str | None,
) -> dict[str, Any]:
    if not (ondelete or onupdate or match or deferrable or initially):
        return {}
    matching = (match or "").upper()
    return {
        "ondelete": _action(ondelete),
        "onupdate": _action(onupdate),
        "match": None if matching == "SIMPLE" else matching,
    } | _deferral(deferrable, initially)


def _action(action: str | None) -> str | None:
    """ON DELETE or ON UPDATE; the columns that SET NULL may name are no keywords."""
    words, opening, columns = (action or "").partition("(")
    said = " ".join(words.upper().split())
    if said in ("", "NO ACTION"):
        return None
    return f"{said} ({normalise(opening + columns, POSTGRESQL).strip('()')})" if opening else said


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"')
