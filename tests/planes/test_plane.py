"""Planes through parameter space, held against closed forms and against scikit-learn's principal components."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from optim_viz.planes.plane import Plane, filter_normalised, line_plane, principal_plane, random_plane

SHAPES = [(5, 7), (5,), (4, 3, 2, 2), (4,)]
SIZE = sum(math.prod(shape) for shape in SHAPES)


def vectors(count: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal((count, SIZE))


def is_orthonormal(plane: Plane) -> None:
    np.testing.assert_allclose([plane.first @ plane.first, plane.second @ plane.second], 1, atol=1e-12)
    assert abs(plane.first @ plane.second) < 1e-12


def test_a_straight_path_lies_in_its_plane() -> None:
    begin, way = vectors(2)
    path = begin + np.linspace(0, 1, 20)[:, None] ** 2 * way
    plane = principal_plane(path)
    is_orthonormal(plane)
    places, distances = plane.project(path)
    assert distances.max() < 1e-12
    assert plane.explained == pytest.approx((1, 0), abs=1e-12)
    np.testing.assert_allclose(np.ptp(places[:, 0]), np.linalg.norm(way))
    np.testing.assert_allclose(places[:, 1], 0, atol=1e-12)
    assert places[-1, 0] > places[0, 0], "it is drawn from left to right"


def test_the_plane_of_two_paths_is_that_of_principal_component_analysis() -> None:
    from sklearn.decomposition import PCA  # here, since it takes a second to load, in each worker

    points = vectors(12).cumsum(axis=0)
    plane = principal_plane(points)
    is_orthonormal(plane)
    theirs = PCA(2).fit(points)
    assert plane.explained == pytest.approx(theirs.explained_variance_ratio_, rel=1e-9)
    places, distances = plane.project(points)
    np.testing.assert_allclose(np.abs(places), np.abs(theirs.transform(points)), atol=1e-9)
    left = points - theirs.inverse_transform(theirs.transform(points))
    np.testing.assert_allclose(distances, np.linalg.norm(left, axis=1), atol=1e-9)


def test_a_random_direction_has_the_scale_of_each_filter_and_leaves_biases() -> None:
    centre = vectors(1)[0]
    centre[:7] = 0  # a unit that takes nothing in
    direction = filter_normalised(centre, SHAPES, 3, 0)
    place = 0
    for shape in SHAPES:
        size = math.prod(shape)
        d, w = (each[place : place + size].reshape(shape[0], -1) for each in (direction, centre))
        norms = np.linalg.norm(w, axis=1) if len(shape) > 1 else np.zeros(shape[0])
        np.testing.assert_allclose(np.linalg.norm(d, axis=1), norms, atol=1e-12)
        place += size
    plane = random_plane(centre, SHAPES, 3)
    is_orthonormal(plane)
    assert plane.scale == pytest.approx(np.linalg.norm(direction))
    np.testing.assert_allclose(plane.first * plane.scale, direction)


def test_a_line_goes_from_one_end_to_the_other() -> None:
    begin, end = vectors(2)
    plane = line_plane(begin, end, SHAPES)
    is_orthonormal(plane)
    places, distances = plane.project(np.stack([begin, end]))
    np.testing.assert_allclose(places, [[0, 0], [np.linalg.norm(end - begin), 0]], atol=1e-12)
    assert distances.max() < 1e-12


def test_what_makes_no_plane_is_said() -> None:
    one = vectors(1)[0]
    with pytest.raises(ValueError, match="nothing has been trained"):
        principal_plane(np.stack([one, one]))
    with pytest.raises(ValueError, match="the same point"):
        line_plane(one, one, SHAPES)
    with pytest.raises(ValueError, match="every weight is 0"):
        random_plane(np.zeros(SIZE), SHAPES)
