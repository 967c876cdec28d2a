"""The scripts for PyTorch and optax, run in processes of their own, take the steps that the lab takes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import exports
from optim_viz.exports.setting import ScriptLane, script_lanes
from optim_viz.scenario import MAX_LANES, Scenario
from tests.update_rules.contract import all_on

ROOT = Path(__file__).resolve().parents[2]
GROUNDS = (
    {"surface": "rosenbrock", "steps": 30},
    {"surface": "narrow_valley", "steps": 30, "noise": 0.2, "seed": 5},
    {"surface": "sparse_logistic", "parameters": {"k": 7, "batch_size": 3}, "steps": 30, "seed": 2},
    {
        "surface": "formula",
        "formula": "log(1 + exp(x*y)) + hypot(x, y) + max(x, y/2)",
        "steps": 30,
        "start": [0.7, -0.4],
    },
)
RUNNER = """
import contextlib, io, json, sys
import numpy as np
found = {}
for path in sys.argv[2:]:
    space, out = {}, io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(open(path, encoding="utf-8").read(), path, "exec"), space)
    found |= {f"{path}:{title}": np.asarray(run) for title, run in space["PATHS"].items()}
    found[f"{path}:printed"] = np.array(out.getvalue())
np.savez(sys.argv[1], **found)
"""


def scenarios() -> dict[str, Scenario]:
    """Every rule, as it is and with every choice on and every number but lr away from 0, on grounds in turn."""
    lanes: list[dict[str, Any]] = []
    for name in optim_viz.optimizers():
        rule = optim_viz.optimizer(name)
        lanes.append({"optimizer": name})
        lanes.append({"optimizer": name, "hyperparameters": all_on(rule)})
    found: dict[str, Scenario] = {}
    for place in range(0, len(lanes), MAX_LANES):
        ground = GROUNDS[place // MAX_LANES % len(GROUNDS)]
        found[f"{place}"] = made({**ground, "lanes": lanes[place : place + MAX_LANES]})
    found["kink"] = made({"surface": "formula", "formula": "abs(x) + 2*abs(y)", "start": [1.0, 0.0], "steps": 30,
                          "lanes": [{"optimizer": "sgd", "hyperparameters": {"lr": 0.25}}]})  # fmt: skip
    schedules = [{"optimizer": "momentum", "schedule": name} for name in optim_viz.schedules.names()]
    found["schedules"] = made({"surface": "booth", "steps": 30, "lanes": schedules[:MAX_LANES]})
    found["diverges"] = made(
        {"surface": "narrow_valley", "steps": 250, "lanes": [{"optimizer": "sgd", "hyperparameters": {"lr": 9.0}}]}
    )
    return found


def made(raw: dict[str, Any]) -> Scenario:
    scenario, problems = Scenario.from_dict(raw)
    assert not problems
    return scenario


def run_scripts(library: str, chosen: dict[str, Scenario], folder: Path) -> dict[str, Any]:
    paths: list[Path] = []
    for name, scenario in chosen.items():
        path = folder / f"{name}.py"
        path.write_text(exports.script(scenario, library), encoding="utf-8")
        paths.append(path)
    out = folder / "paths.npz"
    command = [sys.executable, "-c", RUNNER, str(out), *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    with np.load(out) as arrays:
        return {f"{Path(key.rpartition('.py:')[0]).name}:{key.rpartition('.py:')[2]}": arrays[key] for key in arrays}


def apart(lane: ScriptLane, path: Any) -> float:
    assert lane.run is not None
    assert path.shape == lane.run.theta.shape
    scale = max(1.0, float(np.abs(lane.run.theta[: lane.last + 1]).max()))
    return float(np.abs(path - lane.run.theta)[: lane.last + 1].max()) / scale


def test_the_pytorch_script_repeats_every_lane(tmp_path: Path) -> None:
    chosen = scenarios()
    found = run_scripts("torch", chosen, tmp_path)
    for name, scenario in chosen.items():
        printed = str(found[f"{name}:printed"]).splitlines()
        for lane, line in zip(script_lanes(scenario), printed, strict=True):
            assert lane.run is not None
            x, y = lane.run.theta[lane.last].tolist()
            assert apart(lane, found[f"{name}:{lane.title}"]) < 1e-12, exports.script(scenario, "torch")
            said = re.fullmatch(
                rf"{re.escape(lane.title)}: step {lane.last}: x = (.+), y = (.+); from the lab: (.+)", line
            )
            assert said is not None, line
            assert float(said[1]) == pytest.approx(x, rel=1e-11, abs=1e-12)
            assert float(said[2]) == pytest.approx(y, rel=1e-11, abs=1e-12)


def test_the_optax_script_runs_what_optax_has_and_names_the_rest(tmp_path: Path) -> None:
    lanes: list[dict[str, Any]] = [{"optimizer": name} for name in optim_viz.optimizers()]
    lanes[0] |= {"schedule": "cosine", "hyperparameters": {"weight_decay": 0.1}}
    grounds = [GROUNDS[1], GROUNDS[2], GROUNDS[3], GROUNDS[0]]
    chosen = {
        str(place): made({**ground, "steps": 25, "lanes": lanes[place * MAX_LANES : (place + 1) * MAX_LANES]})
        for place, ground in enumerate(grounds)
    }
    found = run_scripts("optax", chosen, tmp_path)
    far: list[float] = []
    for name, scenario in chosen.items():
        for lane in script_lanes(scenario):
            line = line_of(exports.script(scenario, "optax"), lane.title)
            key = f"{name}:{lane.title}"
            assert (key in found) != ("not in this script: " in line), line
            if key in found:
                far.append(apart(lane, found[key]))
    # RAdam's r takes small differences of numbers near 2000, which magnify how optax orders its sums.
    assert sorted(far)[-2] < 1e-12
    assert max(far) < 1e-7
    assert len(far) >= 9


def test_a_script_says_what_hangs_on_rounding_and_where_its_surface_comes_from() -> None:
    chosen = scenarios()
    text = exports.script(chosen["kink"], "torch")
    assert "magnifies rounding" in line_of(text, "SGD")
    assert "# The surface is optim_viz's own (a run comes to a kink" in text
    assert "surfaces.parse('abs(x) + 2*abs(y)'" in text
    text = exports.script(chosen["0"], "torch")
    assert "import optim_viz" not in text
    assert not [line for line in text.splitlines() if line.startswith("  lane ") and "magnifies" in line]
    assert "# f(x, y) = '(1 - x)**2 + 100*(y - x**2)**2'" in text
    with pytest.raises(ValueError, match="no script for 'tensorflow'; there are python, torch, optax, latex"):
        exports.script(chosen["0"], "tensorflow")


def line_of(script: str, title: str) -> str:
    return next(line for line in script.splitlines() if line.startswith("  lane ") and f", {title}: " in line)
