"""Who trains: worker threads, or the calling thread where one is enough.

OpenMP keeps a team of threads for every thread that calls it. Where these are more than the cores it puts them to sleep
at every turn, which halves the speed: so the calling thread is the worker where there is only one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import torch


def crew(workers: int, threads: int) -> Executor:
    """Return what runs stretches: so many workers, each of which torch gives so many threads."""
    torch.set_num_threads(threads)
    return ThreadPoolExecutor(workers, "lane", torch.set_num_threads, (threads,)) if workers > 1 else _Here()


class _Here(Executor):
    """Runs what it is given at once, in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))  # an error goes straight to the caller
        return future
