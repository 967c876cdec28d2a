"""Several maps over the same axes as one table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.maps.outcome_map import OutcomeMap
from optim_viz.tables import Column, Table


def maps_table(maps: Mapping[str, OutcomeMap]) -> Table:
    """Return maps over the same axes as one table.

    Args:
        maps: by title, which stands in the column `optimizer`.

    Returns:
        `optimizer`, and the columns of `OutcomeMap.table`: a row for each map and cell.

    Raises:
        ValueError: there are no maps, or their axes differ.
    """
    found = list(maps.values())
    if not found or any((each.x, each.y) != (found[0].x, found[0].y) for each in found):
        raise ValueError("one table is of one or more maps over the same axes")
    parts = [each.table() for each in found]
    columns = [
        Column(column.name, np.concatenate([part[column.name] for part in parts]), column.unit, column.meaning)
        for column in parts[0].columns
    ]
    titles = Column("optimizer", np.repeat(list(maps), len(parts[0])))
    return Table("maps", [titles, *columns], parts[0].about)
