"""What is the same on MySQL and MariaDB although it reads differently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ...schema.expressions import MYSQL, Flavour, Kind, normalise, tokens, without_parentheses
from ...schema.rules import SchemaRules
from ...schema.shapes import Check, Column, Computed, ForeignKey, Index, Unique
from ...schema.shapes import Sequence as Seq
from ...schema.spelling import element_of
from .changes import own_checks
from .column_types import Definition, base_text, definition, without_width
from .defaults import spelled_default
from .pairs import adjusted, types_differ, without_indexes_named_as_keys
from .reflect import SYSTEM, ServerFacts, read, sequence_options, server_facts
from .settle import settled
from .strings import literal, string_value

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement

    from ...schema.catalogue import Catalogue
    from ...schema.shapes import Options, Schema, Table, TableKey

ANSI = replace(MYSQL, string_quotes="'")


class MySQLRules(SchemaRules):
    """Both servers; which one it is, and how old, the dialect knows once it is connected."""

    exact = True
    flavour = MYSQL

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.facts = ServerFacts()
        self._record_types: dict[tuple[str, str | None], str] = {}
        self._defaults: dict[tuple[str, str], str | None] = {}
        self._expressions: dict[str, str] = {}

    # -- the server --------------------------------------------------------------------------------

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is a MariaDB."""
        return bool(getattr(self.dialect, "is_mariadb", False))

    def at_least(self, mariadb: tuple[int, ...], mysql: tuple[int, ...]) -> bool:
        """Whether the server is as new as this; a server that nobody has met yet is."""
        version = getattr(self.dialect, "server_version_info", None)
        return not version or tuple(version) >= (mariadb if self.is_mariadb else mysql)

    @property
    def tells_checks(self) -> bool:
        """Whether information_schema tells of CHECK constraints, and of which table they are."""
        return self.at_least((10, 2, 22), (8, 0, 16))

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """All databases of the server but its own."""
        names: Sequence[str] = sa.inspect(connection).get_schema_names()
        return sorted(name for name in names if name.lower() not in SYSTEM)

    def read(
        self,
        connection: Connection,
        schemas: Sequence[str | None],
        wanted: Callable[[TableKey], bool],
    ) -> Catalogue:
        """See :meth:`SchemaRules.read`; seven queries."""
        self.facts = server_facts(connection)
        return read(connection, self.facts, schemas, wanted)

    # -- one spelling for both sides ---------------------------------------------------------------

    @property
    def quoting(self) -> Flavour:
        """How this server quotes: by its SQL mode, double quotes are around names or around strings."""
        return ANSI if getattr(self.dialect, "_server_ansiquotes", False) else MYSQL

    def as_shown(self, sql: str) -> str:
        """SQL of the models with the backslashes that the catalogue has, whatever the SQL mode is."""
        return sql if getattr(self.dialect, "_backslash_escapes", True) else sql.replace("\\", "\\\\")

    def definition(self, type_: TypeEngine[Any]) -> Definition:
        """The parts of a model's type."""
        return definition(self.as_shown(self.compiled_type(type_).replace("%%", "%")))

    def spell_type(self, type_: TypeEngine[Any]) -> str:
        """The type of a model; its character set and collation only if the model names them."""
        parts = self.definition(type_)
        text = base_text(parts)
        if parts.charset:
            text += f" character set {parts.charset}"
        return f"{text} collate {parts.collation}" if parts.collation else text

    def record_type(self, record: Mapping[str, Any]) -> str:
        """The type of a column that was read; its collation only if it's not that of the table."""
        column_type = record.get("column_type")
        if column_type is None:
            return self.type_text(record["type"])
        key = (column_type, record["collation"] if record.get("own_collation") else None)
        known = self._record_types.get(key)
        if known is None:
            known = without_width(base_text(definition(column_type)))
            # The collation of JSON is always the same.
            if key[1] is not None and known != "json":
                known += f" collate {key[1]}"
            self._record_types[key] = known
        return known

    def types_differ(self, present: sa.Column[Any], wanted: sa.Column[Any]) -> bool:
        """See :meth:`SchemaRules.types_differ`."""
        return types_differ(self, present, wanted)

    def expression(self, text: str) -> str:
        """See :meth:`SchemaRules.expression`; without the character sets that MySQL writes before strings."""
        known = self._expressions.get(text)
        if known is None:
            plain = text if self.is_mariadb else _INTRODUCER.sub("", text)
            known = self._expressions[text] = normalise(self._with_plain_strings(plain), self.quoting)
        return known

    def _with_plain_strings(self, text: str) -> str:
        """The text with one way to write each string."""
        if "\\" not in text and '"' not in text:
            return text
        pieces = []
        for token in tokens(text, self.quoting):
            value = string_value(token.text) if token.kind is Kind.STRING else None
            pieces.append(token.text if value is None else literal(value))
        return "".join(pieces)

    def _bare(self, text: str) -> str:
        return without_parentheses(text, self.quoting)

    def model_text(self, clause: ClauseElement) -> str:
        """See :meth:`SchemaRules.model_text`."""
        return self.expression(self.as_shown(self.literal_sql(clause)))

    def default(self, text: str | None, type_text: str) -> str | None:
        """A server default as MariaDB stores it: ``DECIMAL(12, 2) DEFAULT '0'`` is 0.00."""
        if text is None:
            return None
        key = (text, type_text)
        if key not in self._defaults:
            self._defaults[key] = spelled_default(text, type_text, self.expression, self._bare)
        return self._defaults[key]

    # -- facts of the models -----------------------------------------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """See :meth:`SchemaRules.model_column`."""
        type_text = self.type_text(column.type)
        computed = column.computed
        default = None if column.server_default is None else self.default_sql(column)
        return Column(
            name=column.name,
            type=column.type,
            type_text=type_text,
            # MariaDB has no NOT NULL for generated columns.
            nullable=bool(column.nullable) or (computed is not None and self.is_mariadb),
            default=None if default is None else self.default(self.as_shown(default), type_text),
            computed=None if computed is None else self._model_computed(computed),
            autoincrement=self._counts(column),
            comment=column.comment or None,
            options=self._own_check(column) if column.constraints else (),
            source=column,
        )

    def _own_check(self, column: sa.Column[Any]) -> Options:
        texts = [self.model_text(each.sqltext) for each in own_checks(column)] if self.is_mariadb else []
        return (("check", texts[0]),) if texts else ()

    def _model_computed(self, computed: sa.Computed) -> Computed:
        return Computed(self.model_text(computed.sqltext), bool(computed.persisted))

    def _counts(self, column: sa.Column[Any]) -> bool:
        """Whether CREATE TABLE makes the column AUTO_INCREMENT."""
        if not column.primary_key or column is not column.table._autoincrement_column:
            return False
        if column.server_default is not None and not isinstance(column.server_default, sa.Identity):
            return False
        by_sequence = isinstance(column.default, sa.Sequence) and not column.default.optional
        return not (self.dialect.supports_sequences and by_sequence)

    def model_index(self, index: sa.Index) -> Index | None:
        """See :meth:`SchemaRules.model_index`; ``length`` and ``prefix`` are the options that count."""
        sorts = self.at_least((10, 8), (8, 0))
        elements = []
        for part in index.expressions:
            element = element_of(part, self.model_text, index.table)
            elements.append(element if sorts else element.removesuffix(" DESC"))
        options: dict[str, Any] = {}
        said = index.dialect_options[self.dialect.name]
        if said.get("prefix"):
            options["prefix"] = said["prefix"].upper()
        elif said.get("length"):
            lengths = _lengths(index.table, elements, said["length"])
            if lengths:
                options["length"] = lengths
        name = self.constraint_name(index)
        return Index(name, tuple(elements), bool(index.unique), tuple(sorted(options.items())), source=index)

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """See :meth:`SchemaRules.model_foreign_key`; InnoDB knows neither RESTRICT nor DEFERRABLE."""
        return self._without_unsaid(super().model_foreign_key(constraint))

    def _without_unsaid(self, key: ForeignKey | None) -> ForeignKey | None:
        if key is None or not key.options:
            return key
        kept = tuple(
            (name, value)
            for name, value in key.options
            if name in ("ondelete", "onupdate") and value != "RESTRICT"
        )
        return key if kept == key.options else replace(key, options=kept)

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """See :meth:`SchemaRules.model_check`; None if the server reads it and forgets it.

        The CHECK of a Boolean or Enum is one as any other.
        """
        made = constraint._create_rule is None or constraint._create_rule(self.ddl_compiler)
        if not made or not self.tells_checks:
            return None
        # MariaDB keeps a check that is written with its column there, as a part of it.
        if self.is_mariadb and isinstance(constraint.parent, sa.Column) and constraint.name is None:
            return None
        return Check(self.constraint_name(constraint), self.model_text(constraint.sqltext), source=constraint)

    def model_table_options(self, table: sa.Table) -> Options:
        """What the models say of engine, collation and the like, as it is written there."""
        prefix = f"{self.dialect.name}_"
        said = {
            key[len(prefix) :].lower(): value for key, value in table.kwargs.items() if key.startswith(prefix)
        }
        options: dict[str, Any] = {}
        charset = None
        for name, value in said.items():
            name = name.removeprefix("default_")
            if name in ("charset", "character_set"):
                charset = str(value).lower()
            elif name == "collate":
                options["collate"] = str(value).lower()
            elif name not in _NOT_COMPARED and not name.startswith(("partition", "subpartition")):
                options[name] = str(value)
        if charset is not None and "collate" not in options:
            options["collate"] = self.collation_of(charset)
        return tuple(sorted(options.items()))

    def collation_of(self, charset: str) -> str:
        """The collation that a character set has by itself."""
        names = (charset, "utf8mb3") if charset == "utf8" else (charset,)
        found = (self.facts.collations[name] for name in names if name in self.facts.collations)
        return next(found, f"{names[-1]}_general_ci")

    def model_sequences(self, metadata: sa.MetaData) -> list[Seq]:
        """The sequences that ``create_all()`` makes; MariaDB only."""
        if not self.dialect.supports_sequences:
            return []
        return [_sequence(sequence) for sequence in metadata._sequences.values()]

    # -- facts of the database ---------------------------------------------------------------------

    def record_column(self, record: dict[str, Any]) -> Column:
        """See :meth:`SchemaRules.record_column`."""
        type_text = self.record_type(record)
        default, computed = record["default"], record.get("computed")
        return Column(
            name=record["name"],
            type=record["type"],
            type_text=type_text,
            nullable=record["nullable"],
            default=None if default is None else self.default(default, type_text),
            computed=computed
            and Computed(self.expression(computed["sqltext"]), bool(computed.get("persisted"))),
            autoincrement=bool(record.get("autoincrement")),
            comment=record["comment"],
            options=(("check", self.expression(record["check"])),) if "check" in record else (),
            source=record,
        )

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read, that of a UNIQUE constraint included: the server makes no difference."""
        if "column_sorting" in record or "expressions" in record:
            found = super().record_index(record)
            elements = () if found is None else found.elements
        else:
            elements = tuple(record["column_names"])
        options: dict[str, Any] = {}
        for name, value in record.get("dialect_options", {}).items():
            if name.endswith("_length"):
                options["length"] = tuple(sorted(value.items()))
            elif name.endswith("_prefix"):
                options["prefix"] = value
        return Index(
            record["name"], elements, record["unique"], tuple(sorted(options.items())), source=record
        )

    def record_unique(self, record: dict[str, Any]) -> Unique | None:
        """None: what is unique comes as an index, and becomes a constraint if the model has it as such."""
        return None

    def record_foreign_key(self, record: dict[str, Any], default_schema: str | None) -> ForeignKey | None:
        """See :meth:`SchemaRules.record_foreign_key`."""
        return self._without_unsaid(super().record_foreign_key(record, default_schema))

    # -- both sides together -----------------------------------------------------------------------

    def settle(
        self, connection: Connection, doubtful: Mapping[TableKey, tuple[Table, Table]]
    ) -> dict[TableKey, Table]:
        """See :meth:`SchemaRules.settle`; by temporary tables, in one round trip on MariaDB."""
        return settled(self, connection, doubtful)

    def adjust(self, database: Table, model: Table) -> tuple[Table, Table]:
        """See :meth:`SchemaRules.adjust`."""
        return adjusted(self, database, model)

    def finish(self, database: Schema, model: Schema) -> tuple[Schema, Schema]:
        """Names in lower case where the server keeps them so; no implicit indexes of tables that go."""
        if getattr(self.dialect, "_casing", 0):
            database, model = self._with_stored_names(database, model)
        gone = {key: table for key, table in database.tables.items() if key not in model.tables}
        if not gone:
            return database, model
        tables = {
            key: without_indexes_named_as_keys(table) if key in gone else table
            for key, table in database.tables.items()
        }
        return replace(database, tables=tables), model

    def _with_stored_names(self, database: Schema, model: Schema) -> tuple[Schema, Schema]:
        """The models' tables under the names that the database has for them, if only the case differs."""
        renamed = _as_stored(model, database)
        found, wanted = dict(database.tables), dict(renamed.tables)
        for key in found.keys() & wanted.keys():
            if found[key] != wanted[key]:
                found[key], wanted[key] = self.adjust(found[key], wanted[key])
        return replace(database, tables=found), replace(renamed, tables=wanted)


_INTRODUCER = re.compile(r"(?<![\w'\"`])_(?:utf8mb4|utf8mb3|utf8|latin1|ascii)\s*(?=['\"])")
_NOT_COMPARED = frozenset(
    ("comment", "auto_increment", "data_directory", "index_directory", "connection", "password")
)


_NEVER_IN_PART = (sa.Date, sa.DateTime, sa.Time, sa.Integer, sa.Numeric, sa.Boolean)


def _plain(type_: Any) -> Any:
    return type_.impl_instance if isinstance(type_, sa.types.TypeDecorator) else type_


def _lengths(
    table: sa.Table | None, elements: Sequence[str], said: int | Mapping[str, int]
) -> tuple[tuple[str, int], ...]:
    """How much of each column is in an index, where that is not all of it.

    :param elements: the parts of the index.
    """
    lengths = {}
    for element in elements:
        name = element.removesuffix(" DESC")
        length = said if isinstance(said, int) else said.get(name)
        type_ = None if table is None or name not in table.columns else table.columns[name].type
        whole = None if isinstance(type_, sa.Text | sa.LargeBinary) else getattr(type_, "length", None)
        # Of what is no text, the server takes all or nothing.
        if length and (whole is None or length < whole) and not isinstance(_plain(type_), _NEVER_IN_PART):
            lengths[name] = length
    return tuple(sorted(lengths.items()))


def _sequence(sequence: sa.Sequence) -> Seq:
    increment = sequence.increment or 1
    lowest, highest = (1, 2**63 - 2) if increment > 0 else (-(2**63) + 1, -1)
    minimum = lowest if sequence.minvalue is None else sequence.minvalue
    maximum = highest if sequence.maxvalue is None else sequence.maxvalue
    start = (minimum if increment > 0 else maximum) if sequence.start is None else sequence.start
    cache = 1000 if sequence.cache is None else sequence.cache
    options = sequence_options(start, minimum, maximum, increment, cache, bool(sequence.cycle))
    return Seq(sequence.schema, sequence.name, options, source=sequence)


def _as_stored(model: Schema, database: Schema) -> Schema:
    """The models' tables under the names that the database has for them, if only the case differs."""
    stored = {_lower(key): key for key in database.tables}

    def name(key: TableKey) -> TableKey:
        return stored.get(_lower(key), key)

    tables = {}
    for key, table in model.tables.items():
        schema, own = name(key)
        keys = tuple(replace(each, target=name(each.target)) for each in table.foreign_keys)
        tables[schema, own] = replace(table, schema=schema, name=own, foreign_keys=keys)
    return replace(model, tables=tables)


def _lower(key: TableKey) -> TableKey:
    return key[0] and key[0].lower(), key[1].lower()
