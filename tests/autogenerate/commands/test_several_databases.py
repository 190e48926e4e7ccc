"""env.py may turn to several databases: one file, whose parts have tokens of their own (contract 6.5)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.project import Project

ENV = """\
import os

import sqlalchemy as sa

from alembic import context
from alembic.operations import ops

MODE = os.environ.get("MODE", "")
seen = []


def outline(directive):
    upgrades = [[each.upgrade_token, len(each.ops)] for each in directive.upgrade_ops_list]
    return upgrades + [[each.downgrade_token, len(each.ops)] for each in directive.downgrade_ops_list]


def hook(migration_context, revision, directives):
    seen.append([outline(directive) for directive in directives])
    {hook}


metadatas = {{"one": sa.MetaData(), "two": sa.MetaData()}}
{models}
for name, metadata in metadatas.items():
    engine = sa.create_engine(f"sqlite:///{{name}}.db", poolclass=sa.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            upgrade_token={tokens}[0],
            downgrade_token={tokens}[1],
            process_revision_directives=hook,
        )
        with context.begin_transaction():
            context.run_migrations(engine=name)
import json
open("seen.json", "w").write(json.dumps(seen))
"""
TEMPLATE = '''\
"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade(engine):
    globals()[f"upgrade_{engine}"]()


def downgrade(engine):
    globals()[f"downgrade_{engine}"]()
% for name in ("one", "two"):


def upgrade_${name}():
    ${context.get(f"{name}_up") or "pass"}


def downgrade_${name}():
    ${context.get(f"{name}_down") or "pass"}
% endfor
'''
OWN = '(f"{name}_up", f"{name}_down")'
BOTH = """
for name, metadata in metadatas.items():
    sa.Table(f"t_{name}", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""
SECOND = 'sa.Table("t_two", metadatas["two"], sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def several(project: Project):
    def make(models: str, hook: str = "pass", tokens: str = OWN) -> Project:
        project.env_py.write_text(ENV.format(models=models, hook=hook, tokens=tokens))
        (project.directory / "migrations" / "script.py.mako").write_text(TEMPLATE)
        return project

    return make


def seen(project: Project) -> list[list[list[list[object]]]]:
    found: list[list[list[list[object]]]] = json.loads((project.directory / "seen.json").read_text())
    return found


def the_file(project: Project) -> Path:
    [path] = project.versions.glob("*.py")
    return path


def parts(path: Path) -> dict[str, str]:
    """For each function the directives it calls."""
    found = {}
    for part in path.read_text().split("\ndef ")[1:]:
        name, _, body = part.partition("(")
        found[name] = " ".join(line.strip() for line in body.splitlines() if "op." in line).replace('"', "'")
    return {name: text for name, text in found.items() if "_" in name}


def test_each_pass_adds_its_containers_and_the_hook_sees_them_grow(several):
    project = several(BOTH)
    project.call("revision", "--autogenerate").ok()
    assert seen(project) == [
        [[["one_up", 1], ["one_down", 1]]],
        [[["one_up", 1], ["two_up", 1], ["one_down", 1], ["two_down", 1]]],
    ]
    found = parts(the_file(project))
    assert found["downgrade_one"] == "op.drop_table('t_one')"
    assert found["downgrade_two"] == "op.drop_table('t_two')"
    project.call("upgrade", "head").ok()
    project.call("check").ok()
    project.call("downgrade", "base").ok()


def test_a_database_without_differences_has_an_empty_part(several):
    project = several(SECOND)
    project.call("revision", "--autogenerate").ok()
    found = parts(the_file(project))
    assert found["upgrade_one"] == ""
    assert found["downgrade_two"] == "op.drop_table('t_two')"


def test_nothing_in_any_of_them_writes_no_file(several):
    project = several("")
    assert project.call("revision", "--autogenerate").ok().stdout.startswith("No changes detected")
    assert list(project.versions.glob("*.py")) == []


def test_a_hook_that_suppresses_what_is_empty_so_far_does_not_lose_the_second_database(several):
    """Genuine Alembic dies of an IndexError here."""
    hook = (
        "if all(each.is_empty() for directive in directives for each in directive.upgrade_ops_list): "
        "directives[:] = []"
    )
    project = several(SECOND, hook)
    project.call("revision", "--autogenerate").ok()
    assert parts(the_file(project))["downgrade_two"] == "op.drop_table('t_two')"
    project = several("", hook)
    assert project.call("upgrade", "head").ok()


def test_a_script_that_a_hook_added_gets_room_for_each_database_as_well(several):
    hook = (
        "if len(seen) == 1: directives.append(ops.MigrationScript('bb22', "
        "ops.UpgradeOps([ops.ExecuteSQLOp('x')], upgrade_token='one_up'), "
        "ops.DowngradeOps([], downgrade_token='one_down'), head='aa11'))"
    )
    project = several(BOTH, hook)
    project.call("revision", "--autogenerate", "--rev-id", "aa11").ok()
    first, second = sorted(project.versions.glob("*.py"))
    assert parts(first)["downgrade_two"] == "op.drop_table('t_two')"
    assert parts(second) == {"upgrade_one": "op.execute('x')"} | dict.fromkeys(
        ["downgrade_one", "upgrade_two", "downgrade_two"], ""
    )


def test_one_token_for_both_is_written_once_where_they_are_alike(several):
    """Tenants that are alike: the same operations are not written twice."""
    same = 'for metadata in metadatas.values(): sa.Table("t", metadata, sa.Column("id", sa.Integer))'
    project = several(same, tokens='("one_up", "one_down")')
    result = project.call("revision", "--autogenerate").ok()
    assert "need different operations" not in result.stderr
    assert parts(the_file(project))["downgrade_one"] == "op.drop_table('t')"


def test_one_token_for_both_keeps_the_operations_of_the_one_that_has_some(several):
    project = several(SECOND.replace("two", "one"), tokens='("one_up", "one_down")')
    result = project.call("revision", "--autogenerate").ok()
    assert "need different operations" not in result.stderr
    assert parts(the_file(project))["downgrade_one"] == "op.drop_table('t_one')"


def test_one_token_for_both_warns_where_they_differ(several):
    project = several(BOTH, tokens='("one_up", "one_down")')
    result = project.call("revision", "--autogenerate").ok()
    assert "WARNING: two databases with the token 'one_up' need different operations" in result.stderr
    assert parts(the_file(project))["downgrade_one"] == "op.drop_table('t_two')"


def test_check_tells_the_databases_apart(several):
    project = several(BOTH)
    result = project.call("check")
    assert result.code == 255
    assert "2 differences\n  one_up: add table t_one\n  two_up: add table t_two\n" in result.stderr
    told = json.loads(project.call("check", "--format", "json").stdout)
    assert [(each["token"], each["table"]) for each in told["differences"]] == [
        ("one_up", "t_one"),
        ("two_up", "t_two"),
    ]


def test_a_rename_need_fit_one_of_them_only(several):
    project = several(BOTH)
    project.call("revision", "--autogenerate").ok()
    project.call("upgrade", "head").ok()
    several(BOTH.replace('f"t_{name}"', 'f"t_{name}" if name == "one" else "t_new"'))
    project.call("revision", "--autogenerate", "-m", "second", "--rename", "t_two:t_new").ok()
    second = next(project.versions.glob("*second*"))
    assert parts(second)["upgrade_two"] == "op.rename_table('t_two', 't_new')"


def test_empty_models_of_one_of_them_are_refused(several):
    project = several(BOTH)
    project.call("revision", "--autogenerate").ok()
    project.call("upgrade", "head").ok()
    several(SECOND)
    result = project.call("revision", "--autogenerate", "-m", "second")
    assert result.code == 255
    assert "The revision would drop t_one.\n" in result.stderr
