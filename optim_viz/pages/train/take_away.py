"""What a run can be taken away as: CSV, JSON, Parquet, TensorBoard's files, and the PyTorch script that repeats it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from optim_viz import tables
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.script import script
from optim_viz.pages import say
from optim_viz.run_store import Run, RunStore, StoreError, export


def show_buttons(store: RunStore, run: Run) -> None:
    """Draw the buttons; a file is made when its button is pressed."""
    here = (store, run.id)
    _button("CSV", partial(csv, *here), f"run-{run.id}.csv", "text/csv")
    _button("JSON", partial(json, *here), f"run-{run.id}.json", "application/json")
    if "parquet" in tables.usable():
        units = "The rows of the CSV with the unit of each, for pandas."
        _button("Parquet", partial(parquet, *here), f"run-{run.id}.parquet", "application/vnd.apache.parquet", units)
    there = export.tensorboard_is_installed()
    _button(
        *("TensorBoard files", partial(tensorboard, *here), f"run-{run.id}-tensorboard.zip", "application/zip"),
        help_=None if there else export.NO_TENSORBOARD,
        disabled=not there,
    )
    st.toggle("Show the PyTorch script that reproduces this run", key=_key(run))


def _button(
    what: str, make: Callable[[], bytes], file: str, mime: str, help_: str | None = None, *, disabled: bool = False
) -> None:
    key = f"train-{what.split()[0].lower()}"
    st.download_button(f"Download {what}", make, file, mime, key=key, on_click="ignore", help=help_, disabled=disabled)


def show_script(store: RunStore, run: Run) -> None:
    """Draw the script, to copy or to download, where it was asked for."""
    if not st.session_state.get(_key(run)):
        return
    try:
        ways = {row["lane"]: row["text"] for row in store.rows("note", run.id, -1) if row["kind"] == "way"}
        text = script(TrainingSpec.from_dict(run.spec), run.data, ways)
    except (StoreError, ValueError) as error:
        say.error(f"There is no script: {error}")
        return
    name = f"run_{run.id}.py"
    st.download_button("Download the script", text, name, "text/x-python", key="train-script-file", on_click="ignore")
    st.code(text, language="python", height=480)


def csv(store: RunStore, run_id: int) -> bytes:
    """Return everything a run logged as CSV."""
    out = io.StringIO()
    export.write_csv(store, run_id, out)
    return out.getvalue().encode()


def parquet(store: RunStore, run_id: int) -> bytes:
    """Return everything a run logged as Parquet."""
    return tables.as_bytes(export.run_table(store, run_id), "parquet")


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
