"""See what an optimizer's hyperparameters do: runs as particles on 2D loss surfaces, with everything they remember.

    import optim_viz

    run = optim_viz.rollout("rosenbrock", "adam", lr=0.05, steps=500)
    run.theta, run.loss, run.state["m_hat"], run.diverged_at

The names below are the stable API. They need NumPy only: no torch, Streamlit or Plotly is imported here.
"""

from typing import TYPE_CHECKING, Any

# First: Ctrl-C is quiet while the command line loads what follows.
import optim_viz.interrupt  # noqa: F401  # pyright: ignore[reportUnusedImport]
from optim_viz import parity, schedules, surfaces
from optim_viz.maps import ensemble, fairness, outcome_maps
from optim_viz.planes import finder
from optim_viz.rollout import replay, rollout, starts_around
from optim_viz.sweep import sweep, sweep_table
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import Hyperparameter, UpdateRule
from optim_viz.update_rules import get as optimizer
from optim_viz.update_rules import names as optimizers

if TYPE_CHECKING:
    from optim_viz.notebook import Lab

__version__ = "0.1.0"

surfaces.find_with(finder.find)

__all__ = [
    "Hyperparameter",
    "Lab",
    "Trajectory",
    "UpdateRule",
    "__version__",
    "ensemble",
    "fairness",
    "optimizer",
    "optimizers",
    "outcome_maps",
    "parity",
    "replay",
    "rollout",
    "schedules",
    "starts_around",
    "sweep",
    "sweep_table",
]


def __getattr__(name: str) -> Any:
    """Import the lab when it is asked for: it brings the stage with it."""
    if name == "Lab":
        from optim_viz.notebook import Lab

        return Lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
