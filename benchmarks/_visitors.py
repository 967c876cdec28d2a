"""Groups of people at a server: who release sliders, who watch a training run; what they waited, and what it took.

They share the machine with the server, so what they take themselves is told (`Measured.own`).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

import psutil

from benchmarks._protocol import Lab, Page
from tests.browser.lab_server import LabServer

PERIOD: Final = 2.0
"""Seconds from one slider's release to the next."""


@dataclass
class Measured:
    """What a group of people found.

    Attributes:
        waited: seconds, one an answer.
        errors: answers that were none.
        seconds: that it lasted.
        server: processor time of the server, over that.
        own: of this process, over that.
    """

    waited: list[float] = field(default_factory=list[float])
    errors: int = 0
    seconds: float = 0.0
    server: float = 0.0
    own: float = 0.0


class Crowd:
    """The server's process while people are at it.

    Attributes:
        before: its memory in MB when this was made.
        there: with all there, before they left.
    """

    def __init__(self, server: LabServer) -> None:
        """Take the first figure."""
        if server.process is None:
            raise RuntimeError("the server does not run")
        self._process = psutil.Process(server.process.pid)
        self.before = self.there = self.memory()

    def memory(self) -> float:
        """Return its resident memory in MB."""
        return self._process.memory_info().rss / 1e6

    def busy(self) -> float:
        """Return its processor time in seconds."""
        return sum(self._process.cpu_times()[:2])


class _Clock:
    """Lets all of a group begin together once all have opened their page, and end after so many seconds."""

    def __init__(self, count: int, seconds: float, crowd: Crowd | None, found: Measured) -> None:
        self._together, self._crowd, self._found = asyncio.Barrier(count), crowd, found
        self.seconds, self._end = seconds, 0.0
        self._began = (0.0, 0.0, 0.0)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return time.perf_counter() < self._end

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), self._crowd.busy() if self._crowd else 0.0

    async def begin(self) -> None:
        """Wait for the others."""
        if await self._together.wait() == 0:
            self._began = self._now()
        await self._together.wait()
        self._end = time.perf_counter() + self.seconds

    async def end(self) -> None:
        """Wait for the others, and note what they took and what the server holds with all there."""
        if await self._together.wait() == 0:
            seconds, own, server = (now - then for now, then in zip(self._now(), self._began, strict=True))
            self._found.seconds, self._found.own, self._found.server = seconds, own / seconds, server / seconds
            if self._crowd is not None:
                self._crowd.there = self._crowd.memory()
        await self._together.wait()


async def visitors(url: str, count: int, seconds: float, crowd: Crowd | None = None) -> Measured:
    """Let so many people release a slider every two seconds, each to values of their own."""
    found = Measured()
    clock = _Clock(count, seconds, crowd, found)

    async def visit(number: int) -> None:
        lab = Lab(url, number)
        await asyncio.sleep(0.05 * number)  # people do not come all at once
        async with lab.connected() as socket:
            await lab.open(socket)
            await clock.begin()
            await asyncio.sleep(PERIOD * number / count)  # nor do they move in step
            turn = 0
            while clock.running:
                turn += 1
                began = time.perf_counter()
                try:
                    found.waited.append(await lab.release(socket, 0.1 + 1e-4 * number + 1e-7 * turn))
                except RuntimeError:
                    found.errors += 1
                await asyncio.sleep(max(0.0, PERIOD - (time.perf_counter() - began)))
            await clock.end()

    await asyncio.gather(*(visit(number) for number in range(count)))
    return found


async def at_once(url: str, releases: int) -> None:
    """Let one person release a slider so many times, without a pause."""
    lab = Lab(url)
    async with lab.connected() as socket:
        await lab.open(socket)
        for turn in range(releases):
            await lab.release(socket, 0.05 + 1e-6 * turn)


async def viewers(url: str, run: int, count: int, seconds: float, crowd: Crowd) -> dict[float, Measured]:
    """Let people watch a training run; return what they found, by the seconds between two askings of a part."""
    found: dict[float, Measured] = {}
    clock = _Clock(count, seconds, crowd, total := Measured())

    async def watch(number: int) -> None:
        page = Page(url, "train", f"run={run}")
        await asyncio.sleep(0.2 * number)
        async with page.connected() as socket:
            await page.run(socket)
            await clock.begin()
            due = {each: time.perf_counter() + every * number / count for each, every in page.fragments.items()}
            while clock.running:
                fragment = min(due, key=lambda each: due[each])
                await asyncio.sleep(due[fragment] - time.perf_counter())
                asked = due[fragment]
                await page.run(socket, fragment, by_itself=True)
                every = page.fragments[fragment]
                part = found.setdefault(every, Measured())
                part.waited.append(time.perf_counter() - asked)
                while due[fragment] <= time.perf_counter():  # a browser's timer goes on, and asks once for all of it
                    due[fragment] += every
            await clock.end()

    await asyncio.gather(*(watch(number) for number in range(count)))
    for part in found.values():
        part.seconds, part.server, part.own = total.seconds, total.server, total.own
    return found
