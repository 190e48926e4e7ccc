"""Child processes that cannot outlive the test run, whatever happens to it."""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


class Unavailable(Exception):
    """A server cannot run here; the text says why."""


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def private_directory(prefix: str) -> Path:
    """A new directory for one server's data.

    Not under pytest's own temporary folder: that one is closed to other users, and PostgreSQL has to run as
    one when the tests run as root. In memory where there is room: DDL waits for disks even when durability
    is off.
    """
    _clear_abandoned(Path(_memory() or tempfile.gettempdir()), prefix)
    directory = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=_memory()))
    directory.chmod(0o755)
    return directory


def _clear_abandoned(place: Path, prefix: str) -> None:
    """Delete what test runs have left that were killed; the name tells whose it was."""
    for found in place.glob(f"{prefix}*-*"):
        owner = found.name.removeprefix(prefix).partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            shutil.rmtree(found, ignore_errors=True)


def _memory(room: int = 2**31) -> str | None:
    place = "/dev/shm"
    usable = "TMPDIR" not in os.environ and os.path.isdir(place) and os.access(place, os.W_OK)
    return place if usable and shutil.disk_usage(place).free > room else None


def run(argv: Sequence[str | Path], *, user: str | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run one preparing command to its end; its output becomes the reason when it fails."""
    outcome = subprocess.run(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=180,
        env=env,
        user=user,
        group=_group(user),
        extra_groups=None if user is None else (),
    )
    if outcome.returncode:
        raise Unavailable(f"{argv[0]} failed with {outcome.returncode}: {outcome.stdout.strip()[-600:]}")


class Child:
    """A server process, its data directory and its log.

    It is stopped by pid when `stop` is called, at interpreter exit otherwise, and by the kernel (Linux)
    should this interpreter be killed.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        directory: Path,
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._directory = directory
        self._stop_signal = stop_signal
        self._owner = os.getpid()
        self._log = directory / "server.log"
        self._tail = ""
        self._argv = [str(word) for word in argv]
        self._user, self._env = user, env
        self._answers: Callable[[], object] | None = None
        self._process = self._start()
        atexit.register(self.stop)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._directory,
                env=self._env,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server in order
                preexec_fn=_die_with_parent(self._stop_signal),
                user=self._user,
                group=_group(self._user),
                extra_groups=None if self._user is None else (),
            )

    def kill(self) -> None:
        """End the server as a failing machine does, with all processes that it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)

    def restart(self) -> None:
        """Start it again on its data and port, and wait until it answers."""
        assert self._answers is not None
        self._process = self._start()
        self.wait_until(self._answers)

    def wait_until(self, answers: Callable[[], object], *, seconds: float = 60.0) -> None:
        """Return when `answers` stops raising; give up when the process is gone or the time is over."""
        self._answers = answers
        give_up = time.monotonic() + seconds
        while True:
            try:
                answers()
                return
            except Exception as error:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    self.stop()
                    raise Unavailable(f"server did not come up: {error}; log: {self._tail}") from error
                time.sleep(0.1)

    def stop(self) -> None:
        """End the process and remove its data. Calling it again does nothing."""
        if self._owner != os.getpid():  # a fork of the test process is not the owner
            return
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(20)
        self._tail = self._read_log()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _read_log(self) -> str:
        try:
            return self._log.read_text(errors="replace")[-1500:]
        except FileNotFoundError:
            return ""


def _group(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(how))
