"""The cloud of a lane: the same run from many starts around its own, worked out a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optim_viz import update_rules
from optim_viz.rollout.clouds import Cloud, cloud, starts_around
from optim_viz.stage.in_parts import InParts
from optim_viz.stage.lane_run import NEAR, RunSpec
from optim_viz.stage.packing import Block, digest

POINTS = 64_000
"""Places sent of a lane, about: 64 starts over 1000 steps. Of longer runs every second, third, ... step is sent."""

Asked = tuple[RunSpec, int, float]


@dataclass(frozen=True, eq=False)
class LaneCloud:
    """A lane's cloud on its way to the browser.

    Attributes:
        key: names the array by content.
        block: float32, shape (K, 2, N); see `Cloud.places`.
        section: its entry in the header: "key", "count", "steps", "stride", and "arrived" and "diverged" of each run as
            in `Cloud`; "arrived" is None where the minimum is not known.
    """

    key: str
    block: Block
    section: dict[str, object]


def lane_cloud(spec: RunSpec, count: int, spread: float, until: float) -> LaneCloud | None:
    """Return the cloud of a lane.

    Args:
        spec: the lane's run.
        count: how many starts.
        spread: radius of the disc that they are spread over, in parts of the shorter side of the surface's domain.
        until: the time, as `time.perf_counter` tells it, at which to give way. What was worked out by then is kept: the
            next call with the same arguments goes on from there.

    Returns:
        The cloud, None where the time did not suffice. 64 clouds are kept, and 16 that are begun.
    """
    return _CLOUDS.get((spec, count, spread), until)


def _pieces(asked: Asked) -> Iterator[Cloud]:
    spec, count, spread = asked
    rule, surface = update_rules.get(spec.optimizer), spec.surface.surface()
    side = min(high - low for low, high in surface.domain)
    return cloud(
        surface,
        rule,
        rule.complete(dict(spec.hyperparameters)),
        starts_around(spec.start, spread * side, count),
        steps=spec.steps,
        noise=spec.noise,
        seed=spec.seed,
        near=NEAR,
        stride=max(1, -(-spec.steps * count // POINTS)),
        schedule=spec.plan(),
    )


def _made(asked: Asked, found: Cloud) -> LaneCloud:
    key = f"c:{digest(*asked)}"
    known = asked[0].surface.surface().minimum is not None
    section: dict[str, object] = {
        "key": key,
        "count": asked[1],
        "steps": asked[0].steps,
        "stride": found.stride,
        "arrived": found.arrived.tolist() if known else None,
        "diverged": found.diverged.tolist(),
    }
    return LaneCloud(key, Block(found.places), section)


_CLOUDS = InParts(_pieces, _made, kept=64, begun=16)
