"""What a first visit starts from, in seconds and without a download."""

from __future__ import annotations

from optim_viz.sweeps.presets.preset import Preset

PRESET = Preset(
    name="first",
    title="SGD, momentum and Adam on digits",
    rank=0,
    sentence="Nine learning rates from 0.0001 to 1, three seeds: how wide is the range in which each trains well?",
    query={
        "optimizer": ["sgd", "momentum", "adam"],
        "lr": ["0.0001,1,9"],
        "batches": ["32"],
        "seeds": ["0,1,2"],
        "dataset": ["digits"],
        "model": ["mlp"],
        "widths": ["64"],
        "epochs": ["3"],
    },
)
