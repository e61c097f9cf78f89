"""Models that share the GPUs of a real Ray cluster; the cards are made up, and the makers are fakes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.models.pool.rehearsal import Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.alone]

_DRIVER = """
import asyncio, json, sys
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.log import set_up_log
from callsheet.core.take import Recipe
from callsheet.models.pool import RayWorkers


def maker(name, gpus, **more):
    more = {"makes": ("still",), "usd": 0.01, "device": "cuda", "load_seconds": 1, **more}
    return MakerSpec(name=name, kind="fake", gpus=gpus, **more)


def recipe(maker, seed):
    return Recipe(maker=maker, kind="fake", make="still", source="", revision="", weights_digest="", prompt="a castle",
                  negative="", seed=seed, width=64, height=64, steps=1, guidance=1.0)


async def main():
    set_up_log("error")
    crew = Crew(name="x", makers=(maker("whole", 1.0, batch=4), maker("half", 0.5)), critics=())
    workers = RayWorkers(crew, call_seconds=60, start_seconds=60, address=sys.argv[1])
    said = {}
    await workers.start([])
    said["started"] = workers.describe()
    print("ready", flush=True)
    made = await asyncio.gather(*[workers.make("whole", recipe("whole", n % 6), {}, token=str(n)) for n in range(12)])
    said["pictures"] = len({one.data for one in made})
    said["batched"] = [one.worker for one in made]
    halves = await asyncio.gather(*[workers.make("half", recipe("half", n), {}, token=str(n)) for n in range(40)])
    said["swapped"] = workers.describe()
    await workers.close()
    print(json.dumps(said))


asyncio.run(main())
"""


def test_models_wait_for_a_card_to_join_take_turns_on_it_and_share_it_by_halves(tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(_DRIVER)
    with Rehearsal() as cluster:
        cluster.add("head", cpus=2)
        clean = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
        command = [sys.executable, str(script), cluster.address]
        with subprocess.Popen(command, env=clean | cluster.environment, stdout=subprocess.PIPE, text=True) as driver:
            assert driver.stdout is not None
            assert driver.stdout.readline() == "ready\n"
            cluster.add("card", cpus=1, gpus=1)
            said = json.loads(driver.communicate(timeout=180)[0])
    assert said["started"] == {"whole": 0, "half": 0, "panel": 1}
    assert said["pictures"] == 6
    assert set(said["batched"]) == {"whole/1"}
    assert said["swapped"]["whole"] == 0
    assert 1 <= said["swapped"]["half"] <= 2
