"""Names to classes, late and with a helping hand."""

from pathlib import Path

import pytest

from callsheet.core.errors import MissingExtra, UnknownName
from callsheet.core.registry import Home, Registry

REGISTRY = Registry(
    what="shape",
    group="callsheet.no_such_group",
    homes={
        "path": Home(path="pathlib:Path"),
        "heavy": Home(path="no_such_module_anywhere:Thing", extra="local"),
        "broken": Home(path="callsheet.no_such_part:Thing", extra="local"),
    },
)


def test_a_known_name_gives_its_class() -> None:
    assert REGISTRY.get("path") is Path


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="no shape named 'zzz'; known: path, heavy, broken"):
        REGISTRY.get("zzz")


def test_a_name_can_be_checked_without_importing_anything() -> None:
    REGISTRY.check("heavy")


def test_a_missing_dependency_says_what_to_install() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'callsheet\[local\]'"):
        REGISTRY.get("heavy")


def test_a_fault_of_our_own_is_not_blamed_on_an_extra() -> None:
    with pytest.raises(ModuleNotFoundError):
        REGISTRY.get("broken")
