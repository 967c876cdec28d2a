"""What stands before Streamlit's server: headers on every answer, and a cookie for those whose runs are told apart."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn
import websockets
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_server

from optim_viz.pages import login, server, site_header
from optim_viz.pages import visitor as who
from optim_viz.pages.server import HEADERS, POLICY, BeforeTheServer, middleware
from optim_viz.run_store import visitors
from optim_viz.stage.assets_folder import asset_hash
from tests.pages.hostile import as_read

ROOT = Path(__file__).resolve().parents[2]
HTML = [(b"content-type", b"text/html; charset=utf-8")]


def asked(
    path: str = "/train",
    headers: dict[str, str] | None = None,
    *,
    apart: bool = True,
    kind: list[Any] = HTML,
    status: int = 200,
    query: bytes = b"",
) -> tuple[int, dict[str, str]]:
    """Answer one request for a page; return the status and the answer's headers."""
    heads: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(kind)})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            heads.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    given = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": "http", "headers": given}
    scope["query_string"] = query
    asyncio.run(BeforeTheServer(inner, tell_apart=apart)(scope, receive, send))
    (head,) = heads
    return head["status"], {name.decode(): value.decode() for name, value in head["headers"]}


def test_every_answer_carries_the_policy() -> None:
    for kind in (HTML, [(b"content-type", b"text/javascript")]):
        for apart in (True, False):
            found = asked(apart=apart, kind=kind)[1]
            assert {name.lower(): value for name, value in HEADERS.items()}.items() <= found.items()
    for directive in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'self'", "connect-src 'self' data:"):
        assert directive in POLICY
    assert "//" not in POLICY, "no other computer"
    assert "unsafe-eval" not in POLICY


@pytest.mark.parametrize("page", [path for _, path in site_header.PAGES if path])
def test_a_page_in_capitals_leads_to_it(page: str) -> None:
    """Streamlit would say that there is no such page. Relative, so that it leads to no other host and keeps a base."""
    query = b"lane=sgd%2Clr%3D0.1&a=1"
    for name in (page.upper(), page.capitalize()):
        assert asked(f"/{name}")[0] == 307
        for path, where in ((f"/{name}", page), (f"/base/{name}", page), (f"//evil.example/{name}/", f"../{page}")):
            assert asked(path, query=query)[1]["location"] == f"{where}?{query.decode()}"
        assert asked(f"/{name}")[1]["location"] == page
    for path in (f"/{page}", f"/{page.upper()}x", f"/{page.upper()}/x", "/", "/static/JS/Index.js"):
        assert asked(path)[0] == 200


def test_files_of_the_stage_may_be_kept_under_the_hash_that_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    script = [(b"content-type", b"text/javascript"), (b"cache-control", b"no-cache")]
    file = f"/lab/_stcore/bidi-components/optim_viz.stage_{asset_hash()}/views/stage.js"
    others = (
        "/train",
        "/static/js/index.js",
        file.replace("optim_viz.", "other."),
        file.replace(asset_hash(), "0" * 12),
    )
    assert "immutable" in asked(file, kind=script)[1]["cache-control"]
    assert [asked(path, kind=script)[1]["cache-control"] for path in others] == ["no-cache"] * len(others)
    assert asked(file, kind=script, status=404)[1]["cache-control"] == "no-cache"
    monkeypatch.setattr("optim_viz.pages.server.asset_hash", lambda: "1" * 12)
    assert asked(file, kind=script)[1]["cache-control"] == "no-cache", "files that were replaced while the server runs"


def test_a_new_visitor_is_given_a_secret_that_no_script_reads() -> None:
    cookies = [asked()[1]["set-cookie"] for _ in range(3)]
    secrets = {each.partition(";")[0].partition("=")[2] for each in cookies}
    assert len(secrets) == 3
    assert all(len(each) * 6 >= 256 for each in secrets)
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert all(f"; {part}" in each for each in cookies)
    assert "Secure" not in cookies[0]
    assert asked()[1]["cache-control"] == "private, no-store", "no proxy gives it to another visitor"
    assert "set-cookie" in asked(headers={"accept": "text/html,*/*"}, kind=[])[1], "a page that the browser had kept"
    assert asked(headers={"x-forwarded-proto": "https"})[1]["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize(
    ("apart", "cookie", "kind"),
    [(False, "", HTML), (True, f"a=b; {who.COOKIE}={'x' * 43}", HTML), (True, "", [(b"content-type", b"text/css")])],
    ids=["all see all", "known already", "no page"],
)
def test_nobody_else_is_given_one(apart: bool, cookie: str, kind: list[Any]) -> None:
    assert "set-cookie" not in asked(headers={"cookie": cookie}, apart=apart, kind=kind)[1]


def test_the_servers_own_figures_are_not_for_visitors() -> None:
    assert asked("/_stcore/metrics")[0] == 404
    assert asked("/base/_stcore/metrics/")[0] == 404
    assert asked("/_stcore/metrics", apart=False)[0] == 200


def test_whose_runs_are_seen_is_settled_once_for_the_processes_that_are_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(visitors.VARIABLE, "")
    monkeypatch.setattr(who, "asks_for_login", lambda: True)
    assert middleware()[0].kwargs == {"tell_apart": True}
    assert os.environ[visitors.VARIABLE] == "own"
    monkeypatch.setenv("OPTIM_VIZ_LIMITS", "kept=none")
    with pytest.raises(ValueError, match="limit kept"):
        middleware()


# ---- the login, and the pages that can be left out ----


def page() -> None:
    import streamlit as st

    from optim_viz.pages.login import require_login

    require_login()
    st.write("inside")


def opened(secrets: dict[str, Any], user: dict[str, Any]) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for name, value in secrets.items():
        app.secrets[name] = value
    app.user = user  # pyright: ignore[reportAttributeAccessIssue]
    app.run()
    assert not app.exception, [each.value for each in app.exception]
    return app


AUTH = {
    "auth": {"client_id": "optim_viz", "cookie_secret": "c" * 40, "redirect_uri": "http://localhost/oauth2callback"}
}
TWO = {"auth": {"school": {"client_id": "a"}, "work": {"client_id": "b"}, "cookie_secret": "c" * 40}}


def test_whoever_has_not_logged_in_sees_the_way_to_log_in_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "find_spec", lambda name: None)
    lacking = opened(AUTH, {"is_logged_in": False})
    assert "pip install 'streamlit[auth]'" in as_read(lacking.error[0].value)
    assert not lacking.button
    monkeypatch.setattr(login, "find_spec", lambda name: object())
    out = opened(AUTH, {"is_logged_in": False})
    assert [each.label for each in out.button] == ["Log in"]
    assert "inside" not in [each.value for each in out.markdown]
    assert [each.label for each in opened(TWO, {"is_logged_in": False}).button] == [
        "Log in with school",
        "Log in with work",
    ]
    inside = opened(AUTH, {"is_logged_in": True, "iss": "https://id.example.org", "sub": "7"})
    assert [each.value for each in inside.markdown] == ["inside"]
    nameless = opened(AUTH, {"is_logged_in": True, "name": "Ann"})
    assert "neither sub nor email" in nameless.error[0].value
    assert "inside" not in [each.value for each in nameless.markdown]
    assert [each.value for each in opened({}, {}).markdown] == ["inside"], "nobody is asked where nothing is set up"


def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\nclient_id = 1")
    monkeypatch.setattr(login.st, "get_option", lambda name: [str(broken)] if name == "secrets.files" else None)
    app = opened({}, {})
    assert "cannot be read, so nobody is let in" in as_read(app.error[0].value)
    assert not app.markdown


def test_people_are_told_apart_by_the_provider_and_its_number_of_them() -> None:
    users = [
        {"iss": "https://a.example", "sub": "1"},
        {"iss": "https://b.example", "sub": "1"},
        {"iss": "https://a.example", "sub": "2"},
        {"email": "1"},
    ]
    assert len({who.identity(each) for each in users}) == len(users)


def test_the_pages_that_train_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert site_header.pages() == site_header.PAGES
    monkeypatch.setenv(site_header.TRAIN, "off")
    assert [path for _, path in site_header.pages()] == ["", "maps", "paper", "after"]
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    monkeypatch.setenv(site_header.TRAIN, "no")
    with pytest.raises(ValueError, match="on or off, not 'no'"):
        site_header.pages()


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("page", ["paper", "after"])
def test_nothing_leads_to_a_page_that_is_left_out(monkeypatch: pytest.MonkeyPatch, page: str, here: bool) -> None:
    """The Paper page's tenth section and the opening of After lead to training where it is here, and only there."""
    monkeypatch.setenv(site_header.TRAIN, "on" if here else "off")
    app = AppTest.from_file(str(ROOT / f"optim_viz/pages/{page}/page.py"), default_timeout=120).run()
    assert not app.exception
    led = {path for text in app.markdown for path in re.findall(r"\(\./(\w+)", text.value)}
    assert ("train" in led) is here
    assert led <= {path for _, path in site_header.pages()}


def test_long_work_gives_way_from_a_websockets_question_until_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    for what in ("heard", "told", "gone"):
        monkeypatch.setattr(server.TURNS, what, lambda _who, what=what: happened.append(what))
    messages = [{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": b"?"}, {"type": "end"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        happened.append(message["type"])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        await send({"type": "websocket.send", "bytes": b"!"})
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(BeforeTheServer(app, tell_apart=True)({"type": "websocket"}, receive, send))
    assert happened == ["websocket.accept", "told", "heard", "websocket.send", "told", "gone"]


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors of sockets cannot be looked at from outside")
def test_a_websockets_messages_are_not_held_back() -> None:
    """On the socket that a real server has accepted, bound as Streamlit binds it."""
    states: list[tuple[int, int]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        here = scope["client"][1]
        (accepted,) = [
            one for one in psutil.Process().net_connections("tcp") if one.raddr and one.raddr.port == here
            and one.laddr.port == port
        ]  # fmt: skip
        with socket.socket(fileno=os.dup(accepted.fd)) as found:
            states.append((here, found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    async def connect(wrapped: Any) -> None:
        config = uvicorn.Config(wrapped, ws="websockets-sansio", lifespan="off", log_level="error")
        running = uvicorn.Server(config)
        serving = asyncio.create_task(running.serve([bound]))
        async with websockets.connect(f"ws://127.0.0.1:{port}") as connection:
            await connection.wait_closed()
        running.should_exit = True
        await serving

    for wrapped in (app, BeforeTheServer(app, tell_apart=True)):
        with starlette_server._bind_socket("127.0.0.1", 0, 8) as bound:
            port = bound.getsockname()[1]
            asyncio.run(connect(wrapped))
    assert [bool(state) for _, state in states] == [False, True], "the first says that the matter is still as told"
