"""The real server, `streamlit run app.py`, on a free port of this computer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
left: list[int] = []  # ports of servers that are gone: a browser has kept the scripts of what it knows by its address


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on: that of a server before, if it is still free."""
    for port in (*left, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:
            left[:] = [other for other in left if other != port]
            return probe.getsockname()[1]
    raise RuntimeError("127.0.0.1 has no free port")


class LabServer:
    """A server that runs from `with` to the block's end, unless it is killed before.

    Attributes:
        port: where it listens on 127.0.0.1.
        url: the lab's address, without a trailing slash.
        seconds_to_start: from starting the process to its first "ok" on the health endpoint.
        command, cwd, environment: how the process is started, with the port after the command.
    """

    def __init__(self, log: Path, app: str = "app.py", runner: tuple[str, ...] = ("-m", "streamlit")) -> None:
        """Prepare a server.

        Args:
            log: where its output goes.
            app: the script, relative to the repository's root.
            runner: Python's arguments that start Streamlit's command line.
        """
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seconds_to_start = 0.0
        self.log = log
        self.command = [sys.executable, *runner, "run", app]
        self.cwd = ROOT
        self.environment = dict(os.environ)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LabServer:
        """Start the process and wait until it is healthy."""
        line = [*self.command, "--server.port", str(self.port), "--server.headless", "true"]
        begin = time.perf_counter()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                line, cwd=self.cwd, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            self._wait_until_healthy(begin + 60)
        except BaseException:
            self.kill()
            raise
        self.seconds_to_start = time.perf_counter() - begin
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.kill()
        left.append(self.port)

    def kill(self) -> None:
        """End the process at once, as a power cut would; harmless when it has ended already."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the process stand still for a while, as one does that has much to do."""
        assert self.process is not None
        stopped = psutil.Process(self.process.pid)
        stopped.suspend()
        try:
            yield
        finally:
            stopped.resume()

    def _wait_until_healthy(self, deadline: float) -> None:
        while time.perf_counter() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text(encoding='utf-8', errors='replace')}")


def chromium_options() -> dict[str, object]:
    """How Chromium is launched: the browser run.py found, software WebGL, and no connection of its own."""
    arguments = [
        "--use-gl=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # there is no other computer
    ]
    if os.name == "posix" and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start for root otherwise
    return {"executable_path": os.environ.get("OPTIM_VIZ_CHROMIUM"), "args": arguments}
