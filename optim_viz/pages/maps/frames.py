"""What the process of maps answers: JSON values and an NPZ file, read without pickle.

What the settings say already (surface, rules, axes) is not sent: whoever asked has it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from optim_viz.maps import Ensemble, Fair, OutcomeMap
from optim_viz.maps.fairness import Attempt
from optim_viz.maps.setting import complete_setting
from optim_viz.pages.maps.settings import MapSettings
from optim_viz.pages.maps.work import Result
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

_OF_MAP: Final = ("end", "loss", "arrived", "diverged_at", "where", "minimum", "begin")
_OF_BAND: Final = ("gap", "median", "low", "high")


def as_frame(result: Result) -> tuple[dict[str, Any], bytes]:
    """Return a result as the header and the body of a frame."""
    arrays: dict[str, Any] = {}
    for place, found in enumerate(result.maps):
        arrays |= {f"map.{place}.{name}": getattr(found, name) for name in _OF_MAP}
    for place, fair in enumerate(result.fair):
        arrays[f"fair.{place}.best_of"] = fair.best_of
    for place, band in enumerate(result.bands):
        arrays |= {f"band.{place}.{name}": getattr(band, name) for name in _OF_BAND}
    header = {
        "runs": [found.runs for found in result.maps],
        "fair": [_fair_as_values(fair) for fair in result.fair],
        "diverged": [band.diverged for band in result.bands],
    }
    body = io.BytesIO()
    np.savez(body, allow_pickle=False, **arrays)
    return {"taken": 0, "result": header}, body.getvalue()


def from_frame(settings: MapSettings, header: Mapping[str, Any], body: bytes) -> Result:
    """Read a result back: of the settings for which it was asked."""
    with np.load(io.BytesIO(body), allow_pickle=False) as file:
        arrays: dict[str, Any] = dict(file)
    scenario, told = settings.scenario, header["result"]
    across, up = settings.axes()
    complete = [complete_setting(lane) for lane in settings.lanes()]
    maps = [
        OutcomeMap(
            surface=settings.surface,
            rule=rule,
            hyperparameters=given,
            x=across,
            y=up,
            steps=scenario.steps,
            start=scenario.start,
            tolerance=settings.tolerance,
            noise=scenario.noise,
            seed=scenario.seed,
            schedule=schedule,
            runs=told["runs"][place],
            **{name: arrays[f"map.{place}.{name}"] for name in _OF_MAP},
        )
        for place, (rule, given, schedule) in enumerate(complete)
    ]
    fair = [
        _fair_of_values(complete[place][0], values, arrays[f"fair.{place}.best_of"])
        for place, values in enumerate(told["fair"])
    ]
    bands = [
        Ensemble(
            rule=complete[place][0], diverged=diverged, **{name: arrays[f"band.{place}.{name}"] for name in _OF_BAND}
        )
        for place, diverged in enumerate(told["diverged"])
    ]
    return Result(maps, fair, bands)


def _fair_as_values(fair: Fair) -> dict[str, Any]:
    runs = {name: None if run is None else asdict(run) for name, run in (("equal", fair.equal), ("best", fair.best))}
    single = {name: getattr(fair, name) for name in ("searched", "attempts", "good", "decades", "chance")}
    return {**single, **runs}


def _fair_of_values(rule: UpdateRule, values: Mapping[str, Any], best_of: Array) -> Fair:
    equal, best, good = values["equal"], values["best"], values["good"]
    return Fair(
        rule=rule,
        searched=tuple(values["searched"]),
        equal=None if equal is None else Attempt(**equal),
        best=None if best is None else Attempt(**best),
        attempts=values["attempts"],
        good=None if good is None else (good[0], good[1]),
        decades=values["decades"],
        chance=values["chance"],
        best_of=best_of,
    )
