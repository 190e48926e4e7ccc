"""EnvironmentContext: what env.py talks to while a command runs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, TextIO, overload

from ..errors.runtime import NoStartingRevision, NoTargetRevision, NotConfigured, RunNotCommitted
from ..operations import Operations
from ..operations.door import ModuleClsProxy
from .events import Listener
from .hooks import (
    CompareServerDefault,
    CompareType,
    IncludeNameFn,
    IncludeObjectFn,
    NameFilterParentNames,
    NameFilterType,
    OnVersionApplyFn,
    ProcessRevisionDirectiveFn,
    RenderItemFn,
    RevisionNumber,
)
from .migration import MigrationContext
from .ownership import CallersTransaction
from .plugins import load_entry_points
from .settings import configured
from .transactions import MigrationTransaction

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import URL, Connection, MetaData
    from sqlalchemy.sql import Executable
    from typing_extensions import Self

    from ..configuration import Config
    from ..ddl.impl import DefaultImpl
    from ..script import ScriptDirectory
    from .companions import Factory

__all__ = [
    "CompareServerDefault",
    "CompareType",
    "EnvironmentContext",
    "IncludeNameFn",
    "IncludeObjectFn",
    "MigrationContext",
    "NameFilterParentNames",
    "NameFilterType",
    "OnVersionApplyFn",
    "Operations",
    "ProcessRevisionDirectiveFn",
    "RenderItemFn",
]


class EnvironmentContext(ModuleClsProxy):
    """The environment of one command; inside of its ``with`` block :mod:`alembic.context` speaks for it.

    ::

        with EnvironmentContext(config, script, fn=plan, destination_rev="heads"):
            script.run_env()

    Here ``plan(heads, migration_context)`` gives the steps that lead on from the rows of the version table.

    :param config: the Config.
    :param script: the ScriptDirectory.
    :param kw: ``fn``, ``as_sql``, ``starting_rev``, ``destination_rev``, ``tag``, ``purge``, ``dont_mutate``,
        ``revision_context``, ``template_args``, or any option of :meth:`configure`; and ``listeners``, each
        of which is called with every :mod:`event <alembic.runtime.events>` of the runs, and ``companions``,
        functions of a migration context that make what accompanies its run, see
        :mod:`alembic.runtime.companions`.
    """

    config: Config
    script: ScriptDirectory

    def __init__(self, config: Config, script: ScriptDirectory, **kw: Any) -> None:
        load_entry_points()
        self.config = config
        self.script = script
        self.listeners: tuple[Listener, ...] = tuple(kw.pop("listeners", ()))
        self.companions: tuple[Factory, ...] = tuple(kw.pop("companions", ()))
        self.context_opts = kw
        self._migration_context: MigrationContext | None = None
        self._watches: list[CallersTransaction] = []
        self._entered = False

    def __enter__(self) -> Self:
        self._install_proxy()
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self._entered = False
        self._remove_proxy()
        watches, self._watches = self._watches, []
        for watch in watches:
            watch.stop()
        if error is None and any(watch.abandoned for watch in watches):
            raise RunNotCommitted()

    def _watch(self, connection: Connection) -> None:
        """Take care that the caller's transaction, in which steps have run, isn't just forgotten."""
        if self._entered and connection.in_transaction():
            self._watches.append(CallersTransaction(connection))

    # -- what the command wants --------------------------------------------------------------------

    def is_offline_mode(self) -> bool:
        """Whether a script is to be written instead of a database migrated (``--sql``)."""
        return bool(self.context_opts.get("as_sql", False))

    def requires_connection(self) -> bool:
        """Whether a database connection is needed: the opposite of :meth:`is_offline_mode`."""
        return not self.is_offline_mode()

    def is_transactional_ddl(self) -> bool:
        """Whether DDL can be rolled back here, by the dialect or by ``configure(transactional_ddl=…)``."""
        return self.get_context().impl.transactional_ddl

    def get_head_revision(self) -> RevisionNumber:
        """The head of the revision files.

        :raises CommandError: there are several.
        """
        return self.script.as_revision_number("head")

    def get_head_revisions(self) -> RevisionNumber:
        """All heads of the revision files, as a tuple."""
        return self.script.as_revision_number("heads")

    def get_starting_revision_argument(self) -> RevisionNumber:
        """Where the command starts from: the ``from`` of ``--sql from:to``; None for base.

        :raises NoStartingRevision: the command says nothing of it.
        """
        if self._migration_context is not None:
            return self.script.as_revision_number(self.get_context()._start_from_rev)
        if "starting_rev" in self.context_opts:
            return self.script.as_revision_number(self.context_opts["starting_rev"])
        raise NoStartingRevision()

    def get_revision_argument(self) -> RevisionNumber:
        """Where the command leads to: None for base, a tuple for ``heads``.

        :raises NoTargetRevision: the command leads nowhere.
        """
        if "destination_rev" not in self.context_opts:
            raise NoTargetRevision()
        return self.script.as_revision_number(self.context_opts["destination_rev"])

    def get_tag_argument(self) -> str | None:
        """The ``--tag`` of the command, or the ``tag`` of the :meth:`configure` call in force."""
        options = self.context_opts if self._migration_context is None else self._migration_context.opts
        tag: str | None = options.get("tag")
        return tag

    @overload
    def get_x_argument(self, as_dictionary: Literal[False] = ...) -> list[str]: ...
    @overload
    def get_x_argument(self, as_dictionary: Literal[True]) -> dict[str, str]: ...
    @overload
    def get_x_argument(self, as_dictionary: bool = ...) -> list[str] | dict[str, str]: ...
    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """The ``-x`` arguments of the command line, in order; empty without a command line.

        :param as_dictionary: split each at its first ``=``; without one the value is an empty string.
        """
        given: list[str] = list(getattr(self.config.cmd_opts, "x", None) or ())
        if not as_dictionary:
            return given
        split = (argument.partition("=") for argument in given)
        return {name: value for name, _, value in split}

    # -- configuring -------------------------------------------------------------------------------

    def configure(
        self,
        connection: Connection | None = None,
        url: str | URL | None = None,
        dialect_name: str | None = None,
        dialect_opts: dict[str, Any] | None = None,
        transactional_ddl: bool | None = None,
        transaction_per_migration: bool = False,
        output_buffer: TextIO | None = None,
        starting_rev: str | None = None,
        tag: str | None = None,
        template_args: dict[str, Any] | None = None,
        render_as_batch: bool = False,
        target_metadata: MetaData | Sequence[MetaData] | None = None,
        include_name: IncludeNameFn | None = None,
        include_object: IncludeObjectFn | None = None,
        include_schemas: bool = False,
        process_revision_directives: ProcessRevisionDirectiveFn | None = None,
        compare_type: bool | CompareType = True,
        compare_server_default: bool | CompareServerDefault | None = None,
        render_item: RenderItemFn | None = None,
        literal_binds: bool = False,
        upgrade_token: str = "upgrades",
        downgrade_token: str = "downgrades",
        alembic_module_prefix: str = "op.",
        sqlalchemy_module_prefix: str = "sa.",
        user_module_prefix: str | None = None,
        on_version_apply: OnVersionApplyFn | Iterable[OnVersionApplyFn] | None = None,
        autogenerate_plugins: Sequence[str] | None = None,
        **kw: Any,
    ) -> None:
        """Say which database is meant and how it is to be treated; env.py calls it before all else.

        It may be called again, for another database or schema; nothing of the earlier call is kept.

        What is meant:

        :param connection: an open SQLAlchemy connection; not an Engine.
        :param url: without a connection, a URL to know the dialect from.
        :param dialect_name: the same by name, such as ``"postgresql"``.
        :param dialect_opts: keywords for the dialect made from these two.

        Running:

        :param transactional_ddl: whether DDL is to be taken as transactional; None asks the dialect.
        :param transaction_per_migration: a transaction for each revision instead of one for all.
        :param on_version_apply: one function or several, called after each step, inside its transaction, with
            the keywords ``ctx``, ``step`` (a MigrationInfo), ``heads`` and ``run_args``.
        :param version_table: name of the version table (``alembic_version``).
        :param version_table_schema: its schema.
        :param version_table_pk: whether it has a primary key (True).

        Scripts (``--sql``):

        :param output_buffer: a text stream to write to; else that of the Config, else standard output.
        :param output_encoding: write bytes of this encoding; the stream must be a binary one.
        :param starting_rev: where the script starts from, if the command has not said so.
        :param literal_binds: write bound values as literals.
        :param mssql_batch_separator: the line between statements for SQL Server (``GO``).
        :param oracle_batch_separator: the same for Oracle (``/``).

        Free for env.py's own use:

        :param tag: what :meth:`get_tag_argument` gives, if not the ``--tag`` of the command.
        :param template_args: further variables for ``script.py.mako``.

        Autogenerate:

        :param target_metadata: the application's MetaData, or several; also the source of naming conventions.
        :param render_as_batch: write each table's changes as a ``batch_alter_table`` block.
        :param include_name: ``(name, type_, parent_names) -> bool``: which names of the database count.
        :param include_object: ``(object, name, type_, reflected, compare_to) -> bool``: which objects count.
        :param include_schemas: look into all schemas, not only the default one.
        :param process_revision_directives: ``(context, revision, directives)``: change what is about to be
            written, in place.
        :param compare_type: whether column types are compared, or a function that compares them.
        :param compare_server_default: the same for server defaults; None compares them where it is known how
            the database spells them, True for any database.
        :param render_item: ``(type_, object, autogen_context) -> str | False``: how something is written.
        :param upgrade_token: the template variable that holds the upgrade's body.
        :param downgrade_token: the same for the downgrade's.
        :param alembic_module_prefix: what generated code has before directives.
        :param sqlalchemy_module_prefix: what it has before names of SQLAlchemy.
        :param user_module_prefix: what it has before types of other modules; None for their module's name.
        :param autogenerate_plugins: which plugins take part, see :mod:`alembic.runtime.plugins`.

        :param kw: ``strict``: whether a script that would lose something is an error, instead of what the
            configuration file says. Anything else is kept in ``get_context().opts``, for hooks and
            third-party dialects.
        :raises NotAConnection: ``connection`` is something else.
        :raises DialectNotGiven: there is nothing to know a dialect from.
        """
        if template_args and "template_args" in self.context_opts:
            # The command's own dictionary: the script template is rendered with it later on.
            self.context_opts["template_args"].update(template_args)
        given = {
            "transactional_ddl": transactional_ddl,
            "transaction_per_migration": transaction_per_migration,
            "output_buffer": output_buffer or getattr(self.config, "output_buffer", None),
            "starting_rev": starting_rev or None,
            "tag": tag,
            "render_as_batch": render_as_batch,
            "target_metadata": target_metadata,
            "include_name": include_name,
            "include_object": include_object,
            "include_schemas": include_schemas,
            "process_revision_directives": process_revision_directives,
            "compare_type": compare_type,
            "compare_server_default": compare_server_default,
            "render_item": render_item,
            "literal_binds": literal_binds,
            "upgrade_token": upgrade_token,
            "downgrade_token": downgrade_token,
            "alembic_module_prefix": alembic_module_prefix,
            "sqlalchemy_module_prefix": sqlalchemy_module_prefix,
            "user_module_prefix": user_module_prefix,
            "on_version_apply": on_version_apply,
            "autogenerate_plugins": autogenerate_plugins,
            "script": self.script,
            "strict": self.config.get_alembic_boolean_option("strict"),
        }
        self._migration_context = MigrationContext.configure(
            connection=connection,
            url=url,
            dialect_name=dialect_name,
            environment_context=self,
            dialect_opts=dialect_opts,
            opts=configured(self.context_opts, given, kw),
        )

    # -- using what was configured -----------------------------------------------------------------

    def get_context(self) -> MigrationContext:
        """The migration context of the last :meth:`configure` call.

        :raises NotConfigured: there has been none.
        """
        if self._migration_context is None:
            raise NotConfigured()
        return self._migration_context

    def get_bind(self) -> Connection:
        """The connection; while a script is written, a stand-in that writes what it is told to execute."""
        return self.get_context().bind  # type: ignore[return-value]  # None only without any database

    def get_impl(self) -> DefaultImpl:
        """The dialect's implementation in force."""
        return self.get_context().impl

    def begin_transaction(self) -> AbstractContextManager[MigrationTransaction | None]:
        """A block for :meth:`run_migrations`; see :meth:`MigrationContext.begin_transaction`."""
        return self.get_context().begin_transaction()

    def run_migrations(self, **kw: Any) -> None:
        """Run what the command asks for; inside, :mod:`alembic.op` speaks for this database.

        :param kw: handed to every ``upgrade()`` and ``downgrade()``.
        """
        context = self.get_context()
        with Operations.context(context):
            context.run_migrations(**kw)

    def execute(self, sql: Executable | str, execution_options: dict[str, Any] | None = None) -> None:
        """Run one statement, or write it into the script.

        :param sql: a string goes out as it stands.
        """
        self.get_context().execute(sql, execution_options=execution_options)

    def static_output(self, text: str) -> None:
        """Write a line that is no statement, such as a comment, into the script."""
        self.get_context().impl.static_output(text)
