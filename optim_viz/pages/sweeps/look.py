"""How the page of sweeps looks, beyond what it shares with the Train page."""

from __future__ import annotations

from typing import Final

from optim_viz.figures.theme import DARK, LIGHT

_css = """
<style>
  .sw-map { width: auto; min-width: min(100%, 480px); border-collapse: separate; border-spacing: 3px; font-size: 13px; }
  .sw-map, .sw-map * { font-variant-numeric: tabular-nums; }
  .sw-map th { padding: 2px 8px; font-weight: 400; color: var(--tr-muted); white-space: nowrap; }
  .sw-map tbody th {
    position: sticky; left: 0; z-index: 1; padding-left: 0; text-align: left; color: inherit;
    background: light-dark(LIGHT, DARK);
  }
  .sw-map td { padding: 0; min-width: 80px; height: 48px; }
  .sw-cell {
    position: relative; display: flex; flex-direction: column; align-items: center; justify-content: center;
    height: 48px; padding: 0 8px; border-radius: 4px; line-height: 1.25; text-decoration: none !important;
    white-space: nowrap; box-sizing: border-box;
  }
  a.sw-cell:hover, a.sw-cell:focus-visible { outline: 2px solid currentcolor; outline-offset: -3px; }
  .sw-cell small { font-size: 11px; }
  .sw-cell.sw-empty { border: 1px dashed var(--tr-line); color: var(--tr-muted); }
  .stApp .sw-cell.sw-broken {
    border: 1px solid var(--tr-muted); color: inherit;
    --sw-hatch: color-mix(in srgb, var(--tr-muted) 22%, transparent);
    background: repeating-linear-gradient(135deg, transparent 0 6px, var(--sw-hatch) 6px 8px);
  }
  .sw-cell.sw-best { box-shadow: 0 0 0 2px var(--st-background-color, Canvas), 0 0 0 4px currentcolor; }
  td:has(> .sw-best) { color: inherit; }
  .sw-best b::before { content: "★ " / ""; }
  .sw-key { margin: 0; font-size: 12px; color: var(--tr-muted); line-height: 1.5; }
  .sw-scale {
    display: inline-block; width: 120px; height: 10px; margin: 0 6px; border-radius: 2px; vertical-align: -1px;
  }
  .sw-news { margin: 0; padding-left: 18px; font-size: 13px; line-height: 1.5; }
  .sw-news a, .sw-link { color: var(--tr-link); }
  .st-key-sweeps-fields, .st-key-sweeps-settings { row-gap: 8px; }
  [data-testid=stLayoutWrapper]:has(> .st-key-sweeps-delete), .st-key-sweeps-delete { margin-left: auto; }
</style>
"""
CSS: Final = _css.replace("LIGHT", LIGHT.background).replace("DARK", DARK.background)
