"""Figure 1 of the Adam paper, left: multinomial logistic regression on MNIST, with every optimizer's rate searched."""

from __future__ import annotations

from optim_viz.sweeps.presets.preset import Preset

PRESET = Preset(
    name="paper_logistic",
    title="Logistic regression on MNIST (Adam paper, 6.1)",
    rank=10,
    sentence="Kingma and Ba (2015), section 6.1: Adam, SGD with Nesterov momentum and AdaGrad, batches of 128, each at "
    "its own best rate of a dense grid. The paper also decays the rate by 1/√t; here it is constant.",
    query={
        "optimizer": ["adam", "nesterov", "adagrad"],
        "lr": ["0.0001,1,9"],
        "batches": ["128"],
        "seeds": ["0"],
        "dataset": ["mnist"],
        "model": ["logistic"],
        "epochs": ["2"],
    },
)
