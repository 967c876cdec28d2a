"""Networks that can be trained: one model a file, each exposing MODEL. Adding a file here adds the model everywhere.

Importing this package needs no torch: a model's settings, layers and number of parameters are plain arithmetic, and
only `Model.build` imports torch. Every module of the folder but those of `_CONTRACT` must expose MODEL, and a file that
fails to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from optim_viz.models.model import Model
from optim_viz.models.option import Option

__all__ = ["Model", "Option", "get", "names"]

_CONTRACT = ("activation", "initial", "model", "option")


@cache
def _models() -> dict[str, Model]:
    """Import every model of this folder, ordered by rank, then name."""
    found: list[Model] = []
    for module in iter_modules(__path__):
        if module.name in _CONTRACT:
            continue
        model = import_module(f"{__name__}.{module.name}").MODEL
        if not isinstance(model, Model) or model.name != module.name:
            raise TypeError(f"models/{module.name}.py must expose MODEL, a Model named {module.name!r}")
        found.append(model)
    return {model.name: model for model in sorted(found, key=lambda model: (model.rank, model.name))}


def names() -> tuple[str, ...]:
    """Name every model, in the order in which menus list them."""
    return tuple(_models())


def get(name: str) -> Model:
    """Look up a model.

    Raises:
        ValueError: no such model; the message lists the known ones.
    """
    models = _models()
    if name not in models:
        raise ValueError(f"unknown model {name!r}; known: {', '.join(models)}")
    return models[name]
