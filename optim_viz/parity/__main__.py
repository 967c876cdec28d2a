"""The worker: reads a scenario of one lane as JSON, runs the libraries beside it, and prints what came of it as JSON.

A process of its own, since torch takes seconds to import, and a lab that nobody asks needs none of it.
"""

from __future__ import annotations

import json
import sys

from optim_viz import surfaces
from optim_viz.parity import against_optax, against_torch
from optim_viz.scenario import Scenario, few


def main(text: str) -> str:
    """Return {"torch": sentence, "optax": sentence}."""
    surfaces.register_handed_on()
    scenario, problems = Scenario.from_json(text)
    if problems:
        raise ValueError("; ".join(few(problems)))
    lane = scenario.lanes[0]
    run = scenario.run(lane)
    told: dict[str, str] = {}
    for name, against in (("torch", against_torch), ("optax", against_optax)):
        try:
            told[name] = str(against(run))
        except (ImportError, ValueError) as error:
            told[name] = str(error)
    return json.dumps(told)


if __name__ == "__main__":
    print(main(sys.stdin.read()))
