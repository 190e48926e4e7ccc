"""A comparison sends as many statements for many doubtful tables as for few.

That it is so for 500 and 2,000 tables is in core/test_statements.py: servers take minutes to make these.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.autogenerate.core.comparing import connected, statements

MOST = 20


def _models(stop: int, start: int = 0) -> sa.MetaData:
    """Each table has expressions that every server spells another way than the models do."""
    metadata = sa.MetaData()
    for number in range(start, stop):
        table = sa.Table(
            f"t{number}",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("code", sa.String(20), nullable=False, server_default="it's"),
            sa.Column("amount", sa.Numeric(12, 2), server_default="0"),
            sa.Column("made", sa.DateTime, server_default=sa.text("current_timestamp")),
            sa.Column("rank", sa.Integer, server_default=sa.text(f"(({number}+1)*2)")),
            sa.Column("active", sa.Boolean, server_default=sa.true()),
            sa.Column("twice", sa.Integer, sa.Computed(f"rank*2 + ({number})")),
            sa.Column("kind", sa.Enum("a", "b", name=f"kind{number}"), server_default="a"),
            sa.Column("up", sa.ForeignKey(f"t{number}.id", ondelete="CASCADE"), index=True),
            sa.UniqueConstraint("code", name=f"uq{number}"),
            sa.CheckConstraint(
                f"rank>{number}-1 AND code<>'x' AND rank IN (1,2,{number})", name=f"ck{number}"
            ),
        )
        sa.Index(
            f"ix{number}",
            table.c.code,
            postgresql_where=sa.text(f"rank>{number}+0"),
            sqlite_where=sa.text(f"rank>{number}+0"),
        )
    return metadata


def _compared(connection: sa.Connection, count: int, **opts: Any) -> int:
    """How many statements a comparison with so many tables sends, when all of them are as the models say."""
    context = MigrationContext.configure(connection, opts=opts)
    with statements(connection) as sent:
        assert compare_metadata(context, _models(count)) == []
    return len(sent)


def test_as_many_statements_for_any_number_of_tables(database_url: str) -> None:
    """Counted with and without `compare_server_default`, on the same database as it grows."""
    found = {}
    with connected(database_url, None) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for there, count in ((0, 10), (10, 120)):
            _models(count, start=there).create_all(connection, checkfirst=False)
            for compared in (None, True):
                found[count, compared] = _compared(connection, count, compare_server_default=compared)
    assert len(set(found.values())) == 1, found
    assert found[120, True] <= MOST
