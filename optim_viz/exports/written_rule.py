"""An update rule as statements of Python on tensors: the lines of the lab's arithmetic, for rules torch has not."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

HELPERS = """\
def tensor(u):
    return torch.as_tensor(u, dtype=torch.float64)


def sqrt(u):
    return torch.sqrt(tensor(u))


def sign(u):
    return torch.sign(tensor(u))


def largest(u, v):
    return torch.maximum(tensor(u), tensor(v))


def smallest(u, v):
    return torch.minimum(tensor(u), tensor(v))
"""
_CALLS = {"max": "largest", "min": "smallest"}
_OTHER = "_other"


def statements(run: Trajectory) -> tuple[list[str], list[str]]:
    """Return a rule's step, written out.

    The statements use `t`, `grad` (what the step sees), `theta_prev`, states before the step as NAME_prev, the
    hyperparameters, and `seen(t, theta)` where a rule looks at the gradient of a second point. They assign `theta` and
    every state.

    Args:
        run: one run of the rule, for its settings and its start.

    Returns:
        The statements before the first step, and those of one step.

    Raises:
        ValueError: a state has no line, so the step cannot be written from them.
    """
    rule = run.rule
    lines = rule.lines(run.hyperparameters)
    looked: Mapping[str, str] = _looked_at(rule, run) if rule.measured else dict[str, str]()
    used = set(re.findall(r"[A-Za-z_]\w*", " ".join(line.expression for line in lines).replace(_OTHER, "")))
    kept = [name for name in rule.states if f"{name}_prev" in used]
    written: list[str] = [f"{name}_prev = {name}" for name in kept]
    told = {*rule.measured}
    for line in lines:
        written.append(f"{line.target} = {in_python(line.expression)}")
        told.add(line.target)
        written += [f"{name} = seen(t, {line.target})" for name, point in looked.items() if point == line.target]
    missing = [name for name in rule.states if name not in told]
    if missing or set(looked.values()) - told:
        raise ValueError(f"{rule.title} keeps {', '.join(missing)}, which no line of its arithmetic works out")
    first = run.first_state()
    fixed = [name for name in run.hyperparameters if name in used and (name != "lr" or run.schedule is None)]
    before = [f"{name} = {run.hyperparameters[name]!r}" for name in fixed]
    before += [f"{name} = torch.tensor({np.broadcast_to(getattr(first, name), (2,)).tolist()!r})" for name in kept]
    return before, written


def in_python(expression: str) -> str:
    """Return the expression of a `Line` on tensors of two numbers: NAME_other is NAME, turned round."""
    return ast.unparse(_Tensors().visit(ast.parse(expression, mode="eval")))


class _Tensors(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not node.id.endswith(_OTHER):
            return ast.Name(_CALLS.get(node.id, node.id), ast.Load())
        whole = ast.Name(node.id.removesuffix(_OTHER), ast.Load())
        return ast.Call(ast.Attribute(whole, "flip", ast.Load()), [ast.Constant(0)], [])


def _looked_at(rule: UpdateRule, run: Trajectory) -> Mapping[str, str]:
    """Return the measured states, each with the state that is the point where it is read off.

    Which state that is stands in no declaration: it is the one that `probe` returns as the point.
    """
    if rule.probe is None:
        raise ValueError(f"{rule.title} measures {', '.join(rule.measured)}, and no probe says where")
    params, grad = np.array([[0.3], [-0.7]]), np.array([[1.1], [0.2]])
    given = {
        name: value if isinstance(value, bool) else np.asarray(value) for name, value in run.hyperparameters.items()
    }
    settings: Any = rule.prepare(given, 1)
    point, state = rule.probe(grad, rule.init(params, settings), params, 1, settings)
    names = [name for name in rule.states if getattr(state, name) is point]
    if len(names) != 1:
        raise ValueError(f"{rule.title} takes its gradient at a point that is none of its states")
    return dict.fromkeys(rule.measured, names[0])
