"""Names go through the naming convention of the target metadata, unless they are final."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.operations import ops
from alembic.operations.schemaobj import SchemaObjects
from tests.operations.migrations import CONVENTION, Script, conventional


@pytest.mark.parametrize(
    ("directive", "sql"),
    [
        ("op.create_primary_key(None, 't', ['a'])", "ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (a);"),
        ("op.create_unique_constraint(None, 't', ['a'])", "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a);"),
        (
            "op.create_foreign_key(None, 't', 'p', ['a'], ['b'])",
            "ALTER TABLE t ADD CONSTRAINT fk_t_a_p FOREIGN KEY(a) REFERENCES p (b);",
        ),
        ("op.create_index(None, 't', ['a'])", "CREATE INDEX ix_t_a ON t (a);"),
        (
            "op.create_check_constraint('c', 't', 'a > 1')",
            "ALTER TABLE t ADD CONSTRAINT ck_t_c CHECK (a > 1);",
        ),
        (
            "op.create_check_constraint(op.f('c'), 't', 'a > 1')",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1);",
        ),
        ("op.create_index('mine', 't', ['a'])", "CREATE INDEX mine ON t (a);"),
        ("op.drop_constraint('c', 't', type_='check')", "ALTER TABLE t DROP CONSTRAINT ck_t_c;"),
        ("op.drop_constraint('c', 't')", "ALTER TABLE t DROP CONSTRAINT c;"),
        ("op.drop_constraint(op.f('c'), 't', type_='check')", "ALTER TABLE t DROP CONSTRAINT c;"),
        ("op.drop_constraint(None, 't', type_='primary')", "ALTER TABLE t DROP CONSTRAINT pk_t;"),
        ("op.drop_constraint('u', 't', 'unique', schema='s')", "ALTER TABLE s.t DROP CONSTRAINT u;"),
    ],
)
def test_a_convention_names_what_has_no_final_name(directive: str, sql: str) -> None:
    script = conventional()
    eval(directive, {"op": script.op})
    assert script.lines == [sql]


def test_without_a_convention_the_database_chooses() -> None:
    script = Script()
    script.op.create_unique_constraint(None, "t", ["a"])
    script.op.create_foreign_key(None, "t", "t", ["a"], ["b"])
    assert script.lines == [
        "ALTER TABLE t ADD UNIQUE (a);",
        "ALTER TABLE t ADD FOREIGN KEY(a) REFERENCES t (b);",
    ]


def test_a_convention_applies_within_a_table_and_a_column() -> None:
    script = conventional()
    script.op.add_column("t", sa.Column("x", sa.Integer, sa.ForeignKey("p.id"), index=True))
    assert script.lines == [
        "ALTER TABLE t ADD COLUMN x INTEGER;",
        "ALTER TABLE t ADD CONSTRAINT fk_t_x_p FOREIGN KEY(x) REFERENCES p (id);",
        "CREATE INDEX ix_t_x ON t (x);",
    ]
    table = script.op.create_table(
        "u", sa.Column("a", sa.Integer, primary_key=True), sa.UniqueConstraint("a")
    )
    assert {each.name for each in table.constraints} == {"pk_u", "uq_u_a"}


def test_several_metadata_count_if_they_agree() -> None:
    one, same = (sa.MetaData(naming_convention=CONVENTION) for _ in range(2))
    script = Script(target_metadata=[one, same])
    script.op.create_primary_key(None, "t", ["a"])
    other = Script(target_metadata=[one, sa.MetaData()])
    other.op.create_primary_key(None, "t", ["a"])
    assert script.lines == ["ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (a);"]
    assert other.lines == ["ALTER TABLE t ADD PRIMARY KEY (a);"]


@pytest.mark.parametrize("type_", ["unique", "check", "foreignkey", None])
def test_a_name_that_nothing_tells_is_asked_for(type_: str | None) -> None:
    script = conventional()
    with pytest.raises(ValueError, match="of table 't' without its name"):
        script.op.drop_constraint(None, "t", type_=type_)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without its name"):
        Script().op.drop_constraint(None, "t", type_="primary")  # type: ignore[arg-type]
    assert script.lines == []


def test_a_kept_constraint_tells_the_name() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.UniqueConstraint("a"))
    unique = next(each for each in table.constraints if isinstance(each, sa.UniqueConstraint))
    script = conventional()
    script.op.invoke(ops.DropConstraintOp.from_constraint(unique))
    assert script.lines == ["ALTER TABLE t DROP CONSTRAINT uq_t_a;"]


def test_an_unknown_kind_of_constraint() -> None:
    with pytest.raises(TypeError) as failure:
        Script().op.drop_constraint("c", "t", type_="primarykey")
    assert str(failure.value) == "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None"


def test_f_marks_a_name_as_final() -> None:
    name = Script().op.f("x")
    assert name == "x"
    assert isinstance(name, sa.sql.elements.conv)


def test_real_tables_are_left_as_they_are() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.String))
    constraints, indexes = set(table.constraints), set(table.indexes)
    objects = SchemaObjects()
    check: Any = objects.check_constraint("c", "other", table.c.a > 5)
    index = objects.index("i", "other", [table.c.a, sa.func.lower(table.c.b), sa.text("b DESC")])
    assert (set(table.constraints), set(table.indexes)) == (constraints, indexes)
    assert check.table.name == "other"
    assert index.table is not None
    assert index.table.name == "other"
    assert isinstance(index.table.c.b.type, sa.String)


def test_one_name_is_one_column_not_a_sequence_of_letters() -> None:
    script = Script()
    script.op.create_index("i", "t", "abc")
    script.op.create_unique_constraint("u", "t", "abc")
    assert script.lines == ["CREATE INDEX i ON t (abc);", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (abc);"]


def test_names_with_dots_and_capitals_are_quoted_whole() -> None:
    script = Script()
    script.op.create_foreign_key("F", "t.a", "p.b", ["a.c"], ["x.y"], referent_schema="q.r")
    assert script.lines == [
        'ALTER TABLE "t.a" ADD CONSTRAINT "F" FOREIGN KEY("a.c") REFERENCES "q.r"."p.b" ("x.y");'
    ]


def test_names_that_are_to_be_quoted_stay_so() -> None:
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("a", sa.Integer),
        sa.UniqueConstraint("a", name=sa.sql.quoted_name("u", True)),
        sa.CheckConstraint("a > 1", name=sa.sql.quoted_name("c", True)),
        sa.Index(sa.sql.quoted_name("i", True), "a"),
    )
    script = Script()
    for constraint in sorted(table.constraints, key=lambda each: each._creation_order):
        if constraint.name is not None:
            script.op.invoke(ops.AddConstraintOp.from_constraint(constraint))
            script.op.invoke(ops.DropConstraintOp.from_constraint(constraint))
    for index in table.indexes:
        script.op.invoke(ops.CreateIndexOp.from_index(index))
        script.op.invoke(ops.DropIndexOp.from_index(index))
    assert script.lines == [
        'ALTER TABLE t ADD CONSTRAINT "u" UNIQUE (a);',
        'ALTER TABLE t DROP CONSTRAINT "u";',
        'ALTER TABLE t ADD CONSTRAINT "c" CHECK (a > 1);',
        'ALTER TABLE t DROP CONSTRAINT "c";',
        'CREATE INDEX "i" ON t (a);',
        'DROP INDEX "i";',
    ]
