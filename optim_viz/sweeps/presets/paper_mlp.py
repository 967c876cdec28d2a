"""Figure 2 of the Adam paper, a network of two hidden layers on MNIST, with every optimizer's rate searched."""

from __future__ import annotations

from optim_viz.sweeps.presets.preset import Preset

PRESET = Preset(
    name="paper_mlp",
    title="Two hidden layers on MNIST (Adam paper, 6.2)",
    rank=20,
    sentence="Kingma and Ba (2015), section 6.2: two hidden layers of 1000 ReLU units, batches of 128. The paper's "
    "dropout, and its SFO method, are not here.",
    query={
        "optimizer": ["adam", "rmsprop", "adagrad", "nesterov"],
        "lr": ["0.0001,0.1,7"],
        "batches": ["128"],
        "seeds": ["0"],
        "dataset": ["mnist"],
        "model": ["mlp"],
        "widths": ["1000,1000"],
        "activation": ["relu"],
        "epochs": ["1"],
    },
)
