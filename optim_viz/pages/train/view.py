"""Everything a look at one run shows, read from the store in one go, and its lanes' names and colours."""

from __future__ import annotations

from dataclasses import dataclass

from optim_viz.pages.train import lanes as train_lanes
from optim_viz.run_store import Bands, Histogram, Result, Run, RunStore, Series
from optim_viz.scenario import Lane, parse_lane

RAW_POINTS = 500
LINE_POINTS = 300


@dataclass(frozen=True)
class RunLane:
    """One lane of a run: its name, its colour (0 to 7), its numbers in words, and its text as in a link."""

    title: str
    colour: int
    values: str
    text: str


@dataclass(frozen=True)
class Look:
    """Which lane, layer and quantity the state charts show."""

    lane: int = 0
    layer: str = ""
    quantity: str = "ratio"


@dataclass(frozen=True, eq=False)
class View:
    """One run as it stands, lanes in order."""

    run: Run
    lanes: tuple[RunLane, ...]
    results: dict[int, Result]
    losses: tuple[Series, ...]
    smoothed: tuple[Series, ...]
    accuracies: tuple[Series, ...]
    speeds: tuple[Series, ...]
    norms: tuple[Series, ...]
    memory: Series
    look: Look
    bands: Bands | None
    histogram: Histogram | None


def read(store: RunStore, run: Run, look: Look) -> View:
    """Read what a run has logged.

    Raises:
        StoreError: the store cannot be read.
    """
    lanes = run_lanes(run)

    def each(quantity: str, points: int = LINE_POINTS) -> tuple[Series, ...]:
        return tuple(store.series(run.id, lane, quantity, points) for lane in range(len(lanes)))

    fits = look.lane < len(lanes) and look.layer in run.layers
    bands = store.quantiles(run.id, look.lane, look.quantity, look.layer, LINE_POINTS) if fits else None
    return View(
        run=run,
        lanes=lanes,
        results={result.lane: result for result in store.results().get(run.id, [])},
        losses=each("loss", RAW_POINTS),
        smoothed=each("smoothed"),
        accuracies=each("test_accuracy"),
        speeds=each("examples_per_second"),
        norms=each("gradient_norm"),
        memory=store.series(run.id, 0, "memory_peak", 8),
        look=look,
        bands=bands,
        histogram=store.histogram(run.id, look.lane) if fits else None,
    )


def run_lanes(run: Run) -> tuple[RunLane, ...]:
    """Return a run's lanes; one written by a version that knew other optimizers keeps its text as its name."""
    parsed: list[Lane] = []
    try:
        for text in run.lanes:
            parsed.append(parse_lane(text, parsed))
    except ValueError:
        return tuple(RunLane(text, index % 8, "", text) for index, text in enumerate(run.lanes))
    return tuple(
        RunLane(title, lane.colour, train_lanes.values_text(lane), text)
        for title, lane, text in zip(train_lanes.telling(parsed), parsed, run.lanes, strict=True)
    )


def epochs(run: Run) -> int:
    """Return how many epochs a run has in all."""
    return int(run.spec.get("epochs", 1))
