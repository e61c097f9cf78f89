"""The task graph loops until a take passes, or stops with the best."""

from dataclasses import replace

import pytest

from callsheet.core.call import CallVoided
from callsheet.core.decision import Decision, Escalate, Reseed
from callsheet.core.fact import DecisionTaken, MoveChosen, TakeJudged, TakeMade
from callsheet.core.take import Finding, Ingredient, Recipe, Take, Verdict
from callsheet.graphs.stage import Stage
from callsheet.graphs.task import task_graph
from callsheet.models.critics.signature import VERSIONS

from .conftest import SetStage, composite, still


async def run(stage: Stage, name: str) -> str:
    return (await task_graph(stage).ainvoke({"task": name}))["step"]


async def test_a_first_take_that_passes_is_published_without_a_loop(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"))
    assert await run(stage, "keep") == "accepted"
    record = stage.journal.history.tasks["keep"]
    assert len(record.takes) == 1
    assert record.accepted
    assert (record.accepted.version, record.accepted.accepted_by) == (1, "gate")


async def test_a_failing_take_is_reseeded_then_handed_to_the_stronger_maker(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), critic={"pass_from": 3})
    assert await run(stage, "keep") == "accepted"
    record = stage.journal.history.tasks["keep"]
    assert [take.recipe.maker for take in record.takes if take.recipe] == ["small", "small", "large"]
    moves = list(record.moves.values())
    assert isinstance(moves[0], Reseed)
    assert isinstance(moves[1], Escalate)
    assert len({take.recipe.seed for take in record.takes if take.recipe}) == 3


async def test_a_task_that_never_passes_ends_with_its_best_take(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=2), critic={"pass_rate": 0})
    assert await run(stage, "keep") == "unfinished"
    record = stage.journal.history.tasks["keep"]
    assert len(record.takes) == 3
    assert record.unfinished
    best = max(record.takes, key=lambda take: record.verdicts[take.id].right)
    assert record.unfinished.best == best.id


async def test_entering_a_finished_task_again_makes_and_pays_nothing(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), critic={"pass_from": 2})
    await run(stage, "keep")
    before = (len(stage.journal.history.entries), stage.journal.bill().settled_usd)
    assert await run(stage, "keep") == "accepted"
    assert (len(stage.journal.history.entries), stage.journal.bill().settled_usd) == before


async def test_a_task_stops_at_its_envelope_even_when_rounds_remain(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=9, envelope=0.005), critic={"pass_rate": 0})
    assert await run(stage, "keep") == "unfinished"
    assert sum(take.usd for take in stage.journal.history.tasks["keep"].takes) <= 0.005


async def test_a_task_out_of_money_ends_with_the_take_that_no_repair_broke(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=9, envelope=0.005))
    recipe = Recipe(
        maker="small", kind="fake", make="still", source="", revision="", weights_digest="", prompt="a castle",
        negative="", seed=1, width=64, height=64, steps=1, guidance=1.0,
    )  # fmt: skip
    repair = replace(recipe, ingredients=(Ingredient(role="image", digest="sha256:1"),))
    for number, made, broke, right in ((1, recipe, "colour", 0.5), (2, repair, "count", 0.9)):
        take = Take(
            id=f"keep/t0{number}", task="keep", number=number, recipe=made, digest=f"sha256:{number}",
            width=64, height=64, usd=0.002, seconds=1.0, worker="small",
        )  # fmt: skip
        verdict = Verdict(
            take=take.id, passed=False, right=right, close=right, findings=(Finding(requirement=broke, says=""),)
        )
        await stage.journal.record(
            TakeMade(task="keep", key="", token="", micros=0, take=take),
            TakeJudged(task="keep", verdict=verdict),
            MoveChosen(task="keep", take=take.id, move=Reseed(why="")),
        )
    assert await run(stage, "keep") == "unfinished"
    unfinished = stage.journal.history.tasks["keep"].unfinished
    assert unfinished
    assert (unfinished.cause, unfinished.best) == ("money", "keep/t01")


async def test_the_budget_of_the_production_is_never_exceeded(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=9), budget=0.003, critic={"pass_rate": 0})
    assert await run(stage, "keep") == "unfinished"
    bill = stage.journal.bill()
    assert bill.settled_usd + bill.reserved_usd <= 0.003


async def test_a_lost_call_is_void_and_tried_again_without_using_up_a_round(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=0), maker={"fail_first": 2})
    assert await run(stage, "keep") == "accepted"
    voided = [entry for entry in stage.journal.history.entries if isinstance(entry.fact, CallVoided)]
    assert len(voided) == 2
    assert stage.journal.bill().settled_usd == 0.002


async def test_a_maker_that_refuses_for_good_leaves_the_task_unfinished_with_its_words(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), maker={"fail_on": "castle"})
    assert await run(stage, "keep") == "unfinished"
    unfinished = stage.journal.history.tasks["keep"].unfinished
    assert unfinished
    assert "told to fail" in unfinished.why
    assert stage.journal.bill().settled_usd == 0


async def test_spent_rounds_wait_for_the_director_when_the_gate_asks(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep", rounds=0, asks=True), critic={"pass_rate": 0})
    assert await run(stage, "keep") == "waiting"
    record = stage.journal.history.tasks["keep"]
    digest = record.takes[0].digest
    decision = Decision(task="keep", digest=digest, round=0, action="approve", by="ada")
    await stage.journal.record(DecisionTaken(task="keep", decision=decision))
    assert await run(stage, "keep") == "accepted"
    assert record.accepted
    assert record.accepted.accepted_by == "person:ada"
    assert len(record.takes) == 1


async def test_a_retake_makes_a_new_take_and_a_new_version_and_downstream_follows(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), still("sea", prompt="a sea"), composite("comp", "sea", "keep"))
    for name in ("keep", "sea", "comp"):
        assert await run(stage, name) == "accepted"
    decision = Decision(task="keep", digest="", round=0, action="retake", by="ada")
    await stage.journal.record(DecisionTaken(task="keep", decision=decision))
    for name in ("keep", "sea", "comp"):
        assert await run(stage, name) == "accepted"
    tasks = stage.journal.history.tasks
    assert [len(tasks[name].takes) for name in ("keep", "sea", "comp")] == [2, 1, 2]
    assert tasks["comp"].accepted
    assert tasks["comp"].accepted.version == 2


async def test_a_file_brought_in_is_judged_like_a_take_and_published(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), critic={"pass_rate": 1})
    await run(stage, "keep")
    made = stage.journal.history.tasks["keep"].takes[0]
    digest = stage.store.put(stage.store.get(made.digest) + b"painted over")
    take = Take(
        id="keep/t02",
        task="keep",
        number=2,
        origin="ingested",
        recipe=None,
        digest=digest,
        width=64,
        height=64,
        usd=0,
        seconds=0,
        worker="",
    )
    await stage.journal.record(TakeMade(task="keep", key="", token="", micros=0, take=take))
    assert await run(stage, "keep") == "accepted"
    accepted = stage.journal.history.tasks["keep"].accepted
    assert accepted
    assert (accepted.take, accepted.version) == ("keep/t02", 2)


async def test_a_critic_that_breaks_never_lets_a_take_pass(set_stage: SetStage) -> None:
    stage = await set_stage(still("keep"), critic={"raise_on": "castle"})
    assert await run(stage, "keep") == "unfinished"
    verdict = stage.journal.history.tasks["keep"].verdicts["keep/t01"]
    assert verdict.unchecked == ("existence:castle",)


async def test_a_critic_of_a_new_version_looks_again(set_stage: SetStage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = await set_stage(still("keep"))
    before = stage.panel_of(stage.tasks["keep"])
    monkeypatch.setitem(VERSIONS, "fake", VERSIONS["fake"] + 1)
    after = (await set_stage(still("keep"))).panel_of(stage.tasks["keep"])
    assert before != after
