"""Where the script directory and its version folders are: paths, and ``package:folder`` resources."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alembic.errors.files import LocationNotKnown, ResourcePackageNotFound

if TYPE_CHECKING:
    import pathlib


def coerce_resource_to_filename(fname_or_resource: str) -> pathlib.Path:
    """The path meant by a plain path or by ``package:folder[:folder]``, a folder inside an installed package.

    :raises ResourcePackageNotFound: the package of a resource can't be found on ``sys.path``.
    """
    import pathlib

    return pathlib.Path(resolve(fname_or_resource))


def resolve(location: str) -> str:
    """As :func:`coerce_resource_to_filename`, as a string. The package is found but not imported."""
    if os.path.isabs(location) or ":" not in location:
        return location
    package, *folders = location.split(":")
    return os.path.join(_package_folder(package, location), *folders)


def _package_folder(package: str, location: str) -> str:
    from importlib.util import find_spec

    try:
        spec = find_spec(package)
    except (ImportError, ValueError):  # ValueError: an empty name, or a module without a spec
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ResourcePackageNotFound(location, package)
    return next(iter(spec.submodule_search_locations))


def containing(folder: str, locations: Sequence[str]) -> str | None:
    """The version location that ``folder`` is or lies in, the innermost one; None when there is none."""
    real = os.path.realpath(folder)
    found = ""
    best: str | None = None
    for location in locations:
        candidate = os.path.realpath(location)
        inside = real == candidate or real.startswith(os.path.join(candidate, ""))
        if inside and len(candidate) > len(found):
            found, best = candidate, location
    return best


def chosen(version_path: str, locations: Sequence[str]) -> str:
    """The version location that ``--version-path`` names.

    :raises LocationNotKnown: it is none of the version locations.
    """
    wanted = os.path.abspath(resolve(version_path))
    for location in locations:
        if os.path.abspath(location) == wanted:
            return location
    raise LocationNotKnown(version_path, locations)
