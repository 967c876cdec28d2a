"""Firefox over WebDriver BiDi, which it speaks by itself: as much of it as these tests need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.lab_server import free_port

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
KEYS = {"Enter": "\ue007", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
STARTS = 90.0
"""Seconds that it may take to begin, on a slow computer that does other things."""


class Firefox:
    """A Firefox without a window, of 1440x900, from `with` to the block's end, with a profile of its own.

    Attributes:
        said: what pages wrote to the console as an error or a warning, and what they did not catch.
        strangers: addresses that pages asked for, but for those of the server that they come from.
    """

    def __init__(self, server: str = "") -> None:
        """Prepare it; `server` is the address of the one that pages will come from, if they come from one."""
        self._server = server
        self.said: list[str] = []
        self.strangers: list[str] = []
        self._asked = 0

    def __enter__(self) -> Firefox:
        """Start it and open a session."""
        self._folder = Path(tempfile.mkdtemp(prefix="optim_viz_firefox_"))
        port = free_port()
        flags = ("--headless", "--no-remote", "--profile", str(self._folder), f"--remote-debugging-port={port}")
        self._process = subprocess.Popen(
            [str(PROGRAM), *flags, "about:blank"],
            env={**os.environ, "HOME": str(self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._line = self._connected(f"ws://127.0.0.1:{port}/session")
            self._ask("session.new", capabilities={})
            self._ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
            self._page: str = self._ask("browsingContext.getTree")["contexts"][0]["context"]
            self._ask("browsingContext.setViewport", context=self._page, viewport={"width": 1440, "height": 900})
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and remove its profile."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        line = getattr(self, "_line", None)
        if line is not None:
            line.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connected(self, address: str) -> ClientConnection:
        until = time.monotonic() + STARTS
        while True:
            try:
                return connect(address, max_size=None, compression=None, open_timeout=STARTS, legacy=True)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and return its result; events that come meanwhile are written down."""
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            message = json.loads(self._line.recv(timeout=60))
            if message.get("id") == self._asked:
                assert message["type"] == "success", message
                return message["result"]
            self._note(message.get("method", ""), message.get("params", {}))

    def _note(self, event: str, params: dict[str, Any]) -> None:
        if event == "log.entryAdded" and params["level"] in ("error", "warn"):
            self.said.append(params["text"])
        if event == "network.beforeRequestSent":
            address = str(params["request"]["url"])
            plain = address.replace("ws:", "http:", 1)
            if plain.startswith(("http:", "https:", "wss:")) and not (self._server and plain.startswith(self._server)):
                self.strangers.append(address)

    def open(self, address: str) -> None:
        """Go to an address and wait until it has loaded."""
        self._ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def frame(self, number: int = 0) -> str:
        """Return the context of one of the page's frames."""
        return self._ask("browsingContext.getTree", root=self._page)["contexts"][0]["children"][number]["context"]

    def evaluate(self, expression: str, context: str = "") -> Any:
        """Return the value of a JavaScript expression, by way of JSON; a promise is waited for."""
        wrapped = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        found = self._ask(
            "script.evaluate", expression=wrapped, target={"context": context or self._page}, awaitPromise=True
        )
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"])

    def until(self, expression: str, context: str = "", seconds: float = 60) -> None:
        """Wait until a JavaScript expression holds."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})", context):
            told = self.evaluate("{...document.querySelector('[data-testid=stage]')?.dataset}", context)
            assert time.monotonic() < end, f"waited {seconds:g} s for {expression}\nthe stage tells {told}\n{self.said}"
            time.sleep(0.1)

    def press(self, element: str, key: str, context: str = "") -> None:
        """Give an element, named by a JavaScript expression, the focus, and press a key."""
        self.evaluate(f"({element}).focus()", context)
        value = KEYS.get(key, key)
        actions = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
        self._ask(
            "input.performActions",
            context=context or self._page,
            actions=[{"type": "key", "id": "keys", "actions": actions}],
        )

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at a point of the page, move in ten steps to another, and let go."""
        (x, y), (u, v) = begin, end
        path = [(x + (u - x) * part / 10, y + (v - y) * part / 10) for part in range(1, 11)]
        moves = [{"type": "pointerMove", "x": round(a), "y": round(b), "duration": 30} for a, b in [(x, y), *path]]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self._ask(
            "input.performActions", context=self._page, actions=[{"type": "pointer", "id": "mouse", "actions": actions}]
        )
