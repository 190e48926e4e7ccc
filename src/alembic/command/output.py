"""What commands print for programs: ``--format json``.

Commands that read print one document. Commands that run migrations print one object a line, an event each, as
it happens. Both end with what went wrong if something did; standard error and the exit status are the same as
without. On the command line, what env.py and revisions print goes to standard error meanwhile.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from .. import console
from ..errors import CommandError
from ..errors.commands import DatabaseNotAtHead
from ..errors.configuration import ConfigValueInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..configuration import Config
    from ..script.base import Script


class Output:
    """Where one command prints.

    :param config: the command's.
    :param format: ``"text"`` or ``"json"``.
    :raises ConfigValueInvalid: it is something else.
    """

    def __init__(self, config: Config, format: str | None) -> None:
        if format not in ("text", "json", None):
            raise ConfigValueInvalid("format", format, "text or json")
        self.is_json = format == "json"
        self._config = config
        self._stream = config.stdout

    def line(self, text: str) -> None:
        """Print a line of text, which a program would not understand."""
        if not self.is_json:
            self._config.print_stdout("%s", text)

    def json(self, value: Mapping[str, Any], indent: int | None = None) -> None:
        """Print one object, without any passwords."""
        import json

        from ..masking import masked

        if self.is_json and not self._config.messaging_opts["quiet"]:
            text = json.dumps(_mapped(masked, value), indent=indent, default=str)
            console.write(self._stream, text + "\n")
            console.flush(self._stream)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A block in which nobody else prints to standard output.

        Programs that call commands as functions have their own ideas of where standard output leads.
        """
        with ExitStack() as stack:
            if self.is_json and self._config.cmd_opts is not None:
                import sys
                from contextlib import redirect_stdout

                stack.enter_context(redirect_stdout(sys.stderr))
            yield


class Document(Output):
    """Prints one object, see :func:`document`.

    ``facts`` is that object, to be filled in.
    """

    def __init__(self, config: Config, format: str | None) -> None:
        super().__init__(config, format)
        self.facts: dict[str, Any] = {"status": "ok"}


@contextmanager
def document(config: Config, format: str | None) -> Iterator[Document]:
    """A block at whose end the facts are printed as JSON, if that is asked for; those of a failure too."""
    output = Document(config, format)
    try:
        with output.alone():
            yield output
    except Exception as error:
        failed = failure(error)
        if output.facts["status"] == "ok":
            failed["status"] = "not-at-head" if isinstance(error, DatabaseNotAtHead) else "failed"
        output.json({**output.facts, **failed}, indent=2)
        raise
    output.json(output.facts, indent=2)


def failure(error: BaseException) -> dict[str, Any]:
    """What went wrong; ``code`` is None where it is none of our own errors."""
    if isinstance(error, CommandError):
        message = getattr(error, "message", None) or Exception.__str__(error)  # applications have subclasses
        return {"code": error.code, "message": message, "hint": error.hint}
    return {"code": None, "message": f"{type(error).__name__}: {error}", "hint": None}


def record(script: Script) -> dict[str, Any]:
    """What is said of a revision."""
    return {
        "revision": script.revision,
        "down_revisions": list(script._versioned_down_revisions),
        "depends_on": list(script._node.depends_on),
        "branch_labels": sorted(script.branch_labels),
        "is_head": script.is_head,
        "doc": script.doc,
        "path": script.path,
    }


def _mapped(function: Any, value: Any) -> Any:
    """The same with a function applied to every string inside."""
    if isinstance(value, str):
        return function(value)
    if isinstance(value, dict):
        return {key: _mapped(function, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(function, inner) for inner in value]
    return value
