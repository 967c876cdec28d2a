"""The worked examples of docs/adding.md, as modules."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

ADDING = Path(__file__).resolve().parent.parent / "docs" / "adding.md"


def example(section: str, package: str, folder: Path) -> ModuleType:
    """Import the first Python block of a section, as if it were a file of a package.

    Args:
        section: its heading.
        package: such as "optim_viz.models".
        folder: takes the file.
    """
    text = ADDING.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None, f"{section} has no example"
    path = folder / "example.py"
    path.write_text(code[1], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"{package}.example", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
