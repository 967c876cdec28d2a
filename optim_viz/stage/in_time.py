"""What an answer works out beside its lanes' runs, as far as there is time: families, strips and clouds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from optim_viz.scenario import Scenario
from optim_viz.stage.asked import read_sliders
from optim_viz.stage.clouds import LaneCloud, lane_cloud
from optim_viz.stage.families import Family, family
from optim_viz.stage.lane_run import RunSpec
from optim_viz.stage.outside_lanes import is_outside, outside_family
from optim_viz.stage.strips import Strip, strip

MAX_FAMILIES = 4
"""Families sent in one message: at 1000 steps four of Adam's are 33 MB, and there they are largest."""

MAX_STRIPS = 64
"""Strips read of one request; eight lanes with all their sliders have fewer."""

STRIP_SECONDS = 0.06
"""Work on strips gives way after this long, so that a release behind it does not wait; the browser asks for the rest
again."""

CLOUD_SECONDS = 0.06
"""Work on clouds gives way after this long, for the same reason."""

OUTSIDE_SECONDS = 0.4
"""How long an answer waits for runs of outside optimizers; the browser asks again for what is missing then."""


def asked_families(
    raw: object, specs: Sequence[RunSpec], plots: tuple[str, ...], step: int
) -> Iterable[tuple[int, float | None, Family]]:
    """Yield the families asked for, each with its lane, and the value that it is fine around (None: it is not fine)."""
    for lane, name, fine in read_sliders(raw, specs, MAX_FAMILIES):
        value = dict(specs[lane].hyperparameters)[name]
        if is_outside(specs[lane]):
            if not fine or not isinstance(value, bool):
                around = value if fine else None
                yield lane, around, outside_family(specs[lane], name, plots, step, OUTSIDE_SECONDS, fine=fine)
        elif not fine:
            yield lane, None, family(specs[lane], name, plots, step)
        elif not isinstance(value, bool):
            yield lane, value, family(specs[lane], name, plots, step, fine=True)


def asked_strips(raw: object, specs: Sequence[RunSpec]) -> tuple[list[tuple[int, Strip]], bool]:
    """Return the strips asked for, in their order, as many as there is time for, and whether that is all of them."""
    until, found = time.perf_counter() + STRIP_SECONDS, list[tuple[int, Strip]]()
    for lane, name, _ in read_sliders(raw, specs, MAX_STRIPS):
        if isinstance(dict(specs[lane].hyperparameters)[name], bool):
            continue  # a switch has no track
        if is_outside(specs[lane]):
            continue  # its strips come with its families
        done = strip(specs[lane], name, until)
        if done is None:
            return found, False
        found.append((lane, done))
    return found, True


def scenario_clouds(scenario: Scenario, specs: Sequence[RunSpec]) -> tuple[list[LaneCloud | None], bool]:
    """Return the cloud of each lane, None for one that has none (yet), and whether that is all of them."""
    found: list[LaneCloud | None] = [None] * len(specs)
    if scenario.cloud is None:
        return found, True
    until = time.perf_counter() + CLOUD_SECONDS
    for place, (lane, spec) in enumerate(zip(scenario.lanes, specs, strict=True)):
        if is_outside(spec) or not lane.visible:
            continue  # an outside class runs one start at a time, which takes too long
        found[place] = lane_cloud(spec, *scenario.cloud, until)
        if found[place] is None:
            return found, False
    return found, True
