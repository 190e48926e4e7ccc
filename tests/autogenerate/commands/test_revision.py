"""`alembic revision --autogenerate`: what is written, what is not, and what hooks may do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alembic import command
from alembic.config import Config
from alembic.errors import CommandError
from alembic.errors.autogenerate import EmptyMetadata, RenameInvalid
from alembic.script import Script

from .conftest import Modelled

USERS = """
sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
"""
NOTHING = "No changes detected: no file was written (--allow-empty writes one)\n"


@pytest.fixture
def config(modelled: Modelled, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(modelled.project.directory)
    return Config(str(modelled.project.config_file))


def body(path: Path, function: str) -> str:
    """The lines of a function of a revision file, without indentation, comments and white space."""
    found = re.search(rf"^def {function}\(.*?\).*?:\n(.*?)(?=^def |\Z)", path.read_text(), re.M | re.S)
    assert found is not None
    lines = [line.strip() for line in found.group(1).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(("#", '"""')))


class TestWhatIsWritten:
    def test_a_whole_life(self, modelled: Modelled):
        modelled.models(USERS)
        made = modelled.call("revision", "--autogenerate", "-m", "users", "--rev-id", "aa11").ok()
        path = modelled.project.versions / "aa11_users.py"
        assert made.stdout == f"Generating {path} ...  done\n"
        assert "op.create_table(" in body(path, "upgrade")
        assert body(path, "downgrade").replace('"', "'") == "op.drop_table('users')"
        assert modelled.project.applied() == []
        modelled.call("upgrade", "head").ok()
        modelled.call("check").ok()
        modelled.call("downgrade", "base").ok()
        assert modelled.project.tables() == []

    def test_models_without_autogenerate_are_not_looked_at(self, modelled: Modelled):
        modelled.models("raise ValueError")
        modelled.call("revision", "-m", "empty").ok()
        [path] = modelled.files()
        assert body(path, "upgrade") == "pass"

    def test_a_database_that_lacks_revisions_is_refused(self, modelled: Modelled):
        modelled.models(USERS)
        modelled.project.revision("aa11")
        result = modelled.call("revision", "--autogenerate")
        assert result.code == 255
        assert "FAILED: Target database is not up to date.\n  not applied: aa11" in result.stderr

    def test_the_function_returns_the_script(self, modelled: Modelled, config: Config):
        modelled.models(USERS)
        made = command.revision(config, "users", autogenerate=True)
        assert isinstance(made, Script)
        assert made.doc == "users"

    def test_template_arguments_of_env_py_are_there(self, modelled: Modelled):
        modelled.options("template_args={'extra': 'from env'}")
        modelled.models(USERS)
        template = modelled.project.directory / "migrations" / "script.py.mako"
        template.write_text(
            template.read_text() + "\n# ${extra} ${config.get_main_option('path_separator')}\n"
        )
        modelled.call("revision", "--autogenerate").ok()
        assert modelled.files()[0].read_text().endswith("# from env os\n")


class TestNothingToWrite:
    def test_no_file_is_written_and_that_is_said(self, modelled: Modelled, config: Config):
        modelled.models(USERS)
        modelled.create()
        assert modelled.call("revision", "--autogenerate").ok().stdout == NOTHING
        assert command.revision(config, autogenerate=True) == []
        assert modelled.files() == []

    def test_quiet_says_nothing(self, modelled: Modelled):
        assert modelled.call("-q", "revision", "--autogenerate").ok().stdout == ""

    def test_allow_empty_writes_one(self, modelled: Modelled, config: Config):
        modelled.call("revision", "--autogenerate", "--allow-empty", "--rev-id", "aa11").ok()
        [path] = modelled.files()
        assert (body(path, "upgrade"), body(path, "downgrade")) == ("pass", "pass")
        modelled.call("upgrade", "head").ok()
        assert isinstance(command.revision(config, autogenerate=True, allow_empty=True), Script)

    def test_without_autogenerate_an_empty_file_is_what_is_wanted(self, modelled: Modelled):
        modelled.project.configure(ini="revision_environment = true\n")
        modelled.call("revision").ok()
        assert len(modelled.files()) == 1


class TestHooks:
    def test_the_recipe_that_suppresses_empty_revisions(self, modelled: Modelled):
        modelled.hook(
            """
            if directives[0].upgrade_ops.is_empty():
                directives[:] = []
            """
        )
        assert modelled.call("revision", "--autogenerate").ok().stdout == NOTHING
        assert modelled.call("revision", "--autogenerate", "--allow-empty").ok().stdout == NOTHING
        modelled.models(USERS)
        modelled.call("revision", "--autogenerate").ok()
        assert len(modelled.files()) == 1

    def test_a_hook_that_fills_an_empty_one_gets_its_file(self, modelled: Modelled):
        modelled.hook("directives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp('select 1'))")
        modelled.call("revision", "--autogenerate").ok()
        [path] = modelled.files()
        assert body(path, "upgrade").replace('"', "'") == "op.execute('select 1')"

    def test_a_hook_that_takes_all_operations_out_leaves_nothing_to_write(self, modelled: Modelled):
        """A block of a table whose operations are gone is nothing, too."""
        modelled.models(USERS)
        modelled.hook(
            "directives[0].upgrade_ops.ops[:] = [ops.ModifyTableOps('t', [])]\n"
            "directives[0].downgrade_ops.ops[:] = []"
        )
        assert modelled.call("revision", "--autogenerate").ok().stdout == NOTHING

    def test_the_hook_of_the_call_comes_first(self, modelled: Modelled, config: Config):
        modelled.models(USERS)
        modelled.hook("directives[0].message += f', then env.py with {len(directives[0].upgrade_ops.ops)}'")

        def mine(context, revision, directives):
            assert revision == ()
            directives[0].message = "the call"

        made = command.revision(config, autogenerate=True, process_revision_directives=mine)
        assert isinstance(made, Script)
        assert made.doc == "the call, then env.py with 1"

    def test_one_script_becomes_two(self, modelled: Modelled, config: Config):
        modelled.models(USERS)
        modelled.hook(
            """
            first = directives[0]
            first.rev_id = "aa11"
            directives.append(
                ops.MigrationScript(
                    "bb22", ops.UpgradeOps([ops.ExecuteSQLOp("select 2")]), ops.DowngradeOps([]),
                    message="second", head="aa11",
                )
            )
            """
        )
        made = command.revision(config, autogenerate=True)
        assert isinstance(made, list)
        assert [script.revision for script in made if script] == ["aa11", "bb22"]
        assert "select 2" in body(modelled.files()[1], "upgrade")

    def test_a_script_of_the_hooks_own_is_written_under_the_tokens_of_env_py(self, modelled: Modelled):
        """Genuine Alembic looks for its operations under the usual tokens, and leaves them out."""
        modelled.hook(
            """
            directives[:] = [
                ops.MigrationScript(
                    "bb22", ops.UpgradeOps([ops.ExecuteSQLOp("select 2")]), ops.DowngradeOps([])
                )
            ]
            """
        )
        env = modelled.project.env_py
        env.write_text(
            env.read_text().replace(
                "process_revision", "upgrade_token='ups', downgrade_token='downs', process_revision"
            )
        )
        template = modelled.project.directory / "migrations" / "script.py.mako"
        template.write_text(template.read_text().replace("upgrades", "ups").replace("downgrades", "downs"))
        modelled.call("revision", "--autogenerate").ok()
        assert "select 2" in body(modelled.files()[0], "upgrade")

    def test_tokens_that_a_hook_chose_itself_are_kept(self, modelled: Modelled):
        modelled.hook(
            "own = ops.UpgradeOps([ops.ExecuteSQLOp('select 3')], upgrade_token='extra')\n"
            "directives[0].upgrade_ops = own"
        )
        template = modelled.project.directory / "migrations" / "script.py.mako"
        template.write_text(template.read_text() + "\n\ndef more():\n    ${extra}\n")
        modelled.call("revision", "--autogenerate").ok()
        assert "select 3" in body(modelled.files()[0], "more")

    def test_nothing_is_written_where_one_of_several_can_not_be_rendered(self, modelled: Modelled):
        modelled.models(USERS)
        modelled.hook(
            """
            class Unknown(ops.MigrateOperation):
                pass

            directives.append(ops.MigrationScript("bb22", ops.UpgradeOps([Unknown()]), ops.DowngradeOps([])))
            """
        )
        assert modelled.call("revision", "--autogenerate").code != 0
        assert modelled.files() == []


class TestEmptyModels:
    @pytest.fixture
    def emptied(self, modelled: Modelled) -> Modelled:
        modelled.models(USERS)
        modelled.create()
        modelled.models("")
        return modelled

    @pytest.mark.parametrize(("argv", "code"), [("revision --autogenerate", 255), ("check", 1)])
    def test_dropping_every_table_is_refused(self, emptied: Modelled, argv: str, code: int):
        result = emptied.call(*argv.split())
        assert result.code == code
        assert (
            "FAILED: The models given as target_metadata have no tables, while the database has 1\n"
            "  The revision would drop users.\n"
        ) in result.stderr
        assert emptied.files() == []

    def test_an_option_overrides(self, emptied: Modelled):
        emptied.call("revision", "--autogenerate", "--allow-empty-metadata").ok()
        assert body(emptied.files()[0], "upgrade").replace('"', "'") == "op.drop_table('users')"

    def test_check_has_the_option_too(self, emptied: Modelled):
        assert emptied.call("check", "--allow-empty-metadata").code == 255

    def test_env_py_may_say_so_once_for_all(self, emptied: Modelled):
        emptied.options("allow_empty_metadata=True")
        assert emptied.call("check").code == 255

    def test_a_project_whose_hook_or_filter_keeps_unknown_tables_may_live_without_models(
        self, emptied: Modelled
    ):
        emptied.options("include_object=lambda object, name, type_, reflected, other: not reflected")
        emptied.call("check").ok()
        emptied.hook("directives[0].upgrade_ops.ops[:] = []\ndirectives[0].downgrade_ops.ops[:] = []")
        emptied.call("check").ok()

    def test_an_empty_database_has_nothing_to_lose(self, modelled: Modelled):
        modelled.call("check").ok()

    def test_comparing_from_python_is_never_refused(self, emptied: Modelled):
        """The recipe that prints the operations of an existing database compares with nothing."""
        import sqlalchemy as sa

        from alembic.autogenerate import produce_migrations
        from alembic.migration import MigrationContext

        with sa.create_engine(emptied.project.url).connect() as connection:
            made = produce_migrations(MigrationContext.configure(connection), sa.MetaData())
        assert [type(each).__name__ for each in made.upgrade_ops.ops] == ["DropTableOp"]


class TestRenames:
    OLD = (
        'sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(9)))'
    )
    NEW = OLD.replace('"a"', '"b"')

    @pytest.fixture
    def renamed(self, modelled: Modelled) -> Modelled:
        modelled.models(self.OLD)
        modelled.create()
        modelled.models(self.NEW)
        return modelled

    def test_by_option(self, renamed: Modelled, config: Config):
        renamed.call("revision", "--autogenerate", "--rename", "t.a:b").ok()
        [path] = renamed.files()
        assert re.match(r"op\.alter_column\(.*new_column_name=.b.", body(path, "upgrade"))
        assert re.match(r"op\.alter_column\(.*new_column_name=.a.", body(path, "downgrade"))
        renamed.call("upgrade", "head").ok()
        renamed.call("check").ok()
        renamed.call("downgrade", "base").ok()

    def test_a_whole_life(self, modelled: Modelled, database_url: str):
        """The file that renames table and column applies, leaves nothing to be found, and leads back."""
        other = """
        sa.Table("other", metadata, sa.Column("id", sa.Integer, primary_key=True),
                 sa.Column("ref", sa.Integer, sa.ForeignKey("{0}.id", name="fk"), nullable=False))
        """
        old = self.OLD + other.format("t")
        new = self.NEW.replace('"t"', '"u"') + other.format("u")
        modelled.project.configure(database_url)
        modelled.models(old.replace("        ", ""))
        modelled.call("revision", "--autogenerate", "-m", "first", "--rev-id", "aa11").ok()
        modelled.call("upgrade", "head").ok()
        modelled.models(new.replace("        ", ""))
        modelled.call(
            "revision", "--autogenerate", "-m", "second", "--rename", "t:u", "--rename", "t.a:b"
        ).ok()
        second = next(modelled.project.versions.glob("*_second.py"))
        for function in ("upgrade", "downgrade"):
            calls = re.findall(r"op\.(\w+)\(", body(second, function))
            assert sorted(calls) == ["alter_column", "rename_table"]
        modelled.call("upgrade", "head").ok()
        modelled.call("check").ok()
        modelled.call("downgrade", "-1").ok()
        second.unlink()
        modelled.models(old.replace("        ", ""))
        modelled.call("check").ok()

    def test_by_argument(self, renamed: Modelled, config: Config):
        made = command.revision(config, autogenerate=True, rename=["t.a:b"])
        assert isinstance(made, Script)
        assert "new_column_name" in Path(made.path).read_text()

    def test_without_an_answer_the_file_says_what_is_lost(self, renamed: Modelled):
        renamed.call("revision", "--autogenerate").ok()
        text = renamed.files()[0].read_text()
        assert "# Was a renamed to b? A drop loses the data; --rename t.a:b keeps it.\n" in text

    @pytest.mark.parametrize("wish", ["t.a:c", "t.x:b", "other.a:b", "a:b"])
    def test_one_that_fits_nothing_is_an_error(self, renamed: Modelled, config: Config, wish: str):
        result = renamed.call("revision", "--autogenerate", "--rename", wish)
        assert result.code == 255
        assert f"FAILED: Nothing to rename by {wish}" in result.stderr
        assert renamed.files() == []
        with pytest.raises(RenameInvalid):
            command.revision(config, autogenerate=True, rename=[wish])

    def test_without_autogenerate_it_is_an_error(self, renamed: Modelled):
        result = renamed.call("revision", "--rename", "t.a:b")
        assert result.code == 255
        assert "FAILED: --rename says something to --autogenerate" in result.stderr

    def test_one_of_the_wrong_form_is_an_error(self, renamed: Modelled, config: Config):
        with pytest.raises(CommandError, match=r"^--rename nonsense: this is not of the form table\.old:new"):
            command.revision(config, autogenerate=True, rename=["nonsense"])


def test_the_classes_of_errors_are_command_errors():
    assert issubclass(EmptyMetadata, CommandError)
    assert issubclass(RenameInvalid, CommandError)
