"""Kinds of operations that MariaDB commits one by one, for each a revision that uses it.

Each runs on the tables of PREPARED, and after it a counter is raised: whatever runs twice is seen there.
"""

from __future__ import annotations

import textwrap

from sqlalchemy import Connection

PREPARED = (
    "CREATE TABLE parent (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL)",
    "CREATE TABLE child (id INT PRIMARY KEY AUTO_INCREMENT, parent_id INT, n INT NOT NULL DEFAULT 7,"
    " s VARCHAR(30) COMMENT 'text', kind ENUM('a', 'b'), at DATETIME DEFAULT '2020-01-01 00:00:00',"
    " CONSTRAINT uq_s UNIQUE (s), CONSTRAINT ck_n CHECK (n > 0), KEY ix_n (n),"
    " CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parent (id)) COMMENT='children'",
    "CREATE TABLE loose (a INT NOT NULL, b VARCHAR(10) NOT NULL)",
    "CREATE TABLE keyed (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a))",
    "CREATE TABLE counter (n INT NOT NULL)",
    "INSERT INTO parent VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO child (parent_id, n, s, kind)"
    " VALUES (1, 10, 'x', 'a'), (1, 20, 'y', 'b'), (2, 30, 'z', 'a')",
    "INSERT INTO loose VALUES (1, 'a'), (2, 'b')",
    "INSERT INTO keyed VALUES (1, 1), (2, 4)",
    "INSERT INTO counter VALUES (0)",
)
VERSIONS = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num))",
    "INSERT INTO alembic_version VALUES ('a')",
)
COUNT = 'op.execute("UPDATE counter SET n = n + 1")'

CREATE = 'op.create_table("fresh", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)'

KINDS: dict[str, str] = {
    "create_table": f"{CREATE})",
    "create_table with parts": f"""
        {CREATE}, sa.Column("p", sa.Integer, sa.ForeignKey("parent.id")), sa.Index("ix_fresh", "n"),
            comment="new")
    """,
    "create_table if_not_exists": f"{CREATE}, if_not_exists=True)",
    "two tables": f"""
        {CREATE})
        op.create_table("second", sa.Column("f", sa.Integer, sa.ForeignKey("fresh.id"), nullable=False))
    """,
    "drop_table": 'op.drop_table("loose")',
    "rename_table": 'op.rename_table("loose", "tight")',
    "create_table_comment": 'op.create_table_comment("loose", "no key")',
    "drop_table_comment": 'op.drop_table_comment("child")',
    "add_column": 'op.add_column("loose", sa.Column("c", sa.Integer))',
    "add_column with default": """
        op.add_column("loose", sa.Column("c", sa.String(5), nullable=False, server_default="new"))
    """,
    "add_column with key": """
        op.add_column("loose", sa.Column("p", sa.Integer, sa.ForeignKey("parent.id", name="fk_loose")))
    """,
    "add_column, fill, NOT NULL": """
        op.add_column("child", sa.Column("c", sa.Integer))
        op.execute("UPDATE child SET c = n * 2")
        op.alter_column("child", "c", existing_type=sa.Integer, nullable=False)
    """,
    "drop_column": 'op.drop_column("child", "at")',
    "drop_column with index": 'op.drop_index("ix_n", "child")\nop.drop_column("loose", "b")',
    "alter_column type": 'op.alter_column("child", "s", type_=sa.String(60), existing_type=sa.String(30))',
    "alter_column nullable": """
        op.alter_column("child", "n", nullable=True, existing_type=sa.Integer, existing_server_default="7")
    """,
    "alter_column default": 'op.alter_column("child", "n", server_default="8", existing_type=sa.Integer)',
    "alter_column no default": 'op.alter_column("child", "n", server_default=None, existing_type=sa.Integer)',
    "alter_column name": """
        op.alter_column("loose", "b", new_column_name="c", existing_type=sa.String(10),
                        existing_nullable=False)
    """,
    "alter_column comment": """
        op.alter_column("child", "s", comment="other", existing_comment="text", existing_type=sa.String(30))
    """,
    "alter_column everything": """
        op.alter_column("loose", "b", new_column_name="c", type_=sa.Text, nullable=True, comment="was b",
                        existing_type=sa.String(10), existing_nullable=False)
    """,
    "alter_column enum": """
        op.alter_column("child", "kind", type_=sa.Enum("a", "b", "c"), existing_type=sa.Enum("a", "b"))
    """,
    "create_index": 'op.create_index("ix_b", "loose", ["b"])',
    "create_index unique": 'op.create_index("ix_b", "loose", ["b"], unique=True)',
    "create_index prefix": 'op.create_index("ix_b", "loose", ["b"], mariadb_length={"b": 3})',
    "create_index fulltext": 'op.create_index("ix_b", "loose", ["b"], mariadb_prefix="FULLTEXT")',
    "drop_index": 'op.drop_index("ix_n", "child")',
    "swap of indexes": 'op.drop_index("ix_n", "child")\nop.create_index("ix_n", "child", ["n", "s"])',
    "create_unique_constraint": 'op.create_unique_constraint("uq_b", "loose", ["b"])',
    "drop_constraint unique": 'op.drop_constraint("uq_s", "child", type_="unique")',
    "create_foreign_key": 'op.create_foreign_key("fk_a", "loose", "parent", ["a"], ["id"])',
    "drop_constraint foreign key": 'op.drop_constraint("fk_parent", "child", type_="foreignkey")',
    "create_check_constraint": 'op.create_check_constraint("ck_a", "loose", "a > 0")',
    "drop_constraint check": 'op.drop_constraint("ck_n", "child", type_="check")',
    "create_primary_key": 'op.create_primary_key(None, "loose", ["a", "b"])',
    "drop_constraint primary key": 'op.drop_constraint("PRIMARY", "keyed", type_="primary")',
    "batch": """
        with op.batch_alter_table("loose") as batch:
            batch.add_column(sa.Column("c", sa.Integer))
            batch.alter_column("b", type_=sa.String(20), existing_type=sa.String(10), existing_nullable=False)
            batch.create_index("ix_c", ["c"])
    """,
    "batch, table made anew": """
        with op.batch_alter_table("loose", recreate="always") as batch:
            batch.add_column(sa.Column("c", sa.Integer))
            batch.alter_column("b", new_column_name="bb", existing_type=sa.String(10))
    """,
    "batch, several names": """
        with op.batch_alter_table("loose") as batch:
            batch.alter_column("b", new_column_name="bb", existing_type=sa.String(10))
            batch.alter_column("bb", type_=sa.String(50), existing_type=sa.String(10))
            batch.drop_column("a")
    """,
    "conditions": """
        op.add_column("loose", sa.Column("c", sa.Integer), if_not_exists=True)
        op.create_index("ix_c", "loose", ["c"], if_not_exists=True)
        op.execute("UPDATE loose SET a = a + 1")
        op.drop_index("ix_c", "loose", if_exists=True)
        op.drop_column("loose", "c", if_exists=True)
        op.execute("UPDATE loose SET a = a + 10")
        op.drop_table("keyed", if_exists=True)
    """,
    "swap of tables": """
        op.execute("CREATE TABLE other LIKE loose")
        op.execute("RENAME TABLE loose TO x, other TO loose, x TO other")
        op.execute("RENAME TABLE loose TO x, other TO loose, x TO other")
        op.execute("INSERT INTO loose VALUES (7, 'seven')")
    """,
    "two statements for a column": """
        op.execute("UPDATE child SET at = '2020-01-01'")
        op.alter_column("child", "at", type_=sa.TIMESTAMP, nullable=False, server_default=None,
                        existing_type=sa.DateTime)
    """,
    "bulk_insert": """
        op.bulk_insert(sa.table("loose", sa.column("a"), sa.column("b")),
                       [{"a": 8, "b": "h"}, {"a": 9, "b": "i"}])
    """,
    "bulk_insert one by one": """
        op.bulk_insert(sa.table("parent", sa.column("name")), [{"name": "x"}, {"name": "y"}],
                       multiinsert=False)
    """,
    "UPDATE": 'op.execute("UPDATE child SET n = n + 5")',
    "UPDATE with values": """
        op.execute(sa.text("UPDATE child SET n = n + :more WHERE kind = :kind").bindparams(more=3, kind="a"))
    """,
    "INSERT SELECT": 'op.execute("INSERT INTO loose SELECT n, s FROM child")',
    "DELETE": """op.execute("DELETE FROM child WHERE kind = 'b'")""",
    "the same twice": 'op.execute("UPDATE child SET n = n + 5")\n' * 2,
    "data between DDL": """
        op.execute("UPDATE child SET n = n + 1")
        op.add_column("loose", sa.Column("c", sa.Integer, server_default="1"))
        op.execute("UPDATE loose SET c = c + a")
        op.drop_column("child", "at")
        op.execute("INSERT INTO parent (name) SELECT b FROM loose")
    """,
    "get_bind": """
        bind = op.get_bind()
        for name in ("three", "four"):
            bind.execute(sa.text("INSERT INTO parent (name) VALUES (:name)"), {"name": name})
    """,
    "TRUNCATE": 'op.execute("TRUNCATE TABLE loose")',
    "CREATE VIEW": 'op.execute("CREATE VIEW v AS SELECT id, n FROM child")',
    "CREATE TRIGGER": """
        op.execute("CREATE TRIGGER tr BEFORE INSERT ON loose FOR EACH ROW SET NEW.a = NEW.a + 1")
        op.execute("INSERT INTO loose VALUES (10, 'ten')")
    """,
    "CREATE PROCEDURE": """
        op.execute("CREATE PROCEDURE raise_all() BEGIN UPDATE child SET n = n + 1; END")
    """,
    "CREATE SEQUENCE": 'op.execute("CREATE SEQUENCE numbers START WITH 5")',
    "character set": 'op.execute("ALTER TABLE loose CONVERT TO CHARACTER SET latin1")',
    "generated column": 'op.execute("ALTER TABLE child ADD COLUMN twice INT AS (n * 2) STORED")',
    "partitions": 'op.execute("ALTER TABLE keyed PARTITION BY HASH (a) PARTITIONS 2")',
}


def upgrade_of(kind: str) -> str:
    """The body of an upgrade() with that kind of operation and the counter."""
    return f"{textwrap.dedent(KINDS[kind]).strip()}\n{COUNT}"


def prepare(connection: Connection) -> None:
    """The tables that the operations work on, in a database that is at revision a."""
    for statement in (*PREPARED, *VERSIONS):
        connection.exec_driver_sql(statement)
