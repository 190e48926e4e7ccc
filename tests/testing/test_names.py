"""Names that tests of dialects import, and what they do."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from alembic import command, op
from alembic.script import ScriptDirectory
from alembic.testing import assertions, env, fixtures, schemacompare, util

NAMES = {
    "": "config engines exclusions mock provide_metadata skip_if uses_deprecated emits_warning combinations "
    "fixture Variation variation TestBase resolve_lambda assert_raises assert_raises_message eq_ ne_ is_ "
    "is_not_ is_true is_false eq_ignore_whitespace expect_raises expect_raises_message expect_warnings "
    "expect_deprecated expect_sqlalchemy_deprecated emits_python_deprecation_warning",
    ".fixtures": "TestBase TablesTest op_fixture capture_db capture_context_buffer "
    "capture_engine_context_buffer AlterColRoundTripFixture",
    ".env": "staging_env clear_staging_env env_file_fixture script_file_fixture write_script make_sourceless "
    "three_rev_fixture multi_heads_fixture _testing_config _sqlite_testing_config _no_sql_testing_config "
    "_multi_dir_testing_config _multidb_testing_config _no_sql_pyproject_config _sqlite_file_db "
    "_get_staging_directory",
    ".requirements": "SuiteRequirements",
    ".schemacompare": "CompareTable CompareColumn CompareIndex CompareCheckConstraint CompareForeignKey "
    "ComparePrimaryKey CompareUniqueConstraint",
    ".assertions": "_get_dialect _dialect_mods",
    ".util": "flag_combinations metadata_fixture testing_engine",
    ".warnings": "setup_filters",
    ".plugin.bootstrap": "",
}
FIXTURES = (
    "ops_context migration_context as_sql_migration_context connection metadata clear_staging_dir "
    "pop_alembic_config_env restore_operations"
)


@pytest.mark.parametrize("module", NAMES)
def test_the_names_are_there(module: str) -> None:
    found = importlib.import_module(f"alembic.testing{module}")
    assert [name for name in NAMES[module].split() if not hasattr(found, name)] == []


def test_the_fixtures_are_methods_of_the_base_class() -> None:
    assert [name for name in FIXTURES.split() if not hasattr(fixtures.TestBase, name)] == []


def test_the_harness_loads_nothing_of_sqlalchemys_tests() -> None:
    program = "import sys, alembic.testing.crash; sys.exit('sqlalchemy.testing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory; what is staged in it is cleared."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    env.clear_staging_env()
    assert not os.path.exists(env._get_staging_directory())


@pytest.fixture
def op_speaks() -> Iterator[None]:
    """`op_fixture` makes `op` speak for good; here until the test ends."""
    yield
    while fixtures._Proxied.contexts:
        fixtures._Proxied.contexts.pop()._remove_proxy()


@pytest.mark.usefixtures("op_speaks")
@pytest.mark.parametrize("as_sql", [False, True])
def test_op_speaks_for_the_last_op_fixture(as_sql: bool) -> None:
    fixtures.op_fixture("mysql")
    context = fixtures.op_fixture("postgresql", as_sql=as_sql)
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("t", sa.Column("s", sa.String(5)))
    context.assert_(
        "CREATE TABLE t (id SERIAL NOT NULL, PRIMARY KEY (id))", "ALTER TABLE t ADD COLUMN s VARCHAR(5)"
    )
    context.assert_contains("ADD COLUMN s")
    with pytest.raises(AssertionError):
        context.assert_("CREATE TABLE t (id SERIAL NOT NULL, PRIMARY KEY (id))")
    with pytest.raises(AssertionError, match="DROP"):
        context.assert_contains("DROP")
    context.clear_assertions()
    context.assert_()


@pytest.mark.usefixtures("op_speaks")
def test_op_fixture_has_a_naming_convention_and_literals() -> None:
    context = fixtures.op_fixture(
        as_sql=True, naming_convention={"uq": "uq_%(table_name)s"}, literal_binds=True
    )
    op.create_unique_constraint(None, "t", ["a"])
    op.execute(sa.text("UPDATE t SET a = :a").bindparams(a=3))
    context.assert_("ALTER TABLE t ADD CONSTRAINT uq_t UNIQUE (a)", "UPDATE t SET a = 3")


def test_three_revisions_and_three_more(directory: Path) -> None:
    env.staging_env()
    config = env._no_sql_testing_config()
    a, b, c = env.three_rev_fixture(config)
    d, e, f = env.multi_heads_fixture(config, a, b, c)
    scripts = ScriptDirectory.from_config(config)
    follows = {one.revision: one.down_revision for one in scripts.walk_revisions()}
    assert follows == {a: None, b: a, c: b, d: b, e: d, f: b}
    with fixtures.capture_context_buffer() as buffer:
        command.upgrade(config, b, sql=True)
    assert isinstance(buffer, io.StringIO)
    written = buffer.getvalue()
    assert written.index("CREATE STEP 1") < written.index("CREATE STEP 2")


def test_a_live_run_shows_its_sql(directory: Path) -> None:
    env.staging_env()
    config = env._sqlite_testing_config()
    scripts = ScriptDirectory.from_config(config)
    env.env_file_fixture(
        """
        context.configure(connection=None)
        with context.begin_transaction():
            context.run_migrations()
        """
    )
    scripts.generate_revision("aa", "first", refresh=True)
    text = "revision = 'aa'\ndown_revision = None\nfrom alembic import op\n"
    env.write_script(scripts, "aa", f"{text}def upgrade():\n    op.execute('CREATE TABLE seen (n int)')\n")
    with fixtures.capture_engine_context_buffer() as buffer:
        command.upgrade(config, "aa")
    assert "CREATE TABLE seen (n int)" in buffer.getvalue()


@pytest.mark.parametrize("sourceless", ["simple", "pep3147"])
def test_sourceless_environments(directory: Path, sourceless: str) -> None:
    env.staging_env(sourceless=sourceless)
    config = env._sqlite_testing_config(sourceless=True)
    scripts = ScriptDirectory.from_config(config)
    scripts.generate_revision("aa", "first", refresh=True)
    env.write_script(scripts, "aa", "revision = 'aa'\ndown_revision = None\n", sourceless=sourceless)
    assert [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()] == ["aa"]
    assert not list(directory.rglob("env.py")) and not list(directory.rglob("aa_first.py"))


def test_several_places_and_databases(directory: Path) -> None:
    env.staging_env()
    places = env._multi_dir_testing_config().get_version_locations_list()
    assert places is not None
    assert [Path(place).name for place in places] == ["model1", "model2", "model3"]
    engines = {"one": env._sqlite_file_db("one.db"), "two": env._sqlite_file_db("two.db")}
    config = env._multidb_testing_config(engines)
    assert config.get_main_option("databases") == "one, two"
    assert "two.db" in str(config.get_section_option("two", "sqlalchemy.url"))


def test_schema_objects_that_mean_the_same_are_equal() -> None:
    def table(nullable: bool = True) -> sa.Table:
        return sa.Table(
            "t", sa.MetaData(), sa.Column("a", sa.Integer, nullable=nullable), sa.Index("ix", "a")
        )

    assert schemacompare.CompareTable(table()) == table()
    assert schemacompare.CompareTable(table()) != table(nullable=False)
    [one], [other] = table().indexes, table().indexes
    assert schemacompare.CompareIndex(one) == other
    assert schemacompare.CompareIndex(one) != sa.Index("ix_2", table().c.a)


def test_small_things() -> None:
    assertions.eq_ignore_whitespace("  a\n\tb  c", "ab c")
    with pytest.raises(AssertionError):
        assertions.eq_ignore_whitespace("a b", "ab")
    assert assertions._get_dialect("default").name == "default"
    assert assertions._get_dialect("mariadb").name == "mariadb"
    assert util.resolve_lambda(lambda x: x + 1, x=1) == 2
    engine, texts = fixtures.capture_db()
    sa.Table("q", sa.MetaData(), sa.Column("i", sa.Integer)).create(engine, checkfirst=False)
    assert [" ".join(text.split()) for text in texts] == ["CREATE TABLE q ( i INTEGER )"]
