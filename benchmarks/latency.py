"""A server that is some milliseconds away: a proxy on loopback that holds back what a client sends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.engine import make_url


@contextmanager
def distant(url: str, seconds: float) -> Iterator[str]:
    """The URL under which the same server answers that much later on each round trip."""
    near = make_url(url)
    assert near.host is not None and near.port is not None
    server = near.host, near.port
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=_accept, args=(listener, server, seconds), daemon=True).start()
        yield near.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)


def _accept(listener: socket.socket, server: tuple[str, int], seconds: float) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            far = socket.create_connection(server)
            for end in (client, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, wait in ((client, far, seconds), (far, client, 0.0)):
                threading.Thread(target=_pass_on, args=(source, sink, wait), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, seconds: float) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            if seconds:
                time.sleep(seconds)
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
