"""Python files of the user's run as fresh modules, outside sys.modules."""

from __future__ import annotations

import os
import py_compile
import sys
from pathlib import Path

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


def test_a_revision_edited_within_the_same_second_is_run_as_edited(tmp_path: Path) -> None:
    path = tmp_path / "r.py"
    path.write_text("value = 1\n")
    when = os.stat(path)
    assert modules.load_module_py("r_py", path).value == 1
    path.write_text("value = 2\n")
    os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))
    assert modules.load_module_py("r_py", path).value == 2
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
