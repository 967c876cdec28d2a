"""Names for what a program has in hand, so that a scenario, which names everything, can hold it.

A surface from a function, an optimizer class of a notebook and an UpdateRule of one's own get a name in this process.
Another one of the same name gets another name, so that a lab made earlier stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from optim_viz import outside, surfaces, update_rules
from optim_viz.outside import OutsideRule
from optim_viz.scenario import FORMULA
from optim_viz.stage.outside_runs import RUNS
from optim_viz.surfaces import Surface
from optim_viz.update_rules import UpdateRule

_RULES: Final[dict[str, tuple[UpdateRule, UpdateRule]]] = {}
"""Rules of this program that stand in no file: as they were given, and under their name here."""


def _find(name: object) -> UpdateRule | None:
    return _RULES[name][1] if isinstance(name, str) and name in _RULES else None


update_rules.look_further(_find)


def optimizer_name(optimizer: str | UpdateRule | type) -> str:
    """Return the name under which lanes run an optimizer, which is made known where it is not.

    Raises:
        ValueError: no such optimizer; outside.Refused, its subclass: a class that cannot run.
    """
    rule = update_rules.get(optimizer)
    if isinstance(rule, OutsideRule):
        if isinstance(optimizer, str) or (rule.kind is not None and outside.known(rule.name) and not rule.options):
            return rule.name
        return outside.hold(replace(rule, states=(), first_moment=(), second_moment=(), shared=())).name
    try:
        if update_rules.get(rule.name) is rule:
            return rule.name
    except ValueError:
        pass  # no other has its name
    name = _free(rule.name, lambda each: _is_taken_rule(each, rule))
    _RULES.setdefault(name, (rule, replace(rule, name=name)))
    return name


def _is_taken_rule(name: str, rule: UpdateRule) -> bool:
    if name in _RULES:
        return _RULES[name][0] is not rule
    return name in update_rules.names()


def surface_fields(surface: str | Surface) -> dict[str, object]:
    """Return the fields of a scenario that say which surface it is; one that no name finds is made known.

    Raises:
        ValueError: it cannot be shown: its loss at its start is not finite.
    """
    if isinstance(surface, str):
        return {"surface": surface}
    if surface.text and surface.name == FORMULA:
        return {"surface": FORMULA, "formula": surface.text, "domain": [list(side) for side in surface.domain]}
    values = {each.name: each.value for each in surface.parameters}
    if surfaces.known(surface.name) and _alike(surfaces.get(surface.name, **values), surface):
        return {"surface": surface.name, "parameters": values}
    for name in sorted(RUNS.only_here):
        if surfaces.get(name).build is surface.build:
            return {"surface": name}
    base = re.sub(r"[^a-z0-9]+", "_", surface.title.lower()).strip("_")[:36] or "surface"
    base = base if base[0].isalpha() else f"f_{base}"
    name = _free(base, lambda each: surfaces.known(each) or each in (FORMULA, "function"))
    surfaces.register(replace(surface, name=name, parameters=(), maker=None))
    RUNS.only_here.add(name)
    return {"surface": name}


def _alike(one: Surface, other: Surface) -> bool:
    """Tell whether two are the same surface: the same object, or made alike by a formula or by the same maker."""
    facts = ("name", "title", "text", "domain", "start", "source", "parameters")
    same = all(getattr(one, fact) == getattr(other, fact) for fact in facts)
    return one is other or (same and bool(one.text or one.parameters))


def _free(base: str, taken: Callable[[str], bool]) -> str:
    count, name = 1, base
    while taken(name):
        count += 1
        name = f"{base}_{count}"
    return name
