"""The cloud of a lane: the same run from many starts around its own, worked out a part at a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from optim_viz import update_rules
from optim_viz.rollout.clouds import Cloud, cloud, starts_around
from optim_viz.stage.lane_run import NEAR, RunSpec
from optim_viz.stage.packing import Block, digest

POINTS = 64_000
"""Places sent of a lane, about: 64 starts over 1000 steps. Of longer runs every second, third, ... step is sent."""

Asked = tuple[RunSpec, int, float]

_KEPT, _BEGUN = 64, 16
_done: OrderedDict[Asked, LaneCloud] = OrderedDict()
_begun: OrderedDict[Asked, tuple[Iterator[Cloud], list[Cloud]]] = OrderedDict()
_lock = Lock()


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
    asked: Asked = spec, count, spread
    with _lock:
        if asked not in _done and not _go_on(asked, until):
            return None
        _done.move_to_end(asked)
        return _done[asked]


def _go_on(asked: Asked, until: float) -> bool:
    """Work on a cloud until it is done (True) or the time is over (False)."""
    pieces, reached = _begun.setdefault(asked, (_pieces(*asked), []))
    _begun.move_to_end(asked)
    for found in pieces:
        reached[:] = [found]
        if time.perf_counter() > until:
            while len(_begun) > _BEGUN:
                _begun.popitem(last=False)
            return False
    del _begun[asked]
    _done[asked] = _made(asked, reached[-1])
    while len(_done) > _KEPT:
        _done.popitem(last=False)
    return True


def _pieces(spec: RunSpec, count: int, spread: float) -> Iterator[Cloud]:
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
