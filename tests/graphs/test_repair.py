"""A wrong colour is repaired where it is, on a real model, and the rest of the picture stays."""

import io

import numpy as np
import pytest
from PIL import Image

from callsheet.core.crew import Crew, CriticSpec
from callsheet.core.decision import Repair, Reseed
from callsheet.core.fact import Greenlit, ProductionPlanned
from callsheet.core.plan import Gate, Requirement, Task
from callsheet.graphs.stage import Stage
from callsheet.graphs.task import task_graph
from callsheet.models import segmentation
from callsheet.models.catalog import load_crew
from callsheet.models.inprocess import InProcessWorkers
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

BLUE = Requirement(id="attribute:knight.colour=blue", kind="attribute", subject="knight", value="blue", other="colour")


async def staged(prompt: str, *, pass_from: int) -> Stage:
    eye = CriticSpec(name="eye", kind="fake", checks=("attribute",), settings={"pass_from": pass_from})
    crew = Crew(name="one", makers=(load_crew(None).maker("sketch-s"),), critics=(eye,))
    task = Task(
        name="edda",
        department="characters",
        make="still",
        prompt=prompt,
        requirements=(BLUE,),
        gate=Gate(rounds=3),
        envelope_usd=1.0,
    )
    journal = SqliteJournal.open(None, clock=SystemClock())
    planned = ProductionPlanned(
        title="t", brief_digest="b", plan_digest="p", crew_digest="c", seed=7, budget_usd=1.0, tasks=1
    )
    await journal.record(planned, Greenlit(plan_digest="p", by="test"))
    return Stage(
        production="test",
        seed=7,
        tasks={"edda": task},
        crew=crew,
        journal=journal,
        store=MemoryStore(),
        workers=InProcessWorkers(crew),
    )


def pixels(stage: Stage, digest: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(stage.store.get(digest))).convert("RGB"), np.int16)


async def test_a_repair_changes_the_subject_and_keeps_the_rest_to_the_pixel() -> None:
    stage = await staged("one large blue knight in the center on grass at day", pass_from=2)
    assert (await task_graph(stage).ainvoke({"task": "edda"}))["step"] == "accepted"
    record = stage.journal.history.tasks["edda"]
    move = record.moves["edda/t01"]
    assert isinstance(move, Repair)
    first, second = (pixels(stage, take.digest) for take in record.takes)
    mask = pixels(stage, move.mask).max(axis=-1) > 127
    assert np.abs(first - second).max(axis=-1)[~mask].max() <= 1
    assert np.abs(first - second)[mask].mean() > 2
    recipe = record.takes[1].recipe
    assert recipe
    assert [(one.role, one.digest) for one in recipe.ingredients] == [("image", move.picture), ("mask", move.mask)]


async def test_where_nothing_stands_out_the_picture_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmentation, "repair_mask", lambda _picture, _region: None)
    stage = await staged("an empty sea at day in fog", pass_from=2)
    await task_graph(stage).ainvoke({"task": "edda"})
    move = stage.journal.history.tasks["edda"].moves["edda/t01"]
    assert isinstance(move, Reseed)
    assert "found no subject to repair" in move.why
