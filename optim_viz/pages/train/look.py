"""How the training page looks, and the words and small pictures that its parts share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

from optim_viz.figures.theme import DARK, LIGHT
from optim_viz.run_store import Run

STATE_WORDS: Final = {
    "queued": "queued",
    "running": "running",
    "finished": "finished",
    "cancelled": "cancelled",
    "failed": "failed",
    "lost": "lost",
    "unreadable": "unreadable",
}

_LANES = "\n".join(
    f"  --tr-lane-{index}: light-dark({light}, {dark});"
    for index, (light, dark) in enumerate(zip(LIGHT.lanes, DARK.lanes, strict=True))
)

# Spacing stands on a 4 px grid; titles have 16 px and words 13 px, as in the lab. What is being drawn anew each second
# does not fade meanwhile.
CSS: Final = f"""
<style>
  .stApp {{
{_LANES}
  --tr-muted: light-dark({LIGHT.muted}, {DARK.muted});
  --tr-line: light-dark({LIGHT.grid}, {DARK.grid});
  --tr-link: light-dark({LIGHT.lanes[4]}, {DARK.lanes[5]});
  }}
  .stMainBlockContainer {{ max-width: 1200px; padding: 8px 16px 64px; }}
  .stApp button[kind="primary"]:enabled {{ color: light-dark({LIGHT.background}, {DARK.background}); }}
  [data-stale="true"] {{ opacity: 1 !important; }}
  .tr-lead {{ max-width: 100ch; margin: 0; color: var(--tr-muted); font-size: 13px; line-height: 1.5; }}
  .tr-title {{ margin: 8px 0 0; padding: 0; font-size: 16px; font-weight: 650; }}
  .tr-state {{ margin: 0; font-size: 13px; font-variant-numeric: tabular-nums; }}
  .tr-state b {{ font-weight: 650; }}
  .tr-state span {{ color: var(--tr-muted); }}
  .tr-swatch {{ display: inline-block; width: 12px; height: 12px; border-radius: 3px; vertical-align: -1px; }}
  .tr-scroll {{ overflow-x: auto; }}
  [data-testid=stLayoutWrapper]:has(> .st-key-train-arrival) {{ position: absolute; }} /* nothing to see: no gap */
  .tr-table {{ width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }}
  .tr-table th, .tr-table td {{ padding: 4px 16px 4px 0; text-align: right; white-space: nowrap; font-weight: 400; }}
  .tr-table :is(th, td):nth-child(-n + 2) {{ text-align: left; }}
  .tr-table a {{ color: var(--tr-link); }}
  .tr-table .tr-swatch {{ margin-right: 4px; }}
  .tr-table thead th {{ color: var(--tr-muted); }}
  .tr-table tbody tr {{ border-top: 1px solid var(--tr-line); }}
  .tr-facts {{ display: flex; flex-wrap: wrap; gap: 0 16px; margin: 0; font-size: 13px; }}
  .tr-facts, .tr-facts * {{ font-variant-numeric: tabular-nums; }}
  .tr-facts span {{ color: var(--tr-muted); }}
  .tr-word {{ font-size: 13px; color: var(--tr-muted); }}
  [class*="st-key-train-row-"] {{ padding: 0 0 4px; border-bottom: 1px solid var(--tr-line); }}
  [class*="st-key-train-row-"] [data-testid="stSlider"] {{ margin-bottom: 8px; }}
  [class*="st-key-train-remove-"] button p {{ font-size: 0; }}
  [class*="st-key-train-remove-"] button p::after {{ content: "✕" / ""; font-size: 14px; }}
  [class*="st-key-train-more-"] button p {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
  [class*="st-key-train-run-"] {{ padding: 0; border-bottom: 1px solid var(--tr-line); }}
  [class*="st-key-train-open-"] button, [class*="st-key-train-open-"] button > div {{ justify-content: flex-start; }}
  [class*="st-key-train-open-"] button p {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
  @media (max-width: 640px) {{ .stMainBlockContainer {{ padding: 8px 16px 48px; }} }}
</style>
"""


def swatch(colour: int, name: str = "") -> str:
    """Return a small square in a lane's colour; `name` is for people who do not see it."""
    words = f'role="img" aria-label="{escape(name)}"' if name else 'aria-hidden="true"'
    return f'<span class="tr-swatch" style="background: var(--tr-lane-{colour})" {words}></span>'


def lab_link(lane: str) -> str:
    """Return the address that opens the lab with one lane."""
    return "./?" + urlencode({"lane": lane}, safe=",=.")


def duration(seconds: float) -> str:
    """Return a time to read: "8 s", "1:05 min", "2:03 h"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def moment(seconds: float) -> str:
    """Return when something was: "14:05" today, "3 Mar 14:05" before."""
    then, now = time.localtime(seconds), time.localtime()
    clock = time.strftime("%H:%M", then)
    return clock if then[:3] == now[:3] else f"{then.tm_mday} {time.strftime('%b', then)} {clock}"


def state_text(run: Run) -> str:
    """Say in words how it goes with a run, and what went wrong."""
    if run.cancel and run.state == "running":
        return "running, stops within a second"
    if run.state == "queued":
        return f"queued: {run.message or 'it starts when the run before it is over'}"
    if run.state == "running" and run.trained_since is None:
        return f"running: {run.message or 'starting'}"
    return f"{STATE_WORDS[run.state]}: {run.message}" if run.message else STATE_WORDS[run.state]


def progress_text(run: Run) -> str:
    """Say how far a run is: "62 %, step 1,450 of 2,345, 0:12 min left"."""
    parts = [f"{run.progress:.0%}", f"step {run.step:,} of {run.total_steps or 0:,}"]
    left = run.seconds_left()
    if left is not None:
        parts.append(f"{duration(left)} left")
    elif not run.active and run.seconds_trained() > 0:
        parts.append(f"trained for {duration(run.seconds_trained())}")
    return ", ".join(parts)


def table(head: Sequence[str], body: Sequence[Sequence[str]], caption: str) -> str:
    """Return an HTML table; the cells are HTML already."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body)
    return (
        f'<div class="tr-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="tr-table">'
        f"<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
