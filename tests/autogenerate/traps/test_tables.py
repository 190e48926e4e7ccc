"""Traps about whole tables: whose they are, what they need, and what comes back (18 to 20, 24 to 26)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..storage import IS_KNOWN
from .conftest import Lived

On = Callable[[str], Lived]
DATABASES = pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])

CIRCLE = """
sa.Table(
    "person", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("team.id", name="fk_person_team", use_alter=True)),
)
sa.Table(
    "team", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("lead_id", sa.Integer, sa.ForeignKey("person.id", name="fk_team_person")),
)
"""


@DATABASES
def test_trap_18_use_alter_foreign_keys_exist(on: On, kind: str) -> None:
    project = on(kind)
    project.generate("a1", CIRCLE)
    for _ in range(2):
        project.upgrade()
        assert _foreign_keys(project) == {("person", "team"), ("team", "person")}
        project.call("downgrade", "base").ok()
        assert project.project.tables() == []


def _foreign_keys(project: Lived) -> set[tuple[str, str]]:
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    with sa.create_engine(project.project.url, poolclass=NullPool).connect() as connection:
        inspector = sa.inspect(connection)
        return {
            (table, key["referred_table"])
            for table in project.project.tables()
            for key in inspector.get_foreign_keys(table)
        }


@DATABASES
def test_trap_19_models_that_nobody_imported_drop_nothing(on: On, kind: str) -> None:
    project = on(kind)
    project.sql("CREATE TABLE customers (id integer PRIMARY KEY)", "INSERT INTO customers VALUES (1)")
    refused = project.call("revision", "--autogenerate", "-m", "x")
    assert refused.code != 0 and "--allow-empty-metadata" in refused.stderr
    assert project.files() == []
    assert project.sql("SELECT * FROM customers") == [(1,)]


def test_trap_19_one_of_the_models_that_nobody_imported_is_marked(on: On) -> None:
    project = on("sqlite")
    project.sql("CREATE TABLE customers (id integer PRIMARY KEY)")
    text = project.generate(
        "a1", 'sa.Table("other", metadata, sa.Column("id", sa.Integer, primary_key=True))'
    )
    above = text[: text.index('op.drop_table("customers")')].splitlines()[-2]
    assert above.strip().startswith("# Drops the table with all its rows")


def test_trap_20_partitions_and_tables_of_extensions_are_left_alone(on: On) -> None:
    project = on("postgresql")
    project.generate(
        "a1",
        """
        sa.Table(
            "measured", metadata,
            sa.Column("at", sa.Date, primary_key=True),
            sa.Column("city", sa.Integer, primary_key=True, index=True),
            postgresql_partition_by="RANGE (at)",
        )
        """,
    )
    project.call("upgrade", "head").ok()
    project.sql(
        "CREATE TABLE y2025 PARTITION OF measured FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
        " PARTITION BY LIST (city)",
        "CREATE TABLE y2025_1 PARTITION OF y2025 FOR VALUES IN (1)",
        "CREATE TABLE spatial_ref_sys (srid integer PRIMARY KEY)",
        "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys",
    )
    project.call("check").ok()
    project.sql("ALTER EXTENSION plpgsql DROP TABLE spatial_ref_sys")
    assert project.call("check").code == 255


FILTERED = """
for name in ("mine", "theirs"):
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", {type}))
"""
REFUSE = 'include_name=lambda name, kind, parents: (kind, name) != ("table", "theirs")'


@DATABASES
def test_trap_24_what_include_name_refuses_is_neither_created_altered_nor_dropped(on: On, kind: str) -> None:
    project = on(kind)
    project.options(REFUSE)
    text = project.generate("a1", FILTERED.format(type="sa.Integer, index=True"))
    assert "mine" in text and "theirs" not in text
    project.upgrade()
    project.sql("CREATE TABLE theirs (id integer PRIMARY KEY)")
    project.call("check").ok()
    project.models(
        'sa.Table("mine", metadata, sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("n", sa.Integer, index=True))'
    )
    project.call("check").ok()


NAMED = """
sa.Table(
    "p", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mood", sa.Enum("ok", "sad", name="mood", schema="public"), server_default="ok"),
    schema="public",
)
sa.Table(
    "c", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Integer, sa.ForeignKey("public.p.id", ondelete="CASCADE"), index=True),
    sa.Column("own", sa.Integer, sa.ForeignKey("public.c.id"), unique=True),
    {more}
    schema="public",
)
"""


@pytest.mark.parametrize("more", ["", "include_schemas=True"])
def test_trap_25_the_default_schema_by_its_name_is_no_difference(on: On, more: str) -> None:
    project = on("postgresql")
    project.options(more)
    project.generate("a1", NAMED.format(more=""))
    project.upgrade()
    text = project.generate("a2", NAMED.format(more='sa.Column("n", sa.Integer),'))
    assert "foreign_key" not in text and "constraint" not in text
    project.upgrade()
    project.call("downgrade", "base").ok()
    assert project.project.tables() == []


RICH = f"""
CREATE TABLE booking (
    id serial PRIMARY KEY,
    room integer NOT NULL DEFAULT 7 CHECK (room > 0),
    during tsrange,
    twice integer GENERATED ALWAYS AS (room * 2) STORED,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (room > 3),
    CONSTRAINT once UNIQUE (room) DEFERRABLE INITIALLY DEFERRED
) {"WITH (fillfactor = 70)" if IS_KNOWN else ""};
CREATE INDEX by_room ON booking USING hash (room) WHERE room > 5;
COMMENT ON TABLE booking IS 'who, where';
COMMENT ON COLUMN booking.room IS 'it''s 100%';
"""
OTHER = 'sa.Table("other", metadata, sa.Column("id", sa.Integer, primary_key=True))'


def test_trap_26_a_dropped_table_comes_back_whole(on: On) -> None:
    project = on("postgresql")
    project.sql("CREATE TABLE other (id serial PRIMARY KEY)", RICH)
    before = _described(project)
    assert "cannot" not in project.generate("a1", OTHER)
    project.upgrade()
    project.call("downgrade", "base").ok()
    assert _described(project) == before


def test_trap_26_what_does_not_come_back_is_told(on: On) -> None:
    project = on("postgresql")
    project.sql(
        "CREATE TABLE other (id serial PRIMARY KEY)",
        RICH,
        "ALTER TABLE booking ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON booking USING (room = 1)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER notes BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION f()",
    )
    text = project.generate("a1", OTHER)
    downgrade = text[text.index("def downgrade()") :]
    assert "# Not made again: triggers, row level security, policies." in downgrade


def _described(project: Lived) -> list[object]:
    return [
        *project.sql(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid),"
            " col_description(attrelid, attnum) FROM pg_attribute LEFT JOIN pg_attrdef"
            " ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'booking'::regclass AND attnum > 0"
            " ORDER BY attnum"
        ),
        *project.sql(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'booking'::regclass ORDER BY 1"
        ),
        *project.sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'booking' ORDER BY 1"),
        *project.sql(
            "SELECT reloptions, obj_description(oid, 'pg_class') FROM pg_class WHERE relname = 'booking'"
        ),
    ]
