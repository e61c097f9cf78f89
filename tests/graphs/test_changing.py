"""A person changes what is asked for while a production runs: nothing is made as it was before, and nothing is lost."""

import asyncio
from dataclasses import replace

from callsheet.core.brief import Brief
from callsheet.core.canonical import to_json
from callsheet.core.change import Change
from callsheet.core.decision import Decision
from callsheet.core.fact import DecisionTaken, PlanChanged
from callsheet.core.plan import Task
from callsheet.graphs.stage import Stage

from .test_floor import TAKE, Meanwhile, run, steps, task


def changes(after: float, *tasks: Task, number: int = 1) -> Meanwhile:
    """Change tasks after so many virtual seconds, as `graphs.changing.change` records it."""

    async def change(stage: Stage) -> None:
        await asyncio.sleep(after)
        digest = stage.store.put(to_json(Change(brief=Brief(title="t"), tasks=tasks)).encode())
        names = tuple(one.name for one in tasks)
        rounds = {name: len(stage.journal.history.tasks[name].decisions) for name in names}
        await stage.journal.record(
            PlanChanged(number=number, tasks=names, change_digest=digest, about="keep", by="Ada"),
            *(
                DecisionTaken(
                    task=name, decision=Decision(task=name, digest="", round=rounds[name], action="modify", by="Ada")
                )
                for name in names
            ),
        )

    return change


def prompts(stage: Stage, name: str) -> list[str]:
    return [take.recipe.prompt for take in stage.journal.history.tasks[name].takes if take.recipe]


def test_a_finished_task_that_is_changed_is_made_as_it_is_now_and_what_is_made_from_it_follows() -> None:
    ruin = replace(task("keep"), prompt="a ruin")
    others = [task(f"other{number}") for number in range(8)]
    stage, _ = run(task("keep"), task("comp", "keep"), *others, meanwhile=changes(2.5 * TAKE, ruin))
    assert set(steps(stage).values()) == {"accepted"}
    assert prompts(stage, "keep") == ["a castle", "a ruin"]
    keep, comp = (stage.journal.history.tasks[name] for name in ("keep", "comp"))
    assert keep.accepted
    assert comp.accepted
    assert comp.accepted.inputs == (keep.accepted.digest,)


def test_a_task_that_has_not_begun_is_made_only_as_changed() -> None:
    ruin = replace(task("last", "first"), prompt="a ruin")
    stage, _ = run(task("first"), task("last", "first"), meanwhile=changes(0.5 * TAKE, ruin))
    assert prompts(stage, "last") == ["a ruin"]


def test_a_take_that_was_under_way_when_its_task_was_changed_is_kept_and_never_accepted() -> None:
    ruin = replace(task("keep"), prompt="a ruin")
    stage, _ = run(task("keep"), meanwhile=changes(0.5 * TAKE, ruin))
    record = stage.journal.history.tasks["keep"]
    assert prompts(stage, "keep") == ["a castle", "a ruin"]
    assert record.accepted
    assert record.accepted.take == "keep/t02"


def test_nothing_is_made_as_it_was_between_a_change_and_its_being_heard() -> None:
    """The journal knows of a change before the floor has read it: a task that becomes ready just then must wait."""
    ruin = replace(task("last", "first"), prompt="a ruin")
    stage, _ = run(task("first"), task("last", "first"), meanwhile=changes(TAKE, ruin))
    assert prompts(stage, "last") == ["a ruin"]
