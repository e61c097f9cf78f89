"""`callsheet calibrate`: a person's decisions become a gate, or the reason there is none."""

import asyncio
import json
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callsheet.agents.qc import weakest
from callsheet.apps.cli import app
from callsheet.graphs.desk import decide, look

CREW = """
schema = "crew/1"
name = "fakes"

[[makers]]
name = "pen"
kind = "fake"
makes = ["still"]
usd = 0.001

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "technical"]
settings = { pass_rate = 0.9 }
"""
THINGS = ("castle", "tower", "knight", "dragon", "ship", "house", "tree", "wizard")
COLOURS = ("red", "blue", "green", "gold", "white")


@pytest.fixture
def crew(tmp_path: Path) -> Path:
    path = tmp_path / "crew.toml"
    path.write_text(CREW)
    return path


@pytest.fixture
def decided(tmp_path: Path, crew: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty takes, each approved exactly when its weakest score is high."""
    monkeypatch.setenv("CALLSHEET_HOME", "inprocess")
    tasks = {
        f"{colour}_{thing}": {"department": "art", "prompt": f"a {colour} {thing}"}
        for colour, thing in product(COLOURS, THINGS)
    }
    brief = {
        "title": "labels",
        "budget_usd": 1,
        "quality": {"rounds": 0},
        "departments": {"art": {"workers": 4}},
        "tasks": tasks,
        "deliver": ["stills"],
    }
    (tmp_path / "brief.json").write_text(json.dumps(brief))
    folder = tmp_path / "out"
    assert call("run", tmp_path / "brief.json", "--crew", crew, "--out", folder, "--yes").exit_code in (0, 3)
    asyncio.run(_decide_all(folder))
    return folder


async def _decide_all(folder: Path) -> None:
    standing = await look(folder)
    for task in standing.plan.tasks:
        take = standing.history.tasks[task.name].takes[0]
        (given,) = [found for (digest, _), found in standing.history.scores.items() if digest == take.digest]
        score = weakest(task.requirements, given)
        assert score is not None
        await decide(folder, task.name, "approve" if score > 0.5 else "reject", by="Ada")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_decisions_become_a_gate_that_the_next_plan_uses_and_shows(decided: Path, crew: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate.json"
    result = call("calibrate", decided, "--crew", crew, "--promise", 0.7, "--out", gate)
    assert result.exit_code == 0, result.output
    assert "certified at 0.7 with 40 labels" in result.output
    floor = json.loads(gate.read_text())["floor"]
    plan = call("plan", "a red castle", "--crew", crew, "--certificate", gate, "--json")
    found = json.loads(plan.stdout)
    assert {task["gate"]["floor"] for task in found["tasks"]} == {floor}
    assert "certified at 0.7" in found["gate_says"]


def test_a_promise_the_labels_cannot_prove_is_refused_and_named(decided: Path, crew: Path) -> None:
    result = call("calibrate", decided, "--crew", crew, "--promise", 0.99)
    assert result.exit_code == 1
    assert "not certifiable" in result.output


def test_a_gate_of_other_critics_is_refused(decided: Path, crew: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate.json"
    call("calibrate", decided, "--crew", crew, "--promise", 0.7, "--out", gate)
    crew.write_text(CREW.replace("0.9", "0.8"))
    result = call("plan", "a red castle", "--crew", crew, "--certificate", gate)
    assert result.exit_code == 1
    assert "other critics" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--promise", 1.5], "between 0 and 1"), (["--confidence", 0], "between 0 and 1")],
)
def test_an_impossible_promise_is_refused(decided: Path, arguments: list[object], says: str) -> None:
    result = call("calibrate", decided, *arguments)
    assert result.exit_code == 1
    assert says in result.output


def test_a_production_of_another_crew_is_refused(decided: Path) -> None:
    result = call("calibrate", decided)
    assert result.exit_code == 1
    assert "another crew" in result.output


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text("{}")
    result = call("plan", "a red castle", "--certificate", tmp_path / "gate.json")
    assert result.exit_code == 1
    assert "is no certificate" in result.output
