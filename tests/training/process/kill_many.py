"""kill -9 at many random moments, of the worker and of the app; the suite does the same with a few.

    python tests/training/process/kill_many.py [KILLS [SEED [app | worker]]]

Prints what the kills took, and ends with 0 only if at most the last second of points was lost and nothing older, no run
is stuck in "running", every run ended with the very numbers of one that was never killed, and no process is left.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from optim_viz.launchers import environment  # noqa: E402
from optim_viz.run_store import RunStore  # noqa: E402
from tests.training.process import killing  # noqa: E402

LONG = killing.SPEC | {"epochs": 250}
SHORT = killing.SPEC | {"epochs": 10}
APP = """
import sys
from optim_viz.run_store import RunStore
store = RunStore(sys.argv[1])
while True:
    store.advance()
    for run in store.list_runs():
        store.series(run.id, 0, "loss")
        store.rename(run.id, run.name + "'")
"""


def left_behind(store: RunStore) -> list[str]:
    """Return the command lines of processes that work on this store."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(store.path) in line:
            found.append(line)
    return found


def kill_workers(store: RunStore, folder: Path, moments: list[float]) -> None:
    """Kill the worker after each delay from its start; a run that ends nevertheless is followed by another one."""
    reference = store.create(LONG)
    assert killing.start(store, folder / "reference").wait(600) == 0
    done: list[killing.Kills] = []
    while sum(len(kills.missed) for kills in done) < len(moments):
        run = store.create(LONG)
        rest = [killing.after(each) for each in moments[sum(len(kills.missed) for kills in done) :]]
        done.append(killing.kill_and_resume(store, run, folder / "notes", rest))
        assert store.get(run).state == "finished", store.get(run)
        killing.assert_equal(store, run, reference)
    missed = [each for kills in done for each in kills.missed]
    restarts = sorted({step for kills in done for step in kills.restarts})
    print(f"worker: killed {len(missed)} times, {min(moments):.2f} to {max(moments):.2f} s after its start")
    print(f"  it began to train at steps {', '.join(map(str, restarts))}")
    print(f"  steps lost from memory by a kill: {sum(missed)} in all, at most {max(missed)}")
    print(f"  oldest lost step: {max(kills.oldest for kills in done):.3f} s before the kill")
    print(f"  runs that ended so, equal to the bit to one that was never killed: {len(done)}")


def kill_apps(store: RunStore, moments: list[float]) -> None:
    """Kill an app that looks, draws, renames and starts workers, after each delay from its start."""
    runs = [store.create(SHORT | {"seed": seed}) for seed in range(16)]
    killed = 0
    for moment in moments:
        app = subprocess.Popen([sys.executable, "-c", APP, str(store.path)], env=environment(), start_new_session=True)
        time.sleep(moment)
        assert app.poll() is None
        app.kill()
        app.wait()
        killed += 1
    done_by_then = sum(store.get(run).state == "finished" for run in runs)
    deadline = time.monotonic() + 900
    while any(store.get(run).active for run in runs):
        store.advance()
        time.sleep(0.2)
        assert time.monotonic() < deadline, [(store.get(run).state, store.get(run).step) for run in runs]
    states = [store.get(run).state for run in runs]
    with store.file.reading() as connection:
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    print(f"app: killed {killed} times, {min(moments):.2f} to {max(moments):.2f} s after its start")
    print(f"  {done_by_then} of {len(runs)} runs had finished by the last kill; at the end: {', '.join(states)}")
    print(f"  integrity check of the store: {integrity}")
    assert set(states) == {"finished"}
    assert integrity == "ok"


def main() -> int:
    """Kill, and say what happened."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    moments = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)  # noqa: S311 - repeatable
    with tempfile.TemporaryDirectory() as name:
        store = RunStore(Path(name) / "runs.sqlite3")
        if "app" not in sys.argv:
            kill_workers(store, Path(name), [moments.uniform(0.05, 8.0) for _ in range(count)])
        if "worker" not in sys.argv:
            kill_apps(store, [moments.uniform(0.1, 2.5) for _ in range(count)])
        time.sleep(1)
        stuck = [run for run in store.list_runs() if run.active]
        orphans = left_behind(store)
        print(f"runs stuck: {len(stuck)}; processes left: {len(orphans)}")
        return 1 if stuck or orphans else 0


if __name__ == "__main__":
    sys.exit(main())
