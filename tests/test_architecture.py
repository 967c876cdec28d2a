"""The parts touch only what they may: the import contracts of pyproject.toml, and what an import costs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_import_contracts_hold(check: Callable[..., str]) -> None:
    check(sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")


def test_the_public_api_loads_no_torch_no_page_and_no_plot(check: Callable[..., str]) -> None:
    program = (
        "import sys, surfaces, optim_viz\n"
        "optim_viz.rollout('rosenbrock', 'adam', steps=3)\n"
        "print(sorted({'torch', 'streamlit', 'plotly', 'anywidget', 'optim_viz.stage'} & set(sys.modules)))\n"
        "optim_viz.Lab(surface='beale', lanes=['adam,lr=0.1'], steps=3)._repr_html_()\n"
        "print(sorted({'torch', 'streamlit', 'plotly', 'anywidget'} & set(sys.modules)))"
    )
    assert check(sys.executable, "-c", program).split("\n")[:2] == ["[]", "[]"]


def test_app_py_knows_streamlit_and_the_pages_alone() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    strangers = {name for name in imported if not name.startswith(("streamlit", "optim_viz.pages", "__future__"))}
    assert not strangers
