"""Networks that can be trained: one model a file, each exposing MODEL. Adding a file here adds the model everywhere.

Importing this package needs no torch: a model's settings, layers and number of parameters are plain arithmetic, and
only `Model.build` imports torch. Every module of the folder but those of `_CONTRACT` must expose MODEL, and a file that
fails to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from functools import cache

from optim_viz.models.model import Model
from optim_viz.models.option import Option
from optim_viz.registry import discover, look_up

__all__ = ["Model", "Option", "get", "names"]

_CONTRACT = ("activation", "initial", "model", "option")


@cache
def _models() -> dict[str, Model]:
    """Import every model of this folder, ordered by rank, then name."""
    return discover(__name__, "MODEL", Model, _CONTRACT, lambda model: model.rank)


def names() -> tuple[str, ...]:
    """Name every model, in the order in which menus list them."""
    return tuple(_models())


def get(name: str) -> Model:
    """Look up a model.

    Raises:
        ValueError: no such model; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _models(), "model")
