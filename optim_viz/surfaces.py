"""In a checkout, the folder surfaces/ of its top, under the name that it has where optim_viz is installed.

`import surfaces` and `import optim_viz.surfaces` then give the very same modules, and so do their submodules, so that
classes and caches exist once. An installed optim_viz has the folder itself in place of this file, and nothing named
`surfaces` at the top: a package of that name, which has nothing to do with this one, is on PyPI.

The top-level name can be taken by that package here too (an editable install, used from elsewhere). Then the folder is
loaded under the name `optim_viz.surfaces` alone, as it is where optim_viz is installed.
"""

import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surfaces import *  # noqa: F403 - for pyright and the import contracts

_FOLDER = Path(__file__).resolve().parent.parent / "surfaces"


class _SameModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `optim_viz.surfaces.x` as the module `surfaces.x`."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        """Return a spec for the submodules of this name, None for every other module."""
        del path, target
        return ModuleSpec(fullname, self) if fullname.startswith(f"{__name__}.") else None

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of the other name in the place of the empty one, as the import system allows."""
        sys.modules[module.__name__] = importlib.import_module(module.__name__.removeprefix("optim_viz."))


def _top_level_name_is_ours() -> bool:
    """Whether `import surfaces` gives the folder."""
    spec = importlib.util.find_spec("surfaces")
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve().parent == _FOLDER


def _load() -> ModuleType:
    """Return the folder's package."""
    if _top_level_name_is_ours():
        sys.meta_path.insert(0, _SameModules())
        return importlib.import_module("surfaces")
    file = _FOLDER / "__init__.py"
    spec = importlib.util.spec_from_file_location(__name__, file, submodule_search_locations=[str(_FOLDER)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded; it belongs to this checkout of optim_viz", name=__name__)
    package = importlib.util.module_from_spec(spec)
    sys.modules[__name__] = package
    spec.loader.exec_module(package)
    return package


sys.modules[__name__] = _load()
