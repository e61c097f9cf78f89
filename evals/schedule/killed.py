"""The processes that `recovery` starts and kills: a driver, and one whose worker or whose node is killed.

`python -m callsheet.evals.schedule.killed drive FOLDER`, `... call FOLDER ADDRESS`
"""

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

from ...core.errors import WorkerLost
from ...core.log import set_up_log
from ...core.settings import Settings
from ...core.take import Recipe
from ...graphs.running import produce
from ...graphs.studio import open_studio
from ...models.catalog import load_crew


async def _call(folder: Path, address: str) -> None:
    """Say when the fatal call goes out, and when it has been made again."""
    settings = Settings(ray_address=address, call_seconds=300)
    workers = open_studio(settings).hire(load_crew(folder / "crew.toml", cores=1))
    try:
        await workers.make("fake", _recipe("castle"), {}, token="before")
        print(time.monotonic(), flush=True)
        with suppress(WorkerLost):
            await workers.make("fake", _recipe("moat" if address else "dragon"), {}, token="lost")
        for attempt in range(10):
            with suppress(WorkerLost):
                await workers.make("fake", _recipe("castle"), {}, token=f"again {attempt}")
                break
        print(time.monotonic(), flush=True)
    finally:
        await workers.close()


def _recipe(prompt: str) -> Recipe:
    return Recipe(
        maker="fake",
        kind="fake",
        make="still",
        source="",
        revision="",
        weights_digest="",
        prompt=prompt,
        negative="",
        seed=1,
        width=64,
        height=64,
        steps=1,
        guidance=1.0,
    )


async def _drive(folder: Path) -> None:
    settings = Settings(home="inprocess", learn=False, workers=2)
    await produce(folder / "brief.json", out=folder / "out", crew=folder / "crew.toml", settings=settings)


if __name__ == "__main__":
    set_up_log("error")
    if sys.argv[1] == "drive":
        asyncio.run(_drive(Path(sys.argv[2])))
    else:
        asyncio.run(_call(Path(sys.argv[2]), sys.argv[3]))
