# pyright: basic
"""Words in a picture that belong to points."""

from __future__ import annotations

import numpy as np

from optim_viz.render.board import Array, Board
from optim_viz.render.places import Box, free_place

_FAR = 26  # from here on a thin line leads from a label to its point
_MOST_WIDE = 25  # of the type's size, for a label's line


class Names:
    """Words that never lie on each other, each by its point."""

    def __init__(self, board: Board, room: Box) -> None:
        """Begin with a room that is free."""
        u = board.u
        self.board = board
        self.room = Box(room.x + 4 * u, room.y + 4 * u, room.width - 8 * u, room.height - 8 * u)
        self.size = max(11.5, min(room.width / u / 55, 18))
        self.taken: list[Box] = []

    def write(self, words: str, colour: str, at: Array, *, bold: bool = False, gap: float = 9) -> None:
        """Write words where there is room by a pixel, with a thin line to it from afar; nowhere where there is none."""
        board, u = self.board, self.board.u
        most = min(_MOST_WIDE * self.size * u, self.room.width)
        lines = self._wrapped(words, most, bold)
        step = self.size * 4 / 3 * u
        wide = max(board.wide(line, self.size, bold=bold) for line in lines) + 4 * u
        point = float(at[0]), float(at[1])
        box = free_place(point, (wide, len(lines) * step + 2 * u), gap * u, self.room, self.taken)
        if box is None:
            return
        self.taken.append(box)
        end = np.clip(at, (box.x, box.y), (box.x + box.width, box.y + box.height))
        if np.hypot(*(end - at)) >= _FAR * u:
            board.line(np.array([at, end]), colour, 1)
        for i, line in enumerate(lines):
            y = box.y + step * (i + 1) - self.size * u / 4
            board.text(box.x + 2 * u, y, line, self.size, colour, bold=bold, halo=board.theme.background)

    def _wrapped(self, words: str, most: float, bold: bool) -> list[str]:
        lines, line = [], ""
        for word in words.split(" "):
            longer = f"{line} {word}" if line else word
            if line and self.board.wide(longer, self.size, bold=bold) > most:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line]
