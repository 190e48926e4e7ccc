"""`op.bulk_insert` of many rows, timed around the call: `python inside.py URL ROWS`, or `text ROWS`.

Runs in either environment, so it imports nothing of this checkout.
"""

import datetime
import io
import json
import sys
import time

import sqlalchemy as sa

from alembic.migration import MigrationContext
from alembic.operations import Operations

START = datetime.datetime(2026, 1, 1)


def columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("price", sa.Float),
        sa.Column("active", sa.Boolean),
        sa.Column("created", sa.DateTime),
        sa.Column("note", sa.Text),
    ]


def rows(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": number,
            "name": f"it's item {number}",
            "price": number / 8,
            "active": number % 3 == 0,
            "created": START + datetime.timedelta(seconds=number),
            "note": None if number % 2 else f"100% sure: {number}",
        }
        for number in range(1, count + 1)
    ]


def timed(context: MigrationContext, count: int) -> None:
    data = rows(count)
    operations = Operations(context)
    table = operations.create_table("item", *columns())
    cpu, wall = time.process_time(), time.perf_counter()
    operations.bulk_insert(table, data)
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))


def main(where: str, count: int) -> None:
    if where == "text":
        opts = {"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()}
        timed(MigrationContext.configure(dialect_name="postgresql", opts=opts), count)
        return
    engine = sa.create_engine(where)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS item"))
    with engine.begin() as connection:
        timed(MigrationContext.configure(connection), count)
    with engine.begin() as connection:
        (found,) = connection.execute(sa.text("SELECT count(*) FROM item")).one()
        assert found == count, found
        connection.execute(sa.text("DROP TABLE item"))


main(sys.argv[1], int(sys.argv[2]))
