"""Python files of the user's run as fresh modules, outside sys.modules."""

from __future__ import annotations

import os
import py_compile
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from alembic.errors import BytecodeUnusable, CommandError
from alembic.script import modules


def test_the_name_is_the_file_name_without_odd_characters() -> None:
    assert modules.module_name("/some/where/2024-01 b.a_x.py") == "2024_01_b_a_x_py"


def test_a_file_is_run_anew_each_time_and_kept_out_of_sys_modules(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text("seen = []\n")
    first = modules.load_python_file(tmp_path, "env.py")
    first.seen.append(1)
    assert modules.load_python_file(str(tmp_path), "env.py").seen == []
    assert first.__name__ == "env_py"
    assert first.__file__ == str(tmp_path / "env.py")
    assert "env_py" not in sys.modules


def test_env_py_is_run_from_its_source_even_if_bytecode_claims_to_match(tmp_path: Path) -> None:
    path = tmp_path / "env.py"
    path.write_text("value = 1\n")
    py_compile.compile(str(path), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    path.write_text("value = 2\n")
    assert modules.load_python_file(tmp_path, "env.py").value == 2


@pytest.fixture
def bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python is by default, whatever the environment of the tests says."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files compiled from source, in order."""
    seen: list[str] = []

    def noting(source: bytes, path: str, *arguments: Any, **kw: Any) -> Any:
        seen.append(os.path.basename(path))
        return compile(source, path, *arguments, **kw)

    monkeypatch.setattr(modules, "compile", noting, raising=False)
    return seen


@pytest.mark.usefixtures("bytecode")
def test_a_revision_edited_within_the_same_second_is_run_as_edited(tmp_path: Path) -> None:
    path = tmp_path / "r.py"
    path.write_text("value = 1\n")
    when = os.stat(path)
    assert modules.load_module_py("r_py", path).value == 1
    path.write_text("value = 2\n")
    os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))
    assert modules.load_module_py("r_py", path).value == 2


@pytest.mark.usefixtures("bytecode")
def test_a_file_is_compiled_once_and_anew_when_it_says_something_else(
    tmp_path: Path, compiled: list[str]
) -> None:
    path = tmp_path / "r.py"
    path.write_text("value = 1\n")
    for _ in range(3):
        assert modules.load_module_py("r_py", path).value == 1
    os.utime(path)  # the same text at another time, as after a checkout
    assert modules.load_module_py("r_py", path).value == 1
    assert compiled == ["r.py"]
    path.write_text("value = 2\n")
    assert modules.load_module_py("r_py", path).value == 2
    assert compiled == ["r.py", "r.py"]


@pytest.mark.usefixtures("bytecode")
def test_python_itself_accepts_the_bytecode_and_checks_it(tmp_path: Path) -> None:
    path = tmp_path / "r.py"
    path.write_text("value = 1\n")
    modules.load_module_py("r_py", path)
    loader = SourceFileLoader("r", str(path))
    assert loader.get_code("r").co_consts[0] == 1  # type: ignore[union-attr]
    path.write_text("value = 2\n")
    assert loader.get_code("r").co_consts[0] == 2  # type: ignore[union-attr]


@pytest.mark.usefixtures("bytecode")
@pytest.mark.parametrize("rubbish", [b"", b"\0" * 40, None])
def test_bytecode_that_is_damaged_is_replaced(
    tmp_path: Path, compiled: list[str], rubbish: bytes | None
) -> None:
    path = tmp_path / "r.py"
    path.write_text("value = 1\n")
    modules.load_module_py("r_py", path)
    cache = Path(cache_from_source(str(path)))
    cache.write_bytes(cache.read_bytes()[:-5] if rubbish is None else rubbish)
    for _ in range(2):
        assert modules.load_module_py("r_py", path).value == 1
    assert compiled == ["r.py", "r.py"]


@pytest.mark.usefixtures("bytecode")
def test_tracebacks_name_the_place_to_which_a_folder_was_moved(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    path = tmp_path / "old" / "r.py"
    path.write_text("def upgrade(): pass\n")
    modules.load_module_py("r_py", path)
    path = (tmp_path / "old").rename(tmp_path / "new") / "r.py"
    assert modules.load_module_py("r_py", path).upgrade.__code__.co_filename == str(path)


def test_nothing_is_written_where_python_is_told_to_write_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "r.py").write_text("value = 1\n")
    assert modules.load_module_py("r_py", tmp_path / "r.py").value == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r.py"]


def test_source_may_declare_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "r.py").write_bytes(b"# coding: latin-1\nvalue = '\xe9'\n")
    assert modules.load_python_file(tmp_path, "r.py").value == "é"


def test_bytecode_serves_where_the_source_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "env.py"
    path.write_text("value = 1\n")
    py_compile.compile(str(path))
    path.unlink()
    assert modules.load_python_file(tmp_path, "env.py").value == 1


def test_a_missing_file_is_an_import_error_and_a_command_error(tmp_path: Path) -> None:
    with pytest.raises(ImportError) as caught:
        modules.load_python_file(tmp_path, "env.py")
    assert isinstance(caught.value, CommandError)
    assert caught.value.message == f"Can't find Python file {tmp_path / 'env.py'}"


def test_bytecode_of_another_python_is_an_error_naming_it(tmp_path: Path) -> None:
    path = tmp_path / "r.pyc"
    path.write_bytes(b"\0" * 64)
    with pytest.raises(BytecodeUnusable, match=r"r\.pyc"):
        modules.load_module_py("r_pyc", path)


def test_errors_of_the_file_itself_come_through_unchanged(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        modules.load_python_file(tmp_path, "env.py")
