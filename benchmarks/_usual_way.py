"""The lab's first scenario done the usual way: a slider, and a Plotly chart with one frame a step.

    streamlit run benchmarks/_usual_way.py

benchmarks/drag.py runs it beside the lab; the figure's title ends with the value of beta2 that it shows.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

import optim_viz
from benchmarks._lab_figure import lab_figure
from optim_viz.scenario import Scenario

st.set_page_config(layout="wide")
scenario = Scenario.default()
beta2 = st.slider("Adam beta2", min_value=0.9, max_value=0.999, value=0.95, step=0.001, format="%.3f")
surface = scenario.surface_object()
runs: dict[str, optim_viz.Trajectory] = {}
for title, lane in zip(scenario.titles(), scenario.lanes, strict=True):
    settings: dict[str, Any] = {**lane.hyperparameters, **({"beta2": beta2} if lane.optimizer == "adam" else {})}
    runs[title] = optim_viz.rollout(surface, lane.optimizer, start=scenario.start, steps=scenario.steps, **settings)
figure = lab_figure(runs)
figure.update_layout(title=f"{surface.title}, beta2 = {beta2:.3f}")
st.plotly_chart(figure)
