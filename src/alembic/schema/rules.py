"""How one dialect reads its catalogue and spells what it compares; the standard answers.

A dialect folder's ``compare.py`` subclasses :class:`SchemaRules`; an unknown dialect gets it as it is. The
diff itself asks no dialect anything: both sides went through the same rules before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.functions import Function, next_value

from .catalogue import Catalogue
from .inspection import read_by_inspector, schema_names
from .shapes import Check, Column, Computed, ForeignKey, Identity, Index, Unique
from .spelling import cascade, element_of, element_of_record, options
from .tokens import STANDARD, Flavour
from .untold import without_the_untold

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

    from .catalogue import TableRecord
    from .shapes import EnumType, Exclude, Options, Schema, Table, TableKey
    from .shapes import Sequence as Seq


class SchemaRules:
    """The rules of a dialect that has none of its own: SQLAlchemy's Inspector, texts as they are.

    :param dialect: the dialect of the connection.
    """

    #: The texts are canonical: whatever differs is a difference. Where this is False, as for a dialect that
    #: nobody has written rules for, types are compared part by part (see ``DefaultImpl.compare_type``), and
    #: checks, computed expressions, primary keys not at all.
    exact: ClassVar[bool] = False

    #: How the database writes SQL, for finding names in expressions.
    flavour: ClassVar[Flavour] = STANDARD

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._types: dict[Any, str] = {}
        self._texts: dict[Any, str] = {}
        self._ddl: Any = None

    @property
    def ddl_compiler(self) -> DDLCompiler:
        """SQLAlchemy's compiler of this dialect, for fragments of DDL."""
        if self._ddl is None:
            self._ddl = self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]  # as SQLAlchemy's dialects do
        compiler: DDLCompiler = self._ddl
        return compiler

    # -- reading the database ----------------------------------------------------------------------

    def schema_names(self, connection: Connection) -> list[str]:
        """All schemas that may hold the user's tables, sorted; the system's own are left out."""
        return schema_names(connection)

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
        return read_by_inspector(connection, schemas, wanted)

    # -- one spelling for both sides ---------------------------------------------------------------

    def type_text(self, type_: TypeEngine[Any]) -> str:
        """The type as CREATE TABLE has it, synonyms replaced by one of them.

        Remembered by the type's class and attributes; override :meth:`spell_type`, which is not.
        """
        try:
            key = (type_.__class__, tuple(type_.__dict__.items()))
            known = self._types.get(key)
        except TypeError:  # an attribute without a hash, such as the values of an Enum
            return self.spell_type(type_)
        if known is None:
            known = self._types[key] = self.spell_type(type_)
        return known

    def spell_type(self, type_: TypeEngine[Any]) -> str:
        """What :meth:`type_text` says of a type that it has not met yet."""
        return self.compiled_type(type_)

    def compiled_type(self, type_: TypeEngine[Any]) -> str:
        """The type as SQLAlchemy writes it in CREATE TABLE; "NULL" where it has nothing to write."""
        try:
            return str(self.dialect.type_compiler_instance.process(type_))
        except sa.exc.CompileError:
            return "NULL"

    def types_differ(self, present: sa.Column[Any], wanted: sa.Column[Any]) -> bool:
        """Whether two columns differ in their types, of which nothing else is known.

        Autogenerate knows more, and does not ask this.

        :param present: the database's, as SQLAlchemy reflects it.
        :param wanted: the model's.
        """
        return self.type_text(present.type) != self.type_text(wanted.type)

    def expression(self, text: str) -> str:
        """An SQL expression in a spelling that is the same for all that surely mean the same.

        White space, the case of keywords and needless parentheses go; never what could change the meaning.
        """
        return text.strip()

    def model_text(self, clause: ClauseElement) -> str:
        """SQL of an expression of the models, values written out, spelled by :meth:`expression`."""
        return self.expression(self.literal_sql(clause))

    def literal_sql(self, clause: ClauseElement) -> str:
        """SQL of an expression of the models as DDL has it: values written out, bare column names."""
        key = _looks(clause)
        if key is None:
            return self._literal_sql(clause)
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = self._literal_sql(clause)
        return known

    def _literal_sql(self, clause: ClauseElement) -> str:
        compiler = self.ddl_compiler.sql_compiler
        return self._single_percents(compiler.process(clause, include_table=False, literal_binds=True))

    def _single_percents(self, sql: str) -> str:
        # The compiler doubles percent signs for drivers that format parameters; DDL is read back with one.
        return sql.replace("%%", "%") if self.ddl_compiler.preparer._double_percents else sql

    def default_sql(self, column: sa.Column[Any]) -> str | None:
        """A model's server default as DDL has it; None without one, or where it's an identity or computed."""
        clause = column.server_default
        if not isinstance(clause, sa.DefaultClause):
            return None
        if isinstance(clause.arg, str):
            return self._single_percents(self.ddl_compiler.render_default_string(clause.arg))
        return self.literal_sql(clause.arg)

    def default(self, text: str | None, type_text: str) -> str | None:
        """A server default, of either side, in one spelling; None where it says nothing (DEFAULT NULL)."""
        if text is None or text.strip().upper() == "NULL":
            return None
        return self.expression(text)

    def identity(self, facts: Mapping[str, Any]) -> Identity:
        """An identity column's facts, of either side, in one spelling."""
        said = {key: value for key, value in facts.items() if key in _IDENTITY_DEFAULTS}
        kept = {key: value for key, value in said.items() if value not in _IDENTITY_DEFAULTS[key]}
        return Identity(bool(facts.get("always")), options(kept))

    def comment(self, text: str | None) -> str | None:
        """A comment of either side; None where it is empty, or the database has no comments."""
        return text or None if self.dialect.supports_comments else None

    # -- facts of the models: SQLAlchemy's objects to shapes ----------------------------------------

    def model_column(self, column: sa.Column[Any]) -> Column:
        """A column of the models."""
        type_text = self.type_text(column.type)
        computed = column.computed
        identity = column.identity if self.dialect.supports_identity_columns else None
        default = None if column.server_default is None else self.default_sql(column)
        return Column(
            name=column.name,
            type=column.type,
            type_text=type_text,
            nullable=bool(column.nullable),
            default=self.default(default, type_text),
            computed=None if computed is None else self._model_computed(computed),
            identity=None if identity is None else self._model_identity(identity),
            comment=column.comment and self.comment(column.comment),
            source=column,
        )

    def _model_computed(self, computed: sa.Computed) -> Computed:
        return Computed(self.model_text(computed.sqltext), computed.persisted)

    def _model_identity(self, identity: sa.Identity) -> Identity:
        facts = {key: getattr(identity, key, None) for key in ("always", *_IDENTITY_DEFAULTS)}
        return self.identity(facts)

    def model_index(self, index: sa.Index) -> Index | None:
        """An index of the models; None if this database makes none of it."""
        elements = tuple(element_of(part, self.model_text, index.table) for part in index.expressions)
        return Index(self.constraint_name(index), elements, bool(index.unique), source=index)

    def model_unique(self, constraint: sa.UniqueConstraint) -> Unique | None:
        """A UNIQUE constraint of the models."""
        columns = tuple(column.name for column in constraint.columns)
        return Unique(self.constraint_name(constraint), columns, source=constraint)

    def model_foreign_key(self, constraint: sa.ForeignKeyConstraint) -> ForeignKey | None:
        """A foreign key of the models."""
        target, target_columns = referred(constraint)
        facts = {
            "ondelete": cascade(constraint.ondelete),
            "onupdate": cascade(constraint.onupdate),
            "deferrable": constraint.deferrable,
            "initially": constraint.initially and constraint.initially.upper(),
        }
        return ForeignKey(
            tuple(element.parent.name for element in constraint.elements),
            target,
            target_columns,
            foreign_key_options(facts),
            self.constraint_name(constraint),
            source=constraint,
        )

    def model_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK constraint of the models; None where the dialect's type makes none (native booleans)."""
        return None if getattr(constraint, "_type_bound", False) else self.written_check(constraint)

    def written_check(self, constraint: sa.CheckConstraint) -> Check | None:
        """A CHECK constraint as CREATE TABLE has it; None where a type brings it along, but not here."""
        if constraint._create_rule is not None and not constraint._create_rule(self.ddl_compiler):
            return None
        return Check(self.constraint_name(constraint), self.model_text(constraint.sqltext), source=constraint)

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

    def constraint_name(self, item: sa.Constraint | sa.Index) -> str | None:
        """The name that the database gets for a constraint or index; None if the models have none."""
        name = item.name
        if name is None or type(name) is str:
            return name
        made = self.dialect.identifier_preparer.format_constraint(item, _alembic_quote=False)
        return None if made is None else str(made)

    # -- facts of the database: the reader's records to shapes --------------------------------------

    def record_column(self, record: dict[str, Any]) -> Column:
        """A column that was read."""
        type_text = self.type_text(record["type"])
        computed = record.get("computed")
        identity = record.get("identity")
        default = None if computed or identity else record.get("default")
        return Column(
            name=record["name"],
            type=record["type"],
            type_text=type_text,
            nullable=record.get("nullable", True),
            default=self.default(default, type_text),
            computed=computed and Computed(self.expression(computed["sqltext"]), computed.get("persisted")),
            identity=identity and self.identity(identity),
            comment=self.comment(record.get("comment")),
            source=record,
        )

    def record_index(self, record: dict[str, Any]) -> Index | None:
        """An index that was read; None if it is only the means of a constraint."""
        if record.get("duplicates_constraint"):
            return None
        names = record.get("expressions") or record["column_names"]
        sorting = record.get("column_sorting") or {}
        elements = tuple(
            element_of_record(
                name, name not in record["column_names"], sorting.get(name, ()), self.expression
            )
            for name in names
        )
        return Index(record["name"], elements, bool(record.get("unique")), source=record)

    def record_unique(self, record: dict[str, Any]) -> Unique | None:
        """A UNIQUE constraint that was read."""
        return Unique(record["name"], tuple(record["column_names"]), source=record)

    def record_foreign_key(self, record: dict[str, Any], default_schema: str | None) -> ForeignKey | None:
        """A foreign key that was read."""
        schema = record.get("referred_schema")
        facts = dict(record.get("options") or {})
        facts |= {name: cascade(facts.get(name)) for name in ("ondelete", "onupdate")}
        return ForeignKey(
            tuple(record["constrained_columns"]),
            (None if schema == default_schema else schema, record["referred_table"]),
            tuple(record["referred_columns"]),
            foreign_key_options(facts),
            record.get("name"),
            source=record,
        )

    def record_check(self, record: dict[str, Any]) -> Check | None:
        """A CHECK constraint that was read; None if it is only the means of a type."""
        return Check(record.get("name"), self.expression(record["sqltext"]), source=record)

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
        """Remove differences of one table that say nothing, where it takes both sides to tell.

        Asked of tables that differ only. Of an inexact dialect nothing is compared that its Inspector may
        not tell.
        """
        return (database, model) if self.exact else without_the_untold(database, model)

    def finish(self, database: Schema, model: Schema) -> tuple[Schema, Schema]:
        """As :meth:`adjust`, for what takes more than one table."""
        return database, model


def _looks(clause: ClauseElement) -> Any:
    """What the SQL of a clause depends on, where that is quickly told: plain text, now() and its like."""
    if isinstance(clause, TextClause):
        return None if clause._bindparams else clause.text
    kind = type(clause)
    if (
        kind.__module__ == "sqlalchemy.sql.functions"
        and isinstance(clause, Function)
        and not isinstance(clause, next_value)  # which depends on its sequence
        and not len(clause.clauses)
    ):
        return (kind, clause.name, clause.packagenames) if type(clause.name) is str else None
    return None


# What each option of an identity column says by default: one of these values.
_IDENTITY_DEFAULTS: Mapping[str, tuple[Any, ...]] = {
    "start": (None, 1),
    "increment": (None, 1),
    "minvalue": (None, 1),
    "maxvalue": (None, 32767, 2147483647, 9223372036854775807),
    "cycle": (None, False),
    "cache": (None, 1),
    "order": (None, False),
    "on_null": (None, False),
}


def foreign_key_options(facts: Mapping[str, Any]) -> Options:
    """The options of a foreign key, without those that say what is the default anyway."""
    said = dict(facts)
    if said.get("initially") in ("IMMEDIATE", "immediate"):
        said["initially"] = None
    return options({name: value for name, value in said.items() if value not in (None, False, "")})


def referred(constraint: sa.ForeignKeyConstraint) -> tuple[TableKey, tuple[str, ...]]:
    """The table that a model's foreign key refers to, and its columns by their names in the database."""
    schema, table, columns = None, "", []
    for element in constraint.elements:
        tokens = getattr(element, "target_tokens", None)  # SQLAlchemy 2.1 and up
        schema, table, column = tokens if tokens is not None else element._column_tokens
        key = element.parent.key if column is None else column
        metadata = element.parent.table.metadata
        target = metadata.tables.get(f"{schema}.{table}" if schema else table)
        if target is not None and not constraint.link_to_name and key in target.columns:
            key = target.columns[key].name
        columns.append(key)
    return (schema, table), tuple(columns)
