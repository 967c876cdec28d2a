"""A disk without room, as it is: a small file system of our own that is filled to the last byte while a run trains."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz.launchers import environment

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import shutil, sys, time
from pathlib import Path
from optim_viz.run_store import RunStore, room_again
from tests.run_store.filling import fill

folder, pause = Path(sys.argv[1]), float(sys.argv[2])
room_again.ROOM, room_again.AGAIN_SECONDS = 2 << 20, 0.0
SPEC = {"lanes": ["adam"], "dataset": "digits", "widths": [8], "examples": 512, "device": "cpu", "batch_size": 8}

def until(met, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, store.get(run)
        time.sleep(0.02)

store = RunStore(folder / "runs.sqlite3")
run = store.launch(SPEC | {"epochs": 100})
until(lambda: store.get(run).step > 100)
while store.get(run).state == "running":  # whatever the worker gives back, another program takes
    fill(folder)
    time.sleep(pause)
failed = store.get(run)
assert failed.state == "failed", failed
assert failed.message.startswith("the disk that holds " + str(store.path)), failed.message
assert failed.message.endswith("is full: free some space, and what trains goes on"), failed.message
assert failed.step < 6400, "it was over before the disk was full"
steps = store.series(run, 0, "loss", 10**6).steps
assert len(steps) >= 100 and steps.tolist() == list(range(1, len(steps) + 1)), "what was logged can be read"
for _ in range(3):  # as long as there is no room, looking starts nothing
    fill(folder)
    store.advance()
    assert store.get(run).state == "failed", store.get(run)
(folder / "fill").unlink()

def goes_on():
    store.advance()
    return store.get(run).active

until(goes_on, 5.0)
until(lambda: store.get(run).state == "finished")
assert store.series(run, 0, "loss", 10**6).steps.tolist() == list(range(1, 6401))
store.close()
print("done")
"""


@pytest.mark.parametrize("pause", [0.1, 0.0], ids=["now and then", "all the time"])
def test_a_run_on_a_full_disk_says_so_keeps_its_points_and_goes_on_when_there_is_room(
    tmp_path: Path, pause: float
) -> None:
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    mounted = f'mount -t tmpfs -o size=24m tmpfs "{tmp_path}" && exec "$@"'
    if shutil.which("unshare") is None or subprocess.run([*own, mounted, "sh", "true"], capture_output=True).returncode:
        pytest.skip("no file system of our own can be mounted here")
    command = [*own, mounted, "sh", sys.executable, "-c", SCRIPT, str(tmp_path), str(pause)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
