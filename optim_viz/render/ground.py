# pyright: basic
"""The landscape of a picture: its colours or bands, level lines and their labels, axes, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.path import Path

from optim_viz.figures.loss_grid import LossGrid, Window
from optim_viz.render.board import Array, Board
from optim_viz.render.heights import Relief, ground_pixels, height_of, height_range, resample, round_levels, shades
from optim_viz.render.layout import Layout
from optim_viz.render.panel import Panel
from optim_viz.render.places import Box, level_labels
from optim_viz.render.scene import Scene
from optim_viz.render.value_axes import linear_ticks, number

_BANDS = 3  # of one colour each, between two level lines of a vector picture
_RAMP_PARTS = 64
_VECTOR_ROWS = 150  # along the shorter side of the heights that vector lines go through


def ground_panels(scene: Scene, where: Layout) -> list[Panel]:
    """Return the landscapes' axes."""
    if not where.panels:
        return []
    window = scene.window(where.panels[0].width / where.panels[0].height)
    return [Panel(box, *window) for box in where.panels]


def draw_ground(board: Board, scene: Scene, where: Layout, panels: Sequence[Panel]) -> None:
    """Draw the landscape under each panel, its level lines' labels, its axes, and what its colours mean."""
    if not panels:
        return
    box, theme = where.panels[0], board.theme
    window = scene.window(box.width / box.height)
    grid = scene.grid(window)
    relief = resample(grid, window, round(box.width), round(box.height))
    span = height_range(relief)
    losses = round_levels(grid, span)
    levels = height_of(grid, np.array(losses))
    pixels = None if board.vector else ground_pixels(relief, span, levels, theme, board.u)
    labels = level_labels(relief, levels, board.u, _minima(scene, Panel(Box(0, 0, box.width, box.height), *window)))
    for panel in panels:
        if pixels is not None:
            board.image(pixels, panel.box)
        else:
            _vector_ground(board, panel, grid, window, span, levels)
        for label in labels:
            board.text(
                panel.box.x + label.x,
                panel.box.y + label.y,
                number(losses[label.level], 6),
                9.5,
                theme.text,
                across="center",
                up="center_baseline",
                turn=-np.degrees(label.angle),
                halo=theme.halo,
                halo_width=3.0,
                halo_strength=0.6,
            )
    _ground_axes(board, where, panels, window)
    if where.ramp:
        _ramp(board, where.ramp, panels, grid, span, relief)


def _minima(scene: Scene, panel: Panel) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (panel.at(*point) for point in scene.surface.minima)]


def _vector_ground(
    board: Board, panel: Panel, grid: LossGrid, window: Window, span: tuple[float, float], levels: Array
) -> None:
    """Fill bands of colour, each over all that is higher than it begins, without seams; then the level lines."""
    rows = _VECTOR_ROWS
    aspect = panel.box.width / panel.box.height
    relief = resample(grid, window, round(rows * max(1.0, aspect)), round(rows * max(1.0, 1 / aspect)))
    z = np.ma.array(relief.z, mask=np.zeros_like(relief.z, bool) if relief.missing is None else relief.missing)
    n, m = relief.z.shape
    # The heights stand at the middles of cells; the outermost are carried to the box's edge.
    x = np.concatenate([[0.0], (np.arange(m) + 0.5)[1:-1] / m, [1.0]]) * panel.box.width + panel.box.x
    y = np.concatenate([[0.0], (np.arange(n) + 0.5)[1:-1] / n, [1.0]]) * panel.box.height + panel.box.y
    lines = contour_generator(x=x, y=y, z=z, fill_type=FillType.OuterOffset)
    ramp, (low, high) = shades(board.theme) / 255, span
    box = panel.box
    if relief.missing is None:
        board.shape(Path(_corners(box), closed=True), _hex(ramp[0]))
    else:
        _fill(board, lines, -1e30, _hex(ramp[0]), box)
    ends = [low, *levels.tolist(), high]
    for first, second in pairwise(ends):
        for part in range(_BANDS):
            begin = first + (second - first) * part / _BANDS
            middle = first + (second - first) * (part + 0.5) / _BANDS
            _fill(board, lines, begin, _hex(ramp[round((len(ramp) - 1) * (middle - low) / (high - low))]), box)
    if relief.missing is not None:
        hidden = contour_generator(x=x, y=y, z=relief.missing.astype(float), fill_type=FillType.OuterOffset)
        _fill(board, hidden, 0.5, None, box, hatch="////")
    strength = 0.25 if board.theme.mode == "dark" else 0.55
    for level in levels:
        for points in lines.lines(float(level)):
            board.line(np.asarray(points), board.theme.contour_line, 0.7, alpha=strength, clip=box)


def _fill(board: Board, lines, begin: float, colour: str | None, clip: Box, hatch: str = "") -> None:
    polygons, offsets = lines.filled(begin, 1e30)
    for points, starts in zip(polygons, offsets, strict=True):
        codes = np.full(len(points), Path.LINETO, dtype=np.uint8)
        codes[starts[:-1].astype(int)] = Path.MOVETO
        codes[starts[1:].astype(int) - 1] = Path.CLOSEPOLY
        board.shape(Path(points, codes), colour, clip=clip, hatch=hatch)


def _hex(colour: Array) -> str:
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in colour)


def _ground_axes(board: Board, where: Layout, panels: Sequence[Panel], window: Window) -> None:
    theme, u = board.theme, board.u
    below = range(len(panels) - where.columns, len(panels))
    for i, panel in enumerate(panels):
        box = panel.box
        _frame(board, box)
        if i in below or i + where.columns >= len(panels):
            most = max(2, min(8, int(box.width / (70 * u))))
            for at, words in linear_ticks(window[0], most):
                x = float(panel.at(at, window[1][0])[0])
                board.tick((x, box.y + box.height), (x, box.y + box.height + 3 * u))
                board.text(x, box.y + box.height + 15 * u, words, 10.5, theme.muted, across="center")
            board.text(box.x + box.width / 2, box.y + box.height + 29 * u, "x", 10.5, theme.muted, across="center")
        if i % where.columns == 0:
            most = max(2, min(8, int(box.height / (50 * u))))
            for at, words in linear_ticks(window[1], most):
                y = float(panel.at(window[0][0], at)[1])
                board.tick((box.x, y), (box.x - 3 * u, y))
                board.text(box.x - 6 * u, y + 3.7 * u, words, 10.5, theme.muted, across="right")
            board.text(box.x - 36 * u, box.y + box.height / 2, "y", 10.5, theme.muted, across="center", turn=90)


def _corners(box: Box) -> Array:
    """Return the way around a box."""
    return np.array(
        [(box.x + i * box.width, box.y + j * box.height) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    )


def _frame(board: Board, box: Box) -> None:
    board.line(_corners(box), board.theme.grid, 1, cap="projecting")


def _ramp(
    board: Board, line: Box, panels: Sequence[Panel], grid: LossGrid, span: tuple[float, float], relief: Relief
) -> None:
    """Draw the colours from low to high with a few losses, at the right under the landscape."""
    u, theme, (low, high) = board.u, board.theme, span
    right = max(panel.box.x + panel.box.width for panel in panels)
    long, tall = min(190 * u, line.width / 2), 6 * u
    x, y = right - long, line.y + 5 * u
    colours = shades(theme)[:: len(shades(theme)) // _RAMP_PARTS]
    step = long / len(colours)
    for i, colour in enumerate(colours):  # each under the next one, too, so that no seam shows
        wide = step if i + 1 == len(colours) else 2 * step
        board.shape(Path(_corners(Box(x + i * step, y, wide, tall)), closed=True), _hex(colour / 255))
    board.text(x - 7 * u, y + 6.5 * u, "loss", 10, theme.muted, across="right")
    if relief.missing is not None and relief.missing.any():
        words = "undefined" if relief.missing.all() else "hatched: undefined"
        board.text(x - 45 * u, y + 6.5 * u, words, 10, theme.muted, across="right")
    for loss in round_levels(grid, span, 3, 0.2):
        at = x + long * float((height_of(grid, loss) - low) / (high - low))
        board.tick((at, y + tall), (at, y + tall + 3 * u))
        board.text(at, y + tall + 13 * u, number(loss, 6), 10, theme.muted, across="center")
