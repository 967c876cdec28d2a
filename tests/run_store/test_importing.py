"""An export that is imported holds every number it held, and a file with a fault changes nothing and is told why."""

from __future__ import annotations

import copy
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from optim_viz.comparison import events
from optim_viz.run_store import (
    ImportProblem,
    RunStore,
    StoreError,
    export,
    heartbeat,
    import_points,
    import_values,
    importing,
    points,
    queue,
)
from tests.run_store.fake_events import LAYERS, SPEC, stream


def trained(store: RunStore, steps: int = 100) -> int:
    """A run with every kind of event, and values that are not finite."""
    run = store.create(SPEC, "first <b>try</b>")
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    odd = [
        events.Step(0, steps, 2, math.nan, -math.inf),
        events.Step(1, steps, 2, 0.1 + 0.2, 5e-324),
        events.Diverged(0, steps, math.nan),
        events.Note(1, steps, "way", "it steps \N{GREEK SMALL LETTER BETA}"),
        events.System(steps, 1 / 3, 12.5, 400, 7, 99.5),
    ]
    heartbeat.finish(store.file, claim, "finished", "lane 1 diverged", [*stream(steps), *odd], 12.345678901234567)
    store.write_notes(run, "two\nlines")
    return run


def exported(store: RunStore, run: int) -> dict[str, Any]:
    out = io.StringIO()
    export.write_json(store, run, out)
    return json.loads(out.getvalue())


def packed(content: object) -> bytes:
    return json.dumps(content).encode()


def test_every_number_is_the_same_to_the_last_digit(store: RunStore, tmp_path: Path) -> None:
    run = trained(store)
    content = exported(store, run)
    other = RunStore(tmp_path / "other" / "runs.sqlite3")
    other.create(SPEC)
    found = other.import_run(packed(content))
    assert found == 2
    kinds = [kind for kind in points.TABLES if store.rows(kind, run, -1)]
    assert kinds == list(points.TABLES)
    for kind in kinds:
        assert repr(other.rows(kind, found, -1)) == repr(store.rows(kind, run, -1)), kind
    assert exported(other, found) == content | {"run": found}
    new, old = other.get(found), store.get(run)
    assert (new.name, new.notes, new.spec, new.layers) == (old.name, old.notes, SPEC, LAYERS)
    assert (new.state, new.message, new.seconds_trained()) == ("finished", "lane 1 diverged", 12.345678901234567)
    assert new.imported is not None
    assert old.imported is None
    assert not new.resumable
    other.close()


def test_an_imported_run_never_trains(store: RunStore) -> None:
    content = exported(store, trained(store, 10)) | {"state": "lost"}
    run = store.import_run(packed(content))
    assert not [each for each in store.alerts([store.get(run)]).get(run, ()) if each.kind == "lost"]
    with pytest.raises(StoreError, match=f"run {run} was imported, without a checkpoint: launch a new one"):
        store.resume(run)


def test_an_export_of_an_older_version_is_taken(store: RunStore) -> None:
    content = exported(store, trained(store, 10))
    later = (
        "notes",
        "n_parameters",
        "step",
        "total_steps",
        "steps_per_epoch",
        "created",
        "started",
        "ended",
        "seconds",
    )
    for name in later:
        del content[name]
    del content["events"]["system"]
    run = store.get(store.import_run(packed(content)))
    assert (run.step, run.total_steps, run.n_parameters) == (10, 938, 269_322)


FAULTS: list[tuple[Any, str]] = [
    (lambda c: c.update(state="running"), "state must be one of finished, cancelled, failed, lost: a run that is over"),
    (lambda c: c.update(state=None), "not null"),
    (lambda c: c.update(name=3), "name must be a text, not the number 3"),
    (lambda c: c.update(name="x" * 20_001), "name must have at most 20,000 characters, not 20,001"),
    (lambda c: c.update(notes="x" * 2001), "notes have at most 2,000 characters, not 2,001"),
    (lambda c: c.update(pickle="gAR9lC4="), "unknown key 'pickle'"),
    (lambda c: c.pop("spec"), "it has no 'spec'"),
    (lambda c: c["spec"].update(lanes=["os:system"]), "spec: unknown optimizer"),
    (lambda c: c["spec"].update(lanes=["adam,lr=-1"]), "spec: lr = -1.0 is outside"),
    (lambda c: c["spec"].update(epochs="many"), "spec: epochs must be a whole number"),
    (lambda c: c.update(layers="layer 1"), "layers must be a list"),
    (lambda c: c.update(ended=-1), "ended must be seconds from 0 to 1e12, not -1"),
    (lambda c: c.update(events=[]), "events must be an object with a list for each kind, not a list"),
    (lambda c: c["events"].update(steps=[]), "events has an unknown kind 'steps'; known: step, epoch"),
    (lambda c: c["events"].update(step={}), "events.step must be a list, not an object"),
    (lambda c: c["events"]["step"].append(7), "events.step[20] must be an object, not the number 7"),
    (lambda c: c["events"]["step"][3].pop("loss"), "events.step[3] has no 'loss'"),
    (lambda c: c["events"]["step"][3].update(x=1), "events.step[3] has an unknown field 'x'"),
    (lambda c: c["events"]["step"][3].update(lane=2), "events.step[3]: lane must be 0 to 1, a lane of the run, not 2"),
    (lambda c: c["events"]["step"][3].update(lane=True), "lane must be a whole number"),
    (lambda c: c["events"]["step"][3].update(step=101), "step must be 0 to 10, the run's last step, not 101"),
    (lambda c: c["events"]["step"][3].update(step=2**80), "step must be a whole number from 0 to 9007199254740992"),
    (
        lambda c: c["events"]["step"][3].update(loss="nan"),
        """loss must be a number, null, "inf" or "-inf", not 'nan'""",
    ),
    (
        lambda c: c["events"]["step"][3].update(loss=10**400),
        "loss must be at most 9007199254740992 where it is a whole",
    ),
    (lambda c: c["events"]["step"].append(c["events"]["step"][0]), "events.step[20] is there twice: lane 0, step 1"),
    (lambda c: c["events"]["system"][0].update(seconds=None), "events.system[0] must have a number where it is null"),
    (lambda c: c["events"]["quantiles"][0].update(layer="other"), "layer must be a layer of the run, not 'other'"),
    (lambda c: c["events"]["quantiles"][0].update(quantity=[]), "quantity must be one of m_hat"),
    (lambda c: c["events"]["histogram"][0].update(edges=[0.0, 0.0]), "edges must increase, and be finite"),
    (lambda c: c["events"]["histogram"][0].update(counts=[1]), "edges must be one more than counts, not 3"),
    (lambda c: c["events"]["histogram"][0].update(counts=[1, -1]), "counts must be a whole number from 0"),
]


@pytest.mark.parametrize(("harm", "words"), FAULTS, ids=[words[:40] for _, words in FAULTS])
def test_a_fault_is_told_with_its_place_and_changes_nothing(store: RunStore, harm: Any, words: str) -> None:
    content = exported(store, trained(store, 10))
    harm(content)
    with pytest.raises(ImportProblem) as found:
        store.import_run(packed(content))
    assert words in str(found.value)
    assert_as_before(store)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is no JSON"),
        (b"[]", "it holds no JSON object"),
        (b"\xff\xfe", "the file is no UTF-8 text: invalid start byte at byte 0"),
        (b"\x80\x04\x95cos\nsystem\n", "the file is no UTF-8 text"),
        (b'{"run": NaN}', "NaN is no number of JSON"),
        (b'{"run": 1, "run": 2}', "an object has a key twice"),
        (b"[" * 200_000, "the file is nested too deeply"),
        (b'{"run": ' + b"9" * 5000 + b"}", "the file is no JSON"),
        (b'{"run": 1}', "it has no 'name'"),
        (b'{"name": "\\ud800", "run": 1}', "name must be Unicode text; it has half a character at 0"),
    ],
    ids=range(10),
)
def test_what_is_no_export_is_told(store: RunStore, content: bytes, words: str) -> None:
    trained(store, 10)
    with pytest.raises(ImportProblem) as found:
        store.import_run(content)
    assert words in str(found.value)
    assert_as_before(store)


def test_sizes_are_bounded(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed(exported(store, trained(store, 10)))
    monkeypatch.setattr(importing, "MAX_BYTES", len(content) - 1)
    with pytest.raises(ImportProblem, match=rf"the file has {len(content):,} bytes: at most {len(content) - 1:,} can"):
        store.import_run(content)
    monkeypatch.setattr(importing, "MAX_BYTES", len(content))
    monkeypatch.setattr(import_points, "MAX_ROWS", 20)
    with pytest.raises(ImportProblem, match=r"the file has \d+ rows: at most 20 can be imported"):
        store.import_run(content)
    assert_as_before(store)


VALUES = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=8), some.just([]), some.just({}),
    some.sampled_from(["inf", "-inf", "layer 1", "adam", 10**30, -1, 0.5, 1e308]),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_a_mutated_file_is_taken_whole_or_changes_nothing(store: RunStore, data: some.DataObject) -> None:
    if not store.list_runs():
        trained(store, 10)
    runs = sorted(run.id for run in store.list_runs())
    content = copy.deepcopy(exported(store, 1))
    for _ in range(data.draw(some.integers(1, 3))):
        mutate(content, data)
    try:
        raw = json.dumps(content).encode(errors="surrogatepass")
        new = store.import_run(raw)
    except ImportProblem:
        assert sorted(run.id for run in store.list_runs()) == runs
        return
    assert store.get(new).state in import_values.ENDED  # its row can be read, and its rows are what was given
    taken = exported(store, new)["events"]
    assert {kind: rows for kind, rows in taken.items() if rows} == {
        kind: sorted(rows, key=lambda row: taken[kind].index(row)) for kind, rows in content["events"].items() if rows
    }


def mutate(content: Any, data: some.DataObject) -> None:
    """Change one value somewhere in a JSON value, or take a key away, or give a list one of its items twice."""
    at = content
    while True:
        keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else []
        if not keys:
            return
        key = data.draw(some.sampled_from(list(keys)))
        inner = at[key]
        if isinstance(inner, dict | list) and inner and data.draw(some.integers(0, 3)):
            at = inner
            continue
        what = data.draw(some.sampled_from(("change", "change", "remove", "double")))
        if what == "change":
            at[key] = data.draw(VALUES)
        elif what == "remove":
            del at[key]
        elif isinstance(at, list):
            at.append(inner)
        return


def assert_as_before(store: RunStore) -> None:
    """The one run that was there is there, and no row of another."""
    assert [run.id for run in store.list_runs()] == [1]
    with store.file.reading() as connection:
        for table, _ in points.TABLES.values():
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE run != 1").fetchone()[0] == 0  # noqa: S608
