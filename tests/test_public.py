"""What `import callsheet` gives, and what it must not load."""

import json
import subprocess
import sys

import pytest

import callsheet

HEAVY = ("torch", "ray", "langgraph", "langchain", "fastapi", "diffusers", "open_clip", "sqlalchemy", "pydantic", "PIL")


def test_the_public_names_are_these() -> None:
    assert callsheet.__all__ == ["Production", "Session", "__version__", "follow", "plan", "produce", "refine"]
    assert all(getattr(callsheet, name) is not None for name in callsheet.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import callsheet, sys, json; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-Pc", code], capture_output=True, check=True).stdout)
    assert not [name for name in HEAVY if name in loaded]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, atexit, json; sys.argv = ['callsheet', '--help'];"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr));"
        "from callsheet.apps.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-Pc", code], capture_output=True, check=True)
    loaded = json.loads(done.stderr)
    assert not [name for name in ("torch", "ray", "langgraph", "fastapi", "sqlalchemy") if name in loaded]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="produce"):
        callsheet.produse  # noqa: B018 - the access is the test
