"""A Ray of our own that loses its only node is lost, and whoever waits is told."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import pytest
import ray

from callsheet.core.errors import ClusterLost, CrewError
from callsheet.models.pool.cluster import CLUSTER

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture
def own() -> Iterator[None]:
    CLUSTER.end()
    CLUSTER.join(1, "")
    yield
    CLUSTER.leave()
    CLUSTER.end()


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("kind", ["raylet", "gcs_server"])
async def test_a_ray_of_ours_that_loses_a_vital_process_is_lost_within_seconds(kind: str) -> None:
    (info,) = ray._private.worker._global_node.all_processes[kind]
    never = asyncio.create_task(CLUSTER.aside(lambda: time.sleep(30)))  # as Ray's own calls do when nobody answers
    os.kill(info.process.pid, signal.SIGKILL)
    with pytest.raises(ClusterLost, match=f"{kind} has ended|has not answered"):
        await asyncio.wait_for(never, 20)
    with pytest.raises(ClusterLost):
        CLUSTER.check()


def test_a_ray_that_a_busy_machine_did_not_bring_up_in_time_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    CLUSTER.end()
    init, late = ray.init, ["first", "second"]

    def starved(*arguments: object, **options: object) -> object:
        if late:
            raise RuntimeError(f"{late.pop()}: The current node timed out during startup.")
        return init(*arguments, **options)

    monkeypatch.setattr(ray, "init", starved)
    CLUSTER.join(1, "")
    assert ray.is_initialized()
    CLUSTER.leave()
    CLUSTER.end()
    late += ["first", "second", "third"]
    with pytest.raises(CrewError, match="timed out during startup"):
        CLUSTER.join(1, "")
    assert not ray.is_initialized()
