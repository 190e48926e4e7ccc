"""A process that has everything imported and forks one child for each command: a start costs milliseconds.

Run as ``python -m alembic.testing.crash DIALECT``, it reads one JSON object a line from its standard
input and answers each with a line. It ends with its input, so with the process that has started it.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Any

from sqlalchemy import make_url

_USED = (
    "alembic.autogenerate",
    "alembic.cli.line",
    "alembic.command",
    "alembic.config",
    "alembic.context",
    "alembic.op",
    "alembic.runtime.environment",
    "alembic.script.base",
    "logging.config",
)


@dataclass(frozen=True, slots=True)
class Command:
    """One run of the command line.

    :param argv: its arguments.
    :param directory: where it runs.
    :param output: the file that both output streams are written to.
    :param environment: environment variables on top of the present ones.
    :param before: functions that are called first in the new process, as ``"module:function"`` or
        ``"path/to/file.py:function"``.
    :param record: the file that its actions are written to; none are watched without it.
    :param strike: (number, moment, work) of the action to be struck at.
    :param blow: the path of a socket to ask for the blow; this process is killed without it.
    """

    argv: Sequence[str]
    directory: str
    output: str
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()
    record: str | None = None
    strike: tuple[int, str, float] | None = None
    blow: str | None = None


class Forks:
    """The forking process, as seen from the test.

    :param url: of a database; what such ones need is imported before the fork.
    """

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __package__, make_url(url).drivername],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, command: Command) -> int:
        """Begin a command; its process id comes back."""
        return int(self._ask(asdict(command)))

    def wait(self, pid: int, seconds: float) -> int:
        """The exit status of a command; negative when a signal ended it, as it does after some time."""
        timer = threading.Timer(seconds, os.kill, (pid, SIGKILL))
        timer.start()
        try:
            return int(self._ask(pid))
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process, once its children have ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _ask(self, what: object) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(what) + "\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that forks has ended with {self._process.wait()}")
        return json.loads(answer)


def serve(driver: str) -> None:
    """Answer requests until there are no more.

    :param driver: of SQLAlchemy, such as ``"postgresql+psycopg"``.
    """
    _import_all(driver)
    gc.freeze()  # what is imported stays shared with the children
    answers = os.dup(1)
    for line in sys.stdin:
        request = json.loads(line)
        if isinstance(request, int):
            answer = os.waitstatus_to_exitcode(os.waitpid(request, 0)[1])
        else:
            answer = os.fork()
            if not answer:
                os.close(answers)
                _run(Command(**request))
        os.write(answers, f"{answer}\n".encode())


def _import_all(driver: str) -> None:
    from ...ddl.impl import DefaultImpl

    for module in _USED:
        importlib.import_module(module)
    dialect = make_url(f"{driver}://").get_dialect()
    dialect.import_dbapi()
    DefaultImpl.get_by_dialect(dialect())


def _run(command: Command) -> None:
    """In the child: do it, and end without what the parent has put off until its own end."""
    code = 1
    try:
        _settle(command)
        code = _status(command)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _settle(command: Command) -> None:
    output = os.open(command.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(command.directory)
    sys.path[0] = command.directory  # as for python -m alembic
    os.environ.update(command.environment)
    for name in command.before:
        _function(name)()
    if command.record is not None:
        from .points import Moment
        from .watch import Place, Watch, ask_for_a_blow, kill_this_process

        record = os.open(command.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        place = None
        if command.strike is not None:
            number, moment, work = command.strike
            place = Place(number, Moment(moment), work)
        blow = kill_this_process if command.blow is None else ask_for_a_blow(command.blow)
        Watch(record, place, blow).install()


def _status(command: Command) -> int:
    from ...config import main

    try:
        main(argv=list(command.argv), prog="alembic")
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return (leaving.code or 0) & 0xFF
        print(leaving.code, file=sys.stderr)
        return 1
    return 0


def _function(name: str) -> Any:
    place, _, function = name.rpartition(":")
    if not place.endswith(".py"):
        return getattr(importlib.import_module(place), function)
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, function)
