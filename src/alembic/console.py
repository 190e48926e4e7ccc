"""What reaches the person at the terminal: plain lines, status lines, warnings and the failure text.

Results go to standard output, everything about trouble to standard error, with passwords masked. Colour
appears only on a terminal, so piped output is plain and the same on every machine.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

_PAINT = {"red": "\x1b[1;31m", "yellow": "\x1b[33m", "green": "\x1b[32m"}
_PLAIN = "\x1b[0m"


def message(text: str, stdout: TextIO | None = None, quiet: bool = False, newline: bool = True) -> None:
    """Print one line of information.

    :param text: the line; on a terminal it is wrapped at its width and indented by two spaces.
    :param stdout: where to; standard output as it is at the time of the call when left out.
    :param quiet: print nothing.
    :param newline: end the line.
    """
    if quiet:
        return
    stream = stdout or sys.stdout
    write(stream, _laid_out(text, stream) + ("\n" if newline else ""))


@contextmanager
def status(
    text: str, stdout: TextIO | None = None, quiet: bool = False, newline: bool = False
) -> Iterator[None]:
    """Announce a piece of work, and say how it ended: ``<text> ...  done`` or ``<text> ...  FAILED``.

    :param newline: put the outcome on a line of its own, for work that prints lines itself.
    """
    if quiet:
        yield
        return
    stream = stdout or sys.stdout
    write(stream, _laid_out(f"{text} ...", stream) + ("\n" if newline else ""))
    flush(stream)
    try:
        yield
    except BaseException:
        write(stream, "  " + paint("FAILED", "red", stream) + "\n")
        raise
    write(stream, "  " + paint("done", "green", stream) + "\n")


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a person how far a long piece of work is; where nobody looks, nothing is shown.

    What is yielded is to be called with how much has been done since the last call.

    :param total: how much there is to do.
    """
    if not is_terminal(sys.stderr):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(text, total=total)
        yield lambda done: shown.advance(task, done)


def warn(text: str) -> None:
    """Print a warning to standard error; being quiet does not hide it."""
    write(sys.stderr, paint("WARNING:", "yellow", sys.stderr) + f" {_masked(text)}\n")


def failed(text: str) -> None:
    """Print why a command failed to standard error, the first line as ``FAILED: <text>``.

    What was printed before comes first also when both streams end in the same file.
    """
    with suppress(OSError):  # a full disk, which may be the failure itself
        flush(sys.stdout)
    write(sys.stderr, paint("FAILED:", "red", sys.stderr) + f" {_masked(text)}\n")
    flush(sys.stderr)


def can_ask() -> bool:
    """Whether there is a person who sees a question and can answer it."""
    return sys.stdin is not None and is_terminal(sys.stdin) and is_terminal(sys.stdout)


def ask(question: str) -> bool:
    """Put a question to the person at the terminal; only a clear yes is one."""
    write(sys.stdout, f"{question} [y/N] ")
    flush(sys.stdout)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # the end of input, which leaves the cursor behind the question
        write(sys.stdout, "\n")
    return answer.strip().lower() in {"y", "yes"}


def reader_gone() -> bool:
    """Whether nobody reads standard output any longer; if so, it is pointed to nowhere, to end quietly."""
    try:
        flush(sys.stdout)
        if not _hung_up(sys.stdout):
            return False
    except BrokenPipeError:
        pass
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return True


def log_failure(text: str) -> None:
    """Pass a failure on to logging where the application has set that up; a log file then tells it, too."""
    logging = sys.modules.get("logging")
    if logging is None:
        return
    log = logging.getLogger(
        "alembic.util.messaging"
    )  # the name that existing logging configurations filter by
    if log.hasHandlers():
        log.error("%s", _masked(text))


def paint(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour, if the stream is a terminal that wants one (see https://no-color.org)."""
    if not is_terminal(stream) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"{_PAINT[colour]}{text}{_PLAIN}"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is looking at the stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # a stand-in without the method, or a closed file
        return False


def terminal_width(stream: TextIO) -> int | None:
    """Columns of the terminal behind the stream; None when there is no terminal."""
    if not is_terminal(stream):
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


def _masked(text: str) -> str:
    from .masking import masked  # regular expressions that a command without trouble needn't compile

    return masked(text)


def _hung_up(stream: TextIO) -> bool:
    """Whether the other end of a pipe is closed; flushing an unbuffered stream does not tell."""
    import select

    try:
        poll = select.poll()
        poll.register(stream.fileno(), 0)
        return any(event & select.POLLERR for _, event in poll.poll(0))
    except (AttributeError, OSError, ValueError):  # no poll() on Windows; no file behind the stream
        return False


def _laid_out(text: str, stream: TextIO) -> str:
    width = terminal_width(stream)
    if width is None:
        return text
    from textwrap import wrap

    return "\n".join(
        wrap(text, max(width, 20), initial_indent="  ", subsequent_indent="  ", break_long_words=False)
    )


def flush(stream: TextIO | None) -> None:
    """Let what was written reach its reader; nothing for a stream that is not there."""
    if stream is not None:
        stream.flush()


def write(stream: TextIO | None, text: str) -> None:
    """Write text as it is; characters that the stream's encoding lacks come out escaped.

    :param stream: nothing is written to None, which a standard stream is in a process started without it.
    """
    if stream is None:
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
