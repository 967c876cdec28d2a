"""The examples in docstrings run as they stand."""

import doctest
import importlib
import pkgutil

import pytest

import surfaces

MODULES = [found.name for found in pkgutil.walk_packages(surfaces.__path__, "surfaces.")]


@pytest.mark.parametrize("name", ["surfaces", *MODULES])
def test_examples_in_docstrings_run(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
