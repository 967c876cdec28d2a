"""What the Train page's style says of colours holds in both themes."""

from __future__ import annotations

import re

import pytest

from optim_viz.figures.theme import THEMES, Mode, contrast
from optim_viz.pages.train.look import CSS


def mixed(first: str, second: str, share: float) -> str:
    parts = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in parts)


@pytest.mark.parametrize("mode", list(THEMES))
def test_the_red_of_what_deletes_can_be_read_on_the_page_and_in_a_popover(mode: Mode) -> None:
    theme = THEMES[mode]
    found = re.search(r"color-mix\(in srgb, (#\w{6}) (\d+)%, currentcolor\)", CSS)
    assert found is not None
    red = mixed(found[1], theme.text, int(found[2]) / 100)
    popover = {"light": "#FFFFFF", "dark": "#1D2125"}[mode]  # backgrounds of .streamlit/config.toml
    assert min(contrast(red, theme.background), contrast(red, popover)) >= 4.5
