import asyncio
import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import MakerFailed
from callsheet.core.plan import Requirement
from callsheet.core.take import Made, Recipe
from callsheet.evals.conformance_models import check_workers
from callsheet.models.fake import FakeMaker
from callsheet.models.inprocess import InProcessWorkers

CREW = Crew(
    name="fakes",
    cores=2,
    makers=tuple(MakerSpec(name=name, kind="fake", makes=("still",), usd=0.01) for name in ("one", "two")),
    critics=(CriticSpec(name="eye", kind="fake", checks=("count",)),),
)
COUNT = Requirement(id="count:castle=1", kind="count", subject="castle", value="1")
STYLE = Requirement(id="style=x", kind="style", subject="", value="x")


def recipe(maker: str, seed: int, prompt: str = "a castle") -> Recipe:
    words = {"kind": "fake", "make": "still", "source": "", "revision": "", "weights_digest": "", "negative": ""}
    return Recipe(maker=maker, prompt=prompt, seed=seed, width=64, height=64, steps=1, guidance=1.0, **words)


async def test_this_process_is_a_home_for_workers() -> None:
    workers = InProcessWorkers(CREW)
    await check_workers(workers, [recipe("one", 1), recipe("one", 2), recipe("two", 1)], [COUNT, STYLE])
    assert workers.describe() == {"one": 1, "two": 1}
    await workers.close()
    await workers.close()


async def test_a_makers_failure_reaches_the_caller() -> None:
    spec = MakerSpec(name="one", kind="fake", makes=("still",), settings={"fail_on": "castle"})
    with pytest.raises(MakerFailed):
        await InProcessWorkers(replace(CREW, makers=(spec,))).make("one", recipe("one", 1), {}, token="t")


async def test_one_maker_has_one_call_at_a_time_and_two_makers_work_together() -> None:
    class Counting(FakeMaker):
        def __init__(self, spec: MakerSpec, both: threading.Barrier) -> None:
            super().__init__(spec)
            self.running, self.both = threading.Lock(), both

        def make(self, wanted: Recipe, ingredients: Mapping[str, bytes]) -> Made:
            assert self.running.acquire(blocking=False)
            self.both.wait(timeout=5)
            self.running.release()
            return super().make(wanted, ingredients)

    both = threading.Barrier(2)
    workers = InProcessWorkers(CREW, makers={spec.name: Counting(spec, both) for spec in CREW.makers})
    async with asyncio.TaskGroup() as group:
        for name in ("one", "two"):
            for seed in range(3):
                group.create_task(workers.make(name, recipe(name, seed), {}, token="t"))
