"""The package installs all of itself."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("agents", "apps", "core", "evals", "graphs", "models", "tools")


def test_every_folder_of_code_is_listed_as_a_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    folders = {file.parent for top in OURS for file in (ROOT / top).rglob("*.py")}
    assert listed == {"callsheet", *(".".join(("callsheet", *one.relative_to(ROOT).parts)) for one in folders)}


def test_only_package_modules_lie_at_the_root() -> None:
    assert {file.name for file in ROOT.glob("*.py")} == {"__init__.py", "version.py"}
