# pyright: basic
"""All that an optimizer of any class keeps, as tensors and plain values, and back to the bit.

torch's own `load_state_dict` turns every state into the parameter's type, so that masks and eight-bit states come back
as something else, and it leaves out what a class keeps in attributes of its own. Here each state keeps its type, and
attributes are kept as far as they are plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

_PLAIN = (bool, int, float, str, bytes, torch.dtype, type(None))


def pack(optimizer: Any, params: Sequence[Tensor]) -> dict[str, Any]:
    """Return copies, on the CPU, of what an optimizer keeps.

    Args:
        optimizer: whose.
        params: of the whole network, in order; a state is kept under its parameter's place.

    Raises:
        TypeError: its state holds something that is neither a tensor nor a plain value.
    """
    places = {id(param): place for place, param in enumerate(params)}
    device = params[0].device
    states: dict[Any, Any] = {}
    for key, value in optimizer.state.items():
        if not isinstance(key, Tensor | str):
            raise TypeError(f"a state of a {type(key).__name__}")
        states[places[id(key)] if isinstance(key, Tensor) else key] = _packed(value, places, device)
    groups = [_plain_part(group, places, device) for group in optimizer.param_groups]
    return {"state": states, "groups": groups, "attributes": _plain_part(_attributes(optimizer), places, device)}


def unpack(optimizer: Any, params: Sequence[Tensor], packed: Mapping[str, Any]) -> None:
    """Give an optimizer that was built alike what `pack` returned."""
    optimizer.state.clear()
    for key, value in packed["state"].items():
        optimizer.state[params[key] if isinstance(key, int) else key] = _placed(value, params)
    for group, kept in zip(optimizer.param_groups, packed["groups"], strict=True):
        group.update(_placed(kept, params))
    for name, value in packed["attributes"].items():
        setattr(optimizer, name, _placed(value, params))


def _attributes(optimizer: Any) -> dict[str, Any]:
    """Return what a class keeps in attributes that not every optimizer has."""
    usual = vars(torch.optim.SGD([torch.zeros(1, requires_grad=True)]))
    return {name: value for name, value in vars(optimizer).items() if name not in usual}


def _plain_part(values: Mapping[str, Any], places: Mapping[int, int], device: torch.device) -> dict[str, Any]:
    """Return the entries that a checkpoint can hold; functions and objects are made anew with the optimizer."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name != "params":
            try:
                found[name] = _packed(value, places, device)
            except TypeError:
                continue
    return found


_PARAM, _APART = "parameter of the network", "not where the network is"
"""Keys that say what stands below: the place of a parameter, and a tensor that lay on another device than they."""


def _packed(value: Any, places: Mapping[int, int], device: torch.device) -> Any:
    if isinstance(value, Tensor):
        if id(value) in places:
            return {_PARAM: places[id(value)]}
        copied = value.detach().cpu().clone()
        return copied if value.device == device else {_APART: copied}
    if type(value) is dict:
        return {_packed(key, places, device): _packed(each, places, device) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_packed(each, places, device) for each in value)
    if isinstance(value, np.generic):
        return value.item()
    if type(value) in _PLAIN:
        return value
    raise TypeError(f"a {type(value).__name__}")


def _placed(value: Any, params: Sequence[Tensor]) -> Any:
    if isinstance(value, Tensor):
        return value.detach().to(params[0].device, copy=True)
    if type(value) is dict:
        if _PARAM in value:
            return params[value[_PARAM]]
        if _APART in value:
            return value[_APART].detach().clone()
        return {key: _placed(each, params) for key, each in value.items()}
    return type(value)(_placed(each, params) for each in value) if type(value) in (list, tuple) else value
