"""Labels at the ends of curves never lie on each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.figures.training.labels import LINE_PIXELS, End, apart, end_labels


@given(st.lists(st.floats(0, 300), max_size=8).map(sorted), st.floats(20, 400))
def test_labels_never_overlap_where_there_is_room_and_keep_their_order(pixels: list[float], height: float) -> None:
    moved = apart(pixels, height)
    gap = min(LINE_PIXELS, height / max(1, len(pixels)))
    assert all(after - before > gap - 1e-6 for before, after in pairwise(moved))
    inside = [min(max(each, gap / 2), height - gap / 2) for each in moved]
    assert moved == pytest.approx(inside, abs=1e-6)


def test_a_label_that_has_room_is_not_moved_and_one_without_a_place_is_left_out() -> None:
    ends = [End(1, 10.0, "a", "#000000"), End(1, 0.0, "zero", "#000000"), End(1, float("nan"), "nan", "#000000")]
    (label,) = end_labels(ends, (0.0, 2.0), 200, log=True)
    assert (label["text"], label["y"], label["yshift"]) == ("a", 1.0, 0)


def test_curves_that_end_far_apart_do_not_move_each_others_labels() -> None:
    ends = [End(100, 1.0, "long", "#000000"), End(25, 1.0, "short", "#000000")]
    assert [label["yshift"] for label in end_labels(ends, (0.0, 2.0), 200)] == [0, 0]
    together = [End(100, 1.0, "a", "#000000"), End(98, 1.0, "b", "#000000")]
    assert sorted(label["yshift"] for label in end_labels(together, (0.0, 2.0), 200)) == [-7.5, 7.5]
