"""What ``op`` and a batch have in common: invoking operations, and questions about their surroundings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy.sql.elements import conv

from alembic.errors.operations import AsyncInScript, SynchronousEngine

from .dispatch import Dispatcher
from .door import ModuleClsProxy
from .late_keys import finish_late_keys
from .registration import method_for
from .schemaobj import SchemaObjects
from .sql import InlineLiteral

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine
    from typing_extensions import ParamSpec, Self

    from alembic.ddl.impl import DefaultImpl
    from alembic.ddl.journal import Journal

    from .batch import BatchOperationsImpl
    from .context import OperationsContext
    from .operation import MigrateOperation

    P = ParamSpec("P")

T = TypeVar("T")
_F = TypeVar("_F", bound=Callable[..., Any])
_Class = TypeVar("_Class", bound=type)


class AbstractOperations(ModuleClsProxy):
    """The common part of Operations and BatchOperations.

    :param migration_context: the migration that the operations take part in.
    :param impl: what carries the operations out; by default the migration's dialect.
    """

    impl: DefaultImpl | BatchOperationsImpl
    _to_impl: ClassVar[Dispatcher] = Dispatcher()

    def __init__(self, migration_context: OperationsContext, impl: BatchOperationsImpl | None = None) -> None:
        self.migration_context = migration_context
        self.impl = migration_context.impl if impl is None else impl
        self.schema_obj = SchemaObjects(migration_context)

    @classmethod
    def register_operation(cls, name: str, sourcename: str | None = None) -> Callable[[_Class], _Class]:
        """A class decorator: a class method of an operation class becomes a directive, on ``op`` as well.

        :param name: the name of the directive.
        :param sourcename: the name of the class method, which takes ``(cls, operations, …)``; by default
            of the same name.
        """

        def register(op_class: _Class) -> _Class:
            setattr(cls, name, method_for(op_class, name, sourcename or name))
            cls._announce(name)
            return op_class

        return register

    @classmethod
    def implementation_for(cls, op_cls: Any, replace: bool = False) -> Callable[[_F], _F]:
        """A decorator: this function ``(operations, operation)`` carries out operations of a class.

        :param op_cls: the operation class; a subclass shares the function unless it has its own.
        :param replace: take the place of the function that there is.
        :raises DispatchTaken: a ValueError too: there is a function already, and ``replace`` was not given.
        """
        return cls._to_impl.dispatch_for(op_cls, replace=replace)

    @classmethod
    @contextmanager
    def context(cls, migration_context: OperationsContext) -> Iterator[Self]:
        """A context manager within which ``op`` speaks for a migration; it gives the operations object."""
        operations = cls(migration_context)
        operations._install_proxy()
        try:
            yield operations
            finish_late_keys(operations)
        finally:
            operations._remove_proxy()

    def invoke(self, operation: MigrateOperation) -> Any:
        """Carry out an operation; what comes back depends on its kind.

        :raises NoDispatch: a ValueError too: nobody said how such an operation is carried out.
        """
        implementation = self._to_impl.dispatch(operation, self.migration_context.impl.__dialect__)
        with self._journaled(operation):
            result = implementation(self, operation)
        self._note(operation)
        return result

    def _journaled(self, operation: MigrateOperation) -> AbstractContextManager[None]:
        """A block whose statements belong to an operation, for the journal if one is kept."""
        journal = self.migration_context.impl.journal
        return nullcontext() if journal is None else _journaled(journal, operation)

    def _note(self, operation: MigrateOperation) -> None:
        """Tell whoever keeps track of what a script does to the schema, see ``impl.history``."""
        history = self.migration_context.impl.history
        if history is not None:
            history.note(operation)

    def _say(self, noun: Callable[P, MigrateOperation], /, *args: P.args, **kw: P.kwargs) -> Any:
        """Make an operation and carry it out."""
        return self.invoke(noun(*args, **kw))

    def get_context(self) -> Any:
        """The MigrationContext."""
        return self.migration_context

    def get_bind(self) -> Connection:
        """The connection of the migration; when SQL is written to a script, a stand-in that writes there."""
        bind: Connection = self.migration_context.impl.bind  # type: ignore[assignment]  # one of the two, by mode
        return bind

    def f(self, name: str) -> conv:
        """A name to which no naming convention is applied any more.

        :param name: the name as the database is to have it.
        """
        return conv(name)

    def inline_literal(self, value: str | int, type_: TypeEngine[Any] | None = None) -> InlineLiteral:
        """A value that is written into a statement as a literal, not passed beside it.

        :param value: a string, a number; what else the type can write as a literal.
        :param type_: its SQLAlchemy type, if the Python value doesn't tell.
        """
        return InlineLiteral(None, value, type_=type_)

    def run_async(self, async_function: Callable[..., Awaitable[T]], *args: Any, **kw_args: Any) -> T:
        """Run a coroutine function on the migration's connection, in its transaction, and return its result.

        :param async_function: called with an AsyncConnection, then ``args`` and ``kw_args``.
        :raises SynchronousEngine: a ValueError too: the migration doesn't run on an asynchronous engine.
        """
        if not self.migration_context.dialect.is_async:
            raise SynchronousEngine()
        if self.migration_context.impl.as_sql:
            raise AsyncInScript()
        from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
        from sqlalchemy.util import await_only

        connection = self.get_bind()
        known = AsyncConnection._retrieve_proxy_for_target(connection, regenerate=False)
        own = known or AsyncConnection(AsyncEngine(connection.engine), connection)
        return await_only(async_function(own, *args, **kw_args))


@contextmanager
def _journaled(journal: Journal, operation: MigrateOperation) -> Iterator[None]:
    journal.operation_begins(operation)
    try:
        yield
    finally:
        journal.operation_ends()
