"""On a disk without a byte left, in a file system of its own: runs are listed, renamed, ended and deleted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz.launchers import environment

SCRIPT = """
import sys
from functools import partial
from pathlib import Path
from optim_viz.run_store import RunStore, StoreFull, deletion, heartbeat, queue
from tests.run_store.fake_events import SPEC, stream
from tests.run_store.filling import fill_whole

folder = Path(sys.argv[1])

fill = partial(fill_whole, folder)
store = RunStore(folder / "runs.sqlite3")
first, second, third = (store.create(SPEC) for _ in range(3))
claim = queue.claim_next(store.file, store.watch)
store.append(second, stream(2000))
fill()
heartbeat_failed = False
try:
    heartbeat.beat(store.file, claim, list(stream(5000)))
except StoreFull as error:
    assert "is full: free some space, and what trains goes on" in str(error)
    heartbeat_failed = True
assert heartbeat_failed
assert [run.id for run in store.list_runs()] == [third, second, first]
store.rename(first, "renamed")
fill()
store.close()
fill()
again = RunStore(folder / "runs.sqlite3")
assert again.get(first).name == "renamed"
fill()
again.request_cancel(third)
assert again.get(third).state == "cancelled"
fill()
for run in (third, second):
    again.delete(run)
    fill()
deletion.UNDO_SECONDS = 0.0
for _ in range(2):  # a look removes one at least
    again.advance()
    fill()
assert [run.id for run in again.list_runs()] == [first]
assert not again.deletions()
with again.file.reading() as connection:
    for table in ("losses", "deletions"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
(folder / "fill").unlink()
again.append(first, stream(100))
print("done")
"""


def test_a_full_disk_can_be_looked_at_and_freed(tmp_path: Path) -> None:
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    mounted = f'mount -t tmpfs -o size=12m tmpfs "{tmp_path}" && exec "$@"'
    if shutil.which("unshare") is None or subprocess.run([*own, mounted, "sh", "true"], capture_output=True).returncode:
        pytest.skip("no file system of our own can be mounted here")
    command = [*own, mounted, "sh", sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(), cwd=Path(__file__).resolve().parents[2]
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
