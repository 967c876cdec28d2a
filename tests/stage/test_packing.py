"""One message holds header and arrays, aligned and exact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optim_viz.stage.packing import Block, digest, pack
from tests.stage.decoder import channels, decode

ARRAYS = st.sampled_from([np.float32, np.float64]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=3, max_side=5))
)


@given(st.text(max_size=40), st.lists(ARRAYS, max_size=4))
def test_what_is_packed_comes_out_bit_for_bit(text: str, values: list[np.ndarray]) -> None:
    blocks = {
        f"k{i}": Block(array, tuple(f"c{row}" for row in range(array.shape[-2]))) for i, array in enumerate(values)
    }
    header, arrays = decode(pack({"text": text}, blocks))
    assert header["text"] == text
    assert list(arrays) == list(blocks)
    for key, array in zip(arrays, values, strict=True):
        assert arrays[key].dtype == array.dtype
        np.testing.assert_array_equal(arrays[key], array)
        assert list(channels(header, arrays, key)) == [f"c{row}" for row in range(array.shape[-2])]


def test_views_are_laid_out_in_order() -> None:
    values = np.arange(12.0).reshape(3, 4).T[::-1]
    _, arrays = decode(pack({}, {"a": Block(values), "b": Block(np.ones((1, 3), dtype=np.float32))}))
    np.testing.assert_array_equal(arrays["a"], values)
    np.testing.assert_array_equal(arrays["b"], 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_header_that_no_browser_reads_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        pack({"value": [value]}, {})


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="<i8"):
        pack({}, {"a": Block(np.arange(3))})  # pyright: ignore[reportArgumentType]


def test_a_digest_tells_the_smallest_difference() -> None:
    assert digest("adam", 0.1) == digest("adam", 0.1)
    assert digest("adam", 0.1) != digest("adam", math.nextafter(0.1, 1))
    assert digest("\ud800") != digest("a")
    assert len(digest()) == 16
