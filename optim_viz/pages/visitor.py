"""Who looks at the pages, and whose runs they see.

On this computer alone everybody sees all runs. An instance that others reach tells visitors apart: by their login,
where one is asked for, else by a secret that the browser keeps as a cookie, which `server.py` gives out. One that keeps
no cookies is a visitor for as long as its window stays connected.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Final, cast

import streamlit as st

from optim_viz.run_store import visitors
from optim_viz.run_store.visitors import Visitor, Whose

COOKIE: Final = "optim_viz_visitor"
LINK: Final = "key"
"""What a link calls the keys of its runs."""
_KEYS: Final = "visitor_keys"
_MOST_KEYS: Final = 64
_SECRET: Final = "visitor_secret"  # noqa: S105 - the name of a place, not a secret
_THIS_COMPUTER: Final = ("localhost", "ip6-localhost")


def whose_runs() -> Whose:
    """Return whose runs a visitor sees: what was decided, else their own as soon as others reach this server.

    They do where it listens elsewhere than on this computer alone, answers to another name or to pages of another
    origin (as behind a proxy), or asks people to log in.
    """
    decided = visitors.whose_runs()
    if decided is not None:
        return decided
    address = st.get_option("server.address")
    names = [*_words("server.allowedHosts"), *_words("server.corsAllowedOrigins")]
    alone = is_this_computer(str(address or "")) and all(map(is_this_computer, names))
    return "all" if alone and not asks_for_login() else "own"


def is_this_computer(name: str) -> bool:
    """Whether a host name, an address, or an origin with one is this computer alone."""
    host = name.rpartition("://")[2].strip().casefold()
    if host.count(":") == 1 or host.startswith("["):
        host = host.rpartition(":")[0] if not host.endswith("]") else host
    host = host.strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _THIS_COMPUTER


def asks_for_login() -> bool:
    """Whether Streamlit's secrets say with whom people log in."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def visitor() -> Visitor:
    """Return who looks, with the keys of the links that were opened in this window."""
    keys = cast("list[str]", st.session_state.setdefault(_KEYS, list[str]()))
    keys.extend(key for key in st.query_params.get_all(LINK) if key not in keys)
    del keys[:-_MOST_KEYS]
    return Visitor.of(_secret(), keys)


def keeps_cookie() -> bool:
    """Whether this visitor is known again in another window, or another day."""
    return asks_for_login() or _is_sound(st.context.cookies.get(COOKIE, ""))


def _secret() -> str:
    if asks_for_login():
        return f"login {identity(st.user.to_dict())}"
    given = st.context.cookies.get(COOKIE, "")
    if _is_sound(given):
        return given
    return st.session_state.setdefault(_SECRET, secrets.token_urlsafe(32))


def identity(user: Mapping[str, object]) -> str:
    """Return what tells a person who has logged in apart: the provider and its number of them, else their address.

    Raises:
        ValueError: the provider says neither.
    """
    for name in ("sub", "email"):
        if isinstance(user.get(name), str) and user[name]:
            return f"{user.get('iss', '')} {name} {user[name]}"
    raise ValueError("the login provider says neither sub nor email, so visitors cannot be told apart")


def _is_sound(secret: str) -> bool:
    return 40 <= len(secret) <= 64 and all(each.isascii() and (each.isalnum() or each in "-_") for each in secret)


def _words(option: str) -> list[str]:
    found: object = st.get_option(option)
    if isinstance(found, list | tuple):
        return [str(each) for each in cast("list[object]", found)]
    return [str(found)] if found else []
