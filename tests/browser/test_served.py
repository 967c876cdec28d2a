"""An instance that others reach: two visitors in two browsers, the policy that both obey, and whose runs each sees."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from optim_viz.pages.server import POLICY
from optim_viz.pages.site_header import PAGES
from optim_viz.pages.visitor import COOKIE
from optim_viz.run_store import RunStore
from optim_viz.run_store.limits import Limits
from optim_viz.run_store.own_runs import OwnRuns
from optim_viz.run_store.visitors import Visitor
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.run_store.fake_events import SPEC

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[LabServer]:
    """A server that listens on all addresses, with a store of its own in which nothing trains."""
    own = LabServer(tmp_path / "server.txt")
    own.environment |= {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "OPTIM_VIZ_HOME": str(tmp_path)}  # noqa: S104 - for the test's own time
    with own:
        yield own


def secret(page: Page) -> str:
    (cookie,) = [each for each in page.context.cookies() if each.get("name") == COOKIE]
    assert cookie.get("httpOnly")
    assert cookie.get("sameSite") == "Lax"
    return cookie.get("value", "")


def test_each_visitor_sees_their_own_runs_and_others_by_their_link(
    served: LabServer,
    tmp_path: Path,
    new_page: Callable[..., Page],
    allowed: list[str],
    subtests: pytest.Subtests,
) -> None:
    with urllib.request.urlopen(f"{served.url}/train", timeout=20) as answer:
        assert answer.headers["content-security-policy"] == POLICY
        assert POLICY in (ROOT / "docs/security.md").read_text(encoding="utf-8"), "which says the same"
    alice, bob = new_page(), new_page(width=390, height=844)
    for page in (alice, bob):
        page.goto(f"{served.url}/train")
        page.get_by_text("Yours alone: others see a run only by its link.").wait_for(state="attached")
    assert secret(alice) != secret(bob)
    assert COOKIE not in alice.evaluate("document.cookie")
    store = RunStore(tmp_path / "runs.sqlite3")
    mine = OwnRuns(store, Visitor.of(secret(alice)), Limits())
    run = mine.create(SPEC, "precious")
    mine.request_cancel(run)
    key = store.link_key(run)
    store.close()

    with subtests.test("its owner has it in the list, and its link in the address bar"):
        alice.reload()
        alice.get_by_role("button", name="precious").click()
        alice.wait_for_url(f"**/train?run={run}&key={key}")
        alice.get_by_text("Whoever has this page's address can look at the run").wait_for()
        alice.get_by_role("button", name="Resume").wait_for()

    with subtests.test("another visitor does not find it by its number"):
        bob.goto(f"{served.url}/train?run={run}")
        bob.get_by_text(f"there is no run {run} in your list").wait_for()
        expect(bob.get_by_text("precious")).to_have_count(0)

    with subtests.test("and by its link looks at it, no more"):
        bob.goto(alice.url)
        bob.get_by_text("You see this run by its link").wait_for()
        expect(bob.get_by_role("heading", name="precious")).to_be_visible()
        expect(bob.get_by_role("button", name="Resume")).to_have_count(0)
        expect(bob.get_by_text("Notes, name, delete")).to_have_count(0)

    # Streamlit asks below the page's own path first, once a page, and is told 404
    allowed.append(STREAMLIT_PROBES)
    with subtests.test("every page works under the policy"):
        for title, path in PAGES:
            alice.goto(f"{served.url}/{path}")
            if path:
                alice.get_by_role("navigation", name="Pages").get_by_text(title, exact=True).wait_for()
            else:
                LabPage(alice).until_opened()
