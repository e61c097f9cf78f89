"""What the documentation says, runs."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import callsheet
from callsheet.agents.briefs import decode_brief
from callsheet.agents.director import plan_brief
from callsheet.models.catalog import load_crew

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(callsheet.__path__, "callsheet.")
    if name.split(".")[1] in ("agents", "apps", "core", "evals", "graphs", "models", "tools")
    and not name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_and_its_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http|#)([^)#]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks("python"))
def test_every_python_block_of_the_readme_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_brief_of_the_readme_plans(text: str) -> None:
    crew = load_crew(Path(__file__).parent / "fake_crew.toml")
    assert plan_brief(decode_brief(text.encode(), "brief.yaml"), crew).tasks


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_crew_file_of_the_readme_loads(text: str, tmp_path: Path) -> None:
    (tmp_path / "crew.toml").write_text(text)
    castle = (ROOT / "briefs" / "fantasy_castle.yaml").read_bytes()
    plan = plan_brief(decode_brief(castle, "castle.yaml"), load_crew(tmp_path / "crew.toml"))
    assert not [check for check in plan.preflight if check.state == "blocked"]
