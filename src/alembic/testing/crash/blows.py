"""Killing a server at the moment at which a process asks for it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from .databases import Server

if TYPE_CHECKING:
    from typing_extensions import Self


class ServerBlow:
    """Kills a server when somebody connects to a socket, and then lets him go on.

    :param place: the path of the socket.
    :param server: whom to kill.
    """

    def __init__(self, place: Path, server: Server) -> None:
        self.address = str(place)
        self.fallen = False
        self._server = server
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self.address)
        self._socket.listen(1)
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_UNIX) as last, suppress(OSError):
            last.connect(self.address)  # wakes the thread when nobody else did
        self._thread.join()
        self._socket.close()

    def _wait(self) -> None:
        caller, _ = self._socket.accept()
        with caller:
            if caller.recv(1):
                self._server.kill()
                self.fallen = True
