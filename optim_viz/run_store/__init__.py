"""All training runs and everything they logged: the only bridge between training and the pages, and free of torch.

    store = RunStore()                       # one SQLite file; many processes and threads share it
    run_id = store.launch(spec, "my run")    # a process of its own trains it, now or when its turn comes
    store.advance()                          # about once a second while looking: marks lost runs, starts the next one
    store.get(run_id).state, store.series(run_id, lane=0, quantity="loss")

Beside the store `runs.sqlite3` lies the folder `runs.sqlite3.files` with each run's last checkpoint and log.
"""

from optim_viz.run_store.alerts import Alert
from optim_viz.run_store.deletion import UNDO_SECONDS, Deletion
from optim_viz.run_store.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly, UnknownRun
from optim_viz.run_store.folders import checkpoint_path, default_path, log_path
from optim_viz.run_store.import_values import ImportProblem
from optim_viz.run_store.points import SERIES, Bands, Histogram, Series
from optim_viz.run_store.runs import NOTES_LENGTH, RESUMABLE, STATES, Run, State, run_link
from optim_viz.run_store.store import Result, RunStore

__all__ = [
    "NOTES_LENGTH",
    "RESUMABLE",
    "SERIES",
    "STATES",
    "UNDO_SECONDS",
    "Alert",
    "Bands",
    "Deletion",
    "Histogram",
    "ImportProblem",
    "Result",
    "Run",
    "RunStore",
    "Series",
    "State",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "UnknownRun",
    "checkpoint_path",
    "default_path",
    "log_path",
    "run_link",
]
