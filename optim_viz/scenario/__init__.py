"""The lab's whole state: one value with four views, the URL, a JSON file, a Python script and the screen."""

from optim_viz.scenario.fields import FORMULA, SPEEDS, VIEWS, View
from optim_viz.scenario.lane import Lane, usual_lanes
from optim_viz.scenario.lane_text import format_lane, parse_lane
from optim_viz.scenario.pin import Pin
from optim_viz.scenario.problem import (
    MAX_COORDINATE,
    MAX_FORMULA,
    MAX_LANES,
    MAX_LINK,
    MAX_NOISE,
    MAX_SEED,
    MAX_STEPS,
    Problem,
    few,
)
from optim_viz.scenario.scenario import Scenario
from optim_viz.scenario.sentences import sentence
from optim_viz.scenario.titles import convention_words, differences, lane_titles, numbered, schedule_words
from optim_viz.update_rules import COLOURS, MARKERS

__all__ = [
    "COLOURS",
    "FORMULA",
    "MARKERS",
    "MAX_COORDINATE",
    "MAX_FORMULA",
    "MAX_LANES",
    "MAX_LINK",
    "MAX_NOISE",
    "MAX_SEED",
    "MAX_STEPS",
    "SPEEDS",
    "VIEWS",
    "Lane",
    "Pin",
    "Problem",
    "Scenario",
    "View",
    "convention_words",
    "differences",
    "few",
    "format_lane",
    "lane_titles",
    "numbered",
    "parse_lane",
    "schedule_words",
    "sentence",
    "usual_lanes",
]
