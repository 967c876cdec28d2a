"""A message becomes a sentence where people read it: it begins with a capital letter, unless it begins with a name.

Messages are written without one, since a command puts its own name before them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from optim_viz import update_rules

_WORD: Final = re.compile(r"[a-z]+(?:[-'’][a-z]+)*,?(?=\s|$)", re.ASCII)
_NAMED: Final = re.compile(r" (?:must|=)(?=\s)")
_PRONOUNS: Final = ("it", "they", "this", "you")


def sentence(message: str) -> str:
    """Return a message with a capital first letter.

    A first word that is a name stays as it is: one that holds more than letters (`beta1`, `runs.db`, `lanes.2:`), one
    that is followed by "must" or "=", and the name of an optimizer or of a hyperparameter (`lr`, `sgd`).
    """
    word = _WORD.match(message)
    if word is None or word[0] in _names():
        return message
    if word[0] not in _PRONOUNS and _NAMED.match(message, word.end()):
        return message
    return message[0].upper() + message[1:]


@cache
def _names() -> frozenset[str]:
    rules = [update_rules.get(name) for name in update_rules.names()]
    return frozenset([*update_rules.names(), *(each.name for rule in rules for each in rule.hyperparameters)])
