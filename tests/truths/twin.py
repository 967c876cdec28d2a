"""A rule's independent twin, one step at a time in float64: its class in torch.optim, or its reference in plain Python.

A rule that torch does not have brings `tests/truths/reference/<rule>.py` with

    step(theta, grad, state, t, **hyperparameters) -> theta

for one coordinate, floats only, written from the publication and not from the rule. `state` is a dict that it keeps.
Where the coordinates are coupled it is `step_both`, of lists of two floats. A rule that takes the gradient of a step
elsewhere has it there as `grad_at`, a function of a point (two floats).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
import torch

from optim_viz.schedules import Schedule
from optim_viz.update_rules import UpdateRule


class Twin:
    """Steps from a start; `theta` is where it stands."""

    def __init__(
        self,
        rule: UpdateRule,
        hyperparameters: Mapping[str, Any],
        start: tuple[float, float],
        schedule: Schedule | None = None,
        steps: int = 1,
    ) -> None:
        self.theta = np.array(start, dtype=np.float64)
        self._hyperparameters = rule.complete(hyperparameters)
        self._t = 0
        self._steps = steps
        self._probes = rule.probe is not None
        self._rates = None if schedule is None else self._hyperparameters["lr"] * schedule.factors(steps)
        if rule.torch_twin is None:
            reference = import_module(f"tests.truths.reference.{rule.name}")
            self._both = getattr(reference, "step_both", None)
            self._step = self._both or reference.step
            self._states: tuple[dict[str, Any], ...] = ({},) if self._both else ({}, {})
            return
        self._param = torch.tensor(self.theta, requires_grad=True)
        kwargs = rule.torch_kwargs(self._hyperparameters)
        self._optimizer = getattr(torch.optim, rule.torch_twin)([self._param], **kwargs)
        self._step = self._both = None
        self._scheduler = None
        if schedule is not None:
            arguments = schedule.torch_kwargs(kwargs["lr"], steps, schedule.values)
            self._scheduler = getattr(torch.optim.lr_scheduler, schedule.torch_twin)(self._optimizer, **arguments)

    def step(self, grad: np.ndarray, grad_at: Callable[[np.ndarray], np.ndarray] | None = None) -> None:
        """Take one step.

        Args:
            grad: (2,), the gradient where it stands.
            grad_at: the gradient at other points; None where it is the same everywhere.
        """
        self._t += 1
        if self._rates is not None and self._step is not None:
            self._hyperparameters["lr"] = float(self._rates[self._t - 1])
        if self._both is not None:
            given = dict(self._hyperparameters)
            if self._probes:
                given["grad_at"] = lambda point: (grad if grad_at is None else grad_at(np.array(point))).tolist()
            stepped = self._both(self.theta.tolist(), grad.tolist(), *self._states, self._t, **given)
            self.theta = np.array(stepped)
            return
        if self._step is not None:
            both = zip(self.theta.tolist(), grad.tolist(), self._states, strict=True)
            self.theta = np.array([self._step(*each, self._t, **self._hyperparameters) for each in both])
            return
        self._param.grad = torch.tensor(grad)
        usual = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)  # torch makes NAdam's product of betas in the default type
        try:
            self._optimizer.step()
        finally:
            torch.set_default_dtype(usual)
        if self._scheduler is not None and self._t < self._steps:
            self._scheduler.step()
        self.theta = self._param.detach().numpy().copy()

    def state(self) -> dict[str, np.ndarray]:
        """Return what it remembers of each coordinate, by its own names."""
        if self._both is not None:
            return {key: np.array(value) for key, value in self._states[0].items()}
        if self._step is not None:
            return {key: np.array([each[key] for each in self._states]) for key in self._states[0]}
        kept = self._optimizer.state[self._param]
        return {key: value.numpy().copy() for key, value in kept.items() if torch.is_tensor(value) and value.ndim == 1}
