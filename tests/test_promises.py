"""What the README promises is held by tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECTION = re.search(
    r"^## What it promises\n(.*?)^What it does not promise:\n(.*?)^## ",
    (ROOT / "README.md").read_text("utf-8"),
    re.DOTALL | re.MULTILINE,
)
assert SECTION
PROMISES = dict(re.findall(r"^- \*\*(.+?)\.\*\* (.*?)(?=^- |\Z)", SECTION[1], re.DOTALL | re.MULTILINE))
LINK = re.compile(r"\[`(test_\w+)`\]\((tests/[\w/]+\.py)\)")
PROOFS = sorted(set(LINK.findall(SECTION[1])))
NAMES = ["Durability", "Money", "People", "Assets", "Progress", "Loops end", "Time", "Code", "Network"]


@cache
def functions_in(path: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """List the functions of a file by name."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_all_that_is_promised_is_said_and_has_its_proofs() -> None:
    assert list(PROMISES) == NAMES
    assert all(len(LINK.findall(text)) > 1 for text in PROMISES.values())
    assert len(re.findall(r"\]\(", SECTION[1])) == len(LINK.findall(SECTION[1])), "a link that names no test"


@pytest.mark.parametrize(("name", "path"), PROOFS, ids=[name for name, _ in PROOFS])
def test_every_proof_is_a_test_that_asserts_and_is_not_skipped(name: str, path: str) -> None:
    assert (ROOT / path).is_file(), f"{path} is gone: who moved it says in README.md where {name} is now"
    assert name in functions_in(path), f"{path} has no {name}: the promise needs another proof"
    test = functions_in(path)[name]
    assert any(isinstance(one, ast.Assert) for one in ast.walk(test)) or "pytest.raises" in ast.unparse(test)
    marks = " ".join(ast.unparse(one) for one in test.decorator_list)
    assert "skip" not in marks
    assert "xfail" not in marks


def test_what_is_not_promised_is_said_too() -> None:
    assert len(re.findall(r"^- ", SECTION[2], re.MULTILINE)) >= 5
