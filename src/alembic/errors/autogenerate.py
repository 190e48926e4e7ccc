"""Comparing models with the database, and writing what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import CommandError


class SeveralFromRewriter(CommandError, ValueError):
    """The rule of a Rewriter for UpgradeOps or DowngradeOps has to give exactly one of it."""

    code = "several-from-rewriter"

    def __init__(self, kind: str, returned: Sequence[Any]) -> None:
        names = ", ".join(type(one).__name__ for one in returned) or "nothing"
        super().__init__(
            f"Can only return single object for {kind} traverse", hint=f"The rule returned {names}."
        )
        self.kind, self.returned = kind, list(returned)


class EmptyMetadata(CommandError):
    """The models are empty while the database has tables: writing that down would drop them all."""

    code = "empty-metadata"

    def __init__(self, tables: Sequence[str]) -> None:
        shown = ", ".join(tables[:5]) + (f" and {len(tables) - 5} more" if len(tables) > 5 else "")
        super().__init__(
            f"The models given as target_metadata have no tables, while the database has {len(tables)}",
            hint=f"The revision would drop {shown}.\n"
            "Most often env.py does not import the modules that define the models.\n"
            "If the tables are really to go, use --allow-empty-metadata.",
        )
        self.tables = list(tables)


class RenameInvalid(CommandError):
    """A ``--rename`` that is not of the form ``table.old:new`` or ``old:new``, or that fits nothing."""

    code = "rename-invalid"


# -- comparing ---------------------------------------------------------------------------------------


class NoDatabaseToCompare(CommandError):
    """Models were to be compared in a context that writes a script instead of talking to a database."""

    code = "no-database-to-compare"

    def __init__(self) -> None:
        super().__init__(
            "autogenerate can't use as_sql=True as it prevents querying the database for schema information"
        )


class MetadataMissing(CommandError):
    """Models were to be compared, and env.py named none."""

    code = "metadata-missing"

    def __init__(self, script: str) -> None:
        super().__init__(
            f"Can't proceed with --autogenerate option; environment script {script} does not provide a "
            "MetaData object or sequence of objects to the context.",
            hint="Pass target_metadata to context.configure() in env.py.",
        )
        self.script = script


class TablesInSeveralMetadata(CommandError, ValueError):
    """Two of the MetaData that env.py named have a table of the same name."""

    code = "tables-in-several-metadata"

    def __init__(self, keys: Sequence[str]) -> None:
        named = ", ".join(f'"{key}"' for key in keys)
        super().__init__(f"Duplicate table keys across multiple MetaData objects: {named}")
        self.keys = list(keys)


# -- writing ---------------------------------------------------------------------------------------


class ValueNotWritable(CommandError, NotImplementedError):
    """A value in rows to be inserted has no Python that could be written into a revision file."""

    code = "value-not-writable"

    def __init__(self, value: object) -> None:
        super().__init__(
            f"A value of type {type(value).__qualname__} can't be written into a revision file",
            hint="Register a function of your own: @renderers.dispatch_for(ops.BulkInsertOp).",
        )
        self.value = value


class NotPython(CommandError):
    """What was rendered for a function of a revision file can't be read as Python."""

    code = "not-python"

    def __init__(self, token: str, line: str, error: Exception) -> None:
        super().__init__(
            f"What was rendered for {token!r} is no Python: {error}",
            hint=f"At: {line}\nIt comes from render_item, or from a function registered with renderers.",
        )
        self.token, self.line = token, line
