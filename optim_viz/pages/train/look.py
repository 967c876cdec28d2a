"""How the training page looks, and the words and small pictures that its parts share."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

from optim_viz.figures.theme import DARK, LIGHT
from optim_viz.pages.train.markers import marker_style
from optim_viz.run_store import Alert, Run

STATE_WORDS: Final = {
    "queued": "queued",
    "running": "running",
    "finished": "finished",
    "cancelled": "cancelled",
    "failed": "failed",
    "lost": "lost",
    "unreadable": "unreadable",
}

_SIGNS: Final = {"diverged": "∞", "stalled": "‖", "slow": "↓", "lost": "✕", "full": "▣"}
_ALERTS: Final = {
    "diverged": "diverged",
    "stalled": "stalled",
    "slow": "slow",
    "lost": "lost",
    "full": "disk full",
}
"""What an alert is called, beside a sign and a red that not everybody sees."""

_LANES = "\n".join(
    f"  --tr-lane-{index}: light-dark({light}, {dark});"
    for index, (light, dark) in enumerate(zip(LIGHT.lanes, DARK.lanes, strict=True))
)

_RED: Final = "color-mix(in srgb, #E03131 72%, currentcolor)"
"""Of what deletes and of what went wrong: a red that the text's own colour makes darker on light, lighter on dark."""

# Spacing stands on a 4 px grid; titles have 16 px and words 13 px, as in the lab. What is being drawn anew each second
# does not fade meanwhile.
CSS: Final = f"""
<style>
  :root, .stApp, [data-testid="stPopoverBody"] {{ /* a popover hangs below the body, not in the app */
{_LANES}
  --tr-muted: light-dark({LIGHT.muted}, {DARK.muted});
  --tr-line: light-dark({LIGHT.grid}, {DARK.grid});
  --tr-link: light-dark({LIGHT.lanes[4]}, {DARK.lanes[5]});
  }}
  .stMainBlockContainer {{ max-width: 1720px; padding: 8px 16px 64px; }}
  .stApp button[kind="primary"]:enabled {{ color: light-dark({LIGHT.background}, {DARK.background}); }}
  [data-stale="true"] {{ opacity: 1 !important; }}
  .st-key-train-body {{ display: grid; grid-template-columns: 272px minmax(0, 1fr); gap: 0 32px; align-items: start; }}
  .st-key-train-body > :has(> .st-key-train-main) {{ grid-area: 1 / 2; min-width: 0; }}
  .st-key-train-body > :has(> .st-key-train-aside) {{
    grid-area: 1 / 1; position: sticky; top: calc(32 * var(--u) + 24px); /* below the line of the pages */
    max-height: calc(100dvh - 32 * var(--u) - 96px); overflow-y: auto; /* at the end of the page, too: 64px lie below */
    padding-right: 16px; border-right: 1px solid var(--tr-line);
  }}
  .tr-lead {{ max-width: 100ch; margin: 0; color: var(--tr-muted); font-size: 13px; line-height: 1.5; }}
  .st-key-train-main, .st-key-train-main .stVerticalBlock {{ gap: 12px; }}
  .st-key-train-aside .stVerticalBlock {{ gap: 8px; }}
  .st-key-train-actions > :first-child {{ flex: 1 1 320px; }}
  .tr-title {{ margin: 4px 0 0; padding: 0; font-size: 18px; font-weight: 650; line-height: 1.3; }}
  h2.tr-title {{ font-size: 14px; }}
  .tr-state {{ margin: 0; font-size: 13px; font-variant-numeric: tabular-nums; }}
  .tr-state b {{ font-weight: 650; }}
  .tr-state span, .tr-muted {{ color: var(--tr-muted); }}
  .tr-action {{ margin: 8px 0 0; }}
  .tr-problem {{ margin: 0; color: {_RED}; font-size: 13px; overflow-wrap: anywhere; }}
  .tr-table .tr-note {{
    display: block; width: 40ch; max-width: 56vw; margin-left: 22px; white-space: normal; font-size: 12px;
    color: var(--tr-muted);
  }}
  .tr-table .tr-note.tr-problem {{ color: {_RED}; }}
  .tr-button {{
    display: inline-block; padding: 6px 11px; border: 1px solid var(--st-border-color, var(--tr-line));
    border-radius: 4px; color: inherit; font-size: 13px; line-height: 20px; text-decoration: none; white-space: nowrap;
  }}
  .stApp a.tr-button {{ color: inherit; text-decoration: none; }}
  .tr-button:hover {{ border-color: var(--tr-link); }}
  .tr-swatch {{ display: inline-block; width: 18px; height: 18px; vertical-align: -4px; }}
  /* A shade at the side where the table goes on; covers of the page's own colour scroll along and hide it elsewhere. */
  .tr-scroll {{
    --cover: light-dark({LIGHT.background}, {DARK.background}) 40%, transparent;
    --shade: color-mix(in srgb, currentcolor 40%, transparent), transparent;
    overflow-x: auto;
    background:
      linear-gradient(to right, var(--cover)) 0 0 / 32px 100% no-repeat local,
      linear-gradient(to left, var(--cover)) 100% 0 / 32px 100% no-repeat local,
      radial-gradient(farthest-side at 0 50%, var(--shade)) 0 0 / 10px 100% no-repeat scroll,
      radial-gradient(farthest-side at 100% 50%, var(--shade)) 100% 0 / 10px 100% no-repeat scroll;
  }}
  [data-testid=stLayoutWrapper]:has(> .st-key-train-arrival) {{ position: absolute; }} /* nothing to see: no gap */
  .tr-table {{ width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }}
  .tr-table th, .tr-table td {{ padding: 4px 16px 4px 0; text-align: right; white-space: nowrap; font-weight: 400; }}
  .tr-table :is(th, td).tr-text {{ text-align: left; }}
  .tr-table a {{ color: var(--tr-link); }}
  .tr-table .tr-swatch {{ margin-right: 4px; }}
  .tr-table thead th {{ color: var(--tr-muted); }}
  .tr-table tbody tr {{ border-top: 1px solid var(--tr-line); }}
  .tr-table td.tr-best {{ font-weight: 650; }}
  .tr-facts {{ display: flex; flex-wrap: wrap; gap: 0 12px; margin: 0; font-size: 13px; }}
  .tr-facts, .tr-facts * {{ font-variant-numeric: tabular-nums; }}
  .tr-facts b {{ font-weight: 500; }}
  .tr-facts span {{ color: var(--tr-muted); }}
  .tr-unseen {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
  .tr-word {{ font-size: 13px; color: var(--tr-muted); }}
  [class*="st-key-train-row-"] {{ padding: 0 0 4px; border-bottom: 1px solid var(--tr-line); }}
  [class*="st-key-train-row-"] [data-testid="stSlider"] {{ margin-bottom: 8px; }}
  [class*="st-key-train-remove-"] button p {{ font-size: 0; }}
  [class*="st-key-train-remove-"] button p::after {{ content: "✕" / ""; font-size: 14px; }}
  [class*="st-key-train-more-"] button p {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
  [data-testid="stPopoverBody"] {{
    width: 336px; min-width: 0; max-width: calc(100vw - 32px); max-height: min(480px, 70dvh); overflow-y: auto;
  }}
  [class*="st-key-train-delete-"] button:enabled {{ color: {_RED}; border-color: currentcolor; }}
  .tr-alert {{ margin: 2px 0 0; font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; }}
  .tr-alert b {{ margin-right: 4px; color: {_RED}; font-weight: 650; white-space: nowrap; }}
  .tr-run-notes {{
    margin: 2px 0 0; font-size: 12px; line-height: 1.4; color: var(--tr-muted); overflow: hidden; white-space: nowrap;
    text-overflow: ellipsis;
  }}
  .st-key-train-main .tr-run-notes {{
    max-width: 100ch; font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere;
  }}
  .tr-group {{ margin: 8px 0 0; padding: 0; font-size: 13px; font-weight: 650; }}
  .tr-group span, h2.tr-title span {{ font-weight: 400; }}
  [class*="st-key-train-undo-"]:has(p) {{ padding: 4px 8px; border: 1px solid var(--tr-line); border-radius: 4px; }}
  [class*="st-key-train-run-"] {{ padding: 4px 0; border-top: 1px solid var(--tr-line); flex-wrap: nowrap; }}
  .st-key-train-aside [class*="st-key-train-run-"] .stVerticalBlock {{ gap: 0; min-width: 0; }}
  [class*="st-key-train-run-"] .stHtml {{ margin: 0; }}
  [class*="st-key-train-open-"] button, [class*="st-key-train-open-"] button > div {{ justify-content: flex-start; }}
  [class*="st-key-train-open-"] button {{ min-height: 24px; padding: 0; }}
  [class*="st-key-train-open-"] button p {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
  .st-key-train-drawer {{ display: none; }}
  @media (max-width: 900px) {{
    .st-key-train-body {{ display: flex; }}
    .st-key-train-body > :has(> .st-key-train-aside) {{
      order: -1; position: static; max-height: none; padding: 0; border: 0;
    }}
    .st-key-train-drawer {{ display: block; }}
    .st-key-train-drawer label {{ padding: 8px 12px; border: 1px solid var(--tr-line); border-radius: 4px; }}
    .st-key-train-aside:not(:has(.st-key-train-drawer input:checked))
      > * > .stVerticalBlock > :not(.st-key-train-drawer) {{ display: none; }}
  }}
  @media (max-width: 640px) {{
    .stMainBlockContainer {{ padding: 8px 16px 48px; }}
    [class*="st-key-train-row-"] {{ row-gap: 4px; }}
    [class*="st-key-train-row-"] > * {{ order: 3; }}
    [class*="st-key-train-row-"] > :nth-child(-n + 2) {{ order: 1; }}
    [class*="st-key-train-row-"] > :nth-child(2) {{ flex: 1 1 200px; }}
    [class*="st-key-train-row-"] > :nth-child(3) {{ display: none; }}
    [class*="st-key-train-row-"] > :nth-child(4) {{ flex: 1 1 160px; }}
    [class*="st-key-train-row-"] > :nth-child(7) {{ order: 2; }}
  }}
</style>
"""


def swatch(colour: int, marker: str, name: str = "") -> str:
    """Return a lane's marker in its colour; `name` is for people who do not see it."""
    words = f'role="img" aria-label="{escape(name)}"' if name else 'aria-hidden="true"'
    style = f"background: var(--tr-lane-{colour}); {marker_style(marker)}"
    return f'<span class="tr-swatch" style="{style}" {words}></span>'


def lab_link(*lanes: str) -> str:
    """Return the address that opens the lab with these lanes."""
    return "./?" + urlencode([("lane", lane) for lane in lanes], safe=",=.")


def lab_cell(lane: str, title: str) -> str:
    """Return a table's link that opens the lab with a lane."""
    href = escape(lab_link(lane))
    return f'<a href="{href}" target="_self">open <span class="tr-unseen">{escape(title)}</span> in the lab</a>'


def notes_text(notes: Mapping[str, str]) -> str:
    """Return what there is to say of a lane, as HTML: why it trains no further, and how it is run."""
    said = ""
    if "failed" in notes:
        said += f'<span class="tr-note tr-problem" role="note">Trains no further: {escape(notes["failed"])}.</span>'
    if "stopped" in notes:
        said += f'<span class="tr-note" role="note">Hopeless: {escape(notes["stopped"])}.</span>'
    for kind in ("way", "resume"):
        if kind in notes and "failed" not in notes:
            said += f'<span class="tr-note">{escape(notes[kind][:1].upper() + notes[kind][1:])}.</span>'
    return said


def alert_text(alerts: Sequence[Alert]) -> str:
    """Return what of a run wants looking after, as HTML: a sign, a word, and what to do."""
    return "".join(
        f'<p class="tr-alert" role="note"><b><span aria-hidden="true">{_SIGNS[each.kind]}</span> {_ALERTS[each.kind]}'
        f"</b> {escape(each.text)}</p>"
        for each in alerts
    )


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
    state = STATE_WORDS[run.state]
    if run.imported is not None:
        state = f"{state}, imported {moment(run.imported)}"
    return f"{state}: {run.message}" if run.message else state


def progress_text(run: Run) -> str:
    """Say how far a run is: "62 %, step 1,450 of 2,345, 0:12 min left"."""
    parts = [f"{run.progress:.0%}", f"step {run.step:,} of {run.total_steps or 0:,}"]
    left = run.seconds_left()
    if left is not None:
        parts.append(f"{duration(left)} left")
    elif not run.active and run.seconds_trained() > 0:
        parts.append(f"trained for {duration(run.seconds_trained())}")
    return ", ".join(parts)


def number(value: float | None) -> str:
    """Write a value of a table in four digits: "0.1234", "1.05e+16"; a dash where there is none."""
    return "–" if value is None else f"{value:.4g}" if math.isfinite(value) else "not finite"


def percent(value: float | None) -> str:
    """Write a share in per cent: "97.77%"."""
    return "–" if value is None else f"{value:.2%}" if math.isfinite(value) else "not finite"


def table(head: Sequence[str], body: Sequence[Sequence[str]], caption: str, *, texts: int = 2) -> str:
    """Return an HTML table; the cells are HTML already, and the first `texts` columns are words."""

    def cells(kind: str, row: Sequence[str]) -> str:
        left = [" class=tr-text" if index < texts else "" for index in range(len(row))]
        return "".join(f"<{kind}{words}>{cell}</{kind[:2]}>" for words, cell in zip(left, row, strict=True))

    top = cells("th", head).replace("<th", '<th scope="col"')
    lines = "".join(f"<tr>{cells('td', row)}</tr>" for row in body)
    return (
        f'<div class="tr-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="tr-table">'
        f"<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
