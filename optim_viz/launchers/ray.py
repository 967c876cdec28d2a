"""Workers of a Ray cluster, reached through one process beside the run store, which writes what they log.

The variable OPTIM_VIZ_RAY (or `optim-viz app --ray`) holds the cluster's address, or "local" for a cluster of this
machine that is started when the first run comes and ends after the last. While it is set, new runs are Ray's.

The process that is started here is an ordinary one (`training.remote`): it takes the runs, so that what the queue knows
of processes holds for it, and no other machine ever opens the store.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Final

from optim_viz.launchers.local import Local

VARIABLE: Final = "OPTIM_VIZ_RAY"


class Ray(Local):
    """Starts the process that hands runs to a Ray cluster."""

    name = "ray"
    elsewhere = True
    worker = "optim_viz.training.remote"

    def wanted(self) -> bool:
        """Return whether an address is set."""
        return bool(os.environ.get(VARIABLE, "").strip())

    def problem(self) -> str:
        """Return what is to be installed first, or ""."""
        if find_spec("ray") is not None:
            return ""
        return "training on Ray needs ray, which is not installed: pip install 'optim_viz[ray]'"


LAUNCHER = Ray()
