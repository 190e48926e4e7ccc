"""The script directory: its settings, places, and questions about revisions."""

from __future__ import annotations

import gc
import io
import os
import py_compile
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import alembic
from alembic import errors
from alembic.configuration import Config
from alembic.script import ScriptDirectory
from tests.script.files.directories import directory, write


def configured(tmp_path: Path, **settings: str) -> Config:
    (tmp_path / "migrations").mkdir(exist_ok=True)
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    for name, value in settings.items():
        config.set_main_option(name, value)
    return config


@pytest.fixture(autouse=True)
def _same_sys_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_defaults(tmp_path: Path) -> None:
    made = ScriptDirectory.from_config(configured(tmp_path))
    assert made.dir == str(tmp_path / "migrations")
    assert made.versions == str(tmp_path / "migrations" / "versions")
    assert made.version_locations == []
    assert made.env_py_location == str(tmp_path / "migrations" / "env.py")
    assert (made.file_template, made.truncate_slug_length) == ("%(rev)s_%(slug)s", 40)
    assert (made.output_encoding, made.timezone, made.hooks) == ("utf-8", None, [])
    assert (made.sourceless, made.recursive_version_locations) == (False, False)


def test_every_key_of_the_configuration_is_taken(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        version_locations=f"{tmp_path}/x:{tmp_path}/y",
        path_separator="os",
        file_template="%%(slug)s",
        truncate_slug_length="7",
        timezone="UTC",
        sourceless="true",
        recursive_version_locations="true",
        output_encoding="latin-1",
    )
    config.set_section_option("post_write_hooks", "hooks", "a, b")
    config.set_section_option("post_write_hooks", "a.type", "exec")
    made = ScriptDirectory.from_config(config)
    assert made.version_locations == [f"{tmp_path}/x", f"{tmp_path}/y"]
    assert (made.file_template, made.truncate_slug_length) == ("%(slug)s", 7)
    assert (made.output_encoding, made.timezone) == ("latin-1", "UTC")
    assert (made.sourceless, made.recursive_version_locations) == (True, True)
    assert [dict(hook) for hook in made.hooks] == [
        {"_hook_name": "a", "type": "exec"},
        {"_hook_name": "b"},
    ]


def test_a_slug_length_of_nought_means_the_default_and_text_is_refused(tmp_path: Path) -> None:
    assert ScriptDirectory(tmp_path, truncate_slug_length=0).truncate_slug_length == 40
    config = configured(tmp_path, truncate_slug_length="0")
    assert ScriptDirectory.from_config(config).truncate_slug_length == 40
    with pytest.raises(errors.SettingInvalid, match="truncate_slug_length is 'long'"):
        ScriptDirectory.from_config(configured(tmp_path, truncate_slug_length="long"))


@pytest.mark.parametrize(
    "setting", ["script_location = 3", "file_template = ['a']", "timezone = 1", "output_encoding = true"]
)
def test_settings_of_a_toml_file_that_are_no_strings(tmp_path: Path, setting: str) -> None:
    place = "" if "script_location" in setting else "script_location = '.'\n"
    (tmp_path / "pyproject.toml").write_text(f"[tool.alembic]\n{place}{setting}\n")
    with pytest.raises(errors.SettingInvalid, match="it must be a string"):
        ScriptDirectory.from_config(Config(toml_file=tmp_path / "pyproject.toml"))


def test_paths_are_put_before_sys_path_once(tmp_path: Path) -> None:
    config = configured(tmp_path, prepend_sys_path=f"{tmp_path}/p:.", path_separator="os")
    for _ in range(3):
        ScriptDirectory.from_config(config)
    assert sys.path[:2] == [f"{tmp_path}/p", "."]
    assert sys.path.count(".") == 1


def test_a_relative_path_is_of_the_working_directory_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that migrates two projects, one after the other."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of_{name}.py").write_text("")
        monkeypatch.chdir(tmp_path / name)
        ScriptDirectory.from_config(configured(tmp_path / name, prepend_sys_path="."))
        assert find_spec(f"of_{name}") is not None


def test_a_configuration_without_a_script_location(tmp_path: Path) -> None:
    with pytest.raises(errors.ScriptLocationNotSet) as caught:
        ScriptDirectory.from_config(Config(tmp_path / "alembic.ini"))
    assert caught.value.message == "No 'script_location' key found in configuration."
    assert str(tmp_path / "alembic.ini") in str(caught.value)


def test_a_script_location_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(errors.ScriptLocationNotFound) as caught:
        ScriptDirectory(tmp_path / "gone")
    assert caught.value.message == (
        f"Path doesn't exist: {tmp_path / 'gone'}.  "
        "Please use the 'init' command to create a new scripts folder."
    )


def test_places_inside_a_package(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "app_of_test"
    write(package / "db" / "versions", "a1")
    write(package / "more", "b1", "a1")
    config = Config()
    config.set_main_option("script_location", "app_of_test:db")
    config.set_main_option("prepend_sys_path", str(tmp_path / "lib"))
    config.set_main_option("path_separator", "space")
    config.set_main_option("version_locations", "app_of_test:db:versions app_of_test:more")
    made = ScriptDirectory.from_config(config)
    assert made.dir == str(package / "db")
    assert made.version_locations == ["app_of_test:db:versions", "app_of_test:more"]
    assert made.get_heads() == ["b1"]


def test_env_py_is_run_anew_each_time(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text(f"open({str(tmp_path / 'log')!r}, 'a').write(__name__ + ' ')\n")
    made = directory(tmp_path)
    made.run_env()
    made.run_env()
    assert (tmp_path / "log").read_text() == "env_py env_py "


def test_a_missing_env_py(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"Can't find Python file .*env\.py"):
        directory(tmp_path).run_env()


# -- questions -----------------------------------------------------------------------------------------------


def test_no_revisions(tmp_path: Path) -> None:
    made = directory(tmp_path)
    assert made.get_current_head() is None
    assert made.get_base() is None
    assert (made.get_heads(), made.get_bases()) == ([], [])
    assert made.get_revisions("heads") == ()
    assert [made.as_revision_number(symbol) for symbol in ("head", "heads", "base", None)] == [None] * 4
    assert list(made.walk_revisions()) == []


def test_one_line(tmp_path: Path) -> None:
    write(tmp_path / "versions", "aaaa1")
    write(tmp_path / "versions", "bbbb1", "aaaa1")
    made = directory(tmp_path)
    assert (made.get_current_head(), made.get_base()) == ("bbbb1", "aaaa1")
    assert made.as_revision_number("head") == "bbbb1"
    assert made.as_revision_number("heads") == ("bbbb1",)
    assert made.as_revision_number("aaaa1") == "aaaa1"
    assert made.as_revision_number("aaaa1+1") == "bbbb1"
    assert made.as_revision_number("+1") == "+1"
    assert made.as_revision_number("bbbb1@-1") == "bbbb1@-1"
    assert made.get_revision("aaa").revision == "aaaa1"
    assert made.get_revision("base") is None
    assert [script.revision for script in made.get_revisions(["aaaa1", "head"])] == ["aaaa1", "bbbb1"]
    assert [script.revision for script in made.walk_revisions()] == ["bbbb1", "aaaa1"]
    assert [script.revision for script in made.walk_revisions(base="bbbb1")] == ["bbbb1"]
    assert [script.revision for script in made.iterate_revisions("head", "aaaa1")] == ["bbbb1"]
    assert {script.revision for script in made.get_all_current(("bbbb1",))} == {"bbbb1"}


def test_several_heads_and_bases(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    write(versions, "a1")
    write(versions, "b1", "a1")
    write(versions, "x1", depends_on="b1")
    made = directory(tmp_path)
    assert sorted(made.get_heads()) == ["b1", "x1"]
    assert made.get_heads(consider_depends_on=True) == ["x1"]
    with pytest.raises(errors.CommandError) as caught:
        made.get_current_head()
    assert caught.value.message == (
        "The script directory has multiple heads (due to branching)."
        "Please use get_heads(), or merge the branches using alembic merge."
    )
    with pytest.raises(errors.CommandError) as caught:
        made.get_base()
    assert caught.value.message == "The script directory has multiple bases. Please use get_bases()."
    with pytest.raises(errors.CommandError) as caught:
        made.get_revision("head")
    assert caught.value.message == (
        "Multiple head revisions are present for given argument 'head'; please specify a specific target "
        "revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads"
    )
    assert {script.revision for script in made.get_all_current(("x1",))} == {"b1", "x1"}


def test_unknown_and_ambiguous_symbols_say_so(tmp_path: Path) -> None:
    for revision, down in (("abcd1", None), ("abcd2", "abcd1")):
        write(tmp_path / "versions", revision, down)
    made = directory(tmp_path)
    for symbol in ("nope", "abcd"):
        with pytest.raises(errors.CommandError) as caught:
            made.get_revision(symbol)
        assert caught.value.message == f"Can't locate revision identified by '{symbol}'"
    assert "Multiple revisions start with 'abcd': 'abcd1', 'abcd2'" in str(caught.value)


def test_a_range_that_is_none(tmp_path: Path) -> None:
    write(tmp_path / "versions", "a1")
    write(tmp_path / "versions", "b1", "a1")
    write(tmp_path / "versions", "c1", "a1")
    with pytest.raises(errors.CommandError) as caught:
        list(directory(tmp_path).iterate_revisions("b1", "c1"))
    assert caught.value.message == (
        "Requested range c1:b1 does not refer to ancestor/descendant revisions along the same branch"
    )


def test_compiled_revisions(tmp_path: Path) -> None:
    path = write(tmp_path / "versions", "a1", doc="compiled")
    py_compile.compile(str(path), str(path.with_suffix(".pyc")))
    path.unlink()
    assert directory(tmp_path).get_heads() == []
    made = directory(tmp_path, sourceless=True)
    assert made.get_current_head() == "a1"
    assert made.get_revision("a1").doc == "compiled"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("revision = 'x1'\ndown_revision = (\n", "x1_.py, line 2"),
        ("revision = 'x1'\n", "x1_.py"),
        ("revision = 12\ndown_revision = None\n", "x1_.py"),
        ("revision = 'x-1'\ndown_revision = None\n", "x1_.py"),
        ("down_revision = None\n", "x1_.py"),
        ("revision = 'a1'\ndown_revision = None\n", "x1_.py"),
        ("revision = 'x1'\ndown_revision = 'gone'\n", "x1"),
    ],
)
@pytest.mark.parametrize("ask", ["get_heads", "get_current_head", "get_bases", "walk_revisions"])
def test_a_bad_file_is_one_error_that_names_it(tmp_path: Path, text: str, said: str, ask: str) -> None:
    write(tmp_path / "versions", "a1")
    (tmp_path / "versions" / "x1_.py").write_text(text)
    made: Any = directory(tmp_path)
    with pytest.raises(errors.CommandError) as caught:
        list(getattr(made, ask)())
    assert said in str(caught.value)


def test_loading_gives_the_garbage_collector_back(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "bad.py").write_text("(")
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            with pytest.raises(errors.CommandError):
                directory(tmp_path).get_heads()
            assert gc.isenabled() is enabled
        finally:
            gc.enable()


def test_reading_revisions_imports_little(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / "versions", f"a{number}", f"a{number - 1}" if number else None)
    program = (
        "import sys; from alembic.script import ScriptDirectory\n"
        f"made = ScriptDirectory({str(tmp_path)!r})\n"
        "print(made.get_heads(), [s.doc for s in made.walk_revisions()])\n"
        "heavy = {'sqlalchemy', 'mako', 'rich', 'inspect', 'asyncio', 'pathlib', 'dataclasses', 'datetime', "
        "'logging', 'subprocess', 'ast', 'importlib.util', 'tempfile'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    # -S keeps out what site-packages of this environment import by themselves.
    source = os.path.dirname(os.path.dirname(os.path.abspath(alembic.__file__)))
    ended = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines() == ["['a2'] ['a2', 'a1', 'a0']", "[]"]


# -- plans ---------------------------------------------------------------------------------------------------


def test_plans_are_steps_with_their_modules_not_yet_run(tmp_path: Path) -> None:
    for revision, down in (("a1", None), ("b1", "a1"), ("c1", "b1")):
        write(tmp_path / "versions", revision, down, more="raise RuntimeError('run')")
    made = directory(tmp_path)
    up = made._upgrade_revs("head", ("a1",))
    assert [(step.revision.revision, step.is_upgrade) for step in up] == [("b1", True), ("c1", True)]
    down = made._downgrade_revs("base", ("b1",))
    assert [(step.revision.revision, step.is_upgrade) for step in down] == [("b1", False), ("a1", False)]
    (stamp,) = made._stamp_revs("c1", ("a1",))
    assert (stamp.from_, stamp.to_, stamp.is_upgrade) == (("a1",), ("c1",), True)
    with pytest.raises(RuntimeError, match=r"^run$"):
        up[0].migration_fn()


def test_targets_out_of_reach_say_so(tmp_path: Path) -> None:
    write(tmp_path / "versions", "a1")
    write(tmp_path / "versions", "b1", "a1")
    write(tmp_path / "versions", "x1")
    made = directory(tmp_path)
    with pytest.raises(errors.CommandError) as caught:
        made._downgrade_revs("x1", ("b1",))
    assert caught.value.message == "Destination x1 is not a valid downgrade target from current head(s)"
    with pytest.raises(errors.CommandError) as caught:
        made._upgrade_revs("nope", ("b1",))
    assert caught.value.message == "Can't locate revision identified by 'nope'"
    with pytest.raises(errors.CommandError) as caught:
        made._upgrade_revs("head", ())
    assert caught.value.message.startswith("Multiple head revisions are present for given argument 'head'")


def test_a_revision_inserted_below_an_applied_one_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for revision, down, year in (("a1", None, 2024), ("b1", "a1", 2026), ("c1", "b1", 2025)):
        write(tmp_path / "versions", revision, down, doc=f"{revision}\n\nCreate Date: {year}-01-01 10:00:00")
    assert directory(tmp_path)._upgrade_revs("head", ("c1",)) == []
    assert [record.name for record in caplog.records] == ["alembic.script"]
    assert str(tmp_path / "versions" / "b1_.py") in caplog.text
