"""Finds saved loss planes by the names that links and scripts give them: plane_3_1 is the first plane of run 3.

Where visitors see their own runs alone, a name needs the plane's code too, plane_3_1_ and 32 hexadecimal digits, and no
menu lists what was found: who has a plane in the lab has it by its link.

Nothing but the arrays and words of a plane is read; `surfaces.get` asks here for a name that it does not know.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface

NAME: Final = re.compile(r"plane_([1-9]\d{0,17})_([1-9]\d{0,4})(?:_([0-9a-f]{32}))?", re.ASCII)
_LOG = logging.getLogger(__name__)


def find(name: str) -> Surface | None:
    """Return the surface of a saved plane in the default run store; None where there is none of that name."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    run, number, code = int(match[1]), int(match[2]), match[3] or ""
    try:
        from optim_viz.planes.files import PlaneFolder
        from optim_viz.run_store import visitors
        from optim_viz.run_store.folders import default_path, planes_folder
    except ModuleNotFoundError:  # without the extras there is no run store
        return None
    own = visitors.whose_runs() == "own"
    if own != bool(code):
        return None
    if own and not visitors.is_plane_code(visitors.stored_key(default_path(), run), number, code):
        return None
    try:
        result = PlaneFolder(planes_folder(default_path(), run) / str(number)).result()
    except ValueError as error:
        _LOG.warning("%s", error)
        return None
    if result is None or (result.run, result.number) != (run, number):
        return None
    return replace(result.surface(), name=name, listed=not own)
