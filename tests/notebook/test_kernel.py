"""A notebook that makes labs is run by a kernel of its own, as nbclient does for whoever checks notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CELLS = (
    """
import numpy as np
import optim_viz

lab = optim_viz.Lab(surface="rosenbrock", lanes=[("adam", {"lr": 0.05}), ("sgd", {"lr": 0.001})], steps=60)
lab
""",
    """
# Adam by hand, at a point that is no minimum
theta, m, v = np.array(lab.scenario.start), np.zeros(2), np.zeros(2)
for t in range(1, 61):
    x, y = theta
    grad = np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])
    m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
    theta = theta - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
assert np.allclose(lab.runs[0].theta[-1], theta, rtol=1e-9)
100_000 < lab.page("rosenbrock.html", drag=False).stat().st_size < 1_000_000
""",
    """
class Mine:
    pass

optim_viz.Lab(Mine())
""",
)


def test_a_notebook_shows_labs_and_checks_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat  # here, since both take seconds to load, and each worker loads every file of tests
    from nbclient import NotebookClient

    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True)
    client.execute(cwd=str(tmp_path))
    shown, checked, refused = (cell["outputs"] for cell in notebook["cells"])
    assert [output["output_type"] for output in (*shown, *checked)] == ["execute_result", "execute_result"], checked
    view = shown[0]["data"]["application/vnd.jupyter.widget-view+json"]
    assert shown[0]["data"]["text/plain"] == "Lab(Rosenbrock: Adam, SGD; 60 steps)"
    state = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert "srcdoc" in state[view["model_id"]]["state"]["_esm"]
    assert checked[0]["data"]["text/plain"] == "True"
    assert "is no link, no Scenario and no Trajectory" in refused[0]["evalue"]
