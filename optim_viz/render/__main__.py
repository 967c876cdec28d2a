"""The process that draws for the lab: `python -m optim_viz.render`, so that the server answers others meanwhile.

It reads one JSON object on its standard input, {"scenario", "look", "path", "step", "film"} with the arguments of
`picture`, or those of `film` under "film", and writes lines of JSON: {"done": frames, "of": all} while it draws, then
{"refused": the reason} where there is no picture. Exit code 0 once the file is there.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from optim_viz import render, surfaces
from optim_viz.launchers import stand_back
from optim_viz.scenario import Scenario, few


def main() -> int:
    """Draw what is asked for."""
    signal.signal(signal.SIGTERM, _leave)
    stand_back()
    surfaces.register_handed_on()  # those of the tables that the app was started with
    asked: dict[str, Any] = json.load(sys.stdin)
    scenario, problems = Scenario.from_dict(asked["scenario"])
    try:
        if problems:
            raise ValueError("; ".join(few(problems)))
        fields: dict[str, Any] = asked["look"]
        if "parts" in fields:
            fields["parts"] = tuple(fields["parts"])
        look = render.Look(**fields)
        if asked["film"] is None:
            render.picture(scenario, asked["path"], look, step=asked["step"])
        else:
            render.film(scenario, asked["path"], look, **asked["film"], tick=_tell)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(json.dumps({"refused": str(error)}), flush=True)
        return 1
    return 0


def _tell(done: int, count: int) -> None:
    print(json.dumps({"done": done, "of": count}), flush=True)


def _leave(number: int, frame: object) -> None:
    """End as with Ctrl-C, so that what is half done is removed, ffmpeg too."""
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
