"""What stands before Streamlit's own server: headers that browsers obey, and the secret that tells visitors apart.

`app.py` hands this to Streamlit as ASGI middleware. Scripts of other origins, frames around the pages and requests to
other computers are forbidden to the browser by a Content-Security-Policy; addresses, which may carry the key of a run,
go to no other site. Files of the stage may be kept by a browser, as Streamlit's own are: to ask for them and compile
them anew at each visit was a third of the work of opening the lab.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from optim_viz.pages.site_header import pages
from optim_viz.pages.visitor import COOKIE, whose_runs
from optim_viz.run_store import visitors
from optim_viz.run_store.limits import Limits
from optim_viz.stage.assets_folder import asset_hash
from optim_viz.turns import TURNS

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' blob:",  # Streamlit's index.html and st.html have scripts in the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""The Content-Security-Policy of every page; docs/security.md and a browser test hold the same."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_YEAR: Final = 365 * 24 * 3600
_COMPONENTS: Final = "/_stcore/bidi-components/optim_viz."


def middleware() -> list[Middleware]:
    """Return what Streamlit's server is to run each request through, and settle whose runs a visitor sees.

    Raises:
        ValueError: what the environment says of visitors is no choice, or no limit.
    """
    whose = os.environ[visitors.VARIABLE] = whose_runs()  # for loss planes by name, in processes that are started too
    Limits.from_environment()
    return [Middleware(BeforeTheServer, tell_apart=whose == "own")]


class BeforeTheServer:
    """Adds the headers; where visitors are told apart, gives out their cookie and closes the server's own figures."""

    def __init__(self, app: ASGIApp, *, tell_apart: bool) -> None:
        """Stand before an application."""
        self._app = app
        self._tell_apart = tell_apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._tell_apart and str(scope["path"]).rstrip("/").endswith("/_stcore/metrics"):
            await PlainTextResponse("not here", 404)(scope, receive, send)
            return

        if page := meant(str(scope["path"])):
            query = bytes(scope.get("query_string", b"")).decode("latin-1")
            await RedirectResponse(f"{page}?{query}" if query else page)(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                self._head(Headers(scope=scope), str(scope["scheme"]), answered)
                if message["status"] == 200 and may_be_kept(str(scope["path"])):
                    answered["cache-control"] = f"public, max-age={_YEAR}, immutable"
            await send(message)

        await self._app(scope, receive, answer)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a WebSocket's messages on, and let long work give way from when one comes until its answer is sent."""
        send_at_once(send)
        me = object()

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                TURNS.heard(me)
            return message

        async def told(message: Message) -> None:
            await send(message)
            TURNS.told(me)

        try:
            await self._app(scope, heard, told)
        finally:
            TURNS.gone(me)

    def _head(self, asked: Headers, scheme: str, answered: MutableHeaders) -> None:
        """Add to an answer's head."""
        for name, value in HEADERS.items():
            answered.setdefault(name, value)
        # a browser that kept the page is told that it has not changed, without the type
        page = "text/html" in answered.get("content-type", "") or "text/html" in asked.get("accept", "")
        if self._tell_apart and page and COOKIE not in cookies(asked.get("cookie", "")):
            secure = scheme == "https" or asked.get("x-forwarded-proto", "").startswith("https")
            answered.append("set-cookie", new_cookie(secure=secure))
            answered["cache-control"] = "private, no-store"  # no proxy gives one visitor's to another


def meant(path: str) -> str:
    """Return the page that is meant by a path with letters of another case, relative to it; "" where none is."""
    name = path.rstrip("/").rpartition("/")[2]
    found = name.lower() if name != name.lower() and name.lower() in {page for _, page in pages()} else ""
    return f"../{found}" if found and path.endswith("/") else found


def send_at_once(send: Send) -> None:
    """Let a WebSocket's messages leave as they are written.

    An answer is several small messages. The system holds the second back until the first is acknowledged, which the
    other side does up to 40 ms later (200 ms under Windows), unless TCP_NODELAY is set: asyncio sets it only where a
    socket names its protocol, and those that Streamlit binds name none.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)  # uvicorn's, whose method `send` is
    if isinstance(transport, asyncio.BaseTransport):
        found = transport.get_extra_info("socket")
        if found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def may_be_kept(path: str) -> bool:
    """Whether a file is one of the stage's, under a name with the hash that the files have now.

    A server that runs on while its files are replaced serves new ones under the old name; those are not to be kept.
    """
    return _COMPONENTS in path and f"_{asset_hash()}/" in path


def new_cookie(*, secure: bool) -> str:
    """Return a cookie with a secret of 256 bits, which no script of a page can read."""
    parts = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax"
    return f"{parts}; Secure" if secure else parts


def cookies(header: str) -> MutableMapping[str, Any]:
    """Return what a request's cookie header holds; nothing of one that is broken."""
    try:
        return cast("MutableMapping[str, Any]", SimpleCookie(header))
    except CookieError:
        return {}
