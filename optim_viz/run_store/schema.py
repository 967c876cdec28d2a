"""The tables, as a list of steps from an empty file to the present one; `PRAGMA user_version` counts the steps taken.

A new version appends a step and never edits an old one: a store of any age is brought forward by the steps it lacks,
all in one transaction. Points are keyed by what they are about, so a resumed run that logs a step again replaces it.

SQLite keeps no NaN: it stores NULL, which is read back as NaN. Infinity it keeps.
"""

from __future__ import annotations

import sqlite3
from typing import Final

APPLICATION_ID: Final = 0x4F56525A  # "OVRZ", in the file's header: marks our files

STEPS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never given twice, so a link to a deleted run finds nothing
        name TEXT NOT NULL,
        spec TEXT NOT NULL,                        -- JSON, TrainingSpec.to_dict()
        data TEXT,                                 -- folder of the data files; NULL: the default one
        state TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        place INTEGER NOT NULL,                    -- in the queue; grows with every launch and resume
        cancel INTEGER NOT NULL DEFAULT 0,         -- 1: asked to stop
        created REAL NOT NULL, started REAL, ended REAL,             -- seconds since 1970
        step INTEGER NOT NULL DEFAULT 0, total_steps INTEGER, steps_per_epoch INTEGER,
        device TEXT, layers TEXT, n_parameters INTEGER, torch_version TEXT,
        trained_since REAL, trained_from INTEGER,  -- when and at which step the present process began to train
        seconds REAL NOT NULL DEFAULT 0,           -- trained by earlier processes
        owner TEXT, pid INTEGER, process TEXT, machine TEXT, heartbeat REAL  -- who trains it
    );
    CREATE TABLE losses (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        epoch INTEGER NOT NULL, loss REAL, smoothed REAL, PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE TABLE epochs (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, epoch INTEGER NOT NULL,
        step INTEGER NOT NULL, train_loss REAL, test_loss REAL, test_accuracy REAL, examples_per_second REAL,
        penalty REAL, PRIMARY KEY (run, lane, epoch)
    ) WITHOUT ROWID;
    CREATE TABLE quantiles (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, quantity TEXT NOT NULL,
        layer TEXT NOT NULL, step INTEGER NOT NULL, q01 REAL, q10 REAL, q50 REAL, q90 REAL, q99 REAL,
        PRIMARY KEY (run, lane, quantity, layer, step)
    ) WITHOUT ROWID;
    CREATE TABLE gradient_norms (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        norm REAL, PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE TABLE memory (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, step INTEGER NOT NULL, used INTEGER, peak INTEGER,
        PRIMARY KEY (run, step)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE histograms (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        edges BLOB NOT NULL, counts BLOB NOT NULL,   -- little-endian float64 and int64
        PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE TABLE divergences (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        loss REAL, PRIMARY KEY (run, lane)
    ) WITHOUT ROWID;
    CREATE TABLE starts (                            -- of worker processes, so that one that never comes up is noticed
        id INTEGER PRIMARY KEY CHECK (id = 1), last REAL NOT NULL, count INTEGER NOT NULL
    );
    INSERT INTO starts VALUES (1, 0.0, 0);
    CREATE INDEX runs_by_state ON runs(state, place);
    """,
    """
    -- launcher is a name of optim_viz.launchers, and handle takes the place of pid, process and machine. trained counts
    -- the seconds of the present process. machine says whose clock starts.last was read from.
    ALTER TABLE runs ADD COLUMN launcher TEXT NOT NULL DEFAULT 'local';
    ALTER TABLE runs ADD COLUMN handle TEXT;
    ALTER TABLE runs ADD COLUMN trained REAL NOT NULL DEFAULT 0;
    UPDATE runs SET trained = max(0.0, coalesce(heartbeat - trained_since, 0.0));
    ALTER TABLE starts ADD COLUMN machine TEXT;
    """,
    """
    -- Tests within an epoch; those at its end stay in epochs. clocks: seconds that a lane has trained up to a step.
    CREATE TABLE tests (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, epoch INTEGER NOT NULL,
        step INTEGER NOT NULL, test_loss REAL, test_accuracy REAL, PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE TABLE clocks (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        seconds REAL, PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE VIEW all_tests AS
        SELECT run, lane, step, test_loss, test_accuracy FROM epochs
        UNION ALL SELECT run, lane, step, test_loss, test_accuracy FROM tests;
    """,
    """
    -- What optim_viz.monitors read; layer '' is all together. monitor_reports: what each has cost so far. The norm of
    -- the gradient in all layers stays where every version has kept it.
    CREATE TABLE monitors (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, monitor TEXT NOT NULL,
        layer TEXT NOT NULL, step INTEGER NOT NULL, value REAL, bound REAL,
        PRIMARY KEY (run, lane, monitor, layer, step)
    ) WITHOUT ROWID;
    CREATE TABLE monitor_reports (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, monitor TEXT NOT NULL,
        step INTEGER NOT NULL, samples INTEGER NOT NULL, seconds REAL NOT NULL, problem TEXT NOT NULL,
        PRIMARY KEY (run, lane, monitor)
    ) WITHOUT ROWID;
    CREATE VIEW all_monitors AS
        SELECT run, lane, monitor, layer, step, value, bound FROM monitors
        UNION ALL SELECT run, lane, 'gradient_norm', '', step, norm, NULL FROM gradient_norms;
    """,
    """
    -- What was said of a lane, one sentence a kind. classes: the outside optimizer classes that were named when the run
    -- was launched, with commas between them, and the folder that modules of the launcher's own are found in.
    CREATE TABLE learning_rates (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        lr REAL, PRIMARY KEY (run, lane, step)
    ) WITHOUT ROWID;
    CREATE TABLE notes (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, lane INTEGER NOT NULL, step INTEGER NOT NULL,
        kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, lane, kind)
    ) WITHOUT ROWID;
    ALTER TABLE runs ADD COLUMN classes TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN folder TEXT NOT NULL DEFAULT '';
    """,
    """
    -- Runs that were deleted and can still be brought back. time: seconds since 1970 by the clock of machine, one for
    -- all that were deleted together. was: the state before. going: 1 once their files go, from where none comes back.
    CREATE TABLE deletions (
        run INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE, time REAL NOT NULL, machine TEXT NOT NULL,
        was TEXT NOT NULL, going INTEGER NOT NULL DEFAULT 0
    );
    """,
    """
    -- What people wrote about a run; the table notes holds what was said of its lanes.
    ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
    """,
    """
    -- cores: of its machine that a run trains with; NULL until that is worked out, when its process takes it.
    ALTER TABLE runs ADD COLUMN cores INTEGER;
    """,
    """
    -- What a run's process took of its machine; NULL where it is not known.
    CREATE TABLE system (
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, seconds REAL NOT NULL, step INTEGER NOT NULL,
        cpu REAL, memory INTEGER, gpu_memory INTEGER, gpu_utilisation REAL, PRIMARY KEY (run, seconds)
    ) WITHOUT ROWID;
    """,
    """
    -- A sweep is a group of runs. cell: which of its runs a run is. plan: JSON, what was asked for.
    CREATE TABLE sweeps (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, plan TEXT NOT NULL, created REAL NOT NULL
    );
    CREATE TABLE sweep_runs (
        sweep INTEGER NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE, cell INTEGER NOT NULL,
        run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, PRIMARY KEY (sweep, cell)
    ) WITHOUT ROWID;
    CREATE INDEX sweep_of_run ON sweep_runs(run);
    """,
    """
    -- When a run was imported from an export, seconds since 1970; NULL for one that was launched here.
    ALTER TABLE runs ADD COLUMN imported REAL;
    """,
    """
    -- Whose a run is, where several people share an instance (visitors.py): the SHA-256 of what tells a visitor apart,
    -- '' for nobody's; and the secret that a link to the run carries, '' where it never had one.
    ALTER TABLE runs ADD COLUMN visitor TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN link_key TEXT NOT NULL DEFAULT '';
    CREATE INDEX runs_by_visitor ON runs(visitor);
    """,
)

VERSION: Final = len(STEPS)


def version(connection: sqlite3.Connection) -> int:
    """Return how many steps the file has taken; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the file is a run store, or empty and free to become one."""
    if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return True
    return connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that are missing, all or none. Two processes may try at once: the second finds nothing to do."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version(connection) :]:
            for statement in step.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
