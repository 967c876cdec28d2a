"""SGD against Adam, one example at a time: the setting of the notes that the lab grew from."""

from __future__ import annotations

from optim_viz.sweeps.presets.preset import Preset

PRESET = Preset(
    name="one_at_a_time",
    title="One example at a time",
    rank=30,
    sentence="SGD against Adam with batches of one example: every step follows a single example's gradient, and the "
    "noise of that decides which rates train.",
    query={
        "optimizer": ["sgd", "adam"],
        "lr": ["0.00001,0.1,9"],
        "batches": ["1"],
        "seeds": ["0"],
        "dataset": ["digits"],
        "model": ["mlp"],
        "widths": ["64"],
        "epochs": ["1"],
    },
)
