"""What several people look at at once is read from the store, and packed for the browser, once for all of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from optim_viz.byte_cache import ByteCache
from optim_viz.run_store import Run, RunStore

V = TypeVar("V")

REFRESH: Final = 0.9
"""Seconds for which what somebody else was shown is shown again, though the run has gone on; each viewer asks once a
second."""
_KEPT: Final = ByteCache(32_000_000)
_TURNS: Final = tuple(Lock() for _ in range(32))
_LOCK: Final = Lock()
_MOST_SHOWN: Final = 256


@dataclass(frozen=True)
class Shown:
    """What was shown last of a kind.

    Attributes:
        version: how far the run was.
        who: the session that it was worked out for.
        when: by the system's clock that is never set.
    """

    version: Hashable
    who: str
    when: float


_shown: OrderedDict[Hashable, Shown] = OrderedDict()


def once(key: Hashable, work: Callable[[], V]) -> V:
    """Return what was worked out under a key; one thread does it, and others that ask meanwhile wait for it.

    Args:
        key: all that the result depends on, and nothing of who asks.
        work: whose results nobody changes. It must not call this function.
    """
    with _TURNS[hash(key) % len(_TURNS)]:
        return _KEPT.under(key, work)


def shared(run: Run, store: RunStore, what: Hashable, work: Callable[[], V], refresh: float = REFRESH) -> V:
    """Return something of a run that is read from the store, once for all who look at it.

    Whoever looks alone sees the run as it is. Where somebody else has just been shown the same, that is shown again.

    Args:
        run: as it is now.
        store: where it is kept.
        what: all that the result depends on beside the run, and nothing of who asks.
        work: as for `once`.
        refresh: seconds for which others may be shown the same of a run that goes on.
    """
    kind = (what, str(store.path), run.id, run.state, run.created, run.trained_since, run.ended)
    version, who = progress(run), _session()
    with _LOCK:
        last = _shown.get(kind)
        if last and last.version != version and last.who != who and time.monotonic() - last.when < refresh:
            version = last.version
        elif last is None or last.version != version:
            _shown[kind] = Shown(version, who, time.monotonic())
            while len(_shown) > _MOST_SHOWN:
                _shown.popitem(last=False)
    return once((kind, version), work)


def progress(run: Run) -> Hashable:
    """Return what changes whenever points of a run that trains, or words about it, are written."""
    return run.step, run.heartbeat, run.message


def _session() -> str:
    context: Any = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else str(context.session_id)
