"""A line between a browser and a server of a test's own that can be lost, as a network is."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from tests.browser.lab_server import free_port, left

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a connection is reset, not closed in good order


class Line:
    """Passes bytes on from `with` to the block's end.

    Attributes:
        url: the server's address by way of this line, without a trailing slash.
    """

    def __init__(self, port: int) -> None:
        """Prepare a line to a port of 127.0.0.1."""
        self._to = port
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._whole = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Line:
        """Begin to listen."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, name="line", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else the thread that accepts holds the port
        self._listener.close()
        self._lose()
        left.append(self._port)

    @contextmanager
    def lost(self) -> Iterator[None]:
        """Lose every connection, and let none be made, until the block's end."""
        self._whole = False
        self._lose()
        try:
            yield
        finally:
            self._whole = True

    def _lose(self) -> None:
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            _reset(end)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if not self._whole:
                    raise ConnectionError
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                _reset(near)
                continue
            with self._lock:
                self._ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), name="line", daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(1 << 16):
                other.sendall(content)
        with self._lock:
            self._ends -= {one, other}
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # the other thread hears of it
            end.close()


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
