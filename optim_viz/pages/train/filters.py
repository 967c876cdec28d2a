"""Which runs of the list are in sight, and how they are grouped. The choice stands in the link, beside the rest.

/train?run=3&runs.find=warm&runs.state=finished,failed&runs.optimizer=adam&runs.group=model&runs.alerts=1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final

import streamlit as st

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec
from optim_viz.pages.train.look import STATE_WORDS
from optim_viz.run_store import STATES, Run
from optim_viz.run_store.groups import StoredSweep
from optim_viz.scenario import parse_lane
from optim_viz.scenario.problem import shown

PREFIX: Final = "runs."
_ANOTHER: Final = "another"


@dataclass(frozen=True)
class Filter:
    """What is looked for in the list of runs.

    Attributes:
        find: words that all stand in a run's name, notes, lanes, message or number.
        state, optimizer, dataset, model: a run has one of these; empty: any.
        alerts: only runs with something to look after.
        group: a name of `GROUPS`, or "".
    """

    find: str = ""
    state: tuple[str, ...] = ()
    optimizer: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    alerts: bool = False
    group: str = ""

    @property
    def is_on(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, group="") != Filter()

    def matches(self, run: Run, *, alerted: bool = False) -> bool:
        """Whether a run is in sight; `alerted`: it has alerts."""
        chosen = (
            (self.state, (run.state,)),
            (self.optimizer, optimizers(run)),
            (self.dataset, (dataset(run),)),
            (self.model, (model(run),)),
        )
        return (
            (alerted or not self.alerts)
            and all(not wanted or any(each in wanted for each in own) for wanted, own in chosen)
            and matches(run, self.find)
        )


def matches(run: Run, words: str) -> bool:
    """Whether every word is in a run's name, notes, lanes, message or number."""
    text = " ".join((f"{run.id}", run.name, run.notes, *run.lanes, run.message)).casefold()
    return all(word in text for word in words.casefold().split())


# ---- what a run is found and grouped by ----


def optimizers(run: Run) -> tuple[str, ...]:
    """Names of a run's optimizers, each once, in the order of its lanes."""
    return tuple(dict.fromkeys(lane.split(",", 1)[0] for lane in run.lanes))


def dataset(run: Run) -> str:
    """Name of the data set a run trains on."""
    return str(run.spec.get("dataset", TrainingSpec.dataset))


def model(run: Run) -> str:
    """Name of the model a run trains."""
    return str(run.spec.get("model", TrainingSpec.model))


@lru_cache(maxsize=1024)
def optimizer_title(name: str) -> str:
    """Return an optimizer's title; its name where it is not known here."""
    try:
        return parse_lane(name).rule.title
    except ValueError:
        return name


def dataset_title(name: str) -> str:
    """Return a data set's title; its name where it is not known here."""
    return datasets.get(name).title if name in datasets.names() else name


def model_title(name: str) -> str:
    """Return a model's title; its name where it is not known here."""
    return models.get(name).title if name in models.names() else name


def state_title(name: str) -> str:
    """Return a state as a word."""
    return STATE_WORDS.get(name, name)


Sweeps = Mapping[int, str]
"""The heading of the sweep that a run is of, by the run's number; runs that were started alone have none."""

GROUPS: Final[Mapping[str, Callable[[Run, Sweeps], str]]] = {
    "state": lambda run, sweeps: state_title(run.state),
    "optimizer": lambda run, sweeps: " · ".join(map(optimizer_title, optimizers(run))),
    "dataset": lambda run, sweeps: dataset_title(dataset(run)),
    "model": lambda run, sweeps: model_title(model(run)),
    "sweep": lambda run, sweeps: sweeps.get(run.id, "no sweep"),
}
"""What runs are grouped by -> the heading that a run stands under."""
GROUP_TITLES: Final = {
    "": "nothing",
    "state": "State",
    "optimizer": "Optimizer",
    "dataset": "Data set",
    "model": "Model",
    "sweep": "Sweep",
}


def sweep_headings(sweeps: Sequence[StoredSweep]) -> dict[int, str]:
    """Return the heading of its sweep for each run of one."""
    return {run: f"Sweep {sweep.id}: {sweep.name}" for sweep in sweeps for run in sweep.runs.values()}


def grouped(runs: Sequence[Run], group: str, sweeps: Sweeps) -> list[tuple[str, list[Run]]]:
    """Return headings and the runs below each, in the order given; one heading, "", where nothing is grouped."""
    if group not in GROUPS:
        return [("", list(runs))]
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(GROUPS[group](run, sweeps) or _ANOTHER, []).append(run)
    return sorted(found.items(), key=lambda each: _in_order(each[0]))


def _in_order(heading: str) -> list[str | int]:
    """Return a heading in words and numbers, so that sweep 2 comes before sweep 10."""
    parts = re.split(r"(\d+)", heading.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


# ---- in the link ----

# Streamlit adds an entry to the browser's history for each change of the address: one for every pause in typing. What
# is typed is one change, so the entry of the letters before gives way.
ONE_ENTRY: Final = """
<script>
  (() => {
    const root = document.documentElement;
    if (root.dataset.ovFilter) return;
    root.dataset.ovFilter = "true";
    const push = history.pushState.bind(history);
    let typed = null;
    history.pushState = (state, unused, url) => {
      const next = new URL(url ?? location.href, location.href), rest = [next, new URL(location.href)];
      const [now, before] = rest.map((each) => each.searchParams.get("FIND"));
      for (const each of rest) each.searchParams.delete("FIND");
      const typing = now !== before && rest[0].href === rest[1].href;
      if (typing && typed === location.href) history.replaceState(state, unused, url);
      else push(state, unused, url);
      typed = typing ? location.href : null;
    };
    addEventListener("popstate", () => { typed = null; });
  })();
</script>
""".replace("FIND", f"{PREFIX}find")


def of_link() -> tuple[Filter, list[str]]:
    """Return what the link asks for, and a sentence for each thing in it that is not understood."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    for each in fields(Filter):
        text = st.query_params.get(PREFIX + each.name, "")
        if not text:
            continue
        if each.name in ("find", "group"):
            found[each.name] = text
        elif each.name == "alerts":
            found[each.name] = True
        else:
            found[each.name] = tuple(dict.fromkeys(part for part in text.split(",") if part))
    if found.get("group", "") not in ("", *GROUPS):
        problems.append(f"{PREFIX}group must be one of {', '.join(GROUPS)}, not {shown(found.pop('group'))}")
    unknown = [name for name in found.get("state", ()) if name not in STATES]
    if unknown:
        problems.append(f"{PREFIX}state must be some of {', '.join(STATES)}, not {shown(unknown[0])}")
        found["state"] = tuple(name for name in found["state"] if name in STATES)
    return Filter(**found), problems


def into_link(wanted: Filter) -> None:
    """Write a choice into the link; what else stands there stays."""
    several = {name: getattr(wanted, name) for name in ("state", "optimizer", "dataset", "model")}
    texts: dict[str, str] = {name: ",".join(value) for name, value in several.items()}
    texts |= {"find": wanted.find, "alerts": "1" if wanted.alerts else "", "group": wanted.group}
    for name, text in texts.items():
        if text:
            if st.query_params.get(PREFIX + name) != text:
                st.query_params[PREFIX + name] = text
        elif PREFIX + name in st.query_params:
            del st.query_params[PREFIX + name]


def link_part() -> dict[str, list[str]]:
    """Return what of the link is about the list, so that another view's link keeps it."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name.startswith(PREFIX)}


def rest_of_link() -> dict[str, list[str]]:
    """Return what of the link is not about the list."""
    return {name: st.query_params.get_all(name) for name in st.query_params if not name.startswith(PREFIX)}
