"""Reads optimizer classes from a package's source files, without importing it: the lab's menu needs no torch.

Names are followed through `from ... import ...` to the class statement, and its bases to torch's Optimizer. What is not
written down plainly (a class made by a call, a default that is computed) is not found here.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from optim_viz.outside.arguments import MISSING, Argument, Arguments, is_plain

ROOT = ("torch.optim.optimizer", "Optimizer")
"""The class from which all optimizers come."""

_DEEPEST = 20


_HEADS = ("from ", "import ", "class ")


class Place(NamedTuple):
    """Where a class statement stands; of the statement its head alone, with the bases."""

    module: str
    head: ast.ClassDef

    @property
    def statement(self) -> ast.ClassDef:
        """The whole statement."""
        found = (each for each in _statements(self.module) if isinstance(each, ast.ClassDef))
        return next((each for each in found if each.name == self.head.name), self.head)


def module_file(module: str) -> Path | None:
    """Return the source file of a module, found without running its package; None where there is none."""
    top, *rest = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin.endswith(".py") else None
    for folder in spec.submodule_search_locations or ():
        path = Path(folder).joinpath(*rest)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


class _Source(NamedTuple):
    """One reading of a source file: another path, or the file written anew, is another one."""

    file: Path
    written: int


def _source(module: str) -> _Source | None:
    """Return where a module's source stands now; None where there is none."""
    try:
        file = _file(module, tuple(sys.path))
        return _Source(file, file.stat().st_mtime_ns)
    except (LookupError, OSError):
        return None


@lru_cache(maxsize=1024)
def _file(module: str, _path: tuple[str, ...]) -> Path:
    """Return a module's file as the search path is now; a miss raises, so that it is not remembered."""
    file = module_file(module)
    if file is None:
        raise LookupError(module)
    return file


def _text(source: _Source) -> str:
    """Return a module's source; "" where it cannot be read."""
    try:
        return source.file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _statements(module: str) -> tuple[ast.stmt, ...]:
    """Return a module's top statements; () where it has no source that can be read."""
    source = _source(module)
    return () if source is None else _parsed(source)


@lru_cache(maxsize=64)
def _parsed(source: _Source) -> tuple[ast.stmt, ...]:
    try:
        return tuple(ast.parse(_text(source)).body)
    except (SyntaxError, ValueError):
        return ()


def forget() -> None:
    """Look for modules anew: files were added to the folders that are searched."""
    invalidate_caches()
    for cached in (_file, optimizers):
        cached.cache_clear()


def _heads(module: str) -> tuple[ast.stmt, ...]:
    """Return a module's imports and the heads of its classes: a tenth of the work of reading all of it."""
    source = _source(module)
    return () if source is None else _heads_of(source)


@lru_cache(maxsize=1024)
def _heads_of(source: _Source) -> tuple[ast.stmt, ...]:
    lines = list[str]()
    depth = 0
    for line in _text(source).splitlines():
        if depth > 0 or line.startswith(_HEADS):
            code = line.partition("#")[0]
            depth += code.count("(") - code.count(")")
            lines.append(code)
            if depth <= 0 and code.rstrip().endswith(":"):
                lines.append("    pass")
    try:
        return tuple(ast.parse("\n".join(lines)).body)
    except (SyntaxError, ValueError):  # such lines within a text, or a class on one line
        return _parsed(source)


def _is_package(module: str) -> bool:
    file = module_file(module)
    return file is not None and file.name == "__init__.py"


def _absolute(module: str, statement: ast.ImportFrom) -> str:
    """Return the name of the module that a `from` imports from."""
    if not statement.level:
        return statement.module or ""
    parts = module.split(".")
    kept = len(parts) - statement.level + _is_package(module)
    return ".".join([*parts[:kept], *filter(None, [statement.module])])


def find(module: str, name: str, depth: int = 0) -> Place | None:
    """Find the class that a module calls `name`; None where its source does not tell."""
    if depth > _DEEPEST:
        return None
    stars: list[str] = []
    for statement in reversed(_heads(module)):
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return Place(module, statement)
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    return find(_absolute(module, statement), alias.name, depth + 1)
                if alias.name == "*":
                    stars.append(_absolute(module, statement))
    return next((found for star in stars if (found := find(star, name, depth + 1)) is not None), None)


def _bases(place: Place) -> Iterator[Place]:
    for base in place.head.bases:
        written = ast.unparse(base)
        module, _, name = written.rpartition(".")
        if isinstance(base, ast.Name):
            found = find(place.module, base.id)
        else:  # torch.optim.Optimizer, or optim.Optimizer after `from torch import optim`
            found = find(module, name) or find(_imported(place.module, module), name)
        if found is not None:
            yield found


def _imported(module: str, name: str) -> str:
    """Return the full name of a module that is imported as `name`."""
    for statement in _heads(module):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    prefix = f"{_absolute(module, statement)}." if isinstance(statement, ast.ImportFrom) else ""
                    return prefix + alias.name
    return ""


def is_optimizer(place: Place, depth: int = 0) -> bool:
    """Tell whether a class comes from torch.optim.Optimizer."""
    if (place.module, place.head.name) == ROOT:
        return depth > 0
    return depth < _DEEPEST and any(is_optimizer(base, depth + 1) for base in _bases(place))


@lru_cache(maxsize=64)
def optimizers(module: str) -> tuple[str, ...]:
    """Name the optimizers that a module has in its namespace, abstract ones (no `step` of their own or above) too."""
    names = sorted(_exported(module), key=str.lower)
    found = {name: find(module, name) for name in names}
    return tuple(name for name, place in found.items() if place is not None and is_optimizer(place))


def _exported(module: str, depth: int = 0) -> set[str]:
    """Return the names with a capital that a module defines or imports, those of `import *` too."""
    names: set[str] = set()
    for statement in _heads(module) if depth <= _DEEPEST else ():
        if isinstance(statement, ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.ImportFrom):
            source = _absolute(module, statement)
            if source.partition(".")[0] != module.partition(".")[0] and source.startswith("torch."):
                continue  # torch's own, which the package only uses
            for alias in statement.names:
                names |= _exported(source, depth + 1) if alias.name == "*" else {alias.asname or alias.name}
    return {name for name in names if name[:1].isupper()}


def arguments(place: Place, depth: int = 0) -> Arguments:
    """Read what a class takes; a class without `__init__` takes what its base does."""
    for statement in place.statement.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return _of_function(place.module, statement.args)
    for base in _bases(place) if depth < _DEEPEST else ():
        return arguments(base, depth + 1)
    return Arguments("params", ())


def _of_function(module: str, args: ast.arguments) -> Arguments:
    positional = [*args.posonlyargs, *args.args][1:]
    missing: list[ast.expr | None] = [None] * len(positional)
    defaults = [*missing, *args.defaults][len(args.defaults) :] if positional else []
    pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    named = [
        Argument(each.arg, _value(module, default), ast.unparse(each.annotation) if each.annotation else "")
        for each, default in pairs
    ]
    first = named[0].name if named else ""
    return Arguments(first, tuple(named[1:]), args.kwarg is not None)


def _value(module: str, default: ast.expr | None) -> object:
    """Return a default: MISSING where there is none, None where it is none that can be read."""
    if default is None:
        return MISSING
    value = _folded(module, default)
    return value if is_plain(value) else None


def _folded(module: str, node: ast.expr, depth: int = 0) -> object:
    """Return the value of literals, of a module's constants, and of + - * / ** of numbers; None for anything else."""
    if isinstance(node, ast.Tuple):
        return tuple(_folded(module, each, depth) for each in node.elts)
    if isinstance(node, ast.BinOp):
        left, right = _folded(module, node.left, depth), _folded(module, node.right, depth)
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            return None
        return _computed(node.op, left, right)
    if isinstance(node, ast.Name):
        constant = _constant(module, node.id)
        return None if constant is None or depth > _DEEPEST else _folded(module, constant, depth + 1)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def _constant(module: str, name: str) -> ast.expr | None:
    """Return what a module assigns to a name at its top."""
    for statement in _statements(module):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return None


def _computed(operator: ast.operator, left: float, right: float) -> float | None:
    try:
        if isinstance(operator, ast.Div):
            return left / right
        if isinstance(operator, ast.Pow) and abs(right) <= 64:
            return left**right
    except (ArithmeticError, ValueError):
        return None
    if isinstance(operator, ast.Mult):
        return left * right
    return left + right if isinstance(operator, ast.Add) else left - right if isinstance(operator, ast.Sub) else None


def words(place: Place) -> str:
    """Return the first sentence of a class's docstring; "" where it has none."""
    text = " ".join((ast.get_docstring(place.statement) or "").split("\n\n")[0].split())
    return text.partition(". ")[0][:200]
