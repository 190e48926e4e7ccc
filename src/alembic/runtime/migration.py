"""MigrationContext: one dialect, one connection or script, one version table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, TextIO

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from ..ddl.impl import DefaultImpl
from ..errors.runtime import (
    AutocommitInForeignTransaction,
    ConnectionRequired,
    DialectNotGiven,
    NoMigrationFunction,
    NotAConnection,
    SeveralHeads,
    StartingRevisionOnline,
)
from ..script.steps import MigrationInfo, MigrationStep, RevisionStep, StampStep
from .companions import Companion, Company, watching
from .events import ContextMade, Event, Listener, StepDone, StepStarted
from .history import ScriptHistory
from .log import log, log_event
from .ownership import is_callers
from .plugins import load_entry_points
from .runner import Run
from .settings import Settings
from .transactions import MigrationTransaction, atomic_in_callers, autocommit
from .verification import Written
from .versions import HeadMaintainer, VersionTable

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import Executable

    from ..script import ScriptDirectory
    from .environment import EnvironmentContext
    from .statements import Statements

__all__ = [
    "HeadMaintainer",
    "MigrationContext",
    "MigrationInfo",
    "MigrationStep",
    "RevisionStep",
    "StampStep",
    "log",
]


class MigrationContext:
    """What migrations run in: a dialect with a connection, or with a script to write, and its version table.

    ``context.configure()`` in env.py makes one; :meth:`configure` makes one without any files.

    Attributes that may be read: ``dialect``, ``connection`` and ``bind`` (a stand-in that writes when a
    script is written), ``impl``, ``opts`` (a dictionary), ``script``, ``as_sql``, ``purge``,
    ``output_buffer``, ``version_table``, ``version_table_schema``, ``transactional_ddl``,
    ``on_version_apply_callbacks``, ``environment_context``, ``config``.

    :param dialect: the SQLAlchemy dialect.
    :param connection: None for a script.
    :param opts: see :meth:`~alembic.runtime.environment.EnvironmentContext.configure`.
    """

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection | None,
        opts: dict[str, Any],
        environment_context: EnvironmentContext | None = None,
    ) -> None:
        load_entry_points()
        settings = self._settings = Settings(opts)
        self.environment_context = environment_context
        self.opts = opts
        self.dialect = dialect
        self.script: ScriptDirectory | None = opts.get("script")
        self.as_sql = settings.as_sql
        self.purge = settings.purge
        self.output_buffer: TextIO = settings.script_buffer()
        self.transactional_ddl = settings.transactional_ddl
        self.on_version_apply_callbacks = settings.on_version_apply
        self.version_table = settings.version_table
        self.version_table_schema = settings.version_table_schema
        self._transaction_per_migration = settings.transaction_per_migration
        live = None if self.as_sql else connection
        self.impl = DefaultImpl.get_by_dialect(dialect)(
            dialect, live, self.as_sql, self.transactional_ddl, self.output_buffer, opts
        )
        self.connection: Connection | None = self.impl.bind
        self._version = self.impl.version_table_impl(
            version_table=self.version_table,
            version_table_schema=self.version_table_schema,
            version_table_pk=settings.version_table_pk,
        )
        if self.as_sql:
            self._keep_history()
        self._live = live
        self._versions = VersionTable(self.impl, self._version, live)
        self._listeners: tuple[Listener, ...] = (
            log_event,
            *(environment_context.listeners if environment_context is not None else ()),
        )
        self._company = Company(self, environment_context.companions if environment_context else ())
        self._transaction: MigrationTransaction | None = None
        self._statements: Statements | None = None
        self._writes_transaction = False
        self._notify(ContextMade(type(self.impl).__name__, self.as_sql, self.impl.transactional_ddl))

    def _keep_history(self) -> None:
        """Let the impl ask what a table is like at the point that a script has come to."""
        history = ScriptHistory(self)
        self.impl.history, self.impl.table_source = history, history.table

    @classmethod
    def configure(
        cls,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect: Dialect | None = None,
        environment_context: EnvironmentContext | None = None,
        dialect_opts: dict[str, str] | None = None,
        opts: Any | None = None,
    ) -> MigrationContext:
        """A new context; the dialect is that of the first of these that is given.

        :param connection: an open connection.
        :param url: a database URL; nothing is connected to.
        :param dialect_name: such as ``"postgresql"``.
        :param dialect: a SQLAlchemy dialect.
        :param dialect_opts: keywords for the dialect's class, where it has to be made.
        :param opts: a dictionary of options, see
            :meth:`~alembic.runtime.environment.EnvironmentContext.configure`.
        :raises NotAConnection: ``connection`` is something else, such as an Engine.
        :raises DialectNotGiven: there is nothing to know a dialect from.
        """
        options = dict(opts or {}) if not isinstance(opts, dict) else opts
        if connection is not None:
            if not isinstance(connection, Connection):
                raise NotAConnection(connection)
            dialect = connection.dialect
        elif url:
            dialect = make_url(url).get_dialect()(**(dialect_opts or {}))
        elif dialect_name:
            dialect = make_url(f"{dialect_name}://").get_dialect()(**(dialect_opts or {}))
        elif dialect is None:
            raise DialectNotGiven()
        return cls(dialect, connection, options, environment_context)

    # -- what it stands on -------------------------------------------------------------------------

    @property
    def bind(self) -> Connection | None:
        """The connection; a stand-in that writes when a script is written; None when there is neither."""
        return self.connection

    @property
    def config(self) -> Any:
        """The Config of the environment; None without one."""
        return self.environment_context.config if self.environment_context is not None else None

    def execute(self, sql: Executable | str, execution_options: dict[str, Any] | None = None) -> None:
        """Run one statement, or write it into the script.

        :param sql: a string goes out as it stands.
        """
        if self.connection is None:
            raise ConnectionRequired()
        self.impl.execute(sql, execution_options)

    def _notify(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    # -- where the database stands -----------------------------------------------------------------

    def get_current_heads(self) -> tuple[str, ...]:
        """The rows of the version table, sorted; of a script, the revisions that it starts from.

        A database without a version table has none.

        :raises ConnectionRequired: there is neither a connection nor a script.
        :raises StartingRevisionOnline: a starting revision was given for a database, which knows better.
        """
        if not self.as_sql:
            if self._settings.starting_revisions:
                raise StartingRevisionOnline()
            return self._versions.read()
        starting = self._settings.starting_revisions
        if self.script is None:
            return starting
        found = [self.script.get_revision(name) for name in starting]
        return tuple(script.revision for script in found if script is not None)

    def get_current_revision(self) -> str | None:
        """The one row of the version table, or None.

        :raises SeveralHeads: there are several.
        """
        heads = self.get_current_heads()
        if len(heads) > 1:
            raise SeveralHeads(self.version_table, heads)
        return heads[0] if heads else None

    @property
    def _start_from_rev(self) -> Any:
        return self._settings.starting_rev

    def _has_version_table(self) -> bool:
        return self._versions.exists()

    def _ensure_version_table(self, purge: bool = False) -> None:
        """Create the version table if it is missing, in a script in any case; ``purge`` empties it."""
        if self.as_sql:
            self._versions.create()
            return
        with self.begin_transaction(_per_migration=True):
            self._versions.ensure()
            if purge:
                self._versions.clear()

    # -- running -----------------------------------------------------------------------------------

    def run_migrations(self, **kw: Any) -> None:
        """Run the steps that the command asked for, each followed by its change of the version table.

        Outside of :meth:`begin_transaction` it begins and commits what is needed by itself.

        :param kw: handed to every ``upgrade()`` and ``downgrade()``.
        :raises NoMigrationFunction: nobody said what to run.
        """
        fn = self._settings.fn
        if fn is None:
            raise NoMigrationFunction()
        if self.impl.history is not None:
            self.impl.history.arguments = kw
        if not self.as_sql and self.connection is None:
            raise ConnectionRequired()
        run = Run(
            versions=self._versions,
            heads=self.get_current_heads,
            plan=lambda heads: fn(heads, self),
            transaction=lambda: self.begin_transaction(_per_migration=True),
            applied=self._call_back,
            arguments=kw,
            company=self._company,
            purge=self.purge,
            dont_mutate=self._settings.dont_mutate,
        )
        written = Written()
        with self._whole_run(), self._accompanied():
            for event in run.events():
                written.follow(event)
                self._keep_up(event)
                self._notify(event)
                if isinstance(event, StepDone) and self.impl.needs_commit():
                    self._commit_between()
            if written.any and self._live is not None:
                # Here and not after the commit: a SET LOCAL search_path ends with the transaction.
                written.verify(self._versions)
                self._ran_in_callers(self._live)

    def _keep_up(self, event: Event) -> None:
        """Tell the history of a script which revision it has come to."""
        history = self.impl.history
        if history is not None:
            match event:
                case StepStarted():
                    history.step_begins()
                case StepDone(_, heads):
                    history.step_done(heads)

    def _call_back(self, step: MigrationStep, heads: set[str], arguments: Mapping[str, Any]) -> None:
        if not self.on_version_apply_callbacks:
            return
        info = step.info
        for callback in self.on_version_apply_callbacks:
            callback(ctx=self, step=info, heads=heads, run_args=arguments)

    def stamp(self, script_directory: ScriptDirectory, revision: str) -> None:
        """Set the version table to a revision without running anything.

        :param revision: anything that names revisions, such as ``"heads"``.
        """
        heads = self.get_current_heads()
        with self._whole_run():
            if not self.as_sql and not heads:
                self._ensure_version_table()
            maintainer = HeadMaintainer(self, heads)
            for step in script_directory._stamp_revs(revision, heads):
                with self.begin_transaction(_per_migration=True):
                    maintainer.update_to_step(step)

    # -- transactions ------------------------------------------------------------------------------

    def begin_transaction(
        self, _per_migration: bool = False
    ) -> AbstractContextManager[MigrationTransaction | None]:
        """A block for :meth:`run_migrations`, in one transaction where that is how this database is migrated.

        Where DDL is transactional this is one transaction for all steps, or with
        ``transaction_per_migration`` one for each step; then, and on a database without transactional DDL,
        the block itself does nothing. In a script it writes BEGIN and COMMIT.

        A connection that is in a transaction already is left to whoever has begun it, and nothing is
        committed; unless that was SQLAlchemy, on first use: then it is carried on with, and committed.

        ``as`` gives the transaction, with ``commit()`` and ``rollback()``, or None where nothing was begun.
        """
        if self._transaction is not None:
            return nullcontext(self._transaction)
        if self.as_sql:
            begins = self.impl.transactional_ddl and _per_migration == self._transaction_per_migration
            return self._script_transaction() if begins and not self._writes_transaction else nullcontext()
        in_steps = self._transaction_per_migration or not self.impl.transactional_ddl
        if self._live is None or _per_migration != in_steps or is_callers(self._live):
            return nullcontext()
        return self._own_transaction(self._live, whole_run=not _per_migration)

    @contextmanager
    def _own_transaction(self, connection: Connection, *, whole_run: bool) -> Iterator[MigrationTransaction]:
        ended_by = None
        try:
            with MigrationTransaction(
                connection,
                atomic=self.impl.features.atomic_step,
                statements=self._statements,
                begun=lambda: self._company.tell(Companion.transaction_begun),
                before_commit=lambda: self._company.tell(Companion.before_commit),
            ) as transaction:
                self._transaction = transaction
                try:
                    yield transaction
                finally:
                    self._transaction = None
        except BaseException as error:
            ended_by = error
            raise
        finally:
            if whole_run:
                self._company.end(ended_by)

    @contextmanager
    def _accompanied(self) -> Iterator[None]:
        """A block at whose end the companions go, unless a transaction around it is still ours to end."""
        ended_by = None
        try:
            yield
        except BaseException as error:
            ended_by = error
            raise
        finally:
            if self._transaction is None:
                self._company.end(ended_by)

    def give_way(self) -> None:
        """End the transaction that the versions were read in, as far as it is ours, before waiting for long.

        Whoever waits in a transaction holds locks that the one he waits for may need.
        """
        connection = self._live
        if connection is None or not connection.in_transaction():
            return
        if self._transaction is not None:
            self._commit_between()
        elif not is_callers(connection):
            with self.impl.over_commit():
                connection.commit()

    def _commit_between(self) -> None:
        """End the transaction that all steps share, and begin another for the rest of them."""
        if self._writes_transaction:
            self.impl.emit_commit()
            self.impl.emit_begin()
        elif self._transaction is not None:
            with self.impl.over_commit():
                self._transaction.commit()
                self._transaction.begin()

    @contextmanager
    def _script_transaction(self) -> Iterator[None]:
        self.impl.emit_begin()
        self._writes_transaction = True
        try:
            yield
        finally:
            self._writes_transaction = False
        self.impl.emit_commit()

    @contextmanager
    def _whole_run(self) -> Iterator[None]:
        """The block that env.py should have put around the run, if it has not."""
        connection = self._live
        if connection is None:
            yield
            return
        with self._watching(connection):
            if self._transaction is None and is_callers(connection):
                atomic = self.impl.features.atomic_step
                with atomic_in_callers(connection, self._statements) if atomic else nullcontext():
                    yield
            else:
                with self.begin_transaction():
                    yield

    @contextmanager
    def _watching(self, connection: Connection) -> Iterator[None]:
        """A block whose statements are seen by the companions, and by the transactions that are atomic."""
        if not (self._company.is_invited or self.impl.features.atomic_step):
            yield
            return
        self._statements = watching(connection, self._company)
        self._statements.watch()
        try:
            yield
        finally:
            self._statements.ignore()
            self._statements = None

    def _ran_in_callers(self, connection: Connection) -> None:
        """Have it watched that the caller ends his transaction, if it is his that steps have run in."""
        if self.environment_context is not None and self._transaction is None and is_callers(connection):
            self.environment_context._watch(connection)

    @contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """A block of statements that must not run inside of a transaction.

        What was done before is committed; afterwards a new transaction is begun. So the work before and
        inside the block stays even if the revision fails later on, while the version table still shows the
        revision before it.

        :raises AutocommitInForeignTransaction: the connection is in a transaction of the caller's.
        """
        if self.as_sql:
            with self._script_autocommit():
                yield
            return
        connection = self._live
        if connection is None:
            raise ConnectionRequired()
        transaction = self._transaction
        if transaction is not None:
            transaction.commit()
        elif is_callers(connection):
            raise AutocommitInForeignTransaction()
        else:
            connection.commit()
        try:
            with autocommit(connection):
                self._company.tell(Companion.autocommit_begins)
                yield
                self._company.tell(Companion.autocommit_ends)
        except BaseException:
            if transaction is not None:
                with suppress(DBAPIError):  # the session may be dead
                    transaction.begin()
            raise
        if transaction is not None:
            transaction.begin()

    @contextmanager
    def _script_autocommit(self) -> Iterator[None]:
        if self.impl.transactional_ddl:
            self.impl.emit_commit()
        yield
        if self.impl.transactional_ddl:
            self.impl.emit_begin()
