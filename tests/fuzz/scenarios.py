"""Random valid scenarios: every surface, optimizer, schedule, view and window, by the fields' own ranges."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import optim_viz
from optim_viz import diagnostics, schedules, surfaces
from optim_viz.scenario import Lane, Scenario
from optim_viz.scenario.fields import AXES, FORMULA, HEIGHTS, SPEEDS, VIEWS
from optim_viz.scenario.problem import MAX_COORDINATE, MAX_LANES, MAX_SEED, MAX_STEPS
from optim_viz.update_rules import Hyperparameter

FORMULAS = (
    *("(1-x)**2 + 100*(y-x**2)**2", "|x| + max(x, y)", "1e-320*x", "5", "1e300*x**2", "sin(5x)*cos(5y)/(0.01 + x²)"),
    *("where(x > 0, x, y²)", "log(x)", "5e-324*(x + y)", "1.7e308*x", "sqrt(x**2 + y**2)", "floor(x) + erf(y)", "x**y"),
)


def hyperparameter_value(draw: Random, each: Hyperparameter) -> float | bool:
    """Draw a value of a hyperparameter, often its default or an end of its slider."""
    if isinstance(each.default, bool):
        return draw.random() < 0.5
    ends = (each.default, each.low, each.high)
    return float(draw.choice(ends) if draw.random() < 0.5 else draw.uniform(each.low, each.high))


def lane(draw: Random) -> Lane:
    """Draw a lane; a value that its rule refuses stays at the default."""
    name = draw.choice(optim_viz.optimizers())
    own: dict[str, Any] = {}
    for each in optim_viz.optimizer(name).hyperparameters:
        if draw.random() < 0.5:
            try:
                Lane(name, hyperparameters={each.name: (value := hyperparameter_value(draw, each))})
            except ValueError:
                continue
            own[each.name] = value
    plan = schedules.get(draw.choice(schedules.names())) if draw.random() < 0.2 else None
    try:
        return Lane(name, hyperparameters=own, visible=draw.random() < 0.9, schedule=plan)
    except ValueError:  # two values that do not go together
        return Lane(name)


def window(draw: Random, around: Any) -> Any:
    """Draw a part of a domain, often beyond it and sometimes very small."""
    size = 10 ** draw.uniform(-4, 1)
    found: list[tuple[float, float]] = []
    for low, high in around:
        middle, half = draw.uniform(low, high), size * (high - low) / 2
        found.append((max(middle - half, -MAX_COORDINATE), min(middle + half, MAX_COORDINATE)))
    return tuple(found)


def scenario(draw: Random, most_steps: int = MAX_STEPS, most_lanes: int = MAX_LANES) -> Scenario:
    """Draw a scenario that is valid, of at most so many steps and lanes."""
    steps = min(most_steps, draw.choice((1, 2, 7, 50, 200, 200, 1000, 5000, MAX_STEPS)))
    fields: dict[str, Any] = {"surface": draw.choice(surfaces.names()), "formula": ""}
    if draw.random() < 0.2:
        fields = {"surface": FORMULA, "formula": draw.choice(FORMULAS)}
        domain = draw.choice((None, ((-5, 5), (-1, 9)), ((-1e6, 1e6), (0, 1)), ((0.1, 0.1001), (-1, 1))))
        fields |= {"domain": domain} if domain else {}
    ground = Scenario.from_dict(fields)[0]
    lanes = tuple(lane(draw) for _ in range(draw.randrange(1, most_lanes + 1)))
    (x0, x1), (y0, y1) = ground.domain
    found = replace(
        ground,
        steps=steps,
        lanes=lanes,
        lane=draw.randrange(len(lanes)),
        start=(draw.uniform(x0, x1), draw.uniform(y0, y1)) if draw.random() < 0.8 else (1e6, -1e6),
        noise=draw.choice((0.0, 0.0, 0.1, 1e-310, 100.0)),
        seed=draw.choice((0, 1, MAX_SEED)),
        view=draw.choice(VIEWS),
        time=draw.choice((None, 0, steps)),
        loop=(0, steps) if draw.random() < 0.2 else None,
        speed=draw.choice(SPEEDS),
        zoom=window(draw, ground.domain) if draw.random() < 0.3 else None,
        axes=draw.choice(AXES),
        height=draw.choice(HEIGHTS),
        plots=tuple(draw.sample(diagnostics.names(), draw.randrange(1, 5))),
        cloud=(draw.choice((2, 16)), draw.choice((1e-6, 0.3, 1.0))) if draw.random() < 0.2 else None,
    )
    return found.pinned() if draw.random() < 0.15 else found
