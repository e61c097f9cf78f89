"""What the documentation says, runs."""

import doctest
import importlib
import pkgutil

import pytest

import callsheet

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(callsheet.__path__, "callsheet.")
    if name.split(".")[1] in ("agents", "apps", "core", "evals", "graphs", "models", "tools")
    and not name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_and_its_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
