"""Where several people share an instance nobody sees or changes another's runs, or takes more than their share."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from optim_viz.run_store import RunStore, StoreError, UnknownRun, heartbeat, queue, visitors
from optim_viz.run_store.limits import Limits, OverLimit, work
from optim_viz.run_store.own_runs import OwnRuns
from optim_viz.run_store.visitors import Visitor
from tests.run_store import old_store
from tests.run_store.fake_events import SPEC, stream

pytestmark = pytest.mark.usefixtures("started")
ALICE, BOB = "a" * 43, "b" * 43
PLENTY = Limits(at_once=1000)
READING: dict[str, Callable[[RunStore, int, int], object]] = {
    "get": lambda store, run, sweep: store.get(run),
    "list_runs": lambda store, run, sweep: store.list_runs(),
    "results": lambda store, run, sweep: store.results([run]),
    "alerts": lambda store, run, sweep: store.alerts([replace(PAST[0], id=run)]),
    "list_sweeps": lambda store, run, sweep: store.list_sweeps(),
    "sweep_states": lambda store, run, sweep: store.sweep_states(),
    "get_sweep": lambda store, run, sweep: store.get_sweep(sweep),
    "standings": lambda store, run, sweep: store.standings(sweep),
    "series": lambda store, run, sweep: store.series(run, 0, "loss"),
    "quantiles": lambda store, run, sweep: store.quantiles(run, 0, "m_hat", "layer 1"),
    "monitor": lambda store, run, sweep: store.monitor(run, 0, "gradient_norm"),
    "recorded": lambda store, run, sweep: store.recorded(run, 0),
    "histogram": lambda store, run, sweep: store.histogram(run, 0),
    "rows": lambda store, run, sweep: store.rows("step", run),
    "link_key": lambda store, run, sweep: store.link_key(run),
    "link_keys": lambda store, run, sweep: store.link_keys([run]),
}
CHANGING: dict[str, Callable[[RunStore, int, int], object]] = {
    "rename": lambda store, run, sweep: store.rename(run, "mine"),
    "write_notes": lambda store, run, sweep: store.write_notes(run, "mine"),
    "delete": lambda store, run, sweep: store.delete(run),
    "restore": lambda store, run, sweep: store.restore(run),
    "request_cancel": lambda store, run, sweep: store.request_cancel(run),
    "cancel_all": lambda store, run, sweep: store.cancel_all([run]),
    "resume": lambda store, run, sweep: store.resume(run),
    "renew_link": lambda store, run, sweep: store.renew_link(run),
    "append": lambda store, run, sweep: store.append(run, []),
    "cancel_sweep": lambda store, run, sweep: store.cancel_sweep(sweep),
    "resume_sweep": lambda store, run, sweep: store.resume_sweep(sweep),
    "delete_sweep": lambda store, run, sweep: store.delete_sweep(sweep),
}
ADDING = {"create", "launch", "launch_sweep", "import_run"}
OF_NO_RUN = {"path", "read_only", "close", "advance", "deletions"}  # the last has a test of its own
PAST: list[Any] = []


def seen_by(store: RunStore, secret: str, *keys: str, limits: Limits = PLENTY) -> OwnRuns:
    return OwnRuns(store, Visitor.of(secret, keys), limits)


def trained(store: RunStore) -> int:
    run = store.create(SPEC, "precious")
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    heartbeat.finish(store.file, claim, "cancelled", "", list(stream(50)))
    return run


def dump(store: RunStore) -> list[str]:
    with closing(sqlite3.connect(store.path)) as connection:
        return list(connection.iterdump())


@pytest.fixture
def hers(store: RunStore) -> tuple[int, int]:
    """A run that Alice cancelled, and a sweep of hers of two runs."""
    alice = seen_by(store, ALICE)
    run = trained(alice)
    PAST[:] = [store.get(run)]
    return run, alice.launch_sweep("her sweep", {}, [("one", SPEC), ("two", SPEC)])


def test_no_way_to_the_runs_is_left_out_here() -> None:
    public = {name for name, _ in inspect.getmembers(RunStore) if not name.startswith("_")}
    assert public == {*READING, *CHANGING, *ADDING, *OF_NO_RUN}


@pytest.mark.parametrize("name", [*READING, *CHANGING])
@pytest.mark.parametrize("keys", [(), ("", "x" * 32)], ids=["no key", "wrong keys"])
def test_a_strangers_run_is_not_there(store: RunStore, hers: tuple[int, int], name: str, keys: tuple[str, ...]) -> None:
    bob, before, call = seen_by(store, BOB, *keys), dump(store), (READING | CHANGING)[name]
    found = outcome(call, bob, *hers)
    assert not found or isinstance(found, StoreError if name == "append" else UnknownRun)
    not_there = outcome(call, bob, 998, 998)
    assert type(found) is type(not_there)
    assert str(found).replace("1", "N") == str(not_there).replace("998", "N"), "it does not tell that there is one"
    assert name in {*CHANGING, "alerts"} or outcome(call, seen_by(store, ALICE), *hers), "its owner sees it"
    assert dump(store) == before


def outcome(call: Callable[[RunStore, int, int], object], store: RunStore, run: int, sweep: int) -> object:
    """What a call returns, or the error that it raises."""
    try:
        return call(store, run, sweep)
    except StoreError as error:
        return error


@pytest.mark.parametrize("name", READING)
def test_a_link_lets_look(store: RunStore, hers: tuple[int, int], name: str) -> None:
    run, sweep = hers
    one = store.get_sweep(sweep).runs[0]
    carol = seen_by(store, "c" * 43, store.link_key(run), store.link_key(one))
    found, own = READING[name](carol, run, sweep), READING[name](seen_by(store, ALICE), run, sweep)
    assert repr(found).replace("own=False", "own=True") == repr(own)


@pytest.mark.parametrize("name", CHANGING)
def test_a_link_lets_nothing_be_changed(store: RunStore, hers: tuple[int, int], name: str) -> None:
    run, sweep = hers
    one = store.get_sweep(sweep).runs[0]
    carol, before = seen_by(store, "c" * 43, store.link_key(run), store.link_key(one)), dump(store)
    with pytest.raises(StoreError, match=r"somebody else's|by the process"):
        CHANGING[name](carol, run, sweep)
    assert dump(store) == before
    assert carol.cancel_all() == 0, "all means all of one's own"
    assert not carol.get(run).own


def test_the_owner_does_everything_and_others_see_no_undo(store: RunStore, hers: tuple[int, int]) -> None:
    run, sweep = hers
    alice = seen_by(store, ALICE)
    alice.rename(run, "kept")
    alice.write_notes(run, "why")
    alice.resume(run)
    assert (alice.get(run).name, alice.get(run).state, alice.get(run).own) == ("kept", "queued", True)
    assert alice.cancel_all() == 3
    alice.resume_sweep(sweep)
    alice.delete_sweep(sweep)
    alice.delete(run)
    key = visitors.stored_key(store.path, run)
    assert key == "", "a plane of a deleted run is not to be had"
    (_, deletion) = alice.deletions()
    assert len(alice.deletions()[0].runs) + len(deletion.runs) == 3
    assert seen_by(store, BOB).deletions() == []
    alice.restore(run)
    assert [each.id for each in alice.list_runs()] == [run]
    assert seen_by(store, BOB).list_runs() == []
    assert store.list_runs()[0].own
    assert not store.list_runs()[0].key, "who has the whole store needs no keys"


def test_keys_cannot_be_guessed_and_the_secret_of_a_visitor_is_not_kept(store: RunStore) -> None:
    alice = seen_by(store, ALICE)
    keys = [store.link_key(alice.create(SPEC)) for _ in range(20)]
    assert len(set(keys)) == 20
    assert all(len(key) * 6 >= 128 and key.replace("-", "a").replace("_", "a").isalnum() for key in keys)
    sweep = store.get_sweep(alice.launch_sweep("s", {}, [("one", SPEC), ("two", SPEC)]))
    assert len({store.link_key(run) for run in sweep.runs.values()}) == 1, "one key opens a sweep"
    assert not any(ALICE in line for line in dump(store))
    assert any(sha256(ALICE.encode()).hexdigest() in line for line in dump(store))
    assert visitors.plane_code(keys[0], 1) != visitors.plane_code(keys[0], 2)
    assert not visitors.is_plane_code("", 1, visitors.plane_code("", 1))


def test_a_new_link_makes_the_old_one_worthless(store: RunStore, hers: tuple[int, int]) -> None:
    run, sweep = hers
    alice, old = seen_by(store, ALICE), store.link_key(run)
    carol = seen_by(store, "c" * 43, old)
    assert carol.get(run).key == old
    others = [store.link_key(each) for each in alice.get_sweep(sweep).runs.values()]
    new = alice.renew_link(run)
    assert new != old
    assert len(new) == len(old)
    for name, call in READING.items():
        found = outcome(call, carol, *hers)
        assert not found or isinstance(found, UnknownRun), name
    assert not visitors.is_plane_code(visitors.stored_key(store.path, run), 1, visitors.plane_code(old, 1))
    assert (alice.get(run).own, alice.get(run).key) == (True, new)
    assert seen_by(store, "c" * 43, old, new).get(run).own is False
    assert [store.link_key(each) for each in alice.get_sweep(sweep).runs.values()] == others, "those of others stay"


def test_a_new_link_of_a_sweep_is_one_for_all_its_runs(store: RunStore, hers: tuple[int, int]) -> None:
    run, sweep = hers
    alice, kept = seen_by(store, ALICE), store.link_key(run)
    first, second = alice.get_sweep(sweep).runs.values()
    carol = seen_by(store, "c" * 43, store.link_key(second))
    assert len(carol.get_sweep(sweep).runs) == 2
    new = alice.renew_link(first)
    assert store.link_key(second) == new
    with pytest.raises(UnknownRun):
        carol.get_sweep(sweep)
    assert carol.list_runs() == []
    assert len(seen_by(store, "c" * 43, new).get_sweep(sweep).runs) == 2
    assert store.link_key(run) == kept


def test_nobodys_runs_are_seen_by_their_link_alone(path: Path) -> None:
    """Those of an older store, which had no key, and those from the command line."""
    old_store.build(path)
    store = RunStore(path)
    try:
        assert seen_by(store, ALICE, "").list_runs() == []
        key = store.link_key(7)
        assert store.link_key(7) == key
        (run,) = seen_by(store, ALICE, key).list_runs()
        assert (run.id, run.own, run.key) == (7, False, key)
        command_line = store.create(SPEC)
        assert seen_by(store, ALICE, store.link_key(command_line)).get(command_line).own is False
        with pytest.raises(UnknownRun):
            store.link_key(998)
    finally:
        store.close()


# ---- how much ----


def test_a_visitor_has_so_many_trainings_at_once(store: RunStore) -> None:
    alice = seen_by(store, ALICE, limits=Limits(at_once=2))
    first = alice.create(SPEC)
    sweep = alice.launch_sweep("counts as one", {}, [("one", SPEC), ("two", SPEC), ("three", SPEC)])
    for add in (lambda: alice.create(SPEC), lambda: alice.launch_sweep("", {}, [("x", SPEC)])):
        with pytest.raises(OverLimit, match="2 trainings here already"):
            add()
    assert len(store.list_runs()) == 4
    seen_by(store, BOB, limits=Limits(at_once=1)).create(SPEC)
    alice.cancel_sweep(sweep)
    alice.create(SPEC)
    for again in (lambda: alice.resume_sweep(sweep), lambda: alice.resume(alice.get_sweep(sweep).runs[0])):
        with pytest.raises(OverLimit):
            again()
    alice.delete(first)
    alice.create(SPEC)
    with pytest.raises(OverLimit):
        alice.restore(first)
    store.create(SPEC)  # whoever has the whole store has no limit


def test_all_visitors_together_wait_no_longer_than(store: RunStore) -> None:
    limits = Limits(at_once=2, waiting=3)
    for secret in ("a" * 43, "b" * 43, "c" * 43):
        seen_by(store, secret, limits=limits).create(SPEC)
    with pytest.raises(OverLimit, match="of all visitors"):
        seen_by(store, ALICE, limits=limits).create(SPEC)


def test_a_visitor_keeps_so_many_runs(store: RunStore) -> None:
    alice = seen_by(store, ALICE, limits=Limits(at_once=9, kept=3))
    alice.launch_sweep("", {}, [("one", SPEC), ("two", SPEC)])
    with pytest.raises(OverLimit, match="you have 2"):
        alice.launch_sweep("", {}, [("one", SPEC), ("two", SPEC)])
    run = alice.create(SPEC)
    alice.delete(run)
    with pytest.raises(OverLimit, match="make room after half a minute"):
        alice.create(SPEC)


def test_a_launch_is_so_much_work(store: RunStore) -> None:
    spec: dict[str, Any] = SPEC | {"epochs": 1, "tests_per_epoch": 1, "sharpness": 0}
    assert work(spec | {"epochs": 7}) == 7 * work(spec)
    assert work(spec | {"lanes": ["sgd,lr=0.5"]}) * 2 == work(spec)
    assert work(spec | {"tests_per_epoch": 50}) > work(spec)
    assert work(spec | {"sharpness": 50}) > work(spec)
    alice = seen_by(store, ALICE, limits=Limits(work=2 * work(spec)))
    alice.create(spec)
    with pytest.raises(OverLimit, match=r"1\.5 times"):
        alice.create(spec | {"epochs": 3})
    with pytest.raises(OverLimit, match=r"1\.5 times"):
        alice.launch_sweep("", {}, [("", spec)] * 3)
    with pytest.raises(OverLimit, match="lanes must be"):
        alice.create({"lanes": "x"})


@pytest.mark.parametrize(
    ("text", "found"),
    [("", Limits()), ("at_once=1", Limits(at_once=1)), (" work = 1e13, kept=5 ", Limits(work=10**13, kept=5))],
)
def test_limits_are_read(text: str, found: Limits) -> None:
    assert Limits.parse(text) == found


@pytest.mark.parametrize("text", ["at_once", "at_once=0", "runs=1", "kept=nan", "work=1e400", "work=-1", "kept=many"])
def test_a_limit_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="limit"):
        Limits.parse(text)
