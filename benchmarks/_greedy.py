"""One visitor who asks, without a pause, for the most that the lab and the maps give."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks._protocol import Lab, Page
from optim_viz.scenario import MAX_LANES, MAX_STEPS

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = "torch.optim:Adam"
"""A class that the lab runs as it runs anybody's: by autograd, in a process of its own."""


def nested(write: str, depth: int, inner: str = "x*y") -> str:
    """Return a formula in itself so many times."""
    for level in range(1, depth + 1):
        inner = write.format(inner, level)
    return inner


BOMBS: Final = (
    nested("max({},{})", 29),
    nested("-max({},{})", 29),
    nested("min(max({0},{1}),{1}+1)", 14),
    nested("({})**-64", 29),
    "sin(" * 29 + "x*y" + ")" * 29,
    nested("({0}+exp(x))/(1+exp(y))", 28, "exp(x)"),
)


class Greedy:
    """The visitor in a process of its own: to take its answers apart keeps an event loop busy.

    Attributes:
        had: how many of what there were, once it has ended.
    """

    def __init__(self, url: str) -> None:
        """Begin."""
        self.had: dict[str, int] = {}
        command = [sys.executable, "-m", "benchmarks._greedy", url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def end(self) -> None:
        """End it.

        Raises:
            RuntimeError: it has ended before.
        """
        self._process.terminate()
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"the greedy visitor failed (exit code {self._process.returncode})")
        self.had = json.loads(told)


async def greedy(url: str) -> dict[str, int]:
    """Go on until cancelled; return how many of what there were."""
    had: Counter[str] = Counter()
    try:
        async with asyncio.TaskGroup() as tabs:
            tabs.create_task(_lab(url, had))
            tabs.create_task(_maps(url, had))
    except asyncio.CancelledError:
        pass
    return dict(had)


async def _lab(url: str, had: Counter[str]) -> None:
    """The largest scenario, slow formulas and optimizer classes, by turns."""
    lab = Lab(url)
    async with lab.connected() as socket:
        await lab.open(socket)
        first = lab.scenario
        for turn in count(1):
            lane: dict[str, Any] = first["lanes"][-1]
            lanes = [lane | {"hyperparameters": lane["hyperparameters"] | {"lr": 0.01 + 1e-4 * place + 1e-7 * turn}}
                     for place in range(MAX_LANES)]  # fmt: skip
            lab.scenario = first | {"lanes": lanes, "lane": 0, "steps": MAX_STEPS}
            await lab.release(socket, 0.3 + 1e-7 * turn)
            had["largest scenarios"] += 1
            bomb = f"{BOMBS[turn % len(BOMBS)]}+{turn}"
            lab.scenario = first | {"surface": "formula", "formula": bomb, "domain": [[-2, 2], [-2, 2]]}
            await lab.release(socket, 0.3)
            had["slow formulas"] += 1
            lab.scenario = first | {"lanes": [{"optimizer": OWN, "hyperparameters": {"lr": 0.1}}], "lane": 0}
            await lab.release(socket, 0.1 + 1e-7 * turn, steps=5000)
            had["optimizer classes"] += 1


async def _maps(url: str, had: Counter[str]) -> None:
    """The largest maps, one after the other: each page is watched as long as it takes."""
    for turn in count(1):
        query = {"cells": "128", "steps": "1000", "attempts": "256", "start": f"1,{1 + 1e-6 * turn}"}
        page = Page(url, "maps", urlencode(query))
        async with page.connected() as socket:
            await page.run(socket)
            while page.fragments:
                fragment, every = next(iter(page.fragments.items()))
                await page.run(socket, fragment, by_itself=True)
                await asyncio.sleep(every)
        had["maps"] += 1


async def _until_ended(url: str) -> None:
    hungry = asyncio.create_task(greedy(url))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, hungry.cancel)
    print(json.dumps(await hungry))


if __name__ == "__main__":
    asyncio.run(_until_ended(sys.argv[1]))
