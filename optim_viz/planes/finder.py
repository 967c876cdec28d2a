"""Finds saved loss planes by the names that links and scripts give them: plane_3_1 is the first plane of run 3.

Nothing but the arrays and words of a plane is read; `surfaces.get` asks here for a name that it does not know.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface

NAME: Final = re.compile(r"plane_([1-9]\d{0,17})_([1-9]\d{0,4})", re.ASCII)
_LOG = logging.getLogger(__name__)


def find(name: str) -> Surface | None:
    """Return the surface of a saved plane in the default run store; None where there is none of that name."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    try:
        from optim_viz.planes.files import PlaneFolder
        from optim_viz.run_store.folders import default_path, planes_folder
    except ModuleNotFoundError:  # without the extras there is no run store
        return None
    try:
        result = PlaneFolder(planes_folder(default_path(), int(match[1])) / match[2]).result()
    except ValueError as error:
        _LOG.warning("%s", error)
        return None
    return None if result is None or result.name != name else result.surface()
