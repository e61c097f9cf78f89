"""Productions one after another in one process: what one of them held goes with it."""

import gc
import json
from pathlib import Path

import pytest

from callsheet.core.settings import Settings
from callsheet.graphs.desk import check_production, produce
from callsheet.graphs.running import Production

CREW = """
schema = "crew/1"
name = "flat"
[[makers]]
name = "fake"
kind = "fake"
makes = ["still"]
usd = 0.001
width = 32
height = 32
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "technical"]
"""
_LEEWAY_OBJECTS = 60
"""Caches that still fill, and what the collector tracks now and did not before; far below what one task holds more."""


async def make(folder: Path, name: str, tasks: int) -> Production:
    (folder / "crew.toml").write_text(CREW)
    wanted = {f"sh{place:03d}": {"department": "lab", "prompt": "one large red castle"} for place in range(tasks)}
    brief = {"title": name, "budget_usd": 1, "departments": {"lab": {"workers": 4}}, "tasks": wanted, "deliver": []}
    (folder / f"{name}.json").write_text(json.dumps(brief))
    settings = Settings(home="inprocess", workers=2, learn=False)
    made = await produce(
        folder / f"{name}.json", out=folder / name, crew=folder / "crew.toml", seed=len(name), settings=settings
    )
    assert made.status == "delivered"
    assert check_production(folder / name) == ()
    return made


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def objects() -> int:
    for _ in range(3):
        gc.collect()
    return len(gc.get_objects())


@pytest.mark.asyncio
async def test_a_long_production_leaves_no_more_behind_than_a_short_one_which_is_nothing(tmp_path: Path) -> None:
    await make(tmp_path, "first", 3)  # what is loaded on first use is loaded
    open_before, before = descriptors(), objects()
    await make(tmp_path, "short", 3)
    after_short = objects()
    await make(tmp_path, "long", 12)
    after_long = objects()
    assert descriptors() == open_before
    assert after_short - before < _LEEWAY_OBJECTS
    assert after_long - after_short < _LEEWAY_OBJECTS


@pytest.mark.asyncio
async def test_what_is_held_and_written_for_each_task_does_not_grow_with_the_production(tmp_path: Path) -> None:
    short = await make(tmp_path, "short", 4)
    long = await make(tmp_path, "long", 12)
    per_task = [len(one.history.entries) / len(one.plan.tasks) for one in (short, long)]
    assert per_task[1] <= per_task[0]
    sizes = [(one.folder / ".callsheet" / "journal.db").stat().st_size / len(one.plan.tasks) for one in (short, long)]
    assert sizes[1] <= sizes[0]
