"""The server's process, set up for many visitors: open files, turns of threads, garbage, memory given back, theme.

`app.py` hands `set_up` to Streamlit as the lifespan of its server.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from streamlit import config, runtime
from streamlit.runtime import RuntimeState, app_session

from optim_viz.byte_cache import SHARED
from optim_viz.surfaces import pause_with
from optim_viz.turns import TURNS

TIDY_SECONDS: Final = 5.0
"""Streamlit would collect garbage after every request, which with two hundred sessions takes most of its time
(`runner.postScriptGC` is off in .streamlit/config.toml)."""
OPEN_FILES: Final = 65_536
"""A session takes four, and one that has left keeps three for two minutes; many systems allow 1,024."""
TURN_SECONDS: Final = 0.0005
"""How long a thread computes before another one has its turn. Python's own 5 ms are waited for several times in an
answer, by everybody else, while one visitor asks for much."""


@asynccontextmanager
async def set_up(app: object) -> AsyncGenerator[dict[str, object]]:
    """Set the process up, and tidy now and then for as long as the server runs."""
    del app
    allow_open_files()
    sys.setswitchinterval(TURN_SECONDS)
    pause_with(TURNS.give_way)
    remember_theme()
    tidying = asyncio.create_task(_tidy_now_and_then())
    try:
        yield {}
    finally:
        tidying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tidying


def nobody_is_here() -> bool:
    """Whether the server runs and no browser is connected to it."""
    return runtime.exists() and runtime.get_instance().state is RuntimeState.NO_SESSIONS_CONNECTED


def let_go() -> None:
    """Drop what was cached for visitors, and their sessions, whose time is over.

    Streamlit drops those only when somebody else comes or leaves; a Streamlit that keeps them otherwise is left as it
    is. What is cached lies among what sessions had, and would hold the memory around it.
    """
    SHARED.clear()
    found: object = runtime.get_instance() if runtime.exists() else None
    for part in ("_session_mgr", "_session_storage", "_cache", "expire"):
        found = getattr(found, part, None)
    if callable(found):
        found()


async def _tidy_now_and_then() -> None:
    """Collect garbage; let go once nobody has been here for as long as a session is kept."""
    give_back = returner()
    forgotten, alone = float(config.get_option("server.disconnectedSessionTTL")), 0.0
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        alone = alone + TIDY_SECONDS if nobody_is_here() else 0.0
        if alone > forgotten:
            let_go()
        gc.collect()
        await asyncio.to_thread(give_back)


def allow_open_files() -> None:
    """Let the process have as many open files as it may; of systems without such a limit nothing is asked."""
    try:
        import resource
    except ImportError:
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        with contextlib.suppress(ValueError, OSError):  # a system may name a limit that it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def remember_theme() -> None:
    """Let Streamlit work out once what it says of the theme in every answer, a tenth of an answer's work.

    Its settings are those of the server's start. A Streamlit that does this otherwise is left as it is.
    """
    write = getattr(app_session, "_populate_theme_msg", None)
    if not callable(write):
        return
    kept: dict[str, bytes] = {}

    def remembered(msg: Any, section: str = "theme") -> None:
        if section not in kept:
            made = type(msg)()
            write(made, section)
            kept[section] = made.SerializeToString()
        if kept[section]:
            msg.MergeFromString(kept[section])

    app_session._populate_theme_msg = remembered  # pyright: ignore[reportPrivateUsage]


def returner() -> Callable[[], object]:
    """Return what gives free memory back to the system; does nothing where the C library has no such call."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return (lambda: None) if trim is None else (lambda: trim(0))
