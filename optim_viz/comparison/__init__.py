"""What a training comparison is: its lanes, network and length (`TrainingSpec`), and what comes of it (`events`).

Everything here is free of torch, so pages, the run store, the command line and training itself all use it.
"""

from optim_viz.comparison.spec import ACTIVATIONS, DEVICES, ModelSpec, TrainingSpec

__all__ = ["ACTIVATIONS", "DEVICES", "ModelSpec", "TrainingSpec"]
