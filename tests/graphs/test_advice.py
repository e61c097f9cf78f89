"""From prose to a package with a language model in the crew: its money in the same books, its failures in the open."""

import json
from pathlib import Path

import pytest

from callsheet.core.settings import Settings
from callsheet.graphs.advice import direct_in, director_price
from callsheet.graphs.planning import call_sheet, read_brief
from callsheet.graphs.running import produce
from callsheet.models.catalog import load_crew
from callsheet.tools.fsck import check_production

PROSE = "Two red towers above the sea on the last evening of winter, told in two pictures."
SHEET = {
    "title": "Towers",
    "look": {"time": "dusk"},
    "tasks": [
        {"name": "towers", "department": "sets", "prompt": "two red towers on a plain backdrop"},
        {"name": "sea", "department": "sets", "prompt": "an empty sea at dusk"},
        {"name": "comp", "department": "post", "make": "composite", "layers": ["sea", "towers"]},
    ],
    "shots": [{"name": "sq010_sh010", "from_task": "comp", "seconds": 1}],
    "questions": [{"asks": "How tall are the towers?", "planned_meanwhile": "as tall as half the picture"}],
}
NOTES = "All the tasks came out well. Nothing had to be redone. Nothing is open."
CREW = """
extends = "house"

[[makers]]
name = "small"
kind = "fake"
makes = ["still"]
usd = 0.002

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "style"]
"""


def chats(folder: Path, agent: str, *steps: object, more: str = "") -> str:
    """Hire a chat that follows a script."""
    script = folder / f"{agent}.json"
    script.write_text(json.dumps(list(steps)))
    return f"""
[[chats]]
name = "scripted:{script}"
usd_per_million_in = 1.0
usd_per_million_out = 4.0
tokens_out = 2000
{more}
"""


def crew_file(folder: Path, text: str, **agents: str) -> Path:
    path = folder / "crew.toml"
    named = "".join(f'{agent} = "scripted:{folder / agent}.json"\n' for agent in agents)
    path.write_text(CREW + text + f"[agents]\n{named}")
    return path


@pytest.fixture
def settings() -> Settings:
    return Settings(home="inprocess", learn=False)


async def test_prose_is_directed_produced_and_billed_in_one_set_of_books(tmp_path: Path, settings: Settings) -> None:
    path = crew_file(tmp_path, chats(tmp_path, "director", {"text": json.dumps(SHEET)}), director="")
    crew, out = load_crew(path), tmp_path / "out"
    price = director_price(read_brief(PROSE), crew)
    assert price is not None
    assert 0 < price[0] < price[1]
    thought = await direct_in(out, read_brief(PROSE), crew, settings=settings)
    assert thought.found is not None
    assert thought.found.questions == ("How tall are the towers? (Planned meanwhile: as tall as half the picture)",)
    made = await produce(thought.found.brief, out=out, crew=path, settings=settings)
    assert made.status == "delivered"
    assert sorted(made.history.tasks) == ["comp", "sea", "towers"]
    assert made.cost.thinking is not None
    assert made.cost.thinking.usd == pytest.approx(0.0008)
    assert made.bill.settled_usd == pytest.approx(made.cost.usd)
    assert check_production(out) == ()


async def test_a_director_that_fails_twice_leaves_the_brief_to_the_rules(tmp_path: Path, settings: Settings) -> None:
    steps = ({"text": "I would love to help!"}, {"text": "{}"})
    path = crew_file(tmp_path, chats(tmp_path, "director", *steps), director="")
    out = tmp_path / "out"
    thought = await direct_in(out, read_brief(PROSE), load_crew(path), settings=settings)
    assert (thought.found, "cannot be used" in thought.why) == (None, True)
    made = await produce(PROSE, out=out, crew=path, settings=settings)
    assert made.status == "delivered"
    assert made.cost.thinking is not None
    assert len(made.cost.thinking.fallbacks) == 1
    assert check_production(out) == ()


def test_tasks_are_planned_with_what_thinking_leaves_of_the_budget(tmp_path: Path) -> None:
    path = crew_file(tmp_path, chats(tmp_path, "director"), director="")
    plan = call_sheet(PROSE, crew=path, budget_usd=0.02).plan
    assert sum(task.envelope_usd for task in plan.tasks) <= 0.02 * 0.9 + 1e-9


async def test_a_note_is_written_on_the_page_once_and_paid_for_once(tmp_path: Path, settings: Settings) -> None:
    path, out = crew_file(tmp_path, chats(tmp_path, "notes", {"text": NOTES}), notes=""), tmp_path / "out"
    made = await produce(PROSE, out=out, crew=path, settings=settings)
    assert made.delivery is not None
    assert made.delivery.manifest.note == NOTES
    assert NOTES in (out / "index.html").read_text()
    again = await produce(PROSE, out=out, crew=path, settings=settings)
    assert again.bill.settled_usd == made.bill.settled_usd
    assert again.cost.thinking is not None
    assert again.cost.thinking.usd_by_agent == {"notes": pytest.approx(0.0008)}
    assert check_production(out) == ()


async def test_a_note_with_a_number_of_its_own_is_not_printed(tmp_path: Path, settings: Settings) -> None:
    wrong = "We made 977 pictures. Nothing was hard. All is done."
    path = crew_file(tmp_path, chats(tmp_path, "notes", {"text": wrong}, {"text": wrong}), notes="")
    made = await produce(PROSE, out=tmp_path / "out", crew=path, settings=settings)
    assert made.delivery is not None
    assert made.delivery.manifest.note == ""
    assert made.cost.thinking is not None
    assert "977 does not stand in the report" in made.cost.thinking.fallbacks[0]
