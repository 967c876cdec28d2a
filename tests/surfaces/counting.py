"""How much work something is, in calls of functions: the same on every machine, however busy."""

import sys
from contextlib import contextmanager


@contextmanager
def at_most(calls):
    """Fail at the first call of a function beyond so many."""
    seen = 0

    def count(frame, event, argument):
        nonlocal seen
        del frame, argument
        seen += event in ("call", "c_call")
        assert seen <= calls

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
