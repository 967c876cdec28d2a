"""The exact runs at every stop of one slider: what lets a drag follow the finger without the server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock

import numpy as np

from optim_viz import update_rules
from optim_viz.byte_cache import ByteCache
from optim_viz.diagnostics.stability import divergence_text
from optim_viz.stage.channels import channels
from optim_viz.stage.lane_run import RunSpec, arrivals, line_dicts, recorded
from optim_viz.stage.packing import Block, digest
from optim_viz.stage.strips import Strip, strip_of
from optim_viz.stage.thinning import thinned_channels
from optim_viz.trajectory import Trajectory

EXACT_STEPS = 1000
"""Longest run whose families are sent whole: 65 runs of Adam are then 8 MB. Those of longer runs are thinned."""

_CACHE = ByteCache(120_000_000)

_LONG = Lock()
"""Held while a family of long runs is worked out, which takes some hundred MB for a moment: one at a time."""


@dataclass(frozen=True, eq=False)
class Family:
    """All runs of one slider.

    Attributes:
        key: names the array by content: all a run depends on but the slider's own value, and the slider's name.
        block: float64, shape (S, C, T + 1), stop by stop; see `Channels.block`. Of long runs `Thinned.values`.
        further: the other arrays of long runs by key, which the section's "thinned" names: `Thinned.steps` as "steps",
            `Thinned.exact` as "exact", of the steps before and at its "time".
        section: its entry in the header, but for the lane's index.
        strip: how its runs end; its section stands in the family's.
    """

    key: str
    block: Block
    further: Mapping[str, Block]
    section: dict[str, object]
    strip: Strip

    @property
    def nbytes(self) -> int:
        """Return the bytes that its arrays take."""
        return self.block.values.nbytes + sum(block.values.nbytes for block in self.further.values())


def family(spec: RunSpec, name: str, plots: tuple[str, ...], time: int = 0, *, fine: bool = False) -> Family:
    """Return the runs of `spec` with hyperparameter `name` at each of its slider's stops, and the curves of `plots`.

    A fine family has its stops around the value in `spec` instead; see `Hyperparameter.fine_stops`. The stops run as
    one vectorised batch. Families are kept up to 120 MB.

    Args:
        spec: the lane's run.
        name: the hyperparameter.
        plots: diagnostics.
        time: the step on screen, whose numbers are exact in families of long runs too.
        fine: around the value in `spec`.

    Raises:
        KeyError: the optimizer has no such hyperparameter.
        ValueError: a fine family of a choice.
    """
    hyperparameter = {item.name: item for item in update_rules.get(spec.optimizer).hyperparameters}[name]
    # The slider's own value makes no difference to its family, so it must make none to the cache.
    stops = hyperparameter.fine_stops(dict(spec.hyperparameters)[name]) if fine else hyperparameter.stops()
    alike = spec.with_hyperparameter(name, hyperparameter.default)
    long = spec.steps > EXACT_STEPS
    at = min(max(time, 0), spec.steps) if long else None
    with _LONG if long else nullcontext():
        return _CACHE.call(_family, alike, name, stops, plots, at)


def _family(
    spec: RunSpec, name: str, stops: tuple[float | bool, ...], plots: tuple[str, ...], time: int | None
) -> Family:
    return described_family(spec, name, stops, plots, time, spec.run(**{name: np.array(stops)}))


def described_family(
    spec: RunSpec,
    name: str,
    stops: tuple[float | bool, ...],
    plots: tuple[str, ...],
    time: int | None,
    run: Trajectory,
) -> Family:
    """Return the family of runs that are there, thinned but for the numbers of one step unless `time` is None.

    Args:
        spec: what they depend on, save for the slider.
        name: the slider's hyperparameter.
        stops: its values.
        plots: diagnostics.
        time: the step on screen, of long runs.
        run: a batch, one run a stop.
    """
    rule = update_rules.get(spec.optimizer)
    key = f"f:{digest(*spec, name, stops, plots, time)}"
    strip = strip_of(spec, name, stops, run)
    variants: list[list[dict[str, str]]] = []
    line_of_stop: list[int] = []
    for stop in stops:
        lines = line_dicts(rule, {**dict(spec.hyperparameters), name: stop})
        if lines not in variants:
            variants.append(lines)
        line_of_stop.append(variants.index(lines))
    first = arrivals(run)
    section: dict[str, object] = {
        "key": key,
        "hyperparameter": name,
        "stops": list(stops),
        "diverged_at": [int(index) for index in run.diverged_at],
        "divergence": [str(text) for text in divergence_text(run)],
        "arrived": None if first is None else [int(step) for step in first],
        "lanes_keys": [spec.with_hyperparameter(name, stop).key(plots) for stop in stops],
        "lines": variants,
        "line_of_stop": line_of_stop,
        "recorded": recorded(run),
        "strip": strip.section,
        "notes": [],
        "waiting": 0,
        "thinned": None if time is None else {"time": time, "steps": f"{key}:steps", "exact": f"{key}:exact"},
    }
    if time is None:
        found = channels(run, rule, plots)
        return Family(key, found.block, {}, {**section, "curves": found.curves}, strip)
    thin = thinned_channels(run, rule, plots, time)
    section["curves"] = thin.curves
    return Family(key, thin.values, {f"{key}:steps": thin.steps, f"{key}:exact": thin.exact}, section, strip)
