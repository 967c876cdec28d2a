"""What the list of sweeps says of each."""

from __future__ import annotations

import pytest

from optim_viz.pages.sweeps.sweep_list import standing


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"finished": 20}, "done"),
        ({"finished": 3, "running": 1, "queued": 16}, "3 of 20 runs over"),
        ({"finished": 3, "cancelled": 1, "queued": 16}, "4 of 20 runs over"),
        ({"finished": 3, "cancelled": 17}, "17 cancelled of 20"),
        ({"finished": 3, "failed": 2, "cancelled": 4, "lost": 1}, "4 cancelled, 2 failed, 1 lost of 10"),
        ({"unreadable": 1, "finished": 1}, "1 unreadable of 2"),
        ({}, "done"),
    ],
)
def test_a_sweep_that_was_cut_short_is_not_called_done(states: dict[str, int], words: str) -> None:
    assert standing(states) == words
