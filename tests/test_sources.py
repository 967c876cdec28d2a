"""Nothing that a person supplies is run: no source calls a function that could, but for the two that are named here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    ROOT / "app.py",
    ROOT / "run.py",
    *sorted(path for folder in ("optim_viz", "surfaces", "benchmarks") for path in (ROOT / folder).rglob("*.py")),
]
RUNS = {"eval", "exec", "compile", "__import__"}
READS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml"}
OURS = {"optim_viz/rollout/repeats.py": {"exec", "compile"}, "surfaces/program.py": {"exec", "compile"}}
"""Files that run what they wrote themselves: calls of NumPy, from numbers and names that a parser made."""


def found(text: str) -> set[str]:
    """Return what a source has that could run what it reads."""
    tree, faults = ast.parse(text), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            faults |= {name.partition(".")[0] for name in names} & READS
        elif isinstance(node, ast.Call):
            faults |= called(node)
    return faults


def called(node: ast.Call) -> set[str]:
    given = {each.arg: ast.unparse(each.value) for each in node.keywords}
    name = ast.unparse(node.func)
    if name in RUNS:
        return {name}
    if name == "torch.load" and given.get("weights_only") != "True":
        return {"torch.load without weights_only"}
    if name in ("os.system", "os.popen") or given.get("shell", "False") != "False":
        return {"a shell"}
    if given.get("allow_pickle", "False") != "False":
        return {"allow_pickle"}
    return set()


@pytest.mark.parametrize("folder", sorted({path.relative_to(ROOT).parts[0] for path in SOURCES}))
def test_no_source_runs_what_it_reads(folder: str) -> None:
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] == folder:
            assert found(path.read_text(encoding="utf-8")) == OURS.get(name, set()), name


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("eval(x)", "eval"),
        ("import pickle", "pickle"),
        ("from dill import loads", "dill"),
        ("torch.load(f)", "torch.load without weights_only"),
        ("torch.load(f, weights_only=False)", "torch.load without weights_only"),
        ("subprocess.run(x, shell=True)", "a shell"),
        ("np.load(f, allow_pickle=True)", "allow_pickle"),
    ],
)
def test_the_check_itself_finds(text: str, fault: str) -> None:
    assert found(text) == {fault}
    assert (
        found("torch.load(f, weights_only=True); re.compile('x'); model.eval(); np.load(f, allow_pickle=False)")
        == set()
    )
