"""The command about the lock that keeps two runs from migrating a database at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors.configuration import ConfigValueInvalid
from .environment import masked_url, run_environment
from .output import document
from .past import look_anew

if TYPE_CHECKING:
    from typing import Any

    from ..configuration import Config
    from ..runtime.migration import MigrationContext
    from ..script.steps import MigrationStep


def lock(config: Config, action: str, format: str = "text") -> None:
    """Show who is migrating the database (status), or end the sessions of whoever that is (break).

    What an ended run has not committed is rolled back by the database; the next run goes on from there.

    :param action: ``"status"`` or ``"break"``.
    :param format: ``"json"`` prints one object.
    """
    from ..script.base import ScriptDirectory

    if action not in ("status", "break"):
        raise ConfigValueInvalid("action", action, "status or break")
    with document(config, format) as output:
        directory = ScriptDirectory.from_config(config)
        found = output.facts["databases"] = []

        def look(rows: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
            look_anew(context)
            line, record = _ended(context) if action == "break" else _held(context)
            found.append({"database": masked_url(context), **record})
            output.line(f"{masked_url(context)}: {line}")
            return []

        run_environment(config, directory, look, dont_mutate=True)


def _held(context: MigrationContext) -> tuple[str, dict[str, Any]]:
    """Who has the lock, as a line and for programs."""
    from ..locking.ways import way_of

    way = way_of(context)
    if way is None or not way.names_holders:
        return f"who migrates can't be told of {context.dialect.name}", {"known": False, "holder": None}
    way.prepare()
    holder = way.holder()
    line = "nobody holds the lock" if holder is None else str(holder)
    return line, {"known": True, "holder": holder and holder.record()}


def _ended(context: MigrationContext) -> tuple[str, dict[str, Any]]:
    """Whose sessions were ended."""
    from ..locking.ways import way_of

    way = way_of(context)
    if way is None or not way.names_holders:
        return f"there is no lock on {context.dialect.name} that could be broken", {"ended": []}
    way.prepare()
    ended = way.end_holder()
    line = f"ended: {'; '.join(map(str, ended))}" if ended else "nobody holds the lock"
    return line, {"ended": [holder.record() for holder in ended]}
