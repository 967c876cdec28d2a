"""The real data, read once for all tests, and rules that can be trained."""

from __future__ import annotations

import pytest
import torch

from optim_viz import datasets, optimizer, optimizers
from optim_viz.comparison import TrainingSpec
from optim_viz.datasets import Data


def trainable() -> list[str]:
    """Every optimizer that torch.optim has, by its name."""
    return [name for name in optimizers() if optimizer(name).torch_twin is not None]


@pytest.fixture(scope="session")
def mnist() -> Data:
    """All of the default data set, from the cache; fetched where it is missing."""
    return datasets.get(TrainingSpec.dataset).load()


@pytest.fixture(scope="session")
def few(mnist: Data) -> Data:
    """The first 300 training and 500 test images, in float64."""
    part = Data(mnist.train_x[:300], mnist.train_y[:300], mnist.test_x[:500], mnist.test_y[:500])
    return part.to("cpu", torch.float64)
