"""What every saved page carries: the stage's modules, its style sheet and, where 3D is wanted, plotly.js."""

from __future__ import annotations

import base64
import gzip
import json
import posixpath
import re
from functools import lru_cache

from optim_viz.stage.assets_folder import ASSETS, PLOTLY, asset_folder, asset_hash

ENTRIES = ("hosts/saved_page.js", "hosts/notebook.js")
"""A page that answers itself, and one that a notebook's kernel answers."""
_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?from "(\.[^"]+)";', re.MULTILINE)


def program(*, plotly: bool) -> dict[str, object]:
    """Return the program: {"modules": [[path, text], ...], "css": text, "plotly": text}.

    A module stands after all that it imports, and imports by path from the folder's root: so a page makes an address of
    each in turn.

    Args:
        plotly: whether plotly.js is inside; else its text is "", and the page has no 3D.

    Raises:
        RuntimeError: plotly's own file is missing, or modules import each other in a circle.
    """
    return _program(asset_hash(), plotly)


@lru_cache(maxsize=2)
def _program(content: str, plotly: bool) -> dict[str, object]:
    """Read it once for each content of the folder, which `content` names."""
    modules: dict[str, str] = {}
    for entry in ENTRIES:
        _add(entry, modules, ())
    css = (ASSETS / "stage.css").read_text(encoding="utf-8")
    library = (asset_folder() / PLOTLY).read_text(encoding="utf-8") if plotly else ""
    return {"modules": [[path, text] for path, text in modules.items()], "css": css, "plotly": library, "hash": content}


def packed_program(*, plotly: bool) -> str:
    """Return `program` as a page holds it; packed once for each content."""
    return _packed_program(asset_hash(), plotly)


@lru_cache(maxsize=2)
def _packed_program(content: str, plotly: bool) -> str:
    return packed(json.dumps(_program(content, plotly)).encode())


def packed(content: bytes) -> str:
    """Return what a page holds for a content: gzip, as base64; the same content is always the same text."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _add(path: str, modules: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module behind all that it imports."""
    if path in above:
        raise RuntimeError(f"the stage's modules import each other in a circle: {' -> '.join((*above, path))}")
    if path in modules:
        return
    folder = posixpath.dirname(path)
    text = (ASSETS / path).read_text(encoding="utf-8")

    def from_root(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[1]))
        _add(target, modules, (*above, path))
        return found[0].replace(f'"{found[1]}"', f'"{target}"')

    whole = _IMPORT.sub(from_root, text)
    modules[path] = whole
