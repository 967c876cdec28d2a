"""A worker that writes points and checkpoints, killed at a hundred random moments: nothing old is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz.launchers import environment

ROOT = Path(__file__).resolve().parents[2]
KILLS = 100
SCRIPT = """
import os, random, signal, sys, time
from pathlib import Path
from optim_viz.run_store import RunStore, checkpoint_file, checkpoint_path, queue
from optim_viz.run_store.heartbeat import Heartbeat
from tests.run_store.fake_events import SPEC, start, step

home, kills, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(0)
store = RunStore(home / "runs.sqlite3")
run = store.create(SPEC)
path, notes = store.path, home / "notes"
checkpoint = checkpoint_path(path, run)
store.close()

def work():
    # As the worker of a training does: every point up to a checkpoint is in the store before the checkpoint is.
    own = RunStore(path)
    claim = queue.claim_next(own.file, own.watch)
    heart = Heartbeat(own.file, claim, lambda: None)
    heart.start()
    noted = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = int((checkpoint_file.read(checkpoint) or b"0").split()[0])
    heart.put(start())
    saved = time.monotonic()
    while True:
        number += 1
        heart.put(step(0, number))
        os.write(noted, f"{time.monotonic()!r} {number}\\n".encode())
        if time.monotonic() - saved > 0.03:
            heart.flush()
            checkpoint_file.write(checkpoint, b"%d " % number + os.urandom(200_000))
            saved = time.monotonic()
        time.sleep(0.0005)

reached, restarts = 0, set()
for _ in range(kills):
    notes.write_bytes(b"")
    child = os.fork()
    if child == 0:
        work()
    if chance.random() < 0.75:  # else killed while it begins
        until = time.monotonic() + 60
        while notes.stat().st_size == 0:
            assert time.monotonic() < until, "it has not begun"
            time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.15))
    os.kill(child, signal.SIGKILL)
    moment = time.monotonic()
    os.waitpid(child, 0)
    state = store.get(run).state
    assert state in ("lost", "queued"), state  # queued: killed before it took the run
    kept = checkpoint_file.read(checkpoint)  # whole, or that of the kill before; a damaged one raises
    begun = int(kept.split()[0]) if kept else 0
    steps = store.series(run, 0, "loss", 10**6).steps.tolist()
    assert steps == list(range(1, len(steps) + 1)), "a point between two others is gone"
    assert len(steps) >= begun, "a checkpoint is ahead of its points"
    lines = [line.split() for line in notes.read_text().split("\\n")[:-1]]
    old = [moment - float(when) for when, number in lines if int(number) > len(steps)]
    assert max(old, default=0.0) < 1.0, f"a point {max(old)} s old is gone"
    assert begun >= reached, "an older checkpoint came back"
    reached = begun
    restarts.add(begun)
    with store.file.writing() as connection:
        assert connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        connection.execute("UPDATE runs SET state = 'queued' WHERE id = ?", (run,))
    store.close()  # no connection goes through a fork
print("done", len(restarts))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_worker_killed_at_a_hundred_random_moments_loses_no_point_older_than_a_second(tmp_path: Path) -> None:
    """Each kill falls into its beginning, its points, its checkpoints, or what it writes of them."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    word, restarts = done.stdout.split()
    assert word == "done"
    assert int(restarts) > KILLS / 4, "it went on from many checkpoints"
