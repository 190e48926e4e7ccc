"""How many Table objects a directive makes: they are the dearest part of running one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from alembic.operations import Operations
from tests.operations.migrations import Script

Directive = Callable[[Operations], object]


@pytest.fixture
def made() -> Iterator[list[str]]:
    """The names of the tables made since the test began."""
    names: list[str] = []

    def note(table: sa.Table, metadata: sa.MetaData) -> None:
        names.append(table.name)

    sa.event.listen(sa.Table, "after_parent_attach", note)
    yield names
    sa.event.remove(sa.Table, "after_parent_attach", note)


@pytest.mark.parametrize(
    ("directive", "expected"),
    [
        (lambda op: op.create_table("t", sa.Column("id", sa.Integer, primary_key=True)), ["t"]),
        (lambda op: op.drop_table("t"), ["t"]),
        (lambda op: op.rename_table("t", "u"), []),
        (lambda op: op.add_column("t", sa.Column("a", sa.String(5))), ["t"]),
        (lambda op: op.drop_column("t", "a"), []),
        (lambda op: op.alter_column("t", "a", nullable=False, existing_type=sa.Text()), []),
        (lambda op: op.alter_column("t", "a", type_=sa.Text(), existing_type=sa.String(5)), []),
        (lambda op: op.create_index("i", "t", ["a"]), ["t"]),
        (lambda op: op.drop_index("i", "t"), ["t"]),
        (lambda op: op.create_unique_constraint("q", "t", ["a"]), ["t"]),
        (lambda op: op.create_foreign_key("f", "t", "u", ["a"], ["id"]), ["t", "u"]),
        (lambda op: op.drop_constraint("q", "t", type_="unique"), ["t"]),
        (lambda op: op.execute("SELECT 1"), []),
    ],
)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_no_directive_makes_more_tables_than_it_names(
    dialect: str, directive: Directive, expected: list[str], made: list[str]
) -> None:
    script = Script(dialect)
    made.clear()  # the version table
    directive(script.op)
    assert made == expected
