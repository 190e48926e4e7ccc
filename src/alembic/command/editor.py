"""Opening a file in the editor that the user has chosen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors.commands import EditorFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL_EDITORS = (
    ("code.exe", "notepad++.exe", "notepad.exe")
    if os.name == "nt"
    else ("sensible-editor", "editor", "nano", "vim", "code")
)


def open_in_editor(filename: str, environ: Mapping[str, str] | None = None) -> None:
    """Open a file in an editor and wait until it is closed.

    The editor is the one of ``EDITOR``, else of ``VISUAL``, with arguments if it has any (``code -w``); where
    neither can be found, the first usual editor on ``PATH``.

    :param environ: the variables to go by; those of the process by default.
    :raises EditorFailed: there is no editor, or it ended with an error.
    """
    import subprocess

    command = editor_command(os.environ if environ is None else environ)
    if command is None:
        raise EditorFailed(
            "Error executing editor (none was found)",
            hint="Set the environment variable EDITOR or VISUAL to the editor to use.",
        )
    try:
        subprocess.run([*command, filename], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EditorFailed(f"Error executing editor ({error})") from error


def editor_command(environ: Mapping[str, str]) -> list[str] | None:
    """The editor and its arguments that the variables ask for; None if none of the candidates exists."""
    for variable in ("EDITOR", "VISUAL"):
        value = environ.get(variable, "").strip()
        if value and (found := _command_of(value, environ)):
            return found
    for name in _USUAL_EDITORS:
        if path := _on_path(name, environ):
            return [path]
    return None


def _command_of(value: str, environ: Mapping[str, str]) -> list[str] | None:
    """The value as one program whose path may contain spaces, else as a program followed by arguments."""
    if program := _program(value, environ):
        return [program]
    import shlex

    try:
        words = shlex.split(value, posix=os.name != "nt")
    except ValueError:  # a quote without its partner
        return None
    words = [word.strip('"') for word in words] if os.name == "nt" else words
    if words and (program := _program(words[0], environ)):
        return [program, *words[1:]]
    return None


def _program(value: str, environ: Mapping[str, str]) -> str | None:
    if os.path.dirname(value):
        return value if os.path.exists(value) else None
    return _on_path(value, environ) or (value if os.path.isfile(value) else None)


def _on_path(name: str, environ: Mapping[str, str]) -> str | None:
    from shutil import which

    return which(name, path=environ.get("PATH", ""))
