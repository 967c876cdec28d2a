"""What the process of a run takes of its machine: small plots, drawn when they are asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from optim_viz.figures.training.system import HEIGHT, QUANTITIES, system_figure
from optim_viz.run_store import Run, RunStore
from optim_viz.stage.plot import plot


def show(store: RunStore, run: Run) -> None:
    """Draw the switch, and below it a plot for each quantity that was sampled.

    Raises:
        StoreError: the store cannot be read.
    """
    if not st.toggle("Show what it takes of the machine", key=f"train-system-{run.id}"):
        return
    rows = store.rows("system", run.id, -1)
    if not rows:
        waits = "Nothing has been sampled yet." if run.active else "Nothing was sampled in this run."
        st.html(f'<p class="tr-lead">{waits} Its process takes a sample every two seconds.</p>')
        return
    seconds = np.array([row["seconds"] for row in rows], dtype=np.float64)
    values = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in QUANTITIES}
    sampled = [name for name in QUANTITIES if np.isfinite(values[name]).any()]
    for name, column in zip(sampled, st.columns(max(2, len(sampled))), strict=False):
        with column:
            label = f"{QUANTITIES[name][0]}; at the end {values[name][-1] * QUANTITIES[name][1]:.4g}"
            plot(
                system_figure(name, seconds, values[name]),
                key=f"train-system-{name}-{run.id}",
                height=HEIGHT,
                label=label,
            )
    if "gpu_memory" in sampled and "gpu_utilisation" not in sampled:
        st.html(
            '<p class="tr-lead">The utilisation of the GPU is left out: it is read where the package nvidia-ml-py is '
            "installed.</p>"
        )
