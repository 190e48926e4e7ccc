"""What can be wrong with an operation or its use."""

from __future__ import annotations

from collections.abc import Sequence

from . import CommandError


class IrreversibleOperation(CommandError, NotImplementedError):
    """An operation of this kind has no opposite, or no form of the kind that was asked for."""

    code = "irreversible-operation"

    def __init__(self, kind: str, lacks: str = "reverse") -> None:
        super().__init__(f"{kind} has no {lacks}", hint=f"A subclass of {kind} may define one.")
        self.kind, self.lacks = kind, lacks


class OriginalMissing(CommandError, ValueError):
    """A drop can't be turned round: what it drops was not kept with it."""

    code = "original-missing"

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message, hint=f"Build the {kind} by its from_… method, which keeps what it drops.")
        self.kind = kind


class NoDispatch(CommandError, ValueError):
    """Nothing is registered for an object of this kind."""

    code = "no-dispatch"

    def __init__(self, obj: object) -> None:
        super().__init__(f"no dispatch function for object: {obj}")
        self.obj = obj


class DispatchTaken(CommandError, ValueError):
    """A function is registered for this kind of object already."""

    code = "dispatch-taken"

    def __init__(self, target: object) -> None:
        super().__init__(
            f"Can not set dispatch function for object {target}: key already exists. "
            "To replace existing function, use replace=True."
        )
        self.target = target


class NoCurrentObject(CommandError, NameError):
    """A module-level function was called while nothing that it could speak for is at work."""

    code = "no-current-object"

    def __init__(self, function: str, class_name: str) -> None:
        super().__init__(
            f"Can't invoke function '{function}', as the proxy object has not yet been established "
            f"for the Alembic '{class_name}' class.  Try placing this code inside a callable."
        )
        self.function, self.class_name = function, class_name


class UnknownConstraintType(CommandError, TypeError):
    """``drop_constraint`` knows no constraint of this type."""

    code = "unknown-constraint-type"

    def __init__(self, given: object, known: Sequence[str]) -> None:
        choices = ", ".join(repr(name) for name in known)
        super().__init__(f"'type' can be one of {choices}, None")
        self.given, self.known = given, tuple(known)


class ConstraintNameUnknown(CommandError, ValueError):
    """A constraint is to be dropped whose name is neither given nor follows from the naming convention."""

    code = "constraint-name-unknown"

    def __init__(self, table_name: str, type_: str | None) -> None:
        super().__init__(
            f"Can't drop a {type_ or 'constraint'} of table {table_name!r} without its name",
            hint="The naming convention alone doesn't tell it; pass the database's name for it, in op.f().",
        )
        self.table_name, self.type_ = table_name, type_


class RowsExpected(CommandError, TypeError):
    """``bulk_insert`` was given something other than a list of dictionaries."""

    code = "rows-expected"


class SynchronousEngine(CommandError, ValueError):
    """``run_async`` needs a connection that belongs to an asynchronous engine."""

    code = "synchronous-engine"

    def __init__(self) -> None:
        super().__init__(
            "Cannot call run_async with a sync engine",
            hint="Give context.configure() the connection of an async engine (connection.run_sync).",
        )


class SeveralMigrations(CommandError, ValueError):
    """A script for several databases was asked for the operations of one."""

    code = "several-migrations"

    def __init__(self, kind: str, attribute: str) -> None:
        super().__init__(
            f"This MigrationScript instance has a multiple-entry list for {kind}; "
            f"please use the {attribute} attribute."
        )
        self.kind, self.attribute = kind, attribute


class BadRecreate(CommandError, ValueError):
    """``batch_alter_table`` was given an unknown value for ``recreate``."""

    code = "bad-recreate"

    def __init__(self, given: object) -> None:
        super().__init__("recreate may be one of 'auto', 'always', or 'never'.")
        self.given = given


class OrderNeedsRebuild(CommandError):
    """``insert_before`` or ``insert_after`` was given, but the table is not rebuilt."""

    code = "order-needs-rebuild"

    def __init__(self) -> None:
        super().__init__(
            "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'"
        )


class NotInBatch(CommandError, NotImplementedError):
    """A directive that has no meaning for the one table of a batch."""

    code = "not-in-batch"

    def __init__(self, method: str) -> None:
        super().__init__(f"The {method} method does not apply to a batch table alter operation.")
        self.method = method


class AsyncInScript(CommandError, NotImplementedError):
    """``run_async`` has no connection to offer while SQL is written to a script."""

    code = "async-in-script"

    def __init__(self) -> None:
        super().__init__(
            "run_async needs a database connection; SQL is being written to a script",
            hint="Skip the call when context.is_offline_mode() is true.",
        )
