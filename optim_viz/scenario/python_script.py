"""The scenario as a Python script against the public API."""

from __future__ import annotations

from collections.abc import Sequence

from optim_viz.scenario.fields import Fields
from optim_viz.scenario.lane import Lane


def script(fields: Fields, titles: Sequence[str]) -> str:
    """Return a runnable script: one rollout a lane, then the point and the loss where each ends.

    Text that a person typed (a formula) only ever stands inside the repr of a string.
    """
    lines = [
        '"""A run of the optim_viz lab; the numbers are exact."""',
        "",
        "import optim_viz",
        "from optim_viz import surfaces",
        "",
        f"surface = {_surface(fields)}",
        f"common = {{'start': {fields.start!r}, 'steps': {fields.steps!r}, "
        f"'noise': {fields.noise!r}, 'seed': {fields.seed!r}}}",
        "runs = {",
    ]
    for title, lane in zip(titles, fields.lanes, strict=True):
        lines.append(f"    {title!r}: optim_viz.rollout(surface, {_arguments(lane)}, **common),")
    lines += [
        "}",
        "for title, run in runs.items():",
        "    x, y = run.theta[-1].tolist()",
        '    print(f"{title}: x = {x!r}, y = {y!r}, loss = {run.loss[-1].item()!r}")',
        "",
    ]
    return "\n".join(lines)


def _surface(fields: Fields) -> str:
    if fields.formula:
        return f"surfaces.parse({fields.formula!a}, domain={fields.domain!r})"
    given = "".join(f", {name}={value!r}" for name, value in fields.parameters.items())
    return f"surfaces.get({fields.surface!r}{given})"


def _arguments(lane: Lane) -> str:
    parts = [repr(lane.optimizer)]
    for hyperparameter in lane.rule.hyperparameters:
        value = lane.hyperparameters[hyperparameter.name]
        if value != hyperparameter.default or hyperparameter.name == "lr":
            parts.append(f"{hyperparameter.name}={value!r}")
    if lane.schedule is not None:
        changed = {each.name: each.default for each in lane.schedule.parameters}
        given = "".join(f", {n}={v!r}" for n, v in lane.schedule.values.items() if v != changed[n])
        name = repr(lane.schedule.name)
        parts.append(f"schedule={f'optim_viz.schedules.get({name}{given})' if given else name}")
    return ", ".join(parts)
