"""What every monitor keeps, whichever they are: words, layers, numbers, and that looking changes nothing."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch

from optim_viz import models, monitors
from optim_viz.monitors import Monitor
from optim_viz.monitors.sample import WHOLE
from optim_viz.training.monitoring import _read
from tests.monitors.samples import sample
from tests.training.engine.conftest import trainable

NAMES = monitors.names()


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    says_what_it_is(monitors.get(name))


def says_what_it_is(monitor: Monitor) -> None:
    assert all((monitor.title, monitor.panel, monitor.lacking))
    assert monitor.help.endswith(".")
    assert not monitor.lacking.endswith(".")
    assert monitor.form == "number" or not monitor.log


@pytest.mark.parametrize("name", NAMES)
def test_on_every_optimizer_and_model_it_gives_numbers_for_layers_and_changes_nothing(name: str) -> None:
    measures(monitors.get(name))


def measures(monitor: Monitor) -> None:
    """Some lane of some model has values, none has any for what is no layer, and everything stays as it was."""
    seen = False
    cases = [(text, models.names()[0]) for text in trainable()] + [(trainable()[0], name) for name in models.names()]
    for text, model in cases:
        given, lane = sample(text, model=model, sharpness_examples=20)
        params = [param.detach().clone() for param in lane.params]
        grads = [param.grad.clone() for param in lane.params if param.grad is not None]
        with torch.no_grad():
            found, again = _read(monitor.measure(given)), _read(monitor.measure(given))
        assert found == again or any(map(math.isnan, found.values()))
        assert set(found) <= {WHOLE, *given.layers}
        assert monitor.layered or set(found) <= {WHOLE}
        assert not any(map(math.isinf, found.values())), (text, found)  # an angle to nothing is NaN
        assert not monitor.log or monitor.costly or all(value >= 0 for value in found.values()), (text, found)
        bound = monitor.bound(given)
        assert bound is None or (math.isfinite(bound) and monitor.bound_title)
        assert all(torch.equal(a, b) for a, b in zip(params, lane.params, strict=True))
        assert all(torch.equal(a, b.grad) for a, b in zip(grads, lane.params, strict=True) if b.grad is not None)
        assert all(not module._forward_hooks for module in lane.network.modules())
        seen |= any(map(math.isfinite, found.values()))
    assert seen, "no optimizer and no model has what it takes"


def test_listing_monitors_needs_no_torch() -> None:
    code = "import sys; from optim_viz import monitors; monitors.names(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_folder_is_the_list() -> None:
    with pytest.raises(ValueError, match=f"unknown monitor 'nosuch'; known: {', '.join(NAMES)}"):
        monitors.get("nosuch")
