"""Registers the stage with Streamlit and mounts it: the only file here that knows Streamlit.

The browser's files are served from an asset folder under the component's name. The name carries a hash of the files, so
that a browser never mixes new modules with old ones out of its cache, and nothing need be installed: the component is
declared by hand, as Streamlit's scan of installed packages would do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import streamlit as st
from streamlit.components import v2
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from optim_viz.stage.assets_folder import asset_folder, asset_hash

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

KEY = "stage"
"""The key of the one mounted stage, in st.session_state too."""

REQUEST = "request"
"""The name of the component's state in which a request of the browser arrives."""

_PACKAGE = "optim_viz"
_HTML = '<div class="ov-root"></div>'


def stage() -> ComponentRenderer:
    """Return what mounts the stage, registered with the runtime of the running script.

    Each AppTest, like each server, has a registry of its own, so the registration is looked up there, not remembered.
    """
    folder = asset_folder()
    component = f"stage_{asset_hash()}"
    name = f"{_PACKAGE}.{component}"
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(name) is None:
        manifest = ComponentManifest(
            name=_PACKAGE, version="0", components=[ComponentConfig(name=component, asset_dir=folder.name)]
        )
        manager.register_from_manifest(manifest, package_root=folder.parent)
    return v2.component(name, html=_HTML, js="index.js", css="stage.css", isolate_styles=False)


def request() -> object:
    """Return the browser's latest request, None before the first."""
    state = cast("object", st.session_state.get(KEY))
    return cast("dict[str, object]", state).get(REQUEST) if isinstance(state, dict) else None


def mount(renderer: ComponentRenderer, message: bytes, *, on_request: Callable[[], None]) -> None:
    """Put the stage on the page and hand it a packed message."""
    renderer(
        key=KEY,
        data=message,
        default={REQUEST: None},
        width="stretch",
        height="content",
        on_request_change=on_request,
    )
