"""What is special about the convolutional network."""

from __future__ import annotations

import pytest

from optim_viz import models


def test_an_image_too_small_to_be_halved_is_refused() -> None:
    model = models.get("cnn")
    with pytest.raises(ValueError, match="4 stages halve 8 x 8 pixels to nothing"):
        model.n_parameters({"channels": [2, 2, 2, 2]}, (1, 8, 8), 10)
    with pytest.raises(ValueError, match="model cnn needs images"):
        model.layers({}, (64,), 10)
