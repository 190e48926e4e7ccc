"""What can go wrong while migrations are being run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import CommandError


class NotAConnection(CommandError):
    """``configure(connection=…)`` got something else, most often an Engine."""

    code = "connection-expected"

    def __init__(self, given: object) -> None:
        super().__init__(
            "'connection' argument to configure() is expected to be a sqlalchemy.engine.Connection instance, "
            f"got {given!r}",
            hint="Pass what engine.connect() gives: with engine.connect() as connection: …",
        )
        self.given = given


class DialectNotGiven(CommandError):
    """``configure()`` got nothing from which a dialect could be known."""

    code = "dialect-not-given"

    def __init__(self) -> None:
        super().__init__("Connection, url, or dialect_name is required.")


class NotConfigured(CommandError):
    """Something asked for the migration context before env.py called ``context.configure()``."""

    code = "not-configured"

    def __init__(self) -> None:
        super().__init__("No context has been configured yet.")


class StartingRevisionOnline(CommandError):
    """A starting revision was given although the database itself knows where it stands."""

    code = "starting-revision-online"

    def __init__(self) -> None:
        super().__init__("Can't specify current_rev to context when using a database connection")


class NoStartingRevision(CommandError):
    """The starting revision was asked for, and this run has none."""

    code = "no-starting-revision"

    def __init__(self) -> None:
        super().__init__("No starting revision argument is available.")


class NoTargetRevision(CommandError, KeyError):
    """The target revision was asked for during a command that has none."""

    code = "no-target-revision"

    def __init__(self) -> None:
        super().__init__("No destination revision argument is available.")


class NoMigrationFunction(CommandError):
    """``run_migrations()`` on a context that nobody told which steps to run."""

    code = "no-migration-function"

    def __init__(self) -> None:
        super().__init__(
            "This migration context has no function that says which migrations to run.",
            hint="Use a command such as alembic.command.upgrade(), or give configure() the option "
            "fn=lambda heads, context: script._upgrade_revs('head', heads).",
        )


class ConnectionRequired(CommandError):
    """A context without a connection was asked to do what only a database can."""

    code = "connection-required"

    def __init__(self) -> None:
        super().__init__(
            "This migration context has no database connection.",
            hint="Pass connection=… to context.configure(), or write a script with --sql.",
        )


class SeveralHeads(CommandError):
    """One current revision was asked for, and there are several."""

    code = "several-current-heads"

    def __init__(self, table: str, heads: Sequence[str]) -> None:
        super().__init__(
            f"Version table '{table}' has more than one head present; please use get_current_heads()"
        )
        self.heads = tuple(heads)


class VersionRowMissing(CommandError):
    """A row of the version table was not there when a step came to change it."""

    code = "version-row-missing"

    def __init__(self, action: str, table: str, found: int) -> None:
        super().__init__(
            f"Online migration expected to match one row when {action} in '{table}'; {found} found",
            hint="Another process may be migrating this database at the same time; see `alembic current`.",
        )
        self.found = found


class VersionTooLong(CommandError):
    """Identifiers that the version table's column cannot hold; found before anything runs."""

    code = "version-too-long"

    def __init__(self, table: str, width: int, too_long: Iterable[str]) -> None:
        self.too_long = tuple(too_long)
        self.width = width
        names = ", ".join(f"'{name}'" for name in self.too_long)
        super().__init__(
            f"Version table '{table}' holds identifiers of up to {width} characters; too long: {names}",
            hint="Nothing was run. Give the revision a shorter id, or make the column wider by hand.",
        )


class VersionsNotSaved(CommandError):
    """The version table read back after a run does not hold what the run wrote."""

    code = "versions-not-saved"

    def __init__(self, table: str, expected: Iterable[str], found: Iterable[str]) -> None:
        self.expected = tuple(expected)
        self.found = tuple(found)
        super().__init__(
            f"The migrations were run, but were not saved: version table '{table}' should hold "
            f"{_listed(self.expected)}, and holds {_listed(self.found)}",
            hint="Something rolled the transaction back, such as a ROLLBACK in a migration or in env.py.",
        )


class RunNotCommitted(CommandError):
    """env.py closed its connection without committing the transaction in which the migrations ran."""

    code = "run-not-committed"

    def __init__(self) -> None:
        super().__init__(
            "The migrations were run in a transaction that env.py had begun by itself and never committed; "
            "nothing was saved.",
            hint="Begin it as `with connection.begin():`, commit it, or leave it to "
            "`with context.begin_transaction():`.",
        )


class AutocommitInForeignTransaction(CommandError):
    """``autocommit_block()`` would have to commit a transaction that belongs to the caller."""

    code = "autocommit-in-foreign-transaction"

    def __init__(self) -> None:
        super().__init__(
            "autocommit_block() can't be used here: the connection was already in a transaction that was "
            "begun outside of Alembic, and the block would have to commit it.",
            hint="Hand context.configure() a connection that is in no transaction (engine.connect() rather "
            "than engine.begin()) and let `with context.begin_transaction():` begin it.",
        )


class PluginRegistered(CommandError, ValueError):
    """Two plugins of the same name."""

    code = "plugin-registered"

    def __init__(self, name: str) -> None:
        super().__init__(f"A plugin named {name} is already registered")
        self.name = name


class PluginNotFound(CommandError):
    """An entry of ``autogenerate_plugins`` that fits no plugin."""

    code = "plugin-not-found"

    def __init__(self, expressions: Iterable[str]) -> None:
        self.expressions = tuple(expressions)
        super().__init__(f"Did not locate plugins: {', '.join(self.expressions)}")


class PluginExpressionInvalid(CommandError, ValueError):
    """An entry of ``autogenerate_plugins`` that is no dotted name."""

    code = "plugin-expression-invalid"

    def __init__(self, expression: str) -> None:
        super().__init__(f"Invalid plugin expression {expression!r}")
        self.expression = expression


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "nothing"
