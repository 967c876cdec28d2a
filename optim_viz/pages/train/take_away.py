"""What a run can be taken away as: CSV, JSON, TensorBoard's files, and the PyTorch script that reproduces it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import streamlit as st

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.script import script
from optim_viz.pages.plain_text import plain
from optim_viz.run_store import Run, RunStore, StoreError, export


def show_buttons(store: RunStore, run: Run) -> None:
    """Draw the buttons; a file is made when its button is pressed."""
    st.download_button(
        "Download CSV", partial(csv, store, run.id), f"run-{run.id}.csv", "text/csv", key="train-csv", on_click="ignore"
    )
    st.download_button(
        "Download JSON",
        partial(json, store, run.id),
        f"run-{run.id}.json",
        "application/json",
        key="train-json",
        on_click="ignore",
    )
    there = export.tensorboard_is_installed()
    st.download_button(
        "Download TensorBoard files",
        partial(tensorboard, store, run.id),
        f"run-{run.id}-tensorboard.zip",
        "application/zip",
        key="train-tensorboard",
        on_click="ignore",
        disabled=not there,
        help=None if there else export.NO_TENSORBOARD,
    )
    st.toggle("Show the PyTorch script that reproduces this run", key=_key(run))


def show_script(store: RunStore, run: Run) -> None:
    """Draw the script, to copy or to download, where it was asked for."""
    if not st.session_state.get(_key(run)):
        return
    try:
        ways = {row["lane"]: row["text"] for row in store.rows("note", run.id, -1) if row["kind"] == "way"}
        text = script(TrainingSpec.from_dict(run.spec), run.data, ways)
    except (StoreError, ValueError) as error:
        st.error(plain(f"There is no script: {error}"))
        return
    name = f"run_{run.id}.py"
    st.download_button("Download the script", text, name, "text/x-python", key="train-script-file", on_click="ignore")
    st.code(text, language="python", height=480)


def csv(store: RunStore, run_id: int) -> bytes:
    """Return everything a run logged as CSV."""
    out = io.StringIO()
    export.write_csv(store, run_id, out)
    return out.getvalue().encode()


def json(store: RunStore, run_id: int) -> bytes:
    """Return everything a run logged as one JSON object."""
    out = io.StringIO()
    export.write_json(store, run_id, out)
    return out.getvalue().encode()


def tensorboard(store: RunStore, run_id: int) -> bytes:
    """Return a run's TensorBoard event files as a zip archive."""
    archive = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        export.write_tensorboard(store, run_id, Path(folder))
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(folder))
    return archive.getvalue()


def _key(run: Run) -> str:
    return f"train-script-{run.id}"
