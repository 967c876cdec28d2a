"""Paths that are known on a surface, as the browser gets them."""

from __future__ import annotations

import numpy as np

from optim_viz import surfaces
from optim_viz.stage.known_paths import known_paths
from optim_viz.surfaces import SurfacePath


def test_a_path_goes_straight_between_its_steps_and_stays_at_its_end() -> None:
    bowl = surfaces.parse("x**2 + 3*y**2")
    assert known_paths(bowl, 5) == ([], {})
    path = SurfacePath("Adam", 4, "star", (0, 2, 3), (0.0, 1.0, 5.0), (2.0, 2.0, -1.0))
    surface = surfaces.Surface(
        "cut", "A cut", ((-3, 6), (-3, 3)), (0, 2), (), None, "", "", "", build=lambda: bowl.kernels, paths=(path,)
    )
    ((told,), blocks) = known_paths(surface, 5)
    assert (told["title"], told["colour"], told["marker"]) == ("Adam", 4, "star")
    block = blocks[told["key"]]
    assert block.channels == ("theta_x", "theta_y", "loss")
    x, y, loss = block.values
    np.testing.assert_array_equal(x, [0, 0.5, 1, 5, 5, 5])
    np.testing.assert_array_equal(y, [2, 2, 2, -1, -1, -1])
    np.testing.assert_array_equal(loss, x**2 + 3 * y**2)
    assert known_paths(surface, 6)[0][0]["key"] != told["key"], "another number of steps is another array"
