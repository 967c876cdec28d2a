"""The run store's points: curves, quantiles, histograms, and events as they were logged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from optim_viz.run_store import points
from optim_viz.run_store.points import Bands, Histogram, Series
from optim_viz.run_store.store_base import StoreBase


class PointStore(StoreBase):
    """The points of runs."""

    def append(self, run_id: int, events: Iterable[Any]) -> None:
        """Write events of `optim_viz.comparison.events` in one transaction, all or none."""
        kept = list(events)  # they may be written twice, where the disk is full
        self._write(lambda connection: points.append(connection, run_id, kept))

    def series(self, run_id: int, lane: int, quantity: str, max_points: int = 2000) -> Series:
        """Return a curve with both its ends and every peak.

        Args:
            run_id: which run; one that is not there has no points.
            lane: position of the lane, from 0.
            quantity: a key of `points.SERIES`.
            max_points: at most so many points, at least 8.

        Raises:
            ValueError: an unknown quantity.
        """
        points.require_series(quantity)
        return self._read(lambda connection: points.series(connection, run_id, lane, quantity, max_points))

    def quantiles(self, run_id: int, lane: int, quantity: str, layer: str, max_points: int = 1000) -> Bands:
        """Return quantiles over one layer.

        Args:
            run_id: which run.
            lane: position of the lane, from 0.
            quantity: one of `optim_viz.comparison.events.QUANTITIES`.
            layer: one of `Run.layers`.
            max_points: at most so many steps, evenly chosen with both ends.
        """
        return self._read(lambda connection: points.bands(connection, run_id, lane, quantity, layer, max_points))

    def monitor(
        self, run_id: int, lane: int, monitor: str, layer: str = "", max_points: int = 2000
    ) -> tuple[Series, Series]:
        """Return what a monitor logged, and what that is compared with: empty where there is nothing.

        Args:
            run_id: which run.
            lane: position of the lane, from 0.
            monitor: a name of `optim_viz.monitors`; one that was not sampled has no points.
            layer: one of `Run.layers`; "" for all together.
            max_points: at most so many points of each, at least 8.
        """

        def read(column: str) -> Series:
            return self._read(
                lambda connection: points.monitor(connection, run_id, lane, monitor, layer, column, max_points)
            )

        return read("value"), read("bound")

    def recorded(self, run_id: int, lane: int) -> tuple[str, ...]:
        """Name the quantities of an optimizer's state that a lane has points of, in the order of their menu."""
        return self._read(lambda connection: points.recorded(connection, run_id, lane))

    def histogram(self, run_id: int, lane: int, step: int | None = None) -> Histogram | None:
        """Return the last histogram of m̂/√v̂ up to `step` (None: the last of all); None where there is none."""
        return self._read(lambda connection: points.histogram(connection, run_id, lane, step))

    def rows(self, kind: str, run_id: int, after: int = 0, upto: int = 2**62) -> list[dict[str, Any]]:
        """Return events of one kind as dictionaries, ordered by step and lane.

        Args:
            kind: a key of `points.TABLES`.
            run_id: which run.
            after: only events after this step.
            upto: only events up to this step.
        """
        return self._read(lambda connection: points.read_back(connection, kind, run_id, after, upto))
