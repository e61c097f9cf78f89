"""A process may bring a crew up on Ray as often as it likes: nothing of the last one stays."""

import gc
import inspect
import os
import time
from collections import Counter
from pathlib import Path

import pytest
import ray

from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.errors import CrewError
from callsheet.core.take import Recipe
from callsheet.models.pool import RayWorkers
from callsheet.models.pool.cluster import CLUSTER
from callsheet.models.ray_folder import PREFIX, short_place

pytestmark = [pytest.mark.slow, pytest.mark.alone]

CREW = Crew(
    name="fakes",
    cores=2,
    makers=(MakerSpec(name="one", kind="fake", makes=("still",), usd=0.01),),
    critics=(CriticSpec(name="eye", kind="fake", checks=("count",)),),
)
RECIPE = Recipe(
    maker="one",
    kind="fake",
    make="still",
    source="",
    revision="",
    weights_digest="",
    prompt="a castle",
    negative="",
    seed=1,
    width=32,
    height=32,
    steps=1,
    guidance=1.0,
)


async def have_one_made() -> None:
    crowd = RayWorkers(CREW, call_seconds=60, start_seconds=120)
    await crowd.start()
    assert (await crowd.make("one", RECIPE, {}, token="t")).width == 32
    await crowd.close()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def fewest_descriptors(wanted: int) -> int:
    """Wait a little while the connections to those who were dismissed are closing."""
    until = time.monotonic() + 10
    while (found := descriptors()) > wanted and time.monotonic() < until:
        time.sleep(0.1)
    return found


def folders_of_ours() -> set[Path]:
    """Give the folders this process holds open by their locks; others may run Ray at the same time."""
    held = {str(Path(one).resolve()) for one in Path("/proc/self/fd").iterdir()}
    return {path for path in short_place().glob(f"{PREFIX}*") if str(path) in held}


def kept() -> Counter[type]:
    """Count what a worker used to leave behind: Ray's classes, and how their methods are called."""
    gc.collect()
    of_theirs = (type(one) for one in gc.get_objects())  # `isinstance` would wake deprecated objects of torch
    return Counter(kind for kind in of_theirs if issubclass(kind, type | inspect.Signature))


@pytest.mark.asyncio
async def test_crews_one_after_another_leave_no_descriptor_and_no_class_behind() -> None:
    await have_one_made()  # what is loaded on first use is loaded
    open_before, kept_before = descriptors(), kept()
    for _ in range(3):
        await have_one_made()
    assert fewest_descriptors(open_before) <= open_before
    assert (kept() - kept_before).total() < 3  # what is loaded late is not kept of every crew


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Ray drops its own processes unended
def test_a_ray_of_ours_leaves_no_folder_whether_it_ends_or_cannot_start() -> None:
    CLUSTER.end()
    token = os.environ.get("RAY_AUTH_TOKEN")
    assert not folders_of_ours()
    with pytest.raises(CrewError, match="would not start"):
        CLUSTER.join(-1, "")
    assert not folders_of_ours()
    assert os.environ.get("RAY_AUTH_TOKEN") == token
    CLUSTER.join(1, "")
    (folder,) = folders_of_ours()
    CLUSTER.leave()
    assert ray.is_initialized()  # it stays a little for the next production
    CLUSTER.end()
    assert not folder.exists()
    assert not ray.is_initialized()
    gc.collect()  # here, where what Ray dropped may be told
