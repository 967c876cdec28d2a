"""Truths about one surface are told where it is in the catalog."""

from collections.abc import Callable
from typing import Any

import pytest

import surfaces


@pytest.fixture
def entry() -> Callable[..., surfaces.Surface]:
    """Return `surfaces.get`, which here skips the test where the catalog has no such entry."""

    def get(name: str, **parameters: Any) -> surfaces.Surface:
        if name not in surfaces.names():
            pytest.skip(f"{name} is not in the catalog")
        return surfaces.get(name, **parameters)

    return get
