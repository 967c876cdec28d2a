"""What a scenario can be taken away as: tables of its numbers, scripts for other libraries, LaTeX of its rules.

from optim_viz import exports, tables
from optim_viz.scenario import Scenario

scenario, _ = Scenario.from_url("surface=booth&lane=adam,lr=0.1&lane=lion,lr=0.1")
tables.write(exports.runs_table(scenario), "runs.csv")
print(exports.script(scenario, "torch"))
"""

from optim_viz.exports.catalog import LEAST_COLUMNS, TABLES, offered, table
from optim_viz.exports.clouds import clouds_table
from optim_viz.exports.latex import rule_latex, scenario_latex
from optim_viz.exports.runs import runs_table, scoreboard_table
from optim_viz.exports.scripts import SCRIPTS, script

__all__ = [
    "LEAST_COLUMNS",
    "SCRIPTS",
    "TABLES",
    "clouds_table",
    "offered",
    "rule_latex",
    "runs_table",
    "scenario_latex",
    "scoreboard_table",
    "script",
    "table",
]
