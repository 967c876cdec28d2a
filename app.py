"""What Streamlit runs: `optim-viz app`, or `streamlit run app.py`."""

from __future__ import annotations

from optim_viz.pages.site import show

show()
