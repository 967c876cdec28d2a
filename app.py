"""What Streamlit runs: `optim-viz app`, or `streamlit run app.py`.

Streamlit's server imports it once and finds `app`, and runs it as a script for each session.
"""

from __future__ import annotations

from streamlit.starlette import App

from optim_viz.pages.process import set_up
from optim_viz.pages.server import middleware
from optim_viz.pages.site import show

if __name__ == "__main__":
    show()
else:
    app = App(__file__, middleware=middleware(), lifespan=set_up)
