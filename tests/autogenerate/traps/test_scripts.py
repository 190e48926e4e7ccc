"""Traps about scripts that don't run, or run only once (5, 15 to 17, 27)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Lived

On = Callable[[str], Lived]


def test_trap_5_generated_and_untyped_columns_and_views_survive_a_change(on: On) -> None:
    project = on("sqlite")
    project.sql(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, raw,"
        " loud VARCHAR(20) GENERATED ALWAYS AS (upper(name)) STORED,"
        " size INTEGER GENERATED ALWAYS AS (length(name)) VIRTUAL)",
        "CREATE VIEW v AS SELECT id, loud FROM t",
        "INSERT INTO t (id, name, raw) VALUES (1, 'ann', x'00ff')",
    )
    before = project.sql("SELECT name, sql FROM sqlite_master WHERE name IN ('t', 'v') ORDER BY 1")
    text = project.generate(
        "a1",
        """
        sa.Table(
            "t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), nullable=False),
            sa.Column("raw", sa.types.NullType),
            sa.Column("loud", sa.String(20), sa.Computed("upper(name)", persisted=True)),
            sa.Column("size", sa.Integer, sa.Computed("length(name)", persisted=False)),
        )
        """,
    )
    assert text.count("alter_column") == 2
    project.upgrade()
    assert project.sql("SELECT * FROM t") == [(1, "ann", b"\x00\xff", "ANN", 3)]
    assert project.sql("SELECT * FROM v") == [(1, "ANN")]
    project.call("downgrade", "base").ok()
    assert project.sql("SELECT name, sql FROM sqlite_master WHERE name IN ('t', 'v') ORDER BY 1") == before


MOOD = """
mood = sa.Enum({values}, name="mood")
for name in {tables}:
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True){column})
"""
COLUMN = ', sa.Column("mood", mood{more})'


def _mood(tables: str, values: str = "'ok', 'sad'", column: str = COLUMN, more: str = "") -> str:
    return MOOD.format(values=values, tables=tuple(tables), column=column.format(more=more))


def test_trap_15_the_type_of_an_added_column_is_made_first(on: On) -> None:
    project = on("postgresql")
    project.generate("a1", _mood("ab", column=""))
    project.upgrade()
    project.generate("a2", _mood("ab", more=", server_default='ok', nullable=False"))
    project.sql("INSERT INTO a VALUES (1)")
    project.upgrade()
    assert project.sql("SELECT mood FROM a") == [("ok",)]


def test_trap_16_the_type_goes_with_its_last_column(on: On) -> None:
    project = on("postgresql")
    project.generate("a1", _mood("a"))
    project.upgrade()
    project.generate("a2", _mood("ab"))
    for _ in range(2):
        project.upgrade()
        project.call("downgrade", "a1").ok()
        assert _types(project) == [("mood",)]
        project.call("downgrade", "base").ok()
        assert _types(project) == []


def _types(project: Lived) -> list[object]:
    return project.sql("SELECT DISTINCT typname FROM pg_enum JOIN pg_type t ON t.oid = enumtypid")


@pytest.mark.parametrize("options", ["", "transaction_per_migration=True", "transactional_ddl=False"])
def test_trap_17_a_value_is_used_in_the_run_that_adds_it(on: On, options: str) -> None:
    project = on("postgresql")
    project.options(options)
    project.generate("a1", _mood("a"))
    project.upgrade()
    project.generate("a2", _mood("a", "'ok', 'mad', 'sad'"))
    project.project.revision(
        "a3",
        "a2",
        upgrade="op.execute(\"INSERT INTO a VALUES (1, 'mad')\")",
        downgrade='op.execute("DELETE FROM a")',
    )
    project.upgrade()
    assert project.sql("SELECT * FROM a") == [(1, "mad")]
    project.call("downgrade", "a1").ok()
    assert project.sql("SELECT unnest(enum_range(NULL::mood))::text") == [("ok",), ("sad",)]
    project.upgrade()


OWN = """
class Money(sa.types.TypeDecorator):
    impl = sa.Numeric
    cache_ok = True

    def __init__(self, currency, digits=2, *, strict=False):
        self.currency, self.digits, self.strict = currency, digits, strict
        super().__init__(12, digits)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_trap_27_types_of_the_application_are_imported_with_their_arguments(on: On, kind: str) -> None:
    project = on(kind)
    (project.project.directory / "money.py").write_text(f"import sqlalchemy as sa\n{OWN}", "utf-8")
    project.project.configure(ini="prepend_sys_path = .")
    text = project.generate(
        "a1",
        """
        from money import Money
        sa.Table(
            "t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("price", Money("EUR", 4, strict=True)),
        )
        """,
    )
    assert "import money\n" in text
    assert '"EUR"' in text and "strict=True" in text
    project.upgrade()
    project.call("downgrade", "base").ok()


TYPED = """
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.{type}){more})
"""


def test_trap_27_text_to_integer_says_using_and_keeps_the_rows(on: On) -> None:
    project = on("postgresql")
    project.generate("a1", TYPED.format(type="Text", more=""))
    project.upgrade()
    project.sql("INSERT INTO t VALUES (1, '41')")
    text = project.generate("a2", TYPED.format(type="Integer", more=""))
    assert "postgresql_using=" in text
    project.upgrade()
    assert project.sql("SELECT n + 1 FROM t") == [(42,)]
    project.call("downgrade", "a1").ok()
    assert project.sql("SELECT n FROM t") == [("41",)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_trap_27_not_null_without_default_says_that_rows_are_in_its_way(on: On, kind: str) -> None:
    project = on(kind)
    project.generate("a1", TYPED.format(type="Integer", more=""))
    project.upgrade()
    more = ', sa.Column("must", sa.Integer, nullable=False)'
    text = project.generate("a2", TYPED.format(type="Integer", more=more))
    above = text[: text.index("op.add_column(")].splitlines()[-2]
    assert above.strip().startswith("# ") and "NOT NULL" in above
    project.upgrade()
