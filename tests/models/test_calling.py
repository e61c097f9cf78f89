"""Makers that only call a service."""

import asyncio
from dataclasses import replace
from time import perf_counter

import pytest

from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import ChargeUnknown, MakerFailed
from callsheet.core.take import Made, Recipe
from callsheet.models.calling import ServiceLine
from callsheet.models.fake import FakeMaker
from callsheet.models.inprocess import InProcessWorkers
from callsheet.models.pool import RayWorkers

SPEC = MakerSpec(
    name="far",
    kind="fake",
    makes=("still",),
    usd=0.01,
    device="api",
    replicas_max=20,
    settings={"seconds": 0.3, "hang_on": "hang", "fail_on": "fail", "deadline_seconds": 0.2},
)
CREW = Crew(name="far", cores=1, makers=(SPEC,), critics=(CriticSpec(name="eye", kind="fake", checks=()),))


def recipe(seed: int, prompt: str = "a castle") -> Recipe:
    words = {"kind": "fake", "make": "still", "source": "", "revision": "", "weights_digest": "", "negative": ""}
    return Recipe(maker="far", prompt=prompt, seed=seed, width=64, height=64, steps=1, guidance=1.0, **words)


async def ask(workers: InProcessWorkers | RayWorkers, calls: int) -> float:
    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(workers.make("far", recipe(n), {}, token=str(n))) for n in range(calls)]
    assert len({one.result().worker for one in made}) > 1
    return perf_counter() - began


async def test_as_many_calls_are_out_at_once_as_there_may_be_replicas_whatever_the_cores() -> None:
    workers = InProcessWorkers(CREW)
    assert 0.3 <= await ask(workers, 20) < 1.5
    assert await ask(workers, 40) >= 0.6
    await workers.close()


async def test_a_refusal_reaches_the_caller_with_its_type() -> None:
    workers = InProcessWorkers(CREW)
    with pytest.raises(MakerFailed, match="told to fail on 'fail'"):
        await workers.make("far", recipe(1, "fail"), {}, token="t")
    await workers.close()


async def test_a_service_that_hands_over_what_is_no_picture_may_have_charged_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoilt = Made(data=b"not a picture", width=64, height=64, fingerprint="", seconds=0.1, worker="")
    monkeypatch.setattr(FakeMaker, "make", lambda *_: spoilt)
    workers = InProcessWorkers(CREW)
    with pytest.raises(ChargeUnknown, match="no PNG picture") as caught:
        await workers.make("far", recipe(1), {}, token="t")
    assert caught.value.answer == "spoilt"  # it would hand that out again under the same key
    await workers.close()


async def test_a_call_that_never_comes_back_may_have_been_charged_and_holds_nobody_up() -> None:
    line = ServiceLine(replace(SPEC, replicas_max=1), grace_seconds=0.3)
    with pytest.raises(ChargeUnknown, match=r"no answer within 0\.5 s"):
        await line.call((recipe(1, "hang"), {}), token="a")
    assert (await line.call((recipe(2), {}), token="b")).worker == "far/1"
    line.close()


@pytest.mark.slow
@pytest.mark.alone
async def test_on_ray_such_calls_are_made_from_here_and_take_no_cores() -> None:
    workers = RayWorkers(CREW, call_seconds=60, start_seconds=120)
    await workers.start()
    try:
        assert await ask(workers, 20) < 1.5
        assert workers.describe()["far"] > CREW.cores
    finally:
        await workers.close()
