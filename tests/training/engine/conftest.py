"""The real MNIST, read once for all tests."""

from __future__ import annotations

import pytest

from optim_viz.training.mnist import Mnist, load_mnist


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """All of it, from the cache; fetched where it is missing."""
    return load_mnist()


@pytest.fixture(scope="session")
def few(mnist: Mnist) -> Mnist:
    """The first 300 training and 500 test images, in float64."""
    part = Mnist(mnist.train_x[:300], mnist.train_y[:300], mnist.test_x[:500], mnist.test_y[:500])
    return part.to(dtype=part.train_x.double().dtype)
