"""What a run can be taken away as: CSV, TensorBoard's files, and the PyTorch script that reproduces it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from optim_viz.pages.plain_text import plain
from optim_viz.run_store import Run, RunStore, StoreError, command


def show_buttons(store: RunStore, run: Run) -> None:
    """Draw the buttons; a file is made when its button is pressed."""
    files: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("Download CSV", f"run-{run.id}.csv", "text/csv", partial(csv, store.path, run.id)),
        ("Download TensorBoard files", f"run-{run.id}-tensorboard.zip", "application/zip",
         partial(tensorboard, store.path, run.id)),
    )  # fmt: skip
    for label, name, kind, make in files:
        st.download_button(label, make, name, kind, key=f"train-{name}", on_click="ignore")
    st.toggle("Show the PyTorch script that reproduces this run", key=_key(run))


def show_script(store: RunStore, run: Run) -> None:
    """Draw the script, to copy or to download, where it was asked for."""
    if not st.session_state.get(_key(run)):
        return
    try:
        text = script(str(store.path), run.id, run.created)
    except StoreError as error:
        st.error(plain(str(error)))
        return
    name = f"run_{run.id}.py"
    st.download_button("Download the script", text, name, "text/x-python", key="train-script-file", on_click="ignore")
    st.code(text, language="python", height=480)


def csv(store: Path, run_id: int) -> bytes:
    """Return everything a run logged as CSV."""
    return command(store, "export", str(run_id), "--csv", "-").encode()


def tensorboard(store: Path, run_id: int) -> bytes:
    """Return a run's TensorBoard event files as a zip archive."""
    archive = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        command(store, "export", str(run_id), "--tensorboard", folder)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(folder))
    return archive.getvalue()


@st.cache_data(max_entries=32, show_spinner="Writing the script …")
def script(store: str, run_id: int, created: float) -> str:
    """Return the script; `created` tells a run from one of the same number in a store that was removed since."""
    del created
    return command(Path(store), "script", str(run_id))


def _key(run: Run) -> str:
    return f"train-script-{run.id}"
