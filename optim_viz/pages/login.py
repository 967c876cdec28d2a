"""Streamlit's own login (OpenID Connect), where its secrets say with whom: nobody else sees a page."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.plain_text import plain
from optim_viz.pages.visitor import asks_for_login, identity


def require_login() -> None:
    """Show the way to log in, and nothing else, to whoever has not; nothing where nobody is asked to.

    Secrets that are there and cannot be read let nobody in: they may have asked for a login.
    """
    if not st.secrets.load_if_toml_exists() and any(Path(each).is_file() for each in st.get_option("secrets.files")):
        say.error(
            "The file secrets.toml of this server cannot be read, so nobody is let in. Its administrator can tell."
        )
        st.stop()
    if not asks_for_login():
        return
    if st.user.is_logged_in:
        try:
            identity(st.user.to_dict())
        except ValueError as error:
            say.error(f"Nobody is let in: {error}.")
            st.stop()
        return
    if find_spec("authlib") is None:
        say.error("This server asks for a login, and lacks what it takes: python -m pip install 'streamlit[auth]'.")
        st.stop()
    st.title("optim_viz")
    st.write("Log in to see the pages of this server.")
    for name in _providers(cast("Mapping[str, Any]", st.secrets["auth"])):
        words = f"Log in with {plain(name)}" if name else "Log in"
        st.button(words, key=f"login-{name}", type="primary", on_click=st.login, args=(name,) if name else ())
    st.stop()


def _providers(auth: Mapping[str, Any]) -> list[str]:
    """Return the names of those that people can log in with; "" for one without a name."""
    named = [name for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value]
    return named or [""]
