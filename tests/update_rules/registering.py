"""Let a rule that is in no file of the registry stand in it for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from optim_viz import update_rules
from optim_viz.stage import sections
from optim_viz.update_rules import UpdateRule


@contextmanager
def registered(rule: UpdateRule) -> Iterator[UpdateRule]:
    """Register `rule`, and take it away again."""
    rules = update_rules._rules()
    assert rule.name not in rules
    rules[rule.name] = rule
    _forget()
    try:
        yield rule
    finally:
        del rules[rule.name]
        _forget()


def _forget() -> None:
    update_rules._looks.cache_clear()
    sections._catalog.cache_clear()
