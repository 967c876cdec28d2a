"""How the Maps page looks."""

from __future__ import annotations

from typing import Final

from optim_viz.figures.theme import DARK, LIGHT

CSS: Final = f"""
<style>
  :root {{ --mp-muted: light-dark({LIGHT.muted}, {DARK.muted}); --mp-line: light-dark({LIGHT.grid}, {DARK.grid}); }}
  .stMainBlockContainer {{ max-width: 1720px; padding: 8px 16px 64px; }}
  .stMainBlockContainer > .stVerticalBlock {{ gap: 12px; }}
  .stMain [data-stale=true] {{ opacity: 1 !important; }}
  .mp-title {{ margin: 4px 0 0; padding: 0; font-weight: 650; line-height: 1.3; }}
  h1.mp-title {{ font-size: 22px; }}
  .mp-head {{ display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 16px; }}
  h2.mp-title {{ margin-top: 24px; font-size: 18px; }}
  h3.mp-title {{ font-size: 14px; }}
  .mp-lead {{ max-width: 100ch; margin: 4px 0 0; color: var(--mp-muted); font-size: 13px; line-height: 1.5; }}
  .st-key-maps-controls > :nth-child(2) {{ flex: 1 1 280px; min-width: 220px; }}
  .st-key-maps-controls {{ flex-wrap: wrap; }}
  .st-key-maps-body {{
    display: grid; grid-template-columns: minmax(0, 1fr) 300px; gap: 0 24px; align-items: start;
  }}
  .st-key-maps-body > :has(> .st-key-maps-aside) {{ position: sticky; top: calc(32 * var(--u) + 24px); min-width: 0; }}
  .st-key-maps-body > :has(> .st-key-maps-main) {{ min-width: 0; }}
  .st-key-maps-charts {{
    display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px 32px;
  }}
  .st-key-maps-charts > * {{ min-width: 0; max-width: 760px; }}
  .mp-scroll {{ overflow-x: auto; margin-top: 4px; }}
  .mp-table {{ border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }}
  .mp-table :is(th, td) {{ padding: 6px 24px 6px 0; text-align: left; white-space: nowrap; font-weight: 400; }}
  .mp-table thead th {{ color: var(--mp-muted); }}
  .mp-table tbody tr {{ border-top: 1px solid var(--mp-line); }}
  .mp-table tbody th, .mp-table .mp-first {{ font-weight: 650; }}
  @media (max-width: 900px) {{
    .st-key-maps-body {{ display: flex; flex-direction: column; align-items: stretch; }}
    .st-key-maps-body > :has(> .st-key-maps-aside) {{
      order: -1; z-index: 2; top: calc(32 * var(--u) + 16px); padding: 8px 0;
      background: light-dark({LIGHT.background}, {DARK.background});
    }}
  }}
</style>
"""
