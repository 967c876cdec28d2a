"""Messages of the lab's component, forged: what the browser may ask, with values of anything in every place.

Runs are kept short, because a long run that is asked for takes its time rightly: what it takes is measured by
benchmarks/load.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import surface_of
from optim_viz.stage import families, lane_run
from optim_viz.stage.answer import Kept, answer
from tests.fuzz import scenarios
from tests.fuzz.harness import Kind
from tests.fuzz.kinds.links import assert_short
from tests.fuzz.pieces import damaged, value, word

MOST_STEPS, MOST_LANES, MOST_BYTES = 60, 2, 8_000_000


def make(draw: Random) -> Any:
    """Draw a request."""
    if draw.random() < 0.1:
        return value(draw, 4)
    asked = scenarios.scenario(draw, MOST_STEPS, MOST_LANES)
    given: Any = asked.to_dict()
    sliders = [
        {"lane": place, "hyperparameter": name, "fine": draw.random() < 0.3}
        for place, lane in enumerate(asked.lanes)
        for name in lane.hyperparameters
    ]
    for _ in range(draw.randrange(4)):
        given = damaged(draw, given)
    request: Any = {
        "seq": draw.choice((0, 1, 2**31, -1)),
        "scenario": given if draw.random() < 0.8 else None,
        "families": draw.sample(sliders, min(len(sliders), draw.choice((0, 0, 1)))),
        "strips": draw.sample(sliders, min(len(sliders), draw.choice((0, 2)))),
        "step": draw.choice((0, 5, 10**9, -3)),
        "have": [word(draw) for _ in range(3)],
        "query": "time=3",
        "aspect": draw.choice((1.5, 0.05, 20, 0, 1e308)),
        "gallery": draw.random() < 0.01,
    }
    for _ in range(draw.randrange(3)):
        request = damaged(draw, request)
    return request


def run(request: Any) -> str:
    """Answer a request, which never raises, in bytes that are bounded."""
    if isinstance(request, dict) and isinstance(request.get("scenario"), dict):
        steps = request["scenario"].get("steps")
        if isinstance(steps, int) and steps > MOST_STEPS:
            request["scenario"]["steps"] = MOST_STEPS
        if isinstance(request.get("parity"), int):
            del request["parity"]  # it starts torch's own process, as it should
    message, kept = answer(request, Kept(_BEFORE))
    assert len(message) < MOST_BYTES, len(message)
    assert_short(kept.problems)
    again, problems = Scenario.from_dict(kept.scenario.to_dict())
    assert again == kept.scenario
    assert not problems
    faults = [each for each in kept.problems if "a fault in the lab" in each.message]
    assert not faults, faults
    return "value with problems" if kept.problems else "value"


def forget() -> None:
    """Drop what is kept of runs."""
    surface_of.cache_clear()
    families._CACHE.clear()  # pyright: ignore[reportPrivateUsage]
    lane_run._CACHE.clear()  # pyright: ignore[reportPrivateUsage]


_BEFORE = Scenario.from_dict({"surface": "rosenbrock", "steps": 20})[0]


def ready(folder: Path) -> Callable[[Any], str]:
    """Load what the first request loads."""
    del folder
    run({"seq": 0, "scenario": {"view": "3d"}, "strips": [{"lane": 0, "hyperparameter": "lr"}], "gallery": True})
    return run


KIND = Kind("forged messages of the lab", 50, ready, make, forget)
