import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import ray

from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import CrewError, MakerFailed, WorkerLost
from callsheet.core.plan import Requirement
from callsheet.core.take import Recipe
from callsheet.evals.conformance_models import check_workers
from callsheet.models.pool import RayWorkers
from callsheet.models.pool.cluster import CLUSTER

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

TRICKS = {"die_on": "die", "hang_on": "hang", "fail_on": "fail"}
CREW = Crew(
    name="fakes",
    cores=2,
    makers=(
        MakerSpec(name="one", kind="fake", makes=("still",), usd=0.01, settings=TRICKS),
        MakerSpec(name="two", kind="fake", makes=("still",), usd=0.01, replicas_min=0),
        MakerSpec(name="gone", kind="sketch", makes=("still",), usd=0.01, replicas_min=0, source="/no/such/folder"),
    ),
    critics=(CriticSpec(name="eye", kind="fake", checks=("count",)),),
)
COUNT = Requirement(id="count:castle=1", kind="count", subject="castle", value="1")
STYLE = Requirement(id="style=x", kind="style", subject="", value="x")


def recipe(maker: str, seed: int = 1, prompt: str = "a castle") -> Recipe:
    words = {"kind": "fake", "make": "still", "source": "", "revision": "", "weights_digest": "", "negative": ""}
    return Recipe(maker=maker, prompt=prompt, seed=seed, width=64, height=64, steps=1, guidance=1.0, **words)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def workers() -> AsyncIterator[RayWorkers]:
    crowd = RayWorkers(CREW, call_seconds=60, start_seconds=120)
    await crowd.start()
    yield crowd
    await crowd.close()
    await crowd.close()
    CLUSTER.end()
    assert not ray.is_initialized()


async def test_start_brings_up_who_must_be_there_and_nobody_else() -> None:
    crowd = RayWorkers(CREW, call_seconds=60, start_seconds=120)
    await crowd.start()
    try:
        assert crowd.describe() == {"one": 1, "two": 0, "gone": 0, "panel": 1}
        assert crowd.workers == 2
    finally:
        await crowd.close()


async def test_ray_is_a_home_for_workers(workers: RayWorkers) -> None:
    await check_workers(workers, [recipe("one", 1), recipe("one", 2), recipe("two", 1)], [COUNT, STYLE])


async def test_a_crowd_is_served_by_no_more_workers_than_cores(workers: RayWorkers) -> None:
    async with asyncio.TaskGroup() as group:
        for seed in range(60):
            group.create_task(workers.make("one", recipe("one", seed), {}, token=str(seed)))
    assert 1 <= workers.describe()["one"] <= 2


async def test_a_worker_that_dies_is_lost_and_replaced(workers: RayWorkers) -> None:
    with pytest.raises(WorkerLost, match="one/"):
        await workers.make("one", recipe("one", prompt="die"), {}, token="t")
    assert (await workers.make("one", recipe("one"), {}, token="t")).width == 64


async def test_a_worker_that_hangs_is_lost_by_its_deadline_and_replaced(workers: RayWorkers) -> None:
    impatient = RayWorkers(CREW, call_seconds=6, start_seconds=120)
    with pytest.raises(WorkerLost, match="no answer within 6 s"):
        await impatient.make("one", recipe("one", prompt="hang"), {}, token="t")
    assert (await impatient.make("one", recipe("one"), {}, token="t")).worker == "one/2"
    await impatient.close()
    assert (await workers.make("one", recipe("one"), {}, token="t")).width == 64


async def test_a_paused_worker_is_noticed_within_three_heartbeats_replaced_and_ended(workers: RayWorkers) -> None:
    watchful = RayWorkers(CREW, call_seconds=60, start_seconds=120, beat_seconds=0.5)
    before = _processes()
    await watchful.make("two", recipe("two"), {}, token="t")
    (pid,) = _processes() - before
    await asyncio.sleep(2.0)
    assert watchful.describe()["two"] == 1
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(WorkerLost, match=r"no sign of life for 1\.5 s"):
        await watchful.make("two", recipe("two"), {}, token="t")
    assert time.monotonic() - began < 3.0
    assert (await watchful.make("two", recipe("two"), {}, token="t")).worker == "two/2"
    assert pid not in _processes()
    await watchful.close()


def _processes() -> set[int]:
    rows = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {int(row.split()[0]) for row in rows if row.split()[1:] == ["ray::MakerWorker"]}


async def test_a_refusal_keeps_its_type_across_processes(workers: RayWorkers) -> None:
    with pytest.raises(MakerFailed, match="told to fail on"):
        await workers.make("one", recipe("one", prompt="fail"), {}, token="t")


async def test_a_checkpoint_that_is_not_there_is_a_setup_error(workers: RayWorkers) -> None:
    with pytest.raises(CrewError, match="/no/such/folder"):
        await workers.make("gone", recipe("gone"), {}, token="t")


async def test_a_take_says_which_worker_made_it(workers: RayWorkers) -> None:
    made = await workers.make("two", recipe("two"), {}, token="t")
    assert made.worker == "two/1"


async def test_a_cluster_that_is_not_there_is_a_setup_error(tmp_path: Path) -> None:
    script = tmp_path / "nowhere.py"
    script.write_text(_NOWHERE)
    command = [sys.executable, str(script)]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=180, check=False)
    assert run.stdout.startswith("Ray at '127.0.0.1:1': would not start")


async def test_a_lost_worker_prints_nothing(tmp_path: Path) -> None:
    script = tmp_path / "quiet.py"
    script.write_text(_QUIET)
    command = [sys.executable, str(script)]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, check=False)
    assert run.stdout == "lost\n"
    assert run.stderr == ""


async def test_a_worker_of_post_loads_no_torch() -> None:
    code = "import sys, callsheet.models.pool, callsheet.models.post, callsheet.models.critics.technical; "
    command = [sys.executable, "-c", code + "print('torch' in sys.modules)"]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout.strip() == "False"


_QUIET = """
import asyncio
from callsheet.core.log import set_up_log
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.errors import WorkerLost
from callsheet.core.take import Recipe
from callsheet.models.pool import RayWorkers
from callsheet.models.pool.cluster import CLUSTER

spec = MakerSpec(name="one", kind="fake", makes=("still",), usd=0.01, settings={"die_on": "die"})
recipe = Recipe(maker="one", kind="fake", make="still", source="", revision="", weights_digest="", prompt="die",
                negative="", seed=1, width=64, height=64, steps=1, guidance=1.0)


async def main():
    set_up_log("error")
    workers = RayWorkers(Crew(name="x", makers=(spec,), critics=()), call_seconds=30, start_seconds=120)
    try:
        await workers.make("one", recipe, {}, token="t")
    except WorkerLost:
        print("lost")
    await asyncio.sleep(1)
    await workers.close()


asyncio.run(main())
"""

_NOWHERE = """
import asyncio
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.errors import SetupError
from callsheet.models.pool import RayWorkers
from callsheet.models.pool.cluster import CLUSTER

spec = MakerSpec(name="one", kind="fake", makes=("still",), usd=0.01)


async def main():
    crew = Crew(name="x", makers=(spec,), critics=())
    workers = RayWorkers(crew, call_seconds=30, start_seconds=150, address="127.0.0.1:1")
    try:
        await workers.start()
    except SetupError as error:
        print(str(error))
    await workers.close()


asyncio.run(main())
"""
