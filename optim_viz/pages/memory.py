"""Keeps what every visitor shares out of Python's garbage collection.

Streamlit collects garbage after every request, all generations, holding the one lock that every session waits for. That
walks every object that the modules hold and that never dies, and took most of the time of a request.
`gc.freeze` takes them out of the walk; an object that is frozen is still freed when its last reference goes.
"""

from __future__ import annotations

import gc
import threading

from optim_viz.stage.answer import answer, opened

_lock = threading.Lock()
_frozen = threading.Event()


def freeze_what_is_loaded() -> None:
    """Load the default lab, then freeze every object there is; once in a process, whichever page is opened first.

    Later calls return at once. Other sessions' objects that happen to be alive are frozen too; only those among them
    that form a cycle of references stay in memory, a bounded amount, since this happens once.
    """
    if _frozen.is_set():
        return
    with _lock:
        if _frozen.is_set():
            return
        answer(None, opened({}), ())  # the rules, the surfaces and the first screen's runs
        gc.collect()
        gc.freeze()
        _frozen.set()
