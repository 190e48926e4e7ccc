"""Sections 1.2, 2.5 and 7.5 of the contract, and what the commands do better, on real databases."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from alembic import command
from alembic.config import Config
from alembic.errors import CommandError, DatabaseNotAtHead
from alembic.script import Script
from tests.project import Project


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def config(project: Project, out: io.StringIO) -> Config:
    """The project's configuration, printing to `out`."""
    return Config(project.config_file, stdout=out)


def write_row(project: Project, *rows: str) -> None:
    """Put rows into the version table, making it if need be."""
    with create_engine(project.url).begin() as connection:
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        )
        for row in rows:
            connection.execute(text("INSERT INTO alembic_version VALUES (:row)"), {"row": row})


def has_version_table(project: Project) -> bool:
    with create_engine(project.url).connect() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'"))
        return found.first() is not None


class TestReadOnly:
    @pytest.mark.parametrize(
        "argv",
        [
            ["current"],
            ["current", "-v"],
            ["history", "-i"],
            ["history", "-r", "current:"],
            ["show", "current"],
            ["heads"],
            ["branches"],
        ],
    )
    def test_looking_leaves_nothing_in_the_database(self, project: Project, argv: list[str]):
        project.chain("a1", "b1")
        project.call(*argv).ok()
        assert not has_version_table(project)

    def test_ensure_version_makes_the_table_and_nothing_else(self, project: Project):
        project.chain("a1")
        project.call("ensure_version").ok()
        project.call("ensure_version").ok()
        assert has_version_table(project)
        assert (project.applied(), project.tables()) == ([], [])


class TestIdentifiersWithoutFile:
    """The database holds an identifier that no file has: that of a deleted file, or of another branch."""

    def test_current_shows_them_apart(self, project: Project):
        project.chain("a1", "b1")
        write_row(project, "b1", "zz99")
        assert project.call("current").ok().stdout == "b1 (head)\nzz99 (no revision file)\n"
        assert "Rev: zz99 (no revision file)\n" in project.call("current", "-v").ok().stdout

    def test_a_row_that_is_a_prefix_of_an_identifier_is_another_identifier(self, project: Project):
        project.chain("abcdef12")
        write_row(project, "abcde")
        assert project.call("current").ok().stdout == "abcde (no revision file)\n"

    def test_check_heads_names_them(self, project: Project):
        project.chain("a1")
        write_row(project, "a1", "zz99")
        result = project.call("current", "-c")
        assert result.code == 255
        assert "in the database, but in no revision file: zz99" in result.stderr

    @pytest.mark.parametrize("argv", [["history", "-i"], ["show", "current"]])
    def test_commands_that_mark_the_current_revision_warn(self, project: Project, argv: list[str]):
        project.chain("a1", "b1")
        write_row(project, "a1", "zz99")
        result = project.call(*argv).ok()
        assert "WARNING: the database is at revision 'zz99', which no revision file has" in result.stderr
        assert "a1" in result.stdout and "zz99" not in result.stdout

    def test_stamp_recovers(self, project: Project):
        project.chain("a1", "b1")
        write_row(project, "zz99")
        result = project.call("stamp", "a1").ok()
        assert "WARNING: removing 'zz99' from the version table: no revision file has it" in result.stderr
        assert project.applied() == ["a1"]
        project.call("upgrade", "head").ok()
        assert project.applied() == ["b1"]

    def test_stamp_base_forgets_them(self, project: Project):
        project.chain("a1")
        write_row(project, "zz99", "zz98")
        project.call("stamp", "base").ok()
        assert project.applied() == []

    def test_upgrade_does_not_guess(self, project: Project):
        project.chain("a1")
        write_row(project, "zz99")
        result = project.call("upgrade", "head")
        assert result.code == 255
        assert "Can't locate revision identified by 'zz99'" in result.stderr
        assert project.tables() == []


class TestStamp:
    def branches(self, project: Project) -> None:
        project.chain("a1", "b1")
        project.revision("c1", labels="apart")
        project.revision("d1", "c1")

    def test_several_targets_and_heads(self, project: Project):
        self.branches(project)
        project.call("stamp", "a1", "c1").ok()
        assert project.applied() == ["a1", "c1"]
        project.call("stamp", "heads").ok()
        assert project.applied() == ["b1", "d1"]
        assert project.tables() == []

    def test_related_rows_move_and_others_stay(self, project: Project):
        self.branches(project)
        project.call("stamp", "b1").ok()
        project.call("stamp", "apart@head").ok()
        assert project.applied() == ["b1", "d1"]
        project.call("stamp", "a1").ok()
        assert project.applied() == ["a1", "d1"]
        project.call("stamp", "base").ok()
        assert project.applied() == []

    def test_purge_empties_the_table_first(self, project: Project):
        self.branches(project)
        write_row(project, "zz99", "b1")
        project.call("stamp", "--purge", "c1").ok()
        assert project.applied() == ["c1"]

    def test_stamping_what_is_stamped_changes_nothing(self, project: Project):
        self.branches(project)
        project.call("stamp", "b1").ok()
        assert "Running stamp_revision" not in project.call("stamp", "b1").ok().stderr


class TestCurrentHeads:
    def test_a_dependency_counts_as_applied_with_its_dependant(self, project: Project, config: Config):
        project.revision("a1")
        project.revision("b1", "a1")
        project.revision("c1", depends_on="b1")
        command.upgrade(config, "heads")
        assert project.applied() == ["c1"]
        command.current(config, check_heads=True)

    def test_a_missing_head_is_named(self, project: Project, config: Config):
        project.chain("a1", "b1")
        command.upgrade(config, "a1")
        with pytest.raises(DatabaseNotAtHead, match="not applied: b1"):
            command.current(config, check_heads=True)

    def test_an_empty_project_is_at_its_heads(self, config: Config):
        command.current(config, check_heads=True)


class TestReturnValues:
    def test_revision_and_merge_return_the_script(self, project: Project, config: Config, out: io.StringIO):
        made = command.revision(config, "one", rev_id="a1")
        assert isinstance(made, Script)
        assert (made.revision, made.doc, made.down_revision) == ("a1", "one", None)
        command.revision(config, "two", rev_id="b1", head="base")
        merged = command.merge(config, ["a1", "b1"], message="both", rev_id="c1")
        assert merged is not None and merged.down_revision == ("a1", "b1")
        assert out.getvalue().splitlines() == [
            f"Generating {project.versions}/a1_one.py ...  done",
            f"Generating {project.versions}/b1_two.py ...  done",
            f"Generating {project.versions}/c1_both.py ...  done",
        ]

    def test_a_generated_identifier_has_twelve_hexadecimal_digits(self, config: Config):
        made = command.revision(config)
        assert isinstance(made, Script)
        assert len(made.revision) == 12
        assert int(made.revision, 16) >= 0

    def test_commands_raise_instead_of_exiting(self, project: Project, config: Config):
        with pytest.raises(CommandError, match="Can't locate revision identified by 'nope'"):
            command.upgrade(config, "nope")
        with pytest.raises(CommandError, match="Can't locate revision"):
            command.stamp(config, ["nope"])

    def test_sql_goes_to_the_output_buffer(self, project: Project, out: io.StringIO):
        project.chain("a1")
        script = io.StringIO()
        command.upgrade(Config(project.config_file, output_buffer=script, stdout=out), "head", sql=True)
        assert "CREATE TABLE t_a1" in script.getvalue()
        assert out.getvalue() == ""


class TestRevisionEnvironment:
    """With revision_environment, env.py runs on `revision` and `merge`; its hooks decide what is written."""

    @pytest.fixture
    def hooked(self, project: Project) -> Callable[[str], Project]:
        def with_hook(body: str) -> Project:
            lines = "\n".join(f"    {line}" for line in body.splitlines())
            project.configure(
                ini="revision_environment = true\n", options="{'process_revision_directives': hook}"
            )
            env = project.env_py.read_text()
            project.env_py.write_text(f"def hook(context, revision, directives):\n{lines}\n\n{env}")
            return project

        return with_hook

    def test_a_hook_changes_the_identifier_and_the_message(self, hooked, config: Config):
        project = hooked("directives[0].rev_id = 'custom1'\ndirectives[0].message = 'said by hook'")
        made = command.revision(config, "mine")
        assert isinstance(made, Script)
        assert (made.revision, made.doc) == ("custom1", "said by hook")
        assert (project.versions / "custom1_said_by_hook.py").exists()

    def test_a_hook_that_empties_the_list_writes_nothing(self, hooked, config: Config):
        project = hooked("directives[:] = []")
        assert command.revision(config, "mine") == []
        assert list(project.versions.glob("*.py")) == []

    def test_a_hook_that_adds_one_gets_a_list(self, hooked, config: Config):
        hooked(
            "import copy\nsecond = copy.copy(directives[0])\nsecond.rev_id, second.head = 'second', 'first'\n"
            "directives[0].rev_id = 'first'\ndirectives.append(second)"
        )
        made = command.revision(config)
        assert isinstance(made, list)
        assert [script.revision for script in made if script] == ["first", "second"]

    def test_the_hook_of_the_call_runs_before_that_of_env_py(self, hooked, config: Config):
        hooked("directives[0].message += ' then env'")

        def mine(context, revision, directives):
            directives[0].message = "first the call"

        made = command.revision(config, process_revision_directives=mine)
        assert isinstance(made, Script)
        assert made.doc == "first the call then env"

    def test_operations_of_hooks_are_written(self, hooked, config: Config):
        hooked(
            "from alembic.operations import ops\ndirectives[0].upgrade_ops.ops.append(ops.ExecuteSQLOp('x'))"
        )
        made = command.revision(config)
        assert isinstance(made, Script)
        assert "    op.execute('x')\n" in Path(made.path).read_text().replace('"', "'")

    def test_template_arguments_of_configure_reach_the_file(self, project: Project, config: Config):
        template = project.directory / "migrations" / "script.py.mako"
        template.write_text(template.read_text() + "\n# ${extra}\n")
        project.configure(
            ini="revision_environment = true\n", options="{'template_args': {'extra': 'from env'}}"
        )
        made = command.revision(config, rev_id="a1")
        assert isinstance(made, Script)
        assert "# from env" in Path(made.path).read_text()
        command.revision(config, rev_id="b1", head="base")
        merged = command.merge(config, "heads", rev_id="c1")
        assert merged is not None
        assert "# from env" in Path(merged.path).read_text()

    def test_merge_runs_env_py_without_changing_the_database(self, project: Project, config: Config):
        project.revision("a1")
        project.revision("b1")
        project.configure(ini="revision_environment = yes\n")
        command.merge(config, "heads", rev_id="c1")
        assert project.applied() == []


class TestInit:
    def test_init_then_a_whole_life(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        line = Project.__new__(Project)
        line.directory = tmp_path
        made = line.run("init", "migrations").ok()
        assert "Generating" in made.stdout and "done" in made.stdout
        assert made.stdout.splitlines()[-1].startswith(
            "Please edit configuration/connection/logging settings in"
        )
        ini = tmp_path / "alembic.ini"
        lines = ini.read_text().splitlines()
        ini.write_text(
            "\n".join(
                f"sqlalchemy.url = sqlite:///{tmp_path}/x.db" if one.startswith("sqlalchemy.url") else one
                for one in lines
            )
        )
        line.run("revision", "-m", "first", "--rev-id", "a1").ok()
        line.run("upgrade", "head").ok()
        assert line.run("current").ok().stdout == "a1 (head)\n"
        line.run("downgrade", "base").ok()
        assert line.run("current").ok().stdout == ""

    def test_quiet_prints_nothing(self, tmp_path):
        line = Project.__new__(Project)
        line.directory = tmp_path
        assert line.run("-q", "init", "migrations").ok().stdout == ""

    def test_failures(self, project: Project):
        result = project.call("init", "migrations")
        assert result.code == 255
        assert "FAILED: Directory migrations already exists and is not empty" in result.stderr
        result = project.call("init", "elsewhere", "-t", "nope")
        assert result.code == 255
        assert "FAILED: No such template" in result.stderr
        assert not (project.directory / "elsewhere").exists()


@pytest.mark.skipif(os.name == "nt", reason="uses a shell script as editor")
class TestEdit:
    def test_each_file_is_opened(self, project: Project):
        editor = project.directory / "editor"
        editor.write_text('#!/bin/sh\nbasename "$1" >> log\n')
        editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
        project.revision("a1")
        project.revision("b1")
        project.run("edit", "heads", env={"EDITOR": str(editor)}).ok()
        project.call("stamp", "b1").ok()
        project.run("edit", "current", env={"EDITOR": str(editor)}).ok()
        assert (project.directory / "log").read_text().split() == ["a1_.py", "b1_.py", "b1_.py"]


def test_a_refused_statement_on_each_database(project: Project, database_url: str):
    project.configure(database_url)
    project.revision("a1", upgrade='op.execute("SELECT * FROM nowhere")')
    result = project.call("upgrade", "head")
    assert result.code == 1
    report = result.stderr[result.stderr.index("FAILED") :]
    assert "nowhere" in report.splitlines()[0]
    assert "in revision a1:" in report
    assert "  statement:\n    SELECT * FROM nowhere\n" in report
    assert len(report.splitlines()) < 20
    assert project.applied() == []


def test_current_masks_the_password(project: Project, postgresql_url: str):
    from sqlalchemy import make_url

    url = make_url(postgresql_url)
    project.configure(url.set(password="hush-hush").render_as_string(hide_password=False))
    result = project.call("current", "-v")
    assert "hush-hush" not in result.stdout + result.stderr
