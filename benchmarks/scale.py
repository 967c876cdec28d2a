"""What one run and one visitor cost: memory, disk, rows and processor time. The figures of docs/scale.md.

    python benchmarks/scale.py [SESSIONS]

The run is a lane of Adam on scikit-learn's digits (no download), 64 hidden units, 40 epochs, recorded as by default, in
a process of its own. Each visitor opens the lab and releases a slider every two seconds for ten seconds, as in
benchmarks/load.py; the server's memory is read before and after.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks._visitors import Crowd, visitors  # noqa: E402
from optim_viz.launchers import environment  # noqa: E402
from optim_viz.run_store import RunStore, queue  # noqa: E402
from optim_viz.run_store.folders import files_folder, log_path  # noqa: E402
from optim_viz.run_store.points import TABLES  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

SPEC: dict[str, Any] = {"lanes": ["adam"], "dataset": "digits", "widths": [64], "batch_size": 32, "epochs": 40}
SESSIONS, SECONDS = 20, 10.0


def run(folder: Path) -> None:
    """Train one run and print what it took."""
    store = RunStore(folder / "runs.sqlite3")
    store.file.empty_journal()
    empty = store.path.stat().st_size
    run_id = store.create(SPEC | {"device": "cpu"}, cores=1)
    log = log_path(store.path)
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        command = queue.worker_command(store.path, "local")
        worker = subprocess.Popen(command, env=environment(), stdout=output, stderr=output)
    _, status, usage = os.wait4(worker.pid, 0)
    worker.returncode = status
    ended = store.get(run_id)
    if ended.state != "finished":
        raise RuntimeError(f"the run {ended.state}: {ended.message}")
    store.file.empty_journal()
    rows = {kind: len(store.rows(kind, run_id, after=-1)) for kind in TABLES}
    kept = sum(
        each.stat().st_size for each in files_folder(store.path).rglob("*") if "run-" in str(each.relative_to(folder))
    )
    largest = ", ".join(f"{count:,} {kind}" for kind, count in sorted(rows.items(), key=lambda each: -each[1])[:3])
    unit = 1 if sys.platform == "darwin" else 1024
    print(f"a run of {ended.step:,} steps: {usage.ru_utime + usage.ru_stime:.1f} s of one core, of which training took "
          f"{ended.seconds_trained():.1f} s; {usage.ru_maxrss * unit / 2**20:.0f} MiB at most")  # fmt: skip
    print(f"  {sum(rows.values()):,} rows ({largest}), {(store.path.stat().st_size - empty) / 2**10:.0f} KiB in the "
          f"store, {kept / 2**10:.0f} KiB of parameters along its path and log beside it")  # fmt: skip


def sessions(folder: Path, count: int) -> None:
    """Let visitors into one server and print what each took."""
    with LabServer(folder / "server.log") as server:
        asyncio.run(visitors(server.url, 1, 3.0))  # what a server loads once
        crowd = Crowd(server)
        found = asyncio.run(visitors(server.url, count, SECONDS, crowd))
    more, used = (crowd.there - crowd.before) / count, found.server * found.seconds / len(found.waited)
    print(f"a server: {crowd.before:.0f} MB with one visitor; {count} more: {more:.1f} MB each, "
          f"and {used * 1e3:.0f} ms of one core a released slider")  # fmt: skip


def main() -> int:
    """Print what a run and a visitor cost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder))
        sessions(Path(folder), count)
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
