"""One page of the app without a browser: a WebSocket that speaks Streamlit's protocol.

What comes is taken apart only as far as it must be to know that it is an answer: those who use this share a small
machine with the server that they measure.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE: Final = 120.0
"""Seconds for one answer."""


class Page:
    """One page that is open: what Streamlit's own page in a browser remembers of it.

    Attributes:
        fragments: identities of what runs by itself, and the seconds between two runs.
        sent: the last bytes that each component was sent, by identity.
        owners: the fragment that draws each component.
    """

    def __init__(self, url: str, path: str = "", query: str = "") -> None:
        """Remember where to connect, and the page's path and query."""
        self._url, self._path, self._query = url.replace("http", "ws", 1) + "/_stcore/stream", path, query
        self._origin, self._hash = url, ""
        self.fragments: dict[str, float] = {}
        self.sent: dict[str, bytes] = {}
        self.owners: dict[str, str] = {}

    def connected(self) -> AbstractAsyncContextManager[Any]:
        """Return the connection, to be entered and handed to `socket`."""
        return websockets.connect(
            self._url,
            additional_headers={"Origin": self._origin},
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )

    async def run(
        self, socket: Any, fragment: str = "", states: Mapping[str, str] | None = None, *, by_itself: bool = False
    ) -> float:
        """Let the page, or a part of it, run; return the seconds until all of its answer was here.

        Raises:
            RuntimeError: the page shows an error.
        """
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self._query, self._hash, fragment
        asked.is_auto_rerun = by_itself
        if not self._hash:
            asked.page_name = self._path
        for identity, text in (states or {}).items():
            state = asked.widget_states.widgets.add()
            state.id, state.json_value = identity, text
        begin = time.perf_counter()
        await socket.send(message.SerializeToString())
        while not self._take(ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), PATIENCE))):  # pyright: ignore
            pass
        return time.perf_counter() - begin

    def _take(self, message: ForwardMsg) -> bool:
        """Take a message in; tell whether it was the last one of an answer."""
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._shown(message.delta)
        elif kind == "new_session":
            self._hash = message.new_session.page_script_hash or self._hash
        elif kind == "auto_rerun":
            self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for each in message.stop_auto_rerun.fragment_ids:
                self.fragments.pop(each, None)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise RuntimeError("the page could not be compiled")
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return True
            self.fragments.clear()  # the whole page runs now
        return False

    def _shown(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"the page shows an error: {element.exception.message}")
        if kind == "bidi_component":
            shown = element.bidi_component
            self.sent[shown.id], self.owners[shown.id] = shown.bytes, delta.fragment_id


class Lab(Page):
    """The lab: one component, and requests that it answers."""

    def __init__(self, url: str, number: int = 0) -> None:
        """Remember where to connect, and who it is."""
        super().__init__(url)
        self.number, self._turn = number, 0
        self.scenario: dict[str, Any] = {}
        self._have: list[str] = []
        self._stage = ""

    async def open(self, socket: Any) -> None:
        """Open the lab and keep what a browser would."""
        await self.run(socket)
        self._stage = next(iter(self.sent))
        header = head(self.sent.pop(self._stage))
        self.scenario = header["scenario"]
        self._have = [*header["arrays"], header["catalog"]["key"]]

    async def release(self, socket: Any, value: float, **fields: Any) -> float:
        """Let go of the last lane's learning rate; return the seconds until its data are here.

        Raises:
            RuntimeError: what came is no answer to that.
        """
        self._turn += 1
        lane = self.scenario["lanes"][-1]
        lane["hyperparameters"]["lr"] = value
        return await self.ask(socket, self.scenario | fields)

    async def ask(self, socket: Any, scenario: Mapping[str, Any]) -> float:
        """Ask for a scenario; return the seconds until its data are here."""
        request = {"seq": self._turn, "scenario": {**scenario, "time": None, "loop": None}, "families": []}
        request |= {"strips": [], "have": self._have, "query": "", "step": 0, "aspect": None}
        text = json.dumps({"request": request})
        waited = await self.run(socket, self.owners[self._stage], {self._stage: text})
        if f'"seq":{self._turn},'.encode() not in self.sent.pop(self._stage, b"")[:80]:
            raise RuntimeError("an answer came without its data")
        return waited


def head(packed: bytes) -> dict[str, Any]:
    """Return the header of one of our components' messages (see optim_viz.stage.packing)."""
    length = int.from_bytes(packed[4:8], "little")
    return json.loads(packed[8 : 8 + length])
