"""A still keeps to the reference of its entity: it waits, is compared, and is looked at again when that changes."""

from dataclasses import replace

import pytest

from callsheet.agents.planning.phrasing import continuity
from callsheet.core.decision import Decision
from callsheet.core.fact import DecisionTaken, TakePublished
from callsheet.core.plan import Task
from callsheet.core.take import Score, Unscored
from callsheet.graphs.learning import first_looks
from callsheet.graphs.stage import Stage
from callsheet.graphs.task import task_graph

from .conftest import CASTLE, SetStage, still

NEAR = still("near")
FAR = replace(still("far"), entity="keep", inputs=("near",), requirements=(CASTLE, continuity("keep", "near")))


async def run(stage: Stage, name: str) -> str:
    return (await task_graph(stage).ainvoke({"task": name}))["step"]


def taking_references(stage: Stage, *, takes: bool) -> Stage:
    makers = tuple(replace(one, references=takes and "still" in one.makes) for one in stage.crew.makers)
    critics = tuple(replace(one, checks=(*one.checks, "continuity")) for one in stage.crew.critics)
    crew = replace(stage.crew, makers=makers, critics=critics)
    return replace(stage, crew=crew, workers=type(stage.workers)(crew))  # type: ignore[call-arg]


async def publish_another(stage: Stage, task: Task) -> None:
    """A person has the task done again, and the next take is accepted."""
    record = stage.journal.history.tasks[task.name]
    assert record.accepted
    decision = Decision(
        task=task.name, digest=record.accepted.digest, round=len(record.decisions), action="retake", by="ada"
    )
    await stage.journal.record(DecisionTaken(task=task.name, decision=decision))
    assert await run(stage, task.name) == "accepted"


def digest_of(stage: Stage, task: str) -> str:
    accepted = stage.journal.history.tasks[task].accepted
    assert isinstance(accepted, TakePublished)
    return accepted.digest


@pytest.mark.parametrize("takes", [True, False])
async def test_a_still_waits_for_its_reference_and_is_compared_with_it(set_stage: SetStage, *, takes: bool) -> None:
    stage = taking_references(await set_stage(NEAR, FAR), takes=takes)
    assert await run(stage, "far") == "blocked"
    await run(stage, "near")
    assert await run(stage, "far") == "accepted"
    (take,) = stage.journal.history.tasks["far"].takes
    near = digest_of(stage, "near")
    assert take.recipe
    assert [one.digest for one in take.recipe.ingredients] == ([near] if takes else [])
    assert stage.journal.history.tasks["far"].verdicts[take.id].compared_with == (near,)
    opinions = stage.journal.history.scores[take.digest, stage.panel_of(FAR, (near,))]
    assert "continuity:keep" in {one.requirement for one in opinions if isinstance(one, Score)}


async def test_another_reference_has_a_still_made_again_by_a_maker_that_takes_references(set_stage: SetStage) -> None:
    stage = taking_references(await set_stage(NEAR, FAR), takes=True)
    await run(stage, "near")
    await run(stage, "far")
    await publish_another(stage, NEAR)
    assert await run(stage, "far") == "accepted"
    first, second = stage.journal.history.tasks["far"].takes
    assert first.recipe
    assert second.recipe
    assert second.recipe.ingredients[0].digest == digest_of(stage, "near") != first.recipe.ingredients[0].digest


async def test_another_reference_has_a_still_made_from_words_looked_at_again_and_not_made(set_stage: SetStage) -> None:
    stage = taking_references(await set_stage(NEAR, FAR), takes=False)
    await run(stage, "near")
    await run(stage, "far")
    await publish_another(stage, NEAR)
    assert await run(stage, "far") == "accepted"
    record = stage.journal.history.tasks["far"]
    (take,) = record.takes
    assert record.verdicts[take.id].compared_with == (digest_of(stage, "near"),)
    before = len(stage.journal.history.entries)
    assert await run(stage, "far") == "accepted"
    assert len(stage.journal.history.entries) == before


async def test_a_reference_that_stays_unfinished_still_feeds_what_waits_for_it(set_stage: SetStage) -> None:
    stage = taking_references(await set_stage(NEAR, FAR, critic={"pass_rate": 0}), takes=True)
    assert await run(stage, "near") == "unfinished"
    assert await run(stage, "far") == "unfinished"
    near = stage.journal.history.tasks["near"]
    assert near.unfinished
    best = near.take(near.unfinished.best)
    (digest,) = stage.journal.history.tasks["far"].takes[0].recipe.ingredients  # type: ignore[union-attr]
    assert best
    assert digest.digest == best.digest


async def test_nobody_to_compare_leaves_a_wish_unscored_and_the_take_accepted(set_stage: SetStage) -> None:
    stage = await set_stage(NEAR, FAR)
    await run(stage, "near")
    assert await run(stage, "far") == "accepted"
    (take,) = stage.journal.history.tasks["far"].takes
    opinions = stage.journal.history.scores[take.digest, stage.panel_of(FAR, (digest_of(stage, "near"),))]
    assert "continuity:keep" in {one.requirement for one in opinions if isinstance(one, Unscored)}


async def test_what_was_compared_with_a_reference_is_learnt_from_too(set_stage: SetStage) -> None:
    stage = taking_references(await set_stage(NEAR, FAR), takes=False)
    await run(stage, "near")
    await run(stage, "far")
    assert len({seen.work for seen in first_looks(stage)}) == 2
