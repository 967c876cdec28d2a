"""What each sign on the page stands for, so that formulas, controls and numbers can explain themselves.

A sign means one thing on all pages: hyperparameters and states are those that the update rules declare, Adam's and
those of the rules before it in the menu's order; the first that has the sign counts. What belongs to one question (κ, a
mass, rounds) is declared by its section.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optim_viz import update_rules
from optim_viz.pages.paper.section import Section
from optim_viz.update_rules import UpdateRule

_COMMON = {
    "θ": "The parameters: what is trained; on a surface, the place of the particle.",
    "Δθ": "The step: what is added to θ.",
    "g": "The gradient that a step sees.",
    "f": "The loss.",
    "∇f": "The gradient of the loss.",
    "t": "The step, counted from 1.",
}


def explained(sections: Iterable[Section]) -> dict[str, Any]:
    """Return what the browser needs to explain the page's signs.

    Returns:
        "signs": sign -> its sentence, or of a hyperparameter what the lab explains it by (its name, default, help and
        meaning), so that the value of a section's own slider can be told; "sections": prefix -> sign -> sentence.
    """
    signs: dict[str, Any] = dict(hyperparameter_signs())
    for rule in _rules():
        for name, sentence in rule.meanings.items():
            signs.setdefault(rule.symbols[name], sentence)
    return {"signs": {**signs, **_COMMON}, "sections": {each.prefix: dict(each.symbols) for each in sections}}


def _rules() -> list[UpdateRule]:
    """Return the rule that the paper is about, and those that were there before it."""
    rules = [update_rules.get(name) for name in update_rules.names()]
    last = max((rule.rank for rule in rules if rule.name == "adam"), default=0)
    return [rule for rule in rules if rule.rank <= last] or rules


def hyperparameter_signs() -> Mapping[str, Mapping[str, Any]]:
    """Return the signs of hyperparameters that some section shows, each with what the lab explains it by."""
    found: dict[str, Mapping[str, Any]] = {}
    for rule in _rules():
        for each in rule.hyperparameters:
            if each.section and each.scale != "choice":
                facts = {
                    name: getattr(each, name) for name in ("name", "symbol", "words", "default", "help", "meaning")
                }
                found.setdefault(each.symbol, facts)
    return found
