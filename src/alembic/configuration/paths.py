"""Splitting configuration values that hold several paths."""

from __future__ import annotations

import os
import re
import warnings

from ..errors.configuration import PathSeparatorUnknown

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}

# How lists were written before there was a separator key.
_LEGACY = {"version_locations": re.compile(", *| +"), "prepend_sys_path": re.compile(", *| +|:")}


def separator_named(key: str, name: str) -> str:
    """The character that a separator key stands for.

    :raises PathSeparatorUnknown: the name is none of the known ones.
    """
    try:
        return _SEPARATORS[name]
    except KeyError:
        raise PathSeparatorUnknown(key, name, tuple(_SEPARATORS)) from None


def split_paths(value: str, separator: str) -> list[str]:
    """The paths in a value, stripped, without empty ones."""
    return [path for part in value.split(separator) if (path := part.strip())]


def split_paths_without_separator(key: str, value: str) -> list[str]:
    """The paths in a value of a project that names no separator, with a DeprecationWarning."""
    warnings.warn(
        f"{key} is split on spaces, commas{' and colons' if key == 'prepend_sys_path' else ''} because the "
        "configuration has no path_separator; add 'path_separator = os' (or newline, space, ':', ';').",
        DeprecationWarning,
        stacklevel=4,
    )
    return [path for part in _LEGACY[key].split(value) if (path := part.strip())]
