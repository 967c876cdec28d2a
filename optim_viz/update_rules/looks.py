"""How lanes of different optimizers look: colour-and-marker pairs, and which rule has which.

No two pairs are equal, and two pairs with the same marker have colours that stay apart under protanopia, deuteranopia
and tritanopia on both backgrounds (a test measures that). So two lanes differ by colour, by marker or by both, for
every eye.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

Look = tuple[int, str]
"""A colour, as an index into a theme's lane colours, and a marker, one of `MARKERS`."""

COLOURS = 8
"""How many lane colours a theme has."""

# Which colours each marker goes with: first its own, then the one four further on, then those left that stay apart from
# all before them.
_PARTNERS: dict[str, tuple[int, ...]] = {
    "circle": (0, 4, 1, 2, 7),
    "square": (1, 5, 0, 7),
    "diamond": (2, 6, 7, 1, 4),
    "triangle-up": (3, 7, 5),
    "triangle-down": (4, 0, 2, 7, 1),
    "cross": (5, 1, 6, 7),
    "star": (6, 2, 4, 1, 7),
    "hexagon": (7, 3, 2, 4),
}

MARKERS = tuple(_PARTNERS)
"""Head shapes, in the order in which lanes take them."""

PALETTE: tuple[Look, ...] = tuple(
    (colours[turn], marker) for turn in range(5) for marker, colours in _PARTNERS.items() if turn < len(colours)
)
"""The pairs that optimizers have for their own: the first eight differ in both, all 35 in one or both."""


def assign(declared: Mapping[str, Look | None]) -> dict[str, Look]:
    """Give each rule its look: the declared one, or a pair of the palette that no other rule has.

    A rule that declares none takes the pair that its name alone decides; only where that pair is taken does the next
    free one follow, so a new file hardly ever changes how another rule looks. When all pairs are taken they are used
    again.

    Args:
        declared: the look of each rule, None where it declares none, by its name.

    Returns:
        The look of every rule by its name.
    """
    looks = {name: look for name, look in declared.items() if look is not None}
    for name in sorted(declared.keys() - looks.keys()):
        preferred = crc32(name.encode()) % len(PALETTE)
        order = PALETTE[preferred:] + PALETTE[:preferred]
        looks[name] = next((pair for pair in order if pair not in looks.values()), order[0])
    return looks
