"""What a rule without a twin in torch.optim or optax says, and how one refuses what its twin cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optim_viz.update_rules.torch_state import TorchState


def no_torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Declare that torch.optim has no such optimizer.

    Raises:
        ValueError: always.
    """
    del hyperparameters
    raise ValueError("torch.optim has no such optimizer")


def no_torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Declare that no moment can be found in torch's state."""
    del hyperparameters
    return TorchState()


def no_optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Declare no function of optax.

    Raises:
        ValueError: always.
    """
    del hyperparameters
    raise ValueError("its file names no function of optax that does the same")


def refuse(library: str, hyperparameters: Mapping[str, Any], **unlike: bool) -> None:
    """Refuse what a library cannot do.

    Args:
        library: whose function or class it is, such as "optax.adam".
        hyperparameters: the lane's.
        **unlike: values of choices that it has not.

    Raises:
        ValueError: a hyperparameter has such a value; the message names it.
    """
    for name, value in unlike.items():
        if hyperparameters[name] == value:
            raise ValueError(f"{library} has no {name} = {value}")
