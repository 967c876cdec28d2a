"""What a training comparison is: lanes, data set, model and length (`TrainingSpec`), and what comes of it (`events`).

Everything here is free of torch, so pages, the run store, the command line and training itself all use it.
"""

from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.comparison.spec import TrainingSpec

__all__ = ["TrainingSpec", "torch_optimizer"]
