"""What type checkers know of commands that give something back; checked by mypy, never run."""

from __future__ import annotations

from typing_extensions import assert_type

from alembic import command
from alembic.command.state import State
from alembic.command.survey import Status
from alembic.config import Config


def deploy(config: Config) -> None:
    found = command.status(config)
    assert_type(found, Status)
    assert_type(found.exit_status, int)
    for database in found.databases:
        assert_type(database, State)
        assert_type(database.pending, tuple[str, ...])
    if not found.cases:
        return
    command.upgrade(config, "head", allow_ahead=True, format="json")
    command.downgrade(config, "-1", yes=True)
    command.stamp(config, ["head"], verify=True)
