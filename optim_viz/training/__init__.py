"""Real networks trained by torch.optim: what a comparison is (`TrainingSpec`) and what comes of it (`events`).

Importing this package needs no torch; `engine`, `model`, `mnist` and `recorder` do, and run in a process of their own.
"""

from optim_viz.training.spec import ACTIVATIONS, DEVICES, ModelSpec, TrainingSpec

__all__ = ["ACTIVATIONS", "DEVICES", "ModelSpec", "TrainingSpec"]
