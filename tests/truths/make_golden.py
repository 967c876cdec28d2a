"""Write tests/truths/golden/<rule>.json: where the rule's twin stands after 1, 2, 10, 100 and 1000 steps, in float64.

    python tests/truths/make_golden.py nadam
    python tests/truths/make_golden.py nadam m=exp_avg v=exp_avg_sq narrow_valley,lr=0.05 rosenbrock,lr=0.05,eps=1e-6

STATE=KEY says under which key the twin keeps a recorded state; SURFACE,HYPERPARAMETER=VALUE,... is a case. What is not
given comes from the file that is there; without one, from the rule's defaults on two surfaces and from states and keys
of one name. The twin is torch.optim's class or the rule's reference (tests/truths/twin.py), its gradients are
autograd's. `rounding_dev` is how far the same steps lead elsewhere with the analytic gradient when the last bit of the
start and of each gradient is changed at random: where 100 * rounding_dev + 1e-12 is large, rounding alone moves digits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

GOLDEN = Path(__file__).resolve().parent / "golden"
sys.path.insert(0, str(GOLDEN.parents[2]))  # the packages lie at the top and need not be installed

import optim_viz  # noqa: E402
import surfaces  # noqa: E402
from optim_viz.update_rules import UpdateRule  # noqa: E402
from tests.truths.twin import Twin  # noqa: E402

STEPS = (1, 2, 10, 100, 1000)
SURFACES = ("narrow_valley", "rosenbrock")
FUNCTIONS = {name: getattr(torch, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")}


def by_autograd(surface: surfaces.Surface) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Return theta -> (loss, gradient), both from the surface's text and torch alone."""

    def measure(theta: np.ndarray) -> tuple[float, np.ndarray]:
        x, y = (torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in theta)
        loss = eval(surface.text, {"__builtins__": {}}, {**FUNCTIONS, "x": x, "y": y})  # noqa: S307  # the catalog's own
        loss.backward()
        assert x.grad is not None
        assert y.grad is not None
        return loss.item(), np.array([float(x.grad), float(y.grad)])

    return measure


def trajectory(rule: UpdateRule, keys: Mapping[str, str], name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Run one case."""
    surface = surfaces.get(name)
    measure = by_autograd(surface)
    noise = np.random.default_rng(0)

    def jiggled(values: Any) -> np.ndarray:
        return np.asarray(values, dtype=np.float64) * (1 + np.finfo(float).eps * noise.choice([-1, 0, 1], 2))

    twin = Twin(rule, given, surface.start)
    others = [Twin(rule, given, tuple(jiggled(surface.start))) for _ in range(5)]
    found: dict[str, Any] = {}
    for t in range(1, max(STEPS) + 1):
        _, grad = measure(twin.theta)
        twin.step(grad, lambda place: measure(place)[1])
        for other in others:
            other.step(jiggled(surface.grad(*other.theta)), lambda place: jiggled(surface.grad(*place)))
        if t in STEPS:
            state = twin.state()
            found[str(t)] = {
                "pos": twin.theta.tolist(),
                "f": measure(twin.theta)[0],
                "grad_before_step": grad.tolist(),
                "state": {mine: state[key].tolist() for mine, key in keys.items() if key in state},
                "rounding_dev": max(float(np.abs(twin.theta - other.theta).max()) for other in others),
            }
    return found


def read_case(text: str) -> dict[str, Any]:
    """Read "surface,hyperparameter=value,..."."""
    surface, *parts = text.split(",")
    pairs = (part.split("=") for part in parts)
    return {"surface": surface, "hyperparameters": {name: json.loads(value.lower()) for name, value in pairs}}


def golden(rule: UpdateRule, arguments: list[str]) -> dict[str, Any]:
    """Compute a rule's file."""
    path = GOLDEN / f"{rule.name}.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    settings = [read_case(each) for each in arguments if each.partition(",")[0] in surfaces.names()]
    keys = dict(each.split("=") for each in arguments if each.partition(",")[0] not in surfaces.names())
    settings = settings or old.get("cases") or [{"surface": name, "hyperparameters": {}} for name in SURFACES]
    keys = keys or old.get("keys") or {name: name for name in rule.states}
    return {
        "about": f"torch.optim.{rule.torch_twin}" if rule.torch_twin else f"tests/truths/reference/{rule.name}.py",
        "torch": torch.__version__.partition("+")[0],
        "keys": keys,
        "cases": [
            {
                "surface": case["surface"],
                "start": list(surfaces.get(case["surface"]).start),
                "hyperparameters": case["hyperparameters"],
                "trajectory": trajectory(rule, keys, case["surface"], case["hyperparameters"]),
            }
            for case in settings
        ],
    }


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    chosen = optim_viz.optimizer(sys.argv[1])
    text = json.dumps(golden(chosen, sys.argv[2:]), indent=1, ensure_ascii=False)
    (GOLDEN / f"{chosen.name}.json").write_text(text + "\n", encoding="utf-8")
