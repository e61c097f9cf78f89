"""The machines of a cluster, as places for workers; and which more of them would be worth it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

import ray
import structlog
from ray.exceptions import RayError

from ...core.errors import ClusterLost
from ..lines.hand import Place
from ..lines.room import Room
from .cluster import CLUSTER
from .scouts import Bundle, Scouts

log = structlog.get_logger()

Resource = Literal["CPU", "GPU"]

_LOOK_SECONDS: Final = 2.0
_BOOT_SECONDS: Final = 180.0
"""From the request for a rented machine until workers can load on it; what it is worth asking for depends on it."""


def places_of(nodes: Sequence[Mapping[str, Any]], resource: Resource) -> tuple[Place, ...]:
    """Give the machines that are up and have some of a resource; those with the same card are of one kind.

    >>> node = {"Alive": True, "NodeID": "n1", "Resources": {"CPU": 8.0, "GPU": 1.0, "accelerator_type:L40": 1.0}}
    >>> places_of([node, {"Alive": False, "NodeID": "n2", "Resources": {"GPU": 1.0}}], "GPU")
    (Place(name='n1', kind='L40', size=1.0),)
    """
    return tuple(
        Place(name=str(node["NodeID"]), kind=_kind_of(node["Resources"]), size=float(node["Resources"][resource]))
        for node in nodes
        if node["Alive"] and node["Resources"].get(resource, 0) > 0
    )


def here(resource: Resource) -> tuple[Place, ...]:
    """Give this machine: memory for every worker that needs no GPU, and as many GPUs as Ray has found."""
    if resource == "CPU":
        return (Place(),)
    return (Place(size=float(ray.cluster_resources().get("GPU", 0))),)


def missing_bundles(room: Room, resource: Resource) -> list[Bundle]:
    """Say what more room would be worth a machine's start, one worker each."""
    free, missing = sum(place.size for place in room.places), list[Bundle]()
    for size in room.wanted(_BOOT_SECONDS):
        if size > free:
            missing.append((resource, size))
        free -= size
    return missing


async def follow(rooms: Mapping[Resource, Room], looked: Callable[[], None]) -> None:
    """Keep rooms as a cluster is, and ask for machines that would be worth it; runs until cancelled.

    Args:
        rooms: by what they are measured in.
        looked: told after each look.
    """
    scouts = Scouts()
    while True:
        try:
            nodes = await CLUSTER.aside(ray.nodes)
            for resource, room in rooms.items():
                places = places_of(nodes, resource)
                if places != room.places:
                    log.info("machines_changed", resource=resource, machines=len(places))
                    room.furnish(places)
            missing = [bundle for resource, room in rooms.items() for bundle in missing_bundles(room, resource)]
            await CLUSTER.aside(partial(scouts.send, missing))
        except (RayError, RuntimeError, ConnectionError, ClusterLost) as error:
            log.warning("cluster_silent", why=str(error)[:200])
        looked()
        await asyncio.sleep(_LOOK_SECONDS)


def _kind_of(resources: Mapping[str, float]) -> str:
    return next((name.partition(":")[2] for name in sorted(resources) if name.startswith("accelerator_type:")), "")
