"""What a lock is of: one version table. Those of other schemas and names are migrated side by side."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..runtime.migration import MigrationContext


@dataclass(frozen=True, slots=True)
class Key:
    """Stands for a version table.

    :param schema: its schema, and on servers whose locks know no databases, its database.
    :param table: its name.
    """

    schema: str
    table: str

    def number(self, part: str = "queue") -> int:
        """64 bits, signed, for databases that number their locks; ``part`` tells several of one key apart."""
        return int.from_bytes(self._digest(part, 8), "big", signed=True)

    def name(self, part: str = "queue") -> str:
        """A word of 32 characters, for databases that name their locks."""
        return "alembic:" + self._digest(part, 12).hex()

    def _digest(self, part: str, size: int) -> bytes:
        text = "\0".join(("alembic", part, self.schema, self.table))
        return blake2b(text.encode("utf-8"), digest_size=size).digest()


def declared_schema(context: MigrationContext) -> str | None:
    """The schema of the version table as far as env.py has said it; None for the database's current one."""
    connection, schema = context._versions.connection, context.version_table_schema
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    return translated.get(schema, schema) or None
