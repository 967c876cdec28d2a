"""How long a released slider takes with many people in the lab at once, with and without the freeze, in one run.

    python benchmarks/load.py [SESSIONS] [SECONDS]

A real server on this computer; each session is a WebSocket that speaks Streamlit's protocol, opens the lab and releases
a slider every two seconds, to a value of its own, so that nothing comes from a cache. Timed is from the release to the
answer's data. The server's memory is taken before they come, while all are there and after they have left; what its
caches keep for all (OPTIM_VIZ_CACHE_MB) is in it. The same is done with a server in which nothing is frozen (see
optim_viz/pages/memory.py); the ratio of the medians is the claim. The exit code is 1 if it does not hold, or if a
session got an error.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.byte_cache import SHARED  # noqa: E402
from optim_viz.scenario import Scenario  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

SESSIONS, SECONDS, PERIOD = 50, 30.0, 2.0
LEAVING = 5.0  # seconds after which those who left are forgotten
CLAIM = 3.0  # the median without the freeze over that with it
PATIENCE = 60.0  # seconds for one answer
UNFROZEN = """
import runpy, sys
import optim_viz.pages.memory as memory
memory.freeze_what_is_loaded = lambda: None
runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
"""


class Memory:
    """What the server's process takes: before anybody came, while all are there, after they left."""

    def __init__(self, server: LabServer) -> None:
        """Take the first figure."""
        if server.process is None:
            raise RuntimeError("the server does not run")
        self._process = psutil.Process(server.process.pid)
        self.before = self.there = self.after = self.now()

    def now(self) -> float:
        """Return the resident memory in MiB."""
        return self._process.memory_info().rss / 2**20

    def told(self, count: int) -> str:
        """Say all three, and what a session took; what the caches keep for all is in it."""
        a_session = (self.there - self.before) / count
        return (
            f"memory {self.before:.0f} MiB before, {self.there:.0f} with all ({a_session:.1f} a session, caches "
            f"included: at most {SHARED.limit / 1e6:.0f} MB), {self.after:.0f} after they left"
        )


class Session:
    """One visitor: a connection, the stage's identity in the page, and the times it waited."""

    def __init__(self, url: str, number: int) -> None:
        """Remember where to connect."""
        self._url, self._number = url.replace("http", "ws") + "/_stcore/stream", number
        self._widget, self._fragment, self._page = "", "", ""
        self.waited: list[float] = []

    async def visit(self, seconds: float, together: asyncio.Barrier, memory: Memory | None) -> None:
        """Open the lab and release a slider again and again; the last to be done takes the memory with all there."""
        headers = {"Origin": self._url.replace("ws", "http").rsplit("/_stcore", 1)[0]}
        async with websockets.connect(
            self._url, additional_headers=headers, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None
        ) as self._socket:
            opening = BackMsg()
            opening.rerun_script.query_string = ""
            await self._socket.send(opening.SerializeToString())
            await self._until_finished()
            await asyncio.sleep(PERIOD * (self._number % 20) / 20)  # people do not move in step
            end, turn = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                begin, turn = time.perf_counter(), turn + 1
                await self._socket.send(self._release(turn))
                await self._until_finished()
                self.waited.append(time.perf_counter() - begin)
                await asyncio.sleep(max(0.0, PERIOD - self.waited[-1]))
            if await together.wait() == 0 and memory is not None:
                memory.there = memory.now()
            await together.wait()

    def _release(self, turn: int) -> bytes:
        scenario: dict[str, Any] = Scenario.default().to_dict()
        scenario["lanes"][-1]["hyperparameters"]["lr"] = 0.1 + 1e-4 * self._number + 1e-7 * turn
        request = {"seq": turn, "scenario": scenario, "families": [], "have": []}
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = self._fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = self._widget, json.dumps({"request": request})
        return message.SerializeToString()

    async def _until_finished(self) -> None:
        """Read until the script has ended; its data must have come."""
        data = False
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self._socket.recv(), PATIENCE))  # pyright: ignore
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page = message.new_session.page_script_hash or self._page
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "bidi_component":
                self._widget = message.delta.new_element.bidi_component.id
                self._fragment, data = message.delta.fragment_id, True
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(f"the page shows an error: {message.delta.new_element.exception.message}")
            if kind == "script_finished":
                if not data:
                    raise RuntimeError("the page ran without showing the lab")
                return


async def visitors(url: str, count: int, seconds: float, memory: Memory | None = None) -> list[float]:
    """Let so many people work in the lab; return every wait in seconds."""
    sessions, together = [Session(url, number) for number in range(count)], asyncio.Barrier(count)
    await asyncio.gather(*(session.visit(seconds, together, memory) for session in sessions))
    return [waited for session in sessions for waited in session.waited]


def main() -> int:
    """Measure both servers, print, and say whether the claim holds."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    medians: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, runner in (("as shipped", ("-m", "streamlit")), ("nothing frozen", ("-c", UNFROZEN))):
            with LabServer(Path(folder) / "server.log", runner=runner) as server:
                asyncio.run(visitors(server.url, 1, 3.0))  # what a server loads once
                memory = Memory(server)
                waits = np.array(asyncio.run(visitors(server.url, count, seconds, memory))) * 1e3
                time.sleep(LEAVING)
                memory.after = memory.now()
            p50, p95, p99 = np.percentile(waits, [50, 95, 99])
            medians.append(float(p50))
            print(f"{name:<15} {count} sessions, {len(waits):4d} releases: ", end="")
            print(f"p50 {p50:6.0f} ms, p95 {p95:6.0f}, p99 {p99:6.0f}; {memory.told(count)}")
    ratio = medians[1] / medians[0]
    print(f"without the freeze the median release takes {ratio:.1f}x as long (claimed {CLAIM:g}x)")
    return 0 if ratio >= CLAIM else 1


if __name__ == "__main__":
    sys.exit(main())
