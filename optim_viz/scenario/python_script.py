"""The scenario as a Python script against the public API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optim_viz.scenario.fields import Fields
from optim_viz.scenario.lane import Lane
from optim_viz.scenario.pin import Pin


def script(fields: Fields, titles: Sequence[str], pinned: Sequence[str] = ()) -> str:
    """Return a runnable script: one rollout a lane, then the point and the loss where each ends.

    Text that a person typed (a formula) only ever stands inside the repr of a string.

    Args:
        fields: the scenario.
        titles: of its lanes.
        pinned: titles of the pinned runs, which then follow.
    """
    lines = [
        '"""A run of the optim_viz lab; the numbers are exact."""',
        "",
        "import optim_viz",
        "from optim_viz import surfaces",
        "",
        f"surface = {_surface(fields, fields.parameters)}",
        *_runs(fields, titles, fields.steps, "common", "surface", "runs"),
    ]
    pin = fields.pin
    if pin is not None:
        own = pin.parameters != fields.parameters
        lines += [
            "",
            "# what the runs above are compared with",
            *([f"pinned_surface = {_surface(fields, pin.parameters)}"] if own else []),
            *_runs(pin, pinned, fields.steps, "pinned_common", "pinned_surface" if own else "surface", "pinned"),
        ]
    printed = [*_printed("runs", ""), *(_printed("pinned", "pinned ") if pin else [])]
    return "\n".join([*lines, *printed, *_cloud(fields, titles), ""])


def _cloud(fields: Fields, titles: Sequence[str]) -> list[str]:
    """Return what runs the cloud of each lane, of which the script prints how they end."""
    if fields.cloud is None:
        return []
    count, spread = fields.cloud
    radius = spread * min(high - low for low, high in fields.domain)
    lines = [
        "",
        "# the same from further starts",
        f"common['start'] = optim_viz.starts_around({fields.start!r}, {radius!r}, {count!r})",
        "clouds = {",
    ]
    for title, lane in zip(titles, fields.lanes, strict=True):
        lines.append(f"    {title!r}: optim_viz.rollout(surface, {_arguments(lane)}, **common),")
    return [
        *lines,
        "}",
        "for title, cloud in clouds.items():",
        "    low, high = cloud.loss[:, -1].min(), cloud.loss[:, -1].max()",
        '    print(f"{title}, {len(cloud.theta)} starts: losses at the end from {low!r} to {high!r}")',
    ]


def _runs(of: Fields | Pin, titles: Sequence[str], steps: int, common: str, surface: str, name: str) -> list[str]:
    lines = [
        f"{common} = {{'start': {of.start!r}, 'steps': {steps!r}, 'noise': {of.noise!r}, 'seed': {of.seed!r}}}",
        f"{name} = {{",
    ]
    for title, lane in zip(titles, of.lanes, strict=True):
        lines.append(f"    {title!r}: optim_viz.rollout({surface}, {_arguments(lane)}, **{common}),")
    return [*lines, "}"]


def _printed(name: str, before: str) -> list[str]:
    return [
        f"for title, run in {name}.items():",
        "    x, y = run.theta[-1].tolist()",
        f'    print(f"{before}{{title}}: x = {{x!r}}, y = {{y!r}}, loss = {{run.loss[-1].item()!r}}")',
    ]


def _surface(fields: Fields, parameters: Mapping[str, float]) -> str:
    if fields.formula:
        return f"surfaces.parse({fields.formula!a}, domain={fields.domain!r})"
    given = "".join(f", {name}={value!r}" for name, value in parameters.items())
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
