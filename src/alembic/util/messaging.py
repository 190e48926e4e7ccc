"""Printing and warning, by the familiar import path."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NoReturn, TextIO

from .. import console

__all__ = [
    "err",
    "format_as_comma",
    "msg",
    "obfuscate_url_pw",
    "status",
    "warn",
    "warn_deprecated",
    "write_outstream",
]


def write_outstream(stream: TextIO, *text: str | bytes, quiet: bool = False) -> None:
    """Write to a stream; what its encoding cannot express comes out escaped.

    :param text: pieces, in order; bytes are taken for the stream's encoding.
    :param quiet: write nothing.
    """
    if quiet:
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    for piece in text:
        shown = piece.decode(encoding, "backslashreplace") if isinstance(piece, bytes) else piece
        stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))


def status(status_msg: str, newline: bool = False, quiet: bool = False) -> AbstractContextManager[None]:
    """A context manager that prints ``<message> ...`` and how the block ended, ``done`` or ``FAILED``."""
    return console.status(status_msg, quiet=quiet, newline=newline)


def err(message: str, quiet: bool = False) -> NoReturn:
    """End the process with status 255 because of a failure, which is printed and logged.

    :param quiet: has no effect: a failure is always said.
    """
    console.log_failure(message)
    console.failed(message)
    sys.exit(-1)


def msg(msg: str, newline: bool = True, flush: bool = False, quiet: bool = False) -> None:
    """Print a message to standard output; on a terminal it is wrapped at its width."""
    console.message(msg, quiet=quiet, newline=newline)
    if flush and not quiet:
        console.flush(sys.stdout)


def warn(msg: str, stacklevel: int = 2) -> None:
    """Issue a UserWarning that points at the caller."""
    warnings.warn(msg, UserWarning, stacklevel=stacklevel)


def warn_deprecated(msg: str, stacklevel: int = 2) -> None:
    """Issue a DeprecationWarning that points at the caller."""
    warnings.warn(msg, DeprecationWarning, stacklevel=stacklevel)


def obfuscate_url_pw(input_url: str) -> str:
    """A database URL with ``***`` for the password."""
    from sqlalchemy.engine import make_url

    return make_url(input_url).render_as_string(hide_password=True)


def format_as_comma(value: str | Iterable[str] | None) -> str:
    """Names joined by ``", "``; those of a set in alphabetical order."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, Iterable):
        raise ValueError(f"expected a string, an iterable of strings or None, not {value!r}")
    names: Iterable[Any] = sorted(value) if isinstance(value, set | frozenset) else value
    return ", ".join(names)
