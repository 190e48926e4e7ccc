"""Revisions with statements that PostgreSQL takes outside of transactions only."""

from __future__ import annotations

COMMITTED_INSIDE = """
op.add_column("t_a", sa.Column("n", sa.Integer, server_default="1"))
op.execute("INSERT INTO t_a (id) VALUES (1), (2)")
with op.get_context().autocommit_block():
    op.create_index("ix_n", "t_a", ["n"], postgresql_concurrently=True)
    op.execute("UPDATE t_a SET n = n + 1")
op.create_table("t_late", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE t_a SET n = n + 10")
"""

# For each a revision on the table t_a (id) with two rows.
BLOCKS: dict[str, str] = {
    "index and data": COMMITTED_INSIDE,
    "index, unique": """
        with op.get_context().autocommit_block():
            op.create_index("ix_id", "t_a", ["id"], unique=True, postgresql_concurrently=True)
    """,
    "index dropped": """
        op.create_index("ix_id", "t_a", ["id"])
        with op.get_context().autocommit_block():
            op.drop_index("ix_id", "t_a", postgresql_concurrently=True)
        op.execute("UPDATE t_a SET id = id + 100")
    """,
    "enum value": """
        op.execute("CREATE TYPE mood AS ENUM ('sad')")
        op.add_column("t_a", sa.Column("mood", sa.dialects.postgresql.ENUM(name="mood", create_type=False)))
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'ok'")
        op.execute("UPDATE t_a SET mood = 'ok'")
    """,
    "data only": """
        with op.get_context().autocommit_block():
            op.execute("UPDATE t_a SET id = id + 10")
            op.execute("UPDATE t_a SET id = id + 10")
    """,
    "two blocks": """
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE t_first (id integer)")
        op.execute("INSERT INTO t_first SELECT id FROM t_a")
        with op.get_context().autocommit_block():
            op.execute("INSERT INTO t_first SELECT id + 10 FROM t_a")
    """,
    "VACUUM": """
        op.execute("DELETE FROM t_a WHERE id = 1")
        with op.get_context().autocommit_block():
            op.execute("VACUUM t_a")
        op.execute("INSERT INTO t_a VALUES (3)")
    """,
    "constraint validated": """
        op.execute("ALTER TABLE t_a ADD CONSTRAINT ck CHECK (id < 1000) NOT VALID")
        with op.get_context().autocommit_block():
            op.execute("ALTER TABLE t_a VALIDATE CONSTRAINT ck")
    """,
    "table rewritten": """
        with op.get_context().autocommit_block():
            op.alter_column("t_a", "id", type_=sa.BigInteger)
            op.add_column("t_a", sa.Column("extra", sa.Integer, sa.Identity()))
    """,
    "after other revisions": """
        with op.get_context().autocommit_block():
            op.drop_table("t_b")
    """,
}
