"""What was rendered runs, and is the same operation again."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.sql.elements import conv

from alembic.autogenerate import render_op_text
from alembic.autogenerate.render import _render_cmd_body
from alembic.operations import Operations, ops
from alembic.operations.sql import ManualOp, ReversibleSQLOp
from alembic.runtime.migration import MigrationContext

from . import sample_types, samples


class Caught(Operations):
    """Keeps the operations that it is told to carry out."""

    def __init__(self, dialect: str) -> None:
        opts = {"as_sql": True, "output_buffer": io.StringIO()}
        super().__init__(MigrationContext.configure(dialect_name=dialect, opts=opts))
        self.caught: list[Any] = []

    def invoke(self, operation: Any) -> Any:
        self.caught.append(operation)


def run(text: str, dialect: str) -> list[Any]:
    """The operations that rendered statements are."""
    op = Caught(dialect)
    namespace = {
        "op": op, "sa": sa, "postgresql": postgresql, "mysql": mysql, "sqlite": sqlite, "mssql": mssql,
        "oracle": oracle, "my": _Module,
    }  # fmt: skip
    exec(text, namespace)
    return op.caught


class _Module:
    class models:
        types = sample_types


def _samples() -> Iterator[Any]:
    for name, make in samples.operations():
        if name not in ("modify table", "modify nothing", "drop constraint, unnamed"):
            yield pytest.param(make, id=name)


@pytest.mark.parametrize("make", list(_samples()))
def test_text_becomes_the_same_operation_again(make: Any) -> None:
    text = render_op_text(samples.context("postgresql"), make())
    (again,) = run(text, "postgresql")
    assert render_op_text(samples.context("postgresql"), again) == text


EXPRESSIONS = [
    "a LIKE '%foo%'", "b = ':zz'", "a::text = 'x'", "x = '12:30:00'", "j ? 'a'", "a = '\\d'", "s = 'it''s'",
    "s = '%%'", ":zz", "a = E'\\n'", "x = '::y'",
]  # fmt: skip


@pytest.mark.parametrize("sql", EXPRESSIONS)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_the_sql_of_expressions_survives(sql: str, dialect: str) -> None:
    """Colons and percent signs mean the same before and after."""
    in_brackets = sa.text(_escaped(f"({sql})"))
    made: list[Any] = [
        ops.CreateTableOp.from_table(
            sa.Table(
                "t", sa.MetaData(),
                sa.Column("a", sa.Integer, server_default=sa.text(_escaped(f"({sql})"))),
                sa.Column("c", sa.Integer, sa.Computed(_escaped(sql))),
                sa.CheckConstraint(_escaped(sql)),
            )
        ),
        ops.CreateCheckConstraintOp("ck", "t", sql),
        ops.CreateIndexOp("ix", "t", [in_brackets], postgresql_where=sa.text(_escaped(sql))),
        ops.AlterColumnOp("t", "a", modify_server_default=in_brackets, existing_type=sa.Text()),
        ops.ExecuteSQLOp(sa.text(_escaped(sql))),
    ]  # fmt: skip
    for operation in made:
        if dialect == "sqlite" and isinstance(operation, (ops.CreateCheckConstraintOp, ops.AlterColumnOp)):
            continue
        text = render_op_text(samples.context(dialect), operation)
        (again,) = run(text, dialect)
        assert _script(again, dialect) == _script(operation, dialect)
        assert sql in _script(again, dialect)


def _escaped(sql: str) -> str:
    return sql.replace(":zz", "\\:zz")


def _script(operation: Any, dialect: str) -> str:
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    Operations(MigrationContext.configure(dialect_name=dialect, opts=opts)).invoke(operation)
    return buffer.getvalue()


def test_a_default_in_quotes_is_a_value_with_quotes() -> None:
    operation = ops.AddColumnOp("t", sa.Column("c", sa.Text, server_default="'x'"))
    text = render_op_text(samples.context("postgresql"), operation)
    assert "server_default=\"'x'\"" in text
    assert "DEFAULT '''x'''" in _script(run(text, "postgresql")[0], "postgresql")


def _text(operation: Any, dialect: str = "postgresql", **options: Any) -> str:
    return render_op_text(samples.context(dialect, **options), operation)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (ops.CreatePrimaryKeyOp("pk", "t", ["a", "b"]), "op.create_primary_key('pk', 't', ['a', 'b'])"),
        (
            ops.CreatePrimaryKeyOp(conv("pk"), "t", ["a"], schema="s", mssql_clustered=False),
            "op.create_primary_key(op.f('pk'), 't', ['a'], schema='s', mssql_clustered=False)",
        ),
        (ops.RenameTableOp("a", "b", schema="s"), "op.rename_table('a', 'b', schema='s')"),
        (
            ops.DropColumnOp("t", "c", mssql_drop_check=True, existing_type=sa.Integer()),
            "op.drop_column('t', 'c', mssql_drop_check=True, existing_type=sa.Integer())",
        ),
        (
            ops.AlterColumnOp("t", "c", modify_type=sa.Date(), postgresql_using="c::int"),
            "op.alter_column('t', 'c',\n           type_=sa.Date(),\n           postgresql_using='c::int')",
        ),
        (
            ops.AlterColumnOp("t", "c", modify_server_default=sa.text("now()")),
            "op.alter_column('t', 'c',\n           server_default=sa.text('now()'))",
        ),
        (
            ops.AddColumnOp("t", sa.Column("c", sa.Integer, autoincrement="ignore_fk")),
            "op.add_column('t', sa.Column('c', sa.Integer(), autoincrement='ignore_fk', nullable=True))",
        ),
        (
            ops.ExecuteSQLOp("VACUUM", execution_options={"isolation_level": "AUTOCOMMIT"}),
            "op.execute('VACUUM', execution_options={'isolation_level': 'AUTOCOMMIT'})",
        ),
        (ReversibleSQLOp("CREATE SEQUENCE s", "DROP SEQUENCE s"), "op.execute('CREATE SEQUENCE s')"),
        (
            ReversibleSQLOp("CREATE SEQUENCE s", "DROP SEQUENCE s").reverse(),
            "op.execute('DROP SEQUENCE s')",
        ),
    ],
)
def test_what_the_genuine_package_leaves_out(operation: Any, text: str) -> None:
    assert _text(operation) == text
    (again,) = run(text, "postgresql")
    assert _text(again) == text


def test_options_of_constraints_in_create_table() -> None:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    table = sa.Table(
        "t", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer),
        sa.PrimaryKeyConstraint("a", name="pk", mssql_clustered=True),
        sa.CheckConstraint("a > 1", name="ck", deferrable=True, initially="DEFERRED"),
        ExcludeConstraint(("b", "="), name="ex", deferrable=True, where="a > 2", ops={"b": "int4_ops"}),
    )  # fmt: skip
    text = _text(ops.CreateTableOp.from_table(table))
    assert "sa.PrimaryKeyConstraint('a', name='pk', mssql_clustered=True)" in text
    assert "sa.CheckConstraint('a > 1', name='ck', deferrable=True, initially='DEFERRED')" in text
    assert (
        "postgresql.ExcludeConstraint((sa.column('b'), '='), where=sa.text('a > 2'), deferrable=True, "
        "using='gist', ops={'b': 'int4_ops'}, name='ex')" in text
    )
    (again,) = run(text, "postgresql")
    assert _text(again) == text


def test_rows() -> None:
    import datetime
    import decimal
    import uuid

    table = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.Text), sa.column("c", sa.JSON))
    rows = [
        {"a": 1, "b": "it's", "c": {"x": [1, None]}},
        {"a": decimal.Decimal("1.5"), "b": datetime.date(2020, 1, 2), "c": uuid.UUID(int=5)},
    ]
    context = samples.context("postgresql")
    text = render_op_text(context, ops.BulkInsertOp(table, rows))
    assert sorted(context.imports) == ["import datetime", "import decimal", "import uuid"]
    caught: list[Any] = []
    op = Caught("postgresql")
    exec(text, {"op": op, "sa": sa, "datetime": datetime, "decimal": decimal, "uuid": uuid})
    caught = op.caught
    assert caught[0].rows == rows
    assert [column.name for column in caught[0].table.columns] == ["a", "b", "c"]
    with pytest.raises(NotImplementedError, match="type object"):
        render_op_text(context, ops.BulkInsertOp(table, [{"a": object()}]))


def _body(*operations: Any, **options: Any) -> list[str]:
    return _render_cmd_body(
        ops.UpgradeOps(list(operations)), samples.context("postgresql", **options)
    ).splitlines()


def _noted(operation: Any, *notes: str) -> Any:
    operation.notes = notes
    return operation


def test_notes_are_comments_above_the_operation() -> None:
    risky = _noted(ops.DropTableOp("t"), "the rows of t are lost", "two\nlines")
    assert _body(risky)[1:-1] == ["# the rows of t are lost", "# two", "# lines", 'op.drop_table("t")']
    batch = ops.ModifyTableOps("t", [_noted(ops.DropColumnOp("t", "c"), "the values of c are lost")])
    assert _body(batch, render_as_batch=True)[1:-1] == [
        'with op.batch_alter_table("t", schema=None) as batch_op:',
        "    # the values of c are lost",
        '    batch_op.drop_column("c")',
        "",
    ]


def test_what_is_not_made_is_commented_out() -> None:
    alter = ops.AlterColumnOp(
        "t", "c", modify_type=sa.Integer(), existing_type=sa.String(50), existing_nullable=True
    )
    lines = _body(ManualOp(alter, "text can't be cast to integer"))
    assert lines[1:-1] == [
        "# text can't be cast to integer",
        "# op.alter_column(",
        '#     "t",',
        '#     "c",',
        "#     existing_type=sa.String(length=50),",
        "#     type_=sa.Integer(),",
        "#     existing_nullable=True,",
        "# )",
        "pass",
    ]
    batch = ops.ModifyTableOps("t", [ManualOp("see to it", "nobody knows")])
    assert _body(batch, render_as_batch=True)[1:-1] == [
        'with op.batch_alter_table("t", schema=None) as batch_op:',
        "    # nobody knows",
        "    # see to it",
        "    pass",
        "",
    ]


def test_nothing() -> None:
    begin, end = (
        "# ### commands auto generated by Alembic - please adjust! ###",
        "# ### end Alembic commands ###",
    )
    assert _body() == [begin, "pass", end]
    assert _body(ops.ModifyTableOps("t", []), render_as_batch=True) == [begin, "pass", end]


def test_a_batch_is_opened_by_the_configured_prefix() -> None:
    batch = ops.ModifyTableOps("t", [ops.DropColumnOp("t", "c")])
    assert _body(batch, render_as_batch=True, alembic_module_prefix="migrate.")[1] == (
        'with migrate.batch_alter_table("t", schema=None) as batch_op:'
    )


def test_dropping_the_unnamed_warns() -> None:
    with pytest.warns(UserWarning, match="'t'"):
        lines = _body(ops.DropConstraintOp(None, "t", "unique"))
    assert lines[1:-1] == [
        "# WARNING: constraint name is None; this directive will fail as",
        "# rendered.  Add a name, or use a naming convention; see",
        "# https://alembic.sqlalchemy.org/en/latest/naming.html",
        'op.drop_constraint(None, "t", type_="unique")',
    ]


def test_constraints_of_unknown_kinds_are_left_out_with_a_warning() -> None:
    class Odd(sa.schema.ColumnCollectionConstraint):
        __visit_name__ = "odd"

    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer))
    table.append_constraint(Odd("a"))
    with pytest.warns(UserWarning, match="Odd of table 't'"):
        text = _text(ops.CreateTableOp.from_table(table))
    assert text == "op.create_table('t',\nsa.Column('a', sa.Integer(), nullable=True)\n)"


def test_functions_of_an_application() -> None:
    from alembic.autogenerate.render import default_renderers, renderers

    class Own(ops.MigrateOperation):
        pass

    class Closer(Own):
        pass

    class Unknown(ops.MigrateOperation):
        pass

    @renderers.dispatch_for(Own)
    def own(context: Any, operation: Any) -> list[str]:
        return ["own(", "'x'", ")"]

    assert _text(Closer()) == "own(\n'x'\n)"
    assert _body(Own(), Closer())[1:-1] == ['own("x")', 'own("x")']
    with pytest.raises(ValueError, match="no dispatch function for object"):
        _text(Unknown())
    with pytest.raises(ValueError, match="replace=True"):
        renderers.dispatch_for(ops.DropTableOp)(own)
    assert renderers.dispatch(ops.DropTableOp("t")) is default_renderers.dispatch(ops.DropTableOp("t"))


@pytest.mark.filterwarnings("ignore")
def test_the_same_bytes_under_any_hash_seed() -> None:
    import hashlib
    import os
    import subprocess
    import sys
    from pathlib import Path

    found = set()
    for seed in ("1", "2", "77"):
        run = subprocess.run(
            [sys.executable, str(Path(samples.__file__)), "bodies"], capture_output=True, check=True, cwd="/",
            env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        found.add(hashlib.sha256(run.stdout).hexdigest())
    assert len(found) == 1


def test_all_samples_run_into_a_script_of_their_database() -> None:
    """Nothing that is rendered needs a name which the file lacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, make in samples.operations():
            context = samples.context("postgresql")
            text = render_op_text(context, make())
            for line in sorted(context.imports):
                assert line.startswith("from sqlalchemy.dialects import "), line
            compile(text, "text", "exec")


def test_checks_of_a_column_itself() -> None:
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="ck"), sa.CheckConstraint("c < 9")),
    )
    text = _text(ops.CreateTableOp.from_table(table))
    column = (
        "sa.Column('c', sa.Integer(), sa.CheckConstraint('c < 9'), "
        "sa.CheckConstraint('c > 0', name='ck'), nullable=True)"
    )
    assert text == f"op.create_table('t',\n{column}\n)"
    assert _text(ops.AddColumnOp.from_column(table.c.c)) == f"op.add_column('t', {column})"
    (again,) = run(text, "postgresql")
    assert "CHECK (c > 0)" in _script(again, "postgresql")
    assert "CHECK (c < 9)" in _script(again, "postgresql")


@pytest.mark.parametrize("modified", [None, sa.Identity(always=True), sa.text("5")])
def test_an_identity_that_goes_or_changes_is_named(modified: Any) -> None:
    operation = ops.AlterColumnOp(
        "t", "c", existing_type=sa.Integer(), modify_server_default=modified,
        existing_server_default=sa.Identity(start=2),
    )  # fmt: skip
    text = _text(operation)
    assert "existing_server_default=sa.Identity(always=False, start=2)" in text
    (again,) = run(text, "postgresql")
    assert _script(again, "postgresql") == _script(operation, "postgresql")


def test_info_that_has_no_python_stays_in_the_models() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("c", sa.Integer), info={"a": 1, "of": Caught, object(): 2})
    assert _text(ops.CreateTableOp.from_table(table)).endswith("info={'a': 1}\n)")


def test_columns_in_options_go_by_their_names() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("c", sa.Boolean), sa.Column("d", sa.Integer))
    index = sa.Index("ix", table.c.c, postgresql_include=[table.c.d], postgresql_where=table.c.c)
    text = _text(ops.CreateIndexOp.from_index(index))
    assert "postgresql_where=sa.text('c')" in text
    assert "postgresql_include=['d']" in text
    (again,) = run(text, "postgresql")
    assert "(c) INCLUDE (d) WHERE c" in _script(again, "postgresql")


def test_what_a_batch_has_no_directive_for_stands_outside() -> None:
    changes = [
        ops.DropColumnOp("t", "a"),
        ops.RenameTableOp("t", "u"),
        ops.DropTableOp("v"),
        ops.DropColumnOp("t", "b"),
    ]
    assert _body(ops.ModifyTableOps("t", changes), render_as_batch=True)[1:-1] == [
        'with op.batch_alter_table("t", schema=None) as batch_op:',
        '    batch_op.drop_column("a")',
        "",
        'op.rename_table("t", "u")',
        'op.drop_table("v")',
        'with op.batch_alter_table("t", schema=None) as batch_op:',
        '    batch_op.drop_column("b")',
        "",
    ]
