"""What the notebook's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from surfaces import registry


@pytest.fixture(autouse=True, scope="module")
def surfaces_of_the_module() -> Iterator[None]:
    """Forget the surfaces that a module's labs added to the program: other tests go over all there are."""
    added = registry._registered  # pyright: ignore[reportPrivateUsage]
    before = dict(added)
    yield
    added.clear()
    added.update(before)
