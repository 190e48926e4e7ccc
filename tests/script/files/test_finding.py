"""Which files of a version location are revisions, and in which order."""

from __future__ import annotations

import os
import py_compile
from pathlib import Path

import pytest

from alembic.script import files


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def found(folder: Path, **options: bool) -> list[str]:
    return [os.path.relpath(path, folder) for path in files.find([str(folder)], **options)]


def test_python_files_count_sorted_by_name(tmp_path: Path) -> None:
    put(tmp_path, "b2.py", "a1.py", "B.py", "notes.txt", "c.pyc", "d.py.orig")
    assert found(tmp_path) == ["B.py", "a1.py", "b2.py"]


def test_editors_lock_files_and_package_markers_do_not(tmp_path: Path) -> None:
    put(tmp_path, "a.py", ".#a.py", "__init__.py", "__init__x.py")
    assert found(tmp_path) == ["a.py"]


def test_folders_below_count_only_when_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "z.py", "b/x.py", "a/y.py", "a/deep/w.py", "__pycache__/q.py")
    assert found(tmp_path) == ["z.py"]
    assert found(tmp_path, recursive=True) == ["z.py", "a/y.py", "a/deep/w.py", "b/x.py"]


def test_a_folder_is_no_file_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "b.py/c.txt")
    assert found(tmp_path) == ["a.py"]


def test_a_missing_location_is_skipped(tmp_path: Path) -> None:
    put(tmp_path / "there", "a.py")
    assert len(list(files.find([str(tmp_path / "absent"), str(tmp_path / "there")]))) == 1


def test_the_same_file_reached_twice_is_reported_and_read_once(tmp_path: Path) -> None:
    put(tmp_path / "one", "a.py")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "other.py").symlink_to(tmp_path / "one" / "a.py")
    with pytest.warns(UserWarning) as warned:
        paths = list(files.find([str(tmp_path / name) for name in ("one", "two", "three")]))
    assert paths == [str(tmp_path / "one" / "a.py")]
    assert [str(warning.message) for warning in warned] == [
        f"File {tmp_path / place} loaded twice! ignoring. Please ensure version_locations is unique."
        for place in ("two/a.py", "three/other.py")
    ]


def test_compiled_files_count_where_the_source_is_missing(tmp_path: Path) -> None:
    put(tmp_path, "both.py", "both.pyc", "old.pyo", "old.pyc", "alone.pyo")
    assert found(tmp_path) == ["both.py"]
    assert found(tmp_path, sourceless=True) == ["alone.pyo", "both.py", "old.pyc"]


def test_compiled_files_of_the_cache_count_too(tmp_path: Path) -> None:
    put(tmp_path, "kept.py", "gone.py", "v1.2_dotted.py", "beside.py")
    for path in sorted(tmp_path.glob("*.py")):
        py_compile.compile(str(path))
    py_compile.compile(str(tmp_path / "beside.py"), str(tmp_path / "beside.pyc"))
    py_compile.compile(str(tmp_path / "gone.py"), optimize=2)
    for name in ("gone", "v1.2_dotted", "beside"):
        (tmp_path / f"{name}.py").unlink()
    assert found(tmp_path) == ["kept.py"]
    names = found(tmp_path, sourceless=True)
    assert [name.partition(".cpython")[0] for name in names] == [
        "beside.pyc",
        "__pycache__/gone",
        "kept.py",
        "__pycache__/v1.2_dotted",
    ]


def test_own_bytecode_goes_before_that_of_another_python(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    own = os.path.relpath(py_compile.compile(str(tmp_path / "a.py")) or "", tmp_path)
    put(tmp_path, "__pycache__/a.cpython-26.pyc", "__pycache__/b.cpython-26.pyc")
    (tmp_path / "a.py").unlink()
    assert found(tmp_path, sourceless=True) == [own, "__pycache__/b.cpython-26.pyc"]
