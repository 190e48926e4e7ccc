"""Differences between Python versions and systems, by the familiar import path."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from configparser import ConfigParser
from importlib.metadata import EntryPoint, entry_points
from io import TextIOWrapper

is_posix = os.name == "posix"
py311 = sys.version_info >= (3, 11)
py312 = sys.version_info >= (3, 12)
py313 = sys.version_info >= (3, 13)
py314 = sys.version_info >= (3, 14)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = [
    "EncodedIO",
    "importlib_metadata_get",
    "is_posix",
    "py311",
    "py312",
    "py313",
    "py314",
    "read_config_parser",
    "tomllib",
]


class EncodedIO(TextIOWrapper):
    """A text layer over a byte stream that leaves the stream open when it goes away itself."""

    def close(self) -> None:
        """Do nothing: the byte stream belongs to its owner."""


def importlib_metadata_get(group: str) -> Sequence[EntryPoint]:
    """The installed entry points of a group."""
    return tuple(entry_points(group=group))


def read_config_parser(file_config: ConfigParser, file_argument: list[str | os.PathLike[str]]) -> list[str]:
    """Let a parser read files as UTF-8; returns those that exist."""
    return file_config.read(file_argument, encoding="utf-8")
