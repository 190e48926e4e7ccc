"""Paths and package resources that settings name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from alembic.errors import LocationNotKnown, ResourcePackageNotFound
from alembic.script import locations


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lib" / "shipped_app"
    (folder / "db" / "migrations").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('not to be imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    return folder


def test_plain_paths_stay_as_they_are(tmp_path: Path) -> None:
    assert locations.coerce_resource_to_filename("some/where") == Path("some/where")
    assert locations.resolve(f"{tmp_path}/a:b") == f"{tmp_path}/a:b"


def test_a_resource_is_a_folder_of_a_package_which_is_not_imported(package: Path) -> None:
    assert locations.coerce_resource_to_filename("shipped_app:db") == package / "db"
    assert locations.resolve("shipped_app:db:migrations") == str(package / "db" / "migrations")
    assert "shipped_app" not in sys.modules


@pytest.mark.parametrize("location", ["no_such_package:x", "os:x", "no.such.package:x"])
def test_a_resource_without_its_package_is_an_error_naming_both(location: str) -> None:
    with pytest.raises(ResourcePackageNotFound) as caught:
        locations.resolve(location)
    assert location in caught.value.message
    assert location.partition(":")[0] in caught.value.message


def test_the_innermost_location_contains_a_folder(tmp_path: Path) -> None:
    outer, inner = tmp_path / "v", tmp_path / "v" / "special"
    inner.mkdir(parents=True)
    known = [str(outer), str(inner)]
    assert locations.containing(str(outer / "2024"), known) == str(outer)
    assert locations.containing(str(inner), known) == str(inner)
    assert locations.containing(str(tmp_path / "vv"), known) is None


def test_a_version_path_has_to_be_one_of_the_locations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert locations.chosen("b", known) == known[1]
    assert locations.chosen(known[0] + "/", known) == known[0]
    with pytest.raises(LocationNotKnown) as caught:
        locations.chosen("c", known)
    assert caught.value.message == "Path c is not represented in current version locations"
    assert known[1] in str(caught.value)
