"""Every optimizer class of the packages that are installed for development."""

from __future__ import annotations

import torch

Classes = dict[str, type]


def every_class() -> dict[str, Classes]:
    """Return each package's optimizers by name; those that wrap another one are left out."""
    import pytorch_optimizer  # here, since they take seconds to load, and each worker loads every file of tests
    import torch_optimizer

    supported = {name: pytorch_optimizer.load_optimizer(name) for name in pytorch_optimizer.get_supported_optimizers()}
    exported = {name: getattr(torch_optimizer, name) for name in torch_optimizer.__all__ if name != "Lookahead"}
    own = {name: getattr(torch.optim, name) for name in torch.optim.__all__ if name != "Optimizer"}
    return {
        "pytorch_optimizer": {name: kind for name, kind in supported.items() if isinstance(kind, type)},
        "torch_optimizer": {name: kind for name, kind in exported.items() if isinstance(kind, type)},
        "torch.optim": {name: kind for name, kind in own.items() if isinstance(kind, type)},
    }
