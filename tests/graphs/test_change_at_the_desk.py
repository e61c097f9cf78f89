"""A change is recorded once, by a named person, about the plan they saw; the next run makes what it asks for."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.change import Change
from callsheet.core.errors import NothingToDo, SetupError, StaleDecision
from callsheet.core.plan import Preflight
from callsheet.core.settings import Settings
from callsheet.graphs.changing import brief_of, change, price_of
from callsheet.graphs.deciding import decide, look
from callsheet.graphs.running import produce
from callsheet.models.catalog import load_crew
from callsheet.tools.fsck import check_production

HERE = Path(__file__).parents[1]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"


@pytest.fixture
def settings() -> Settings:
    return Settings(home="inprocess", crew=CREW, learn=False)


@pytest.fixture
def made(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "castle"
    asyncio.run(produce(BRIEF, out=folder, settings=settings))
    return folder


def foggy(folder: Path, *names: str) -> Change:
    standing = asyncio.run(look(folder))
    tasks = tuple(replace(standing.plan.task(name), prompt="a castle in fog") for name in names)
    return Change(brief=replace(brief_of(standing), title="Another"), tasks=tasks)


def seen(folder: Path) -> dict[str, int]:
    return {name: len(record.decisions) for name, record in asyncio.run(look(folder)).history.tasks.items()}


def test_a_change_is_carried_out_by_the_next_run_with_all_that_is_made_from_it(made: Path, settings: Settings) -> None:
    before = asyncio.run(look(made)).history
    asyncio.run(change(made, foggy(made, "keep"), by="Ada", about="keep", note="fog", seen=seen(made)))
    assert asyncio.run(produce(BRIEF, out=made, settings=settings)).status == "delivered"
    standing = asyncio.run(look(made))
    takes = standing.history.tasks["keep"].takes
    assert [take.recipe.prompt for take in takes if take.recipe][-1] == "a castle in fog"
    assert len(standing.history.tasks["comp"].takes) == len(before.tasks["comp"].takes) + 1
    assert standing.plan.task("keep").prompt == "a castle in fog"
    assert brief_of(standing).title == "Another"
    assert check_production(made) == ()


def test_what_is_held_waits_until_it_is_resumed(made: Path, settings: Settings) -> None:
    asyncio.run(change(made, foggy(made, "keep"), by="Ada", about="keep", seen=seen(made), hold=["comp"]))
    assert asyncio.run(produce(BRIEF, out=made, settings=settings)).status == "paused"
    standing = asyncio.run(look(made))
    assert (standing.step("keep"), standing.step("comp")) == ("accepted", "paused")


def test_a_second_change_made_looking_at_the_same_plan_is_refused(made: Path) -> None:
    first, second, counts = foggy(made, "keep"), foggy(made, "keep"), seen(made)
    asyncio.run(change(made, first, by="Ada", seen=counts))
    with pytest.raises(StaleDecision, match="keep: Ada decided 'modify' in the meantime"):
        asyncio.run(change(made, second, by="Bob", seen=counts))
    assert len(asyncio.run(look(made)).history.changes) == 1


def test_a_decision_taken_meanwhile_makes_a_change_stale(made: Path) -> None:
    proposed, counts = foggy(made, "keep"), seen(made)
    asyncio.run(decide(made, "keep", "retake", by="Bob"))
    with pytest.raises(StaleDecision, match="Bob decided 'retake'"):
        asyncio.run(change(made, proposed, by="Ada", seen=counts))


def test_a_change_of_nothing_or_of_what_cannot_be_made_is_refused(made: Path) -> None:
    with pytest.raises(NothingToDo):
        asyncio.run(change(made, Change(brief=brief_of(asyncio.run(look(made))), tasks=()), by="Ada", seen={}))
    blocked = replace(foggy(made, "keep"), preflight=(Preflight(task="keep", state="blocked", why="w", fix="f"),))
    with pytest.raises(SetupError, match="'keep' cannot be made with this crew: w; f"):
        asyncio.run(change(made, blocked, by="Ada", seen=seen(made)))


def test_the_price_of_a_round_is_no_more_than_its_tasks_may_spend(made: Path) -> None:
    standing, crew = asyncio.run(look(made)), load_crew(CREW)
    price = price_of(standing.plan.tasks, standing.plan, crew)
    assert len(price.tasks) == len(standing.plan.tasks)
    assert 0 < price.usd <= price.most_usd <= standing.plan.budget_usd
