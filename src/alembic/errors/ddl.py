"""What a database or its dialect refuses."""

from __future__ import annotations

from . import CommandError


class LiteralBindsOnlineError(CommandError):
    """``literal_binds`` was asked for on a live connection, where values travel as real parameters."""

    code = "literal-binds-online"

    def __init__(self) -> None:
        super().__init__("Can't use literal_binds setting without as_sql mode")


class ScriptParametersError(CommandError, TypeError):
    """A statement with separate parameters was to be written into a SQL script."""

    code = "script-parameters"

    def __init__(self) -> None:
        super().__init__(
            "SQL parameters not allowed with as_sql",
            hint="Put the values into the statement by inline_literal(...), or pass them to "
            "op.get_bind().execute(statement, values).",
        )


class UnsupportedByDatabase(CommandError, NotImplementedError):
    """The database has no statement for what a migration asks, and it can't be emulated."""

    code = "unsupported-by-database"


class ExistingTypeRequired(CommandError):
    """The server can only restate a column as a whole, and nobody said its type."""

    code = "existing-type-required"

    def __init__(self, message: str, table: str, column: str) -> None:
        super().__init__(
            message,
            hint=f'Name the present type: op.alter_column("{table}", "{column}", ..., existing_type=...)',
        )
        self.table, self.column = table, column


class ColumnNotFound(CommandError):
    """A column is to be altered that the table on the connection does not have."""

    code = "column-not-found"

    def __init__(self, table: str, column: str) -> None:
        super().__init__(
            f"Table '{table}' has no column '{column}'",
            hint="Compare with SHOW CREATE TABLE: an earlier migration may have renamed or dropped it.",
        )
        self.table, self.column = table, column


class ColumnNotDescribed(CommandError):
    """A script restates a column as a whole, and would lose what nobody has said of it."""

    code = "column-not-described"

    def __init__(self, table: str, column: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"Restating column '{column}' of table '{table}' loses what is not said of it:"
            f" {', '.join(missing)}",
            hint=f'Say what it has: op.alter_column("{table}", "{column}", ..., existing_nullable=...,'
            " existing_server_default=...), the latter None if it has none; or run the migration on a"
            " connection, where the column is read.",
        )
        self.table, self.column, self.missing = table, column, missing


class IndexTableRequired(CommandError):
    """An index is to be dropped where index names belong to a table, and no table was given."""

    code = "index-table-required"

    def __init__(self, index: str, dialect: str) -> None:
        super().__init__(
            f"Dropping index '{index}' on {dialect} requires the table it belongs to.",
            hint=f'Pass table_name: op.drop_index("{index}", table_name="...")',
        )
        self.index = index


class ConditionNotInScript(UnsupportedByDatabase):
    """IF [NOT] EXISTS was asked for in a script, for a database whose SQL has no such clause here."""

    code = "condition-not-in-script"

    def __init__(self, kind: str, name: str, dialect: str) -> None:
        super().__init__(
            f"Can't write IF [NOT] EXISTS for {kind} {name!r}: {dialect} has no such clause here",
            hint="Leave out if_exists/if_not_exists for --sql, or run this migration on a connection, where "
            "the condition is looked up in the database first.",
        )
        self.kind, self.name, self.dialect = kind, name, dialect


class UsingWithoutType(CommandError):
    """``postgresql_using`` was given to an ``alter_column`` that changes no type."""

    code = "using-without-type"

    def __init__(self) -> None:
        super().__init__("postgresql_using must be used with the type_ parameter")


class NamedTypeDiffers(CommandError):
    """The enum type that a new table needs exists already, but without some of the values."""

    code = "named-type-differs"

    def __init__(self, name: str, existing: tuple[str, ...], missing: tuple[str, ...]) -> None:
        super().__init__(
            f"Type {name!r} exists already, without the values {', '.join(map(repr, missing))}",
            hint=f"It has {', '.join(map(repr, existing))}. Drop it first (DROP TYPE) if nothing uses it any "
            "more, add the values (ALTER TYPE ... ADD VALUE), or give the new type another name.",
        )
        self.name, self.existing, self.missing = name, existing, missing


class StatementExpected(CommandError, TypeError):
    """``execute`` was given something that is no SQL statement."""

    code = "statement-expected"

    def __init__(self, given: object) -> None:
        super().__init__(f"A string or a SQLAlchemy statement is expected, not {type(given).__name__}")
        self.given = given


class UnboundParameter(CommandError):
    """A ``:name`` in ``text()`` has no value, so the statement can't be written into a script."""

    code = "unbound-parameter"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A value is required for bind parameter {name!r}",
            hint=f"Give it one by text(...).bindparams({name}=...); if the colon belongs to the SQL, write "
            "'\\:' or pass a plain string, which is sent as it stands.",
        )
        self.name = name


class DefaultNotInScript(CommandError):
    """A column's default is made by Python, and a statement of a script has no place for it."""

    code = "default-not-in-script"

    def __init__(self, column: str) -> None:
        super().__init__(
            f"Can't write the default that Python makes for column {column!r} into this statement",
            hint="Give the column a value in each row of the statement, or in its SELECT.",
        )


class NoResultInScript(CommandError, AttributeError, TypeError):
    """A migration reads from the database while a script is written."""

    code = "no-result-in-script"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A script can't read from the database: there is no result for {what}",
            hint="Ask `context.is_offline_mode()` first, or say it in SQL alone, such as INSERT ... SELECT.",
        )
