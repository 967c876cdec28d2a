"""What every script of a scenario begins with (start, steps, gradient, noise, schedules), and where its runs end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import numpy as np

from optim_viz.comparison.script import function_source
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, Scenario, lane_titles
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory

NEAR = 1e-12
"""How near a script's path is to the lab's, unless the run magnifies rounding."""


@dataclass(frozen=True, eq=False)
class ScriptLane:
    """A lane of a script.

    Attributes:
        title: as the lab calls it.
        lane: its optimizer and settings.
        run: what the lab computes; None of an outside class, whose code runs in processes of its own.
        factors: the name of the script's array of what lr is multiplied by; "None" where lr stays as it is.
    """

    title: str
    lane: Lane
    run: Trajectory | None
    factors: str

    @property
    def last(self) -> int:
        """The last step whose numbers are finite."""
        if self.run is None:
            return -1
        return self.run.steps if self.run.diverged_at < 0 else int(self.run.diverged_at) - 1


def script_lanes(scenario: Scenario) -> list[ScriptLane]:
    """Return the lanes of a scenario with their runs."""
    surface = scenario.surface_object()
    titles = lane_titles(scenario.lanes, plain=True)
    return [
        ScriptLane(
            title,
            lane,
            None if isinstance(lane.rule, OutsideRule) else scenario.run(lane, surface),
            "None" if lane.schedule is None else f"FACTORS[{title!r}]",
        )
        for title, lane in zip(titles, scenario.lanes, strict=True)
    ]


def preamble(scenario: Scenario, lanes: Sequence[ScriptLane]) -> str:
    """Return the lines that define START, STEPS, `seen_at(t, x, y)` and FACTORS.

    Text that a person typed (a formula, a table's name) only ever stands inside the repr of a string.
    """
    parts = [
        f"START = {scenario.start!r}",
        f"STEPS = {scenario.steps!r}",
        "",
        *_gradient(scenario, lanes),
        *_noise(scenario),
        *_seen(scenario),
        *_schedules(scenario, lanes),
    ]
    return "\n".join(parts)


def told(number: int, lane: ScriptLane, way: str) -> str:
    """Return a line of the script's docstring: how a lane runs, and whether its path hangs on rounding."""
    text = f"  lane {number}, {lane.title}: {way}{_magnified(lane)}"
    return text.replace("\\", "/").replace('"', "'")


def _magnified(lane: ScriptLane) -> str:
    """Say how far a start that is one unit in the last place away leads from the run, where that is not nearby."""
    run = lane.run
    if run is None or run.surface is None:
        return ""
    start = np.nextafter(run.theta[0], np.inf).tolist()
    beside = rollout(
        run.surface,
        run.rule,
        start=start,
        steps=run.steps,
        noise=run.noise,
        seed=run.seed,
        schedule=run.schedule,
        **run.hyperparameters,
    )
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(run.theta), 1.0)
        apart = (np.abs(beside.theta - run.theta) / size)[: lane.last + 1].max()
    if apart <= NEAR:
        return ""
    away = "far" if np.isnan(apart) else f"{apart:.1g}"
    return f"; it magnifies rounding: a start one unit in the last place beside this one ends up {away} away"


def ends(lanes: Sequence[ScriptLane]) -> str:
    """Return the lines that print where each lane ends, and how far from where the lab's run does."""
    known = [lane for lane in lanes if lane.run is not None]
    rows = [f"    {lane.title!r}: ({lane.last!r}, {_point(lane)!r})," for lane in known]
    return "\n".join(
        [
            "# Where the lab's own runs are at their last finite step.",
            "LAB = {",
            *rows,
            "}",
            "for title, path in PATHS.items():",
            "    step, lab = LAB.get(title, (STEPS, None))",
            "    x, y = path[step].tolist()",
            '    apart = "" if lab is None else f"; from the lab: {max(abs(x - lab[0]), abs(y - lab[1])):.1g}"',
            '    print(f"{title}: step {step}: x = {x!r}, y = {y!r}{apart}")',
        ]
    )


def _point(lane: ScriptLane) -> tuple[float, ...] | None:
    return None if lane.run is None else tuple(lane.run.theta[lane.last].tolist())


def _gradient(scenario: Scenario, lanes: Sequence[ScriptLane]) -> list[str]:
    surface = scenario.surface_object()
    source = surface.grad_source()
    if source is None or not _holds(surface, source.function, lanes):
        drawn = "its steps draw examples, or it is no formula"
        kink = "a run comes to a kink, where the lab takes the mean of both sides"
        return _imported(scenario, surface, drawn if source is None else kink)
    return [
        f"# f(x, y) = {surface.text!a}",
        "# Its gradient, operation by operation in the lab's order, so that every digit is the lab's; autograd through",
        "# the formula gives the same but for rounding.",
        *source.imports,
        *source.functions,
        "",
        "",
        "def gradient(t, x, y):",
        *(indent(line, "    ") for line in source.lines),
    ]


def _holds(surface: Surface, written: Callable[..., Any], lanes: Sequence[ScriptLane]) -> bool:
    """Tell whether the written gradient is the lab's wherever the runs ask for it: it is not at kinks."""
    for run in (lane.run for lane in lanes if lane.run is not None):
        for place in (run.theta, *(run.state[point.state] for point in run.rule.points)):
            x, y = place[np.isfinite(place).all(axis=-1)].T
            with np.errstate(all="ignore"):
                pairs = zip(written(x, y), surface.grad(x, y), strict=True)
                if not all(np.array_equal(mine, own, equal_nan=True) for mine, own in pairs):
                    return False
    return True


def _imported(scenario: Scenario, surface: Surface, why: str) -> list[str]:
    if scenario.formula:
        made = f"surfaces.parse({scenario.formula!a}, domain={scenario.domain!r})"
    else:
        given = "".join(f", {name}={value!r}" for name, value in scenario.parameters.items())
        made = f"surfaces.get({scenario.surface!r}{given})"
    lines = [
        f"# The surface is optim_viz's own ({why}); nothing else of optim_viz is used.",
        "from optim_viz import surfaces",
        "",
        f"surface = {made}",
    ]
    if not surface.stochastic:
        return [*lines, "", "", "def gradient(t, x, y):", "    return surface.grad(x, y)"]
    return [
        *lines,
        f"DRAWS = surface.draws(STEPS, {scenario.seed!r})  # the examples of each step, from the seed",
        "",
        "",
        "def gradient(t, x, y):",
        "    gx, gy = surface.sampled_grad(np.array([x]), np.array([y]), DRAWS[t - 1])",
        "    return gx[0], gy[0]",
    ]


def _noise(scenario: Scenario) -> list[str]:
    if not scenario.noise:
        return []
    return [
        "",
        "# The noise that is added to the gradient of each step: NumPy's PCG64 from the seed, as in the lab.",
        f"stream = np.random.default_rng(np.random.SeedSequence([{scenario.seed!r}, 0]))",
        f"NOISE = {scenario.noise!r} * stream.standard_normal((STEPS, 2))",
    ]


def _seen(scenario: Scenario) -> list[str]:
    noisy = ["    found = found + NOISE[t - 1]"] if scenario.noise else []
    return [
        "",
        "",
        "def seen_at(t, x, y):",
        '    """The gradient that step t sees at (x, y): float64, noise included."""',
        '    with np.errstate(all="ignore"):',
        "        found = np.array(gradient(t, np.float64(x), np.float64(y)), dtype=np.float64)",
        *noisy,
        "    return found",
    ]


def _schedules(scenario: Scenario, lanes: Sequence[ScriptLane]) -> list[str]:
    used = {lane.schedule.name: lane.schedule for lane in scenario.lanes if lane.schedule is not None}
    if not used:
        return []
    functions: list[str] = []
    for name, schedule in used.items():
        shape: Any = schedule.shape
        body = indent(function_source(shape).rstrip(), "    ")
        functions += ["", "", f"def {name}():", body, "", f"    return {shape.__name__}"]
    rows = [
        f"    {lane.title!r}: {lane.lane.schedule.name}()(np.arange(1.0, STEPS + 1), STEPS, "
        f"{dict(lane.lane.schedule.values)!r}),"
        for lane in lanes
        if lane.lane.schedule is not None
    ]
    return [*functions, "", "", "FACTORS = {  # of the learning rate, a number for each step", *rows, "}"]
