"""The Maps page: its link holds all that is shown, its work goes on in the background, and no link breaks it."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import psutil
import pytest
from streamlit.testing.v1 import AppTest

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.pages.maps import apart, jobs
from optim_viz.pages.maps.run import scenario_of
from optim_viz.pages.maps.settings import MOST_MAPS, MapSettings, pairs, read, usual_pair
from optim_viz.pages.maps.work import work
from optim_viz.scenario import Lane, Problem, Scenario
from tests.pages.hostile import as_read

PAGE = str(Path(__file__).resolve().parents[2] / "optim_viz/pages/maps/page.py")
MANY = ("sgd", "adam", "lion", "nadam", "radam", "adamax")
SMALL = "surface=booth&lane=sgd,lr=0.01&lane=adam,lr=0.1&steps=20&cells=4"


def settings_of(query: str) -> tuple[MapSettings, list[Problem | str]]:
    """Read a query as the page does."""
    return read(parse_qs(query, keep_blank_values=True))


def opened(query: str = SMALL) -> AppTest:
    """Run the page."""
    page = AppTest.from_file(PAGE, default_timeout=60)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[name] = values
    return page.run()


def link_of(page: AppTest) -> dict[str, list[str]]:
    """Return the page's query."""
    values: dict[str, str | list[str]] = dict(page.query_params)
    return {name: [value] if isinstance(value, str) else value for name, value in values.items()}


def done(settings: MapSettings) -> jobs.Result:
    """Wait for a job's result."""
    job = jobs.job(settings)
    assert job.wait(60)
    assert job.result is not None, job.error
    return job.result


def test_the_link_of_the_lab_brings_surface_lanes_and_run() -> None:
    scenario = Scenario.default()
    found, problems = settings_of(scenario.to_url())
    assert not problems
    assert found.scenario.lanes == scenario.lanes
    assert (found.surface.name, found.scenario.start, found.scenario.steps) == (
        scenario.surface,
        scenario.start,
        scenario.steps,
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        SMALL,
        SMALL + "&across=lr&up=beta2&metric=steps&tolerance=1e-06&across_range=0.001,0.5&attempts=8&equal=0.3",
        "surface=sparse_logistic&k=4&seed=3&noise=0.5&across=lr&up=batch_size",
        "surface=formula&formula=x**2+%2B+cos(y)&domain=-1,2,-3,4&across=y&up=x&metric=where",
        "lane=adam,lr=0.1&lane=adam,lr=0.2,beta2=0.9&lane=adam,lr=0.3&across=lr&up=beta1",
    ],
)
def test_the_pages_own_link_restores_it(query: str) -> None:
    found, problems = settings_of(query)
    assert not problems
    written = {name: value if isinstance(value, list) else [value] for name, value in found.query().items()}
    again, problems = read(written)
    assert not problems
    assert again == found
    found.axes()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("across=lr&up=lr", "are no two of"),
        ("across=<b>&up=lr", "are no two of"),
        (SMALL + "&metric=beauty", "metric must be one of"),
        (SMALL + "&cells=1000", "cells must be a whole number from 2 to 128"),
        (SMALL + "&tolerance=0", "tolerance must be a number"),
        (SMALL + "&equal=nan", "equal lr must be a number"),
        (SMALL + "&across=lr&up=beta1&across_range=1,0", "is no range"),
        (SMALL + "&across=lr&up=beta1&up_range=0,1", "beta1"),
        (SMALL + "&across_range=ten", "two numbers with a comma"),
        ("surface=saddle&metric=steps", "not known"),
        ("steps=20000&cells=128&across=lr&up=x" + "".join(f"&lane={name}" for name in MANY), "too many"),
        ("surface=nowhere&lane=zzz", "no surface is called"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_page_is_there(query: str, message: str) -> None:
    found, problems = settings_of(query)
    assert any(message in str(problem) for problem in problems), problems
    found.axes()


@pytest.mark.parametrize("name", surfaces.names())
def test_every_surface_has_pairs_of_axes(name: str) -> None:
    rules = [update_rules.get(each) for each in update_rules.names()]
    for ground in (surfaces.get(name),):
        known = pairs(ground, rules)
        assert usual_pair(ground, rules) in known
        assert ("x", "y") in known
        for parameter in ground.parameters:
            assert ("lr", parameter.name) in known
        for rule in rules:
            assert usual_pair(ground, [rule]) in pairs(ground, [rule])


def test_a_job_is_shared_done_once_and_holds_all_that_is_shown() -> None:
    settings, _ = settings_of(SMALL + "&noise=0.1&across=lr&up=beta1")
    assert jobs.job(settings) is jobs.job(replace(settings, metric="where"))
    result = done(settings)
    assert [found.rule.name for found in result.maps] == ["sgd", "adam"]
    assert [fair.rule.name for fair in result.fair] == ["sgd", "adam"]
    assert [band.rule.name for band in result.bands] == ["sgd", "adam"]
    assert not done(settings_of(SMALL + "&across=lr&up=beta1")[0]).bands, "without noise all seeds are the same"
    scenario = scenario_of(settings, result.maps[1], 1, 2, 3)
    (lane,) = scenario.lanes
    assert (lane.hyperparameters["lr"], lane.hyperparameters["beta1"]) == (
        result.maps[1].x.values[3],
        result.maps[1].y.values[2],
    )
    given: dict[str, Any] = dict(lane.hyperparameters)
    run = optim_viz.rollout("booth", "adam", start=scenario.start, steps=20, noise=0.1, seed=0, **given)
    assert run.loss[-1] == result.maps[1].loss[2, 3]
    again, problems = Scenario.from_url(scenario.to_url())
    assert not problems
    assert again.lanes == scenario.lanes, "the link to the lab is that run, to the last digit"


def test_the_run_of_a_cell_has_the_surface_and_the_start_of_the_cell() -> None:
    settings, _ = settings_of("steps=10&cells=4&across=kappa&up=x")
    result = done(settings)
    scenario = scenario_of(settings, result.maps[0], 0, 3, 1)
    assert scenario.parameters == {"kappa": result.maps[0].x.values[1]}
    assert scenario.start == (result.maps[0].y.values[3], settings.scenario.start[1])


def test_a_job_can_be_cancelled_and_begun_again() -> None:
    settings, _ = settings_of("surface=rosenbrock&lane=adam&steps=20000&cells=32&across=lr&up=beta1&seed=77")
    job = jobs.job(settings)
    assert job.state == "running"
    begin = time.monotonic()
    job.cancel()
    assert job.wait(20)
    assert (job.state, job.result) == ("cancelled", None)
    assert time.monotonic() - begin < 20
    other = jobs.job(settings)
    assert other is not job
    other.cancel()
    assert other.wait(20)


def test_a_job_that_nobody_asks_for_ends_and_begins_anew_for_whoever_asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line that is lost for half a minute is no cancel: the page does not say so of itself."""
    monkeypatch.setattr(jobs, "LEFT_ALONE", -1.0)
    settings, _ = settings_of("surface=rosenbrock&lane=adam&steps=20000&cells=32&across=lr&up=beta1&seed=78")
    job = jobs.job(settings)
    while job.state == "running":
        time.sleep(0.01)
    assert job.state == "left"
    monkeypatch.undo()
    other = jobs.job(settings)
    assert other is not job
    assert other.state == "running"
    other.leave()
    assert other.wait(20)
    assert other.state == "left"


def test_a_large_map_is_worked_out_by_another_process_to_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, problems = settings_of(
        "surface=formula&formula=x**2+y**4&lane=adam,lr=0.1&lane=sgd,lr=0.02&steps=30&cells=16&noise=0.1&seed=5"
        "&across=lr&up=x&across_range=0.001,0.7&attempts=4"
    )
    assert not problems
    here, there = work(settings, lambda _: None), apart.apart(settings, lambda _: None)
    for kind in ("maps", "fair", "bands"):
        ones, others = getattr(here, kind), getattr(there, kind)
        assert len(ones) == len(others) == 2
        for one, other in zip(ones, others, strict=True):
            for field in fields(one):
                a, b = getattr(one, field.name), getattr(other, field.name)
                assert type(a) is type(b), field.name
                if isinstance(a, np.ndarray):
                    assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), field.name
                else:
                    assert repr(a) == repr(b), field.name
    monkeypatch.setattr(jobs, "LARGE", 0)
    monkeypatch.setattr(jobs, "apart", lambda *_: there)
    job = jobs.job(replace(settings, attempts=5))
    assert job.wait(60)
    assert job.result is there, job.error


def test_a_process_of_maps_ends_with_what_it_is_told_and_with_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = settings_of("surface=rosenbrock&lane=adam&steps=20000&cells=64&across=lr&up=beta1&seed=79")
    mine = psutil.Process()

    def workers() -> list[psutil.Process]:
        found = list[psutil.Process]()
        for each in mine.children():
            with contextlib.suppress(psutil.Error):
                if "optim_viz.pages.maps.worker" in each.cmdline():
                    found.append(each)
        return found

    for end in ("cancel", "kill"):
        job = jobs.Job(replace(settings, attempts=4 if end == "cancel" else 8))
        assert job.total > jobs.LARGE
        while not (found := workers()):
            assert not job.wait(0.02), job.error
        if end == "cancel":
            job.cancel()
        else:
            found[-1].kill()
        assert job.wait(30)
        assert job.state == ("cancelled" if end == "cancel" else "lost")
        assert ("ended (exit code" in job.error) == (end == "kill")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(apart.Ended, match="No process can be started for the maps"):
        apart.apart(settings, lambda _: None)


def test_a_map_whose_process_ended_says_so_and_is_worked_out_when_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    query = SMALL + "&across=lr&up=beta1&seed=80"
    monkeypatch.setattr(jobs, "LARGE", 0)
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        page = opened(query)
        assert "No process can be started for the maps" in as_read(page.error[0].value)
        page.run()
        assert page.error, "it is not begun by itself: it would end again and again"
    page.button(key="maps-again").click().run()
    assert jobs.job(settings_of(query)[0]).wait(60)
    page.run()
    assert not page.error
    assert jobs.job(settings_of(query)[0]).state == "done"


def test_what_a_link_is_told_of_does_not_keep_the_process_from_it() -> None:
    """More lanes than there is room for: the page says so, and shows the first."""
    lanes = "&".join(f"lane=adam,lr=0.1,beta2=0.9{n}" for n in range(8))
    settings, problems = settings_of(f"surface=booth&{lanes}&steps=5&cells=4&across=lr&up=beta1&attempts=4")
    assert problems
    assert len(apart.apart(settings, lambda _: None).maps) == len(settings.lanes()) == MOST_MAPS


def test_what_the_process_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = settings_of(SMALL)
    monkeypatch.setattr(MapSettings, "query", lambda _: {"surface": "nowhere"})
    with pytest.raises(ValueError, match="nowhere"):
        apart.apart(settings, lambda _: None)


def test_lanes_that_differ_in_the_axes_alone_share_a_map() -> None:
    settings, _ = settings_of("lane=adam,lr=0.1&lane=adam,lr=0.2,beta2=0.9&lane=adam,lr=0.3&across=lr&up=beta1")
    first, second = settings.lanes()
    assert [lane.hyperparameters["lr"] for lane in settings.marked(first)] == [0.1, 0.3]
    assert settings.marked(second) == [settings.scenario.lanes[1]]
    titles = settings.titles()
    assert len(set(titles)) == 2
    assert all("Adam" in title for title in titles)


def test_controls_write_the_link_and_the_page_follows() -> None:
    query = SMALL + "&across=lr&up=beta1"
    done(settings_of(query)[0])  # a page that has to wait for its map shows none at first, as it may on a slow machine
    page = opened(query)
    assert not page.exception
    assert "<td" in "".join(each.proto.body for each in page.get("html"))
    page.selectbox(key="maps-surface").select("himmelblau").run()
    page.multiselect(key="maps-optimizers").set_value(["adam", "lion"]).run()
    page.text_input(key="maps-steps").set_value("30").run()
    page.text_input(key="maps-across-range").set_value("0.001, 0.1").run()
    assert not page.exception
    assert not page.warning
    found, problems = read(link_of(page))
    assert not problems
    assert (found.surface.name, found.scenario.steps, found.across_range) == ("himmelblau", 30, (0.001, 0.1))
    kept, new = found.scenario.lanes
    assert kept == Lane("adam", {"lr": 0.1})
    assert new.hyperparameters["lr"] == surfaces.get("himmelblau").learning_rates["sign"]
    page.text_input(key="maps-across-range").set_value("[link](http://example.com), 0").run()
    assert not page.exception
    assert len(page.warning) == 1
    assert "\\[link\\]" in page.warning[0].value


@pytest.mark.parametrize(
    "query",
    [
        "lane=adam,lr=-1&lane=zzz",
        "surface=formula&formula=__import__('os')",
        "across=%3Cscript%3E&up=%00&cells=-1&attempts=x",
        "surface=formula&formula=1/0&steps=5&cells=4",
        "surface=sparse_steps&steps=5&cells=4&metric=where",
        "across_range=0,0&up_range=1e400,2",
    ],
)
def test_no_link_breaks_the_page(query: str) -> None:
    page = opened(query if "cells=4" in query else f"{query}&steps=5")
    assert not page.exception
    assert page.selectbox(key="maps-surface").value


@pytest.mark.parametrize("typed", ["1e-320", "1e400", "0", "-1", "abc", ""])
def test_the_common_rate_is_typed_within_the_bounds_that_a_link_keeps(typed: str) -> None:
    """The page and a link say the same of it, by the field's name."""
    page = opened()
    page.text_input(key="maps-equal").set_value(typed).run()
    assert not page.exception
    (told,) = [each.value.replace("\\", "") for each in page.warning]
    assert told == f"The learning rate that all share is a number from 1e-300 to 1e+300, not “{typed}”."
    if typed:
        assert "equal lr must be a number from 1e-300 to 1e+300" in str(settings_of(f"{SMALL}&equal={typed}")[1])


ENDS = ("1e-320,1e-319", "5e-324,1.7e308", "1e300,1.7e308", "0,1e-320", "-1e308,1e308", "-1e6,-999999", "-0,1e-299")


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("pair", ["across=lr&up=beta1", "across=x&up=y", "across=kappa&up=lr"])
def test_any_range_is_drawn_or_refused(pair: str, ends: str) -> None:
    """With the map worked out: what is wrong with its numbers shows when it is drawn."""
    query = f"surface=quadratic&lane=adam&steps=5&cells=4&{pair}"
    for asked in (f"{query}&across_range={ends}", f"{query}&up_range={ends}", f"{query}&across_range={ends}&equal=1"):
        done(settings_of(asked)[0])
        page = opened(asked)
        assert not page.exception, page.exception[0].value
        assert page.get("bidi_component"), "there is a map"


@pytest.mark.parametrize(
    ("lanes", "told"),
    [
        ([f"lane={name}" for name in update_rules.names()[:8]], "room for the maps of 6 optimizers"),
        ([f"lane=adam,eps=1e-{n}" for n in range(3, 11)], "would make 8 maps"),
    ],
)
def test_more_lanes_than_there_is_room_for_are_left_out_and_it_is_said(lanes: list[str], told: str) -> None:
    page = opened("&".join(["cells=4&steps=5", *lanes]))
    assert not page.exception
    assert told in page.warning[0].value
    assert len(read(link_of(page))[0].lanes()) == 6


def test_numbers_of_the_table_are_those_of_the_tuned_runs() -> None:
    settings, _ = settings_of(SMALL + "&across=lr&up=beta1&equal=0.05&attempts=4&steps=60")
    result = done(settings)
    table = "".join(
        each.proto.body
        for each in opened(SMALL.replace("steps=20", "steps=60") + "&across=lr&up=beta1&equal=0.05&attempts=4").get(
            "html"
        )
    )
    for fair in result.fair:
        assert fair.best is not None
        words = f"{fair.best.arrived} steps" if fair.best.arrived >= 0 else f"ends {fair.best.gap:.2g} above"
        assert f">{words}<" in table
        assert f"{fair.decades:.2f} decades" in table or fair.good is None
    assert np.isfinite([fair.chance for fair in result.fair]).all()
