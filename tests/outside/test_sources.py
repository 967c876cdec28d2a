"""Where outside classes may come from: a declared list, entry points, the command line, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import optim_viz
from optim_viz import outside
from optim_viz.outside import Refused, sources

OWN = '''
import torch

RATE = 0.25

class Base(torch.optim.Optimizer):
    """Goes down. And more."""

    def __init__(self, params, lr=RATE, momentum: float = 0, k: int = 3, flag=False, how="a", betas=(0.9, 0.99)):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for p in self.param_groups[0]["params"]:
            p.sub_(self.param_groups[0]["lr"] * p.grad)


class Mine(Base):
    pass


class Stranger:
    pass
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of a person's own, on the path."""
    (tmp_path / "own_steps.py").write_text(OWN, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own_steps"


def test_a_class_named_at_the_start_is_known(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{module}:Mine"
    with pytest.raises(ValueError, match="unknown optimizer 'own_steps:Mine': an outside class must be"):
        optim_viz.rollout("booth", name)
    monkeypatch.setenv(outside.VARIABLE, name)
    assert outside.names()[0] == name
    rule = optim_viz.optimizer(name)
    assert module not in sys.modules
    defaults = {each.name: each.default for each in rule.hyperparameters}
    assert defaults == {"lr": 0.25, "momentum": 0.0, "flag": False, "beta1": 0.9, "beta2": 0.99}
    run = optim_viz.rollout("booth", name, lr=0.01, steps=10)
    ours = optim_viz.rollout("booth", "sgd", lr=0.01, steps=10)
    assert run.theta == pytest.approx(ours.theta, rel=1e-12)
    sys.modules.pop(module)


def test_what_is_no_optimizer_is_refused(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(outside.VARIABLE, f"{module}:Stranger,{module}:Missing")
    with pytest.raises(Refused, match=r"it is not a torch\.optim\.Optimizer class"):
        optim_viz.rollout("booth", f"{module}:Stranger")
    with pytest.raises(Refused, match="no class Missing is found in the source of own_steps"):
        optim_viz.rollout("booth", f"{module}:Missing")
    sys.modules.pop(module)


def test_an_entry_point_makes_a_class_known(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "own_steps-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: own_steps\nVersion: 1.0\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text(f"[{outside.GROUP}]\nDown = {module}:Mine\n", encoding="utf-8")
    sources.entry_point_titles.cache_clear()
    try:
        assert f"{module}:Mine" in outside.names()
        assert optim_viz.optimizer(f"{module}:Mine").title == "Down"
    finally:
        sources.entry_point_titles.cache_clear()


@pytest.mark.parametrize("name", ["os:system", "builtins:eval", "torch.optim:Optimizer.step", "torch:Tensor", "a.b:C"])
def test_no_other_name_imports_anything(name: str) -> None:
    before = set(sys.modules)
    with pytest.raises(ValueError, match="unknown optimizer"):
        optim_viz.rollout("booth", name)
    with pytest.raises(Refused, match="not among the known classes"):
        outside.load(name)
    assert set(sys.modules) == before


def test_listing_and_reading_signatures_load_no_torch() -> None:
    program = (
        "import sys, optim_viz\n"
        "from optim_viz import outside\n"
        "rules = [optim_viz.optimizer(name) for name in outside.names()]\n"
        "assert len(rules) > 150 and sum(len(rule.hyperparameters) for rule in rules) > 800\n"
        "print(sorted({'torch', 'pytorch_optimizer', 'torch_optimizer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_class_is_read_where_it_stands_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not there yet, written, written anew, and another of the same name on another path: each is what counts then."""
    monkeypatch.setenv(outside.VARIABLE, "moving_steps:Mine")

    def lr(folder: str, value: float) -> object:
        file = tmp_path / folder / "moving_steps.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(OWN.replace("0.25", str(value)), encoding="utf-8")
        os.utime(file, ns=(file.stat().st_atime_ns, int(value * 1e18)))
        monkeypatch.syspath_prepend(str(file.parent))
        rule = optim_viz.optimizer("moving_steps:Mine")
        return next(each.default for each in rule.hyperparameters if each.name == "lr")

    with pytest.raises(Refused, match="no class Mine is found in the source of moving_steps"):
        optim_viz.optimizer("moving_steps:Mine")
    assert lr("first", 0.5) == 0.5
    assert lr("first", 0.75) == 0.75
    assert lr("second", 0.125) == 0.125
