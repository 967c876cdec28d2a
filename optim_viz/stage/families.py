"""The exact runs at every stop of one slider: what lets a drag follow the finger without the server."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optim_viz import update_rules
from optim_viz.diagnostics.stability import divergence_text
from optim_viz.stage.channels import channels
from optim_viz.stage.lane_run import RunSpec, arrivals, line_dicts
from optim_viz.stage.packing import Block, digest
from optim_viz.stage.strips import Strip, strip_of


@dataclass(frozen=True, eq=False)
class Family:
    """All runs of one slider.

    Attributes:
        key: names the array by content: all a run depends on but the slider's own value, and the slider's name.
        block: float32, shape (S, C, T + 1), stop by stop; see `Channels.block`.
        section: its entry in the header, but for the lane's index.
        strip: how its runs end; its section stands in the family's.
    """

    key: str
    block: Block
    section: dict[str, object]
    strip: Strip


def family(spec: RunSpec, name: str, plots: tuple[str, ...], fine: bool = False) -> Family:
    """Return the runs of `spec` with hyperparameter `name` at each of its slider's stops, and the curves of `plots`.

    A fine family has its stops around the value in `spec` instead; see `Hyperparameter.fine_stops`. The stops run as
    one vectorised batch. 12 families are kept, 10 MB each at the very most.

    Raises:
        KeyError: the optimizer has no such hyperparameter.
        ValueError: a fine family of a choice.
    """
    hyperparameter = {item.name: item for item in update_rules.get(spec.optimizer).hyperparameters}[name]
    # The slider's own value makes no difference to its family, so it must make none to the cache.
    stops = hyperparameter.fine_stops(dict(spec.hyperparameters)[name]) if fine else hyperparameter.stops()
    return _family(spec.with_hyperparameter(name, hyperparameter.default), name, stops, plots)


@lru_cache(maxsize=12)
def _family(spec: RunSpec, name: str, stops: tuple[float | bool, ...], plots: tuple[str, ...]) -> Family:
    rule = update_rules.get(spec.optimizer)
    run = spec.run(**{name: np.array(stops)})
    key = f"f:{digest(*spec, name, stops, plots)}"
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
        "strip": strip.section,
    }
    return Family(key, channels(run, rule, plots, np.float32).block, section, strip)
