"""Registers a component of ours with Streamlit: the stage, and the plot that keeps its zoom.

The browser's files are served from an asset folder under the component's name. The name carries a hash of the files, so
that a browser never mixes new modules with old ones out of its cache, and nothing need be installed: the component is
declared by hand, as Streamlit's scan of installed packages would do.
"""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components import v2
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from optim_viz.stage.assets_folder import asset_folder, asset_hash

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_PACKAGE = "optim_viz"
_LOOKED_AT = 2.0
"""Seconds: a page with six plots that moves each second need not look at a hundred files for each of them."""


@lru_cache(maxsize=1)
def _served(turn: int) -> tuple[Path, str]:
    """Return the folder and the hash of its files, which are looked at anew at every turn."""
    del turn
    return asset_folder(), asset_hash()


def registered(kind: str, *, html: str, js: str, css: str) -> ComponentRenderer:
    """Return what mounts a component, registered with the runtime of the running script.

    Each AppTest, like each server, has a registry of its own, so the registration is looked up there, not remembered.

    Args:
        kind: "stage", "plot", ...; the component's name is made of it.
        html: markup it starts with.
        js: entry module in the asset folder.
        css: style sheet in the asset folder.
    """
    folder, content = _served(int(time.monotonic() / _LOOKED_AT))
    component = f"{kind}_{content}"
    name = f"{_PACKAGE}.{component}"
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(name) is None:
        manifest = ComponentManifest(
            name=_PACKAGE, version="0", components=[ComponentConfig(name=component, asset_dir=folder.name)]
        )
        manager.register_from_manifest(manifest, package_root=folder.parent)
    return v2.component(name, html=html, js=js, css=css, isolate_styles=False)
