"""Generated operations are run into nowhere before they are written; what fails is marked in the file."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate.rehearsal import Body, rehearsed
from alembic.errors.autogenerate import NotPython
from alembic.operations import MigrateOperation, Operations
from tests.project import Project

from . import samples
from .formatters import black, ruff

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n"


def remarks(text: str, dialect: str = "postgresql", head: str = HEAD) -> list[str]:
    """The comments that a rehearsal puts into a body, which stays the same otherwise."""
    body = Body(text, samples.context(dialect))
    marked = rehearsed({"upgrades": body}, head, "the file")["upgrades"]
    lines = marked.splitlines()
    assert [line for line in lines if not line.startswith("# ")] == text.splitlines()
    return [line for line in lines if line.startswith("# ")]


def test_what_runs_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    text = 'op.create_table("t", sa.Column("id", sa.Integer()))\nop.drop_table("t")\n'
    assert remarks(text) == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("statement", "remark"),
    [
        ("op.add_column('t', sa.Column('c', mine.Type()))", "NameError: name 'mine' is not defined"),
        ("op.nothing()", "AttributeError: module 'alembic.op' has no attribute 'nothing'"),
        ("op.drop_table()", "TypeError: "),
    ],
)
def test_python_that_fails_is_marked(statement: str, remark: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = f'op.drop_table("a")\n{statement}\nop.drop_table("b")\n'
    body = Body(text, samples.context("postgresql"))
    lines = rehearsed({"upgrades": body}, HEAD, "the file")["upgrades"].splitlines()
    assert [lines[0], *lines[2:]] == text.splitlines()
    assert lines[1].startswith(f"# this doesn't run as it is: {remark}")
    assert remark in capsys.readouterr().err


def test_what_the_database_can_not_do_is_marked() -> None:
    text = 'op.alter_column("t", "c", server_default=sa.Identity(), existing_type=sa.Integer())\n'
    assert remarks(text, "postgresql") == []
    (mark,) = remarks(text, "mysql")
    assert mark.startswith('# mysql can\'t do this: Adding, removing or modifying an "identity" construct')


def test_where_tables_are_rebuilt_a_script_proves_nothing() -> None:
    """What SQLite refuses in a script it does on a connection, by making the table anew."""
    assert remarks('op.create_unique_constraint("u", "t", ["a"])\n', "sqlite") == []
    batch = 'with op.batch_alter_table("t") as batch_op:\n    batch_op.drop_constraint("u")\n'
    assert remarks(batch, "sqlite") == []


def test_what_only_a_connection_can_tell_is_not_marked() -> None:
    assert remarks("op.get_bind().execute(sa.text('select 1')).scalar()\n") == []
    assert remarks('op.drop_constraint(None, "t", type_="unique")\n') == []
    assert remarks('op.drop_column("t", "c", if_exists=True)\n', "mysql") == []


def test_statements_of_a_batch_are_marked_as_one() -> None:
    text = 'with op.batch_alter_table("t") as batch_op:\n    batch_op.drop_column("c")\n    oops()\n'
    assert remarks(text) == ["# this doesn't run as it is: NameError: name 'oops' is not defined"]


def test_the_imports_of_the_template_are_there() -> None:
    assert remarks("decimal.Decimal('1')\n", head=f"{HEAD}import decimal\n") == []


@pytest.mark.usefixtures("registrations")
def test_operations_of_an_application_are_not_carried_out() -> None:
    done: list[str] = []

    @Operations.register_operation("launch_rocket")
    class LaunchRocket(MigrateOperation):
        @classmethod
        def launch_rocket(cls, operations: Any) -> None:
            operations.invoke(cls())

    @Operations.implementation_for(LaunchRocket)
    def launch(operations: Any, operation: LaunchRocket) -> None:
        done.append("launched")

    assert remarks("op.launch_rocket()\n") == []
    assert done == []


def test_nothing_is_left_behind() -> None:
    from alembic import op

    remarks('op.create_table("t", sa.Column("a", sa.Enum("x", name="e")))\n')
    with pytest.raises(NameError):
        op.f("x")


def test_the_naming_convention_is_that_of_the_models() -> None:
    """Dropping an unnamed constraint works where the convention gives the name."""
    metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})
    context = samples.context("postgresql")
    context.migration_context.opts["target_metadata"] = metadata
    try:
        body = Body('op.drop_constraint(None, "t", type_="primary")\n', context)
        assert rehearsed({"up": body}, HEAD, "x") == {"up": body.text}
    finally:
        del context.migration_context.opts["target_metadata"]


def test_text_that_is_no_python_is_refused() -> None:
    body = Body("# fine\nop.drop_table('t')\nsa.Column(\n", samples.context("sqlite"))
    with pytest.raises(NotPython) as caught:
        rehearsed({"upgrades": body}, HEAD, "x")
    assert caught.value.token == "upgrades"
    assert "'upgrades' is no Python" in str(caught.value)
    assert "render_item" in str(caught.value)


def test_a_module_that_can_not_be_imported_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert remarks("oops()\n", head="import no_such_module_anywhere\n") == []
    assert "the file can't be imported as it is: ModuleNotFoundError" in capsys.readouterr().err


# -- whole files --------------------------------------------------------------------------------------------

MODELS = """\
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

class Money(sa.types.TypeDecorator):
    impl = sa.Numeric
    cache_ok = True

    def __init__(self, currency, **kw):
        super().__init__(**kw)
        self.currency = currency

metadata = sa.MetaData()
sa.Table(
    "accounts", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("balance", Money("eur", precision=10, scale=2), nullable=False, server_default=sa.text("0")),
    sa.Column("owner", sa.ForeignKey("accounts.id", ondelete="CASCADE")),
    sa.Column("notes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), comment="what 'they' say"),
    sa.CheckConstraint("balance > -1000", name="ck_balance"),
)
"""

ENV = """\
import sys
sys.path.insert(0, {folder!r})
import account_models
from sqlalchemy import create_engine
from alembic import context

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, target_metadata=account_models.metadata, {options})
    with context.begin_transaction():
        context.run_migrations()
"""


def _generated(project: Project, template: str, options: str = "") -> str:
    from pathlib import Path

    import alembic

    (project.directory / "account_models.py").write_text(MODELS, "utf-8")
    project.env_py.write_text(ENV.format(folder=str(project.directory), options=options), "utf-8")
    if template:
        source = Path(alembic.__file__).parent / "templates" / template / "script.py.mako"
        (project.directory / "migrations" / "script.py.mako").write_text(source.read_text("utf-8"), "utf-8")
    project.run("revision", "--autogenerate", "-m", "a first one").ok()
    (path,) = project.versions.glob("*.py")
    return path.read_text("utf-8")


@pytest.mark.parametrize("options", ["", "render_as_batch=True"])
def test_a_new_file_is_left_alone_by_the_formatters(project: Project, options: str) -> None:
    text = _generated(project, "generic", options)
    assert black(text) == text
    assert ruff(text) == text
    assert "import account_models\n" in text
    assert 'account_models.Money("eur", precision=10, scale=2)' in text
    project.run("upgrade", "head").ok()
    project.run("downgrade", "base").ok()


def test_a_template_that_leaves_imports_out_is_noticed(project: Project) -> None:
    text = _generated(project, "")
    assert "    # this doesn't run as it is: NameError: name 'account_models' is not defined\n" in text


@pytest.mark.parametrize("template", ["generic", "async", "multidb", "pyproject", "pyproject_async"])
@pytest.mark.parametrize("parents", [(), ("0123456789ab",), ("0123456789ab", "ba9876543210")])
def test_what_templates_write_is_left_alone_by_the_formatters(
    template: str, parents: tuple[str, ...]
) -> None:
    import datetime
    from pathlib import Path

    import alembic
    from alembic.configuration import Config
    from alembic.script.creation import NewRevision, rendered

    config = Config()
    config.set_main_option("databases", "one, two")
    text = rendered(
        str(Path(alembic.__file__).parent / "templates" / template / "script.py.mako"),
        NewRevision("abc", parents, (), ("x",)),
        "a message",
        datetime.datetime(2020, 1, 2),
        {"config": config, "imports": "from sqlalchemy.dialects import mysql\nimport account_models"},
    )
    assert black(text) == text
    assert ruff(text) == text


def test_render_item_without_its_import_is_marked(project: Project) -> None:
    options = "render_item=lambda kind, item, ctx: 'mine.Money()' if kind == 'type' and "
    text = _generated(project, "generic", options + "isinstance(item, account_models.Money) else False")
    assert (
        "    # this doesn't run as it is: NameError: name 'mine' is not defined\n    op.create_table(\n"
        in text
    )


def test_render_item_that_gives_nonsense_writes_no_file(project: Project) -> None:
    (project.directory / "account_models.py").write_text(MODELS, "utf-8")
    options = "render_item=lambda kind, item, ctx: 'sa.Column(' if kind == 'column' else False"
    project.env_py.write_text(ENV.format(folder=str(project.directory), options=options), "utf-8")
    result = project.run("revision", "--autogenerate", "-m", "x")
    assert result.code == 255
    assert "What was rendered for 'upgrades' is no Python" in result.stderr
    assert list(project.versions.glob("*.py")) == []


def test_a_dialect_that_can_not_be_made_again_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    from alembic.ddl.postgresql import PostgresqlImpl

    class Own(PostgresqlImpl):
        __dialect__ = "own"

        def __init__(self) -> None:
            """Takes nothing of what others take."""

    context = samples.context("postgresql")
    real = context.migration_context.impl
    context.migration_context.impl = Own()
    try:
        body = Body("oops()\n", context)
        assert rehearsed({"up": body}, HEAD, "x") == {"up": body.text}
    finally:
        context.migration_context.impl = real
    assert "can't be tried on" in capsys.readouterr().err
