"""A comparison that finds nothing, timed around the call: `python comparison.py WORK URL TABLES`.

WORK is `same` or `defaults` (server defaults are compared on both sides), `inspector` (what SQLAlchemy's
bulk Inspector alone needs), `queries` (the statements that `same` sends, by the bare driver) or `create`
(nothing is timed). Runs in either environment, so it imports nothing of this checkout.
"""

import json
import resource
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def models(count: int) -> sa.MetaData:
    """Tables as applications have them, each with a foreign key, two defaults, two indexes."""
    metadata = sa.MetaData()
    for number in range(count):
        sa.Table(
            f"table_{number}",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("code", sa.String(20), nullable=False),
            sa.Column("name", sa.String(50)),
            sa.Column("price", sa.Numeric(10, 2), server_default="9.50", nullable=False),
            sa.Column("active", sa.Boolean),
            sa.Column("created", sa.DateTime, server_default=sa.func.current_timestamp(), nullable=False),
            sa.Column("note", sa.Text),
            sa.Column("parent_id", sa.ForeignKey(f"table_{max(number - 1, 0)}.id", name=f"fk_{number}")),
            sa.UniqueConstraint("code", name=f"uq_table_{number}_code"),
            sa.Index(f"ix_table_{number}_name", "name"),
            # MariaDB makes an index for a foreign key that has none.
            sa.Index(f"ix_table_{number}_parent_id", "parent_id"),
        )
    return metadata


def timed(work: Callable[[], object]) -> None:
    cpu, wall, memory = time.process_time(), time.perf_counter(), peak()
    work()
    figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({**figures, "memory": peak() - memory}))


def peak() -> float:
    """The largest size that the process has had so far, in MiB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def compare(connection: sa.Connection, metadata: sa.MetaData, opts: dict[str, object]) -> None:
    context = MigrationContext.configure(connection, opts=opts)
    found = compare_metadata(context, metadata)
    assert found == [], found[:3]


def inspector(connection: sa.Connection) -> None:
    found = sa.inspect(connection)
    found.get_multi_columns()
    found.get_multi_pk_constraint()
    found.get_multi_indexes()
    found.get_multi_unique_constraints()
    found.get_multi_foreign_keys()
    found.get_multi_check_constraints()
    if connection.dialect.supports_comments:
        found.get_multi_table_comment()


def queries(connection: sa.Connection, metadata: sa.MetaData) -> Callable[[], None]:
    sent: list[tuple[str, object]] = []

    @sa.event.listens_for(connection, "before_cursor_execute")
    def collect(conn: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    compare(connection, metadata, {})
    cursor = connection.connection.cursor()

    def work() -> None:
        for statement, parameters in sent:
            cursor.execute(statement, parameters)
            if cursor.description is not None:
                cursor.fetchall()

    return work


def main(work: str, url: str, count: int) -> None:
    metadata = models(count)
    engine = sa.create_engine(url, poolclass=NullPool)
    if work == "create":
        # One transaction for all would need more locks than a server of the tests has.
        tables = metadata.sorted_tables
        for start in range(0, count, 200):
            metadata.create_all(engine, tables=tables[start : start + 200], checkfirst=False)
        return
    with engine.connect() as connection:
        if work == "inspector":
            timed(lambda: inspector(connection))
        elif work == "queries":
            timed(queries(connection, metadata))
        else:
            opts = {"compare_server_default": True} if work == "defaults" else {}
            timed(lambda: compare(connection, metadata, opts))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
