"""The monitor of docs/adding.md is one file, passes the contract, and is sampled, kept and drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from optim_viz import monitors
from optim_viz.comparison.events import Monitored
from optim_viz.monitors import Monitor
from optim_viz.stage.training import monitor_quantities
from optim_viz.training.engine import train
from tests.documents import example
from tests.monitors import test_contract as contract
from tests.monitors.samples import digits, spec


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    """The example, registered for a while."""
    monitor = example("A monitor", "optim_viz.monitors", tmp_path).MONITOR
    registered = monitors._monitors()
    assert monitor.name not in registered
    registered[monitor.name] = monitor
    yield monitor
    del registered[monitor.name]


def test_it_passes_the_contract_and_reaches_the_charts(monitor: Monitor) -> None:
    contract.says_what_it_is(monitor)
    contract.measures(monitor)
    told: list[Monitored] = []
    given = spec("sgd,lr=0.1")
    (params,) = train(
        given, data=digits(), on_event=lambda event: told.append(event) if isinstance(event, Monitored) else None
    )
    last = {event.layer: event.value for event in told if event.monitor == monitor.name and event.step == 4}
    assert set(last) == {"", *given.layers}
    assert last[""] == pytest.approx(float(np.sqrt(sum(float((p**2).sum()) for p in params))), rel=1e-12)
    assert monitor.name in {each.name for each in monitor_quantities()}
