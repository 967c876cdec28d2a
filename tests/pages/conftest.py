"""What every page's test shares: no page starts a process that measures, nor looks for components at each run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from optim_viz import estimates
from optim_viz.estimates import ProbeFailed, Probes
from optim_viz.run_store import visitors


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody sees all runs, wherever the tests are started; a test of visitors says otherwise."""
    monkeypatch.setenv(visitors.VARIABLE, "all")


@pytest.fixture(autouse=True, scope="session")
def components_are_looked_for_once() -> Iterator[None]:
    """A server reads the metadata of all installed packages when it starts; AppTest does it anew at each run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def probes(monkeypatch: pytest.MonkeyPatch) -> Probes:
    """Probes of the test's own, none of which measures anything."""

    def refuse(spec: object, cancelled: object) -> estimates.Measured:
        del spec, cancelled
        raise ProbeFailed("this test measures nothing")

    own = Probes(refuse, delay=0.0)
    monkeypatch.setattr(estimates, "PROBES", own)
    return own
