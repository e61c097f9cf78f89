"""What a cluster has, for people: its machines, their GPUs, and whether callsheet is on each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from ...core.errors import ClusterLost
from ...version import __version__
from .cluster import CLUSTER

_ASK_SECONDS = 60.0
"""A node's first worker process starts for it, which takes seconds on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One node of a cluster."""

    name: str
    cpus: float
    gpus: float
    version: str
    """Of its callsheet; empty where a worker could not import it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A cluster as it stands."""

    machines: tuple[Machine, ...]
    ours: str
    """The version of callsheet that asked."""

    @property
    def unfit(self) -> tuple[Machine, ...]:
        """The machines whose callsheet is missing or another."""
        return tuple(one for one in self.machines if one.version != self.ours)


def survey(address: str) -> Survey:
    """Join a cluster, ask each of its nodes, and leave it; blocking, seconds.

    Raises:
        CrewError: nobody is there, or it may not be driven.
        ClusterLost: it went away meanwhile.
    """
    cluster = CLUSTER.join(1, address)
    try:
        alive = [node for node in ray.nodes() if node["Alive"]]
        return Survey(machines=tuple(_machines(alive)), ours=__version__)
    except RayError as error:
        raise ClusterLost(address, str(error)[:300]) from error
    finally:
        cluster.leave()


def _machines(nodes: Sequence[Mapping[str, Any]]) -> list[Machine]:
    asked = [
        ray.remote(_version).options(num_cpus=0, max_retries=0, scheduling_strategy=_on(node)).remote()
        for node in nodes
    ]
    ready, _ = ray.wait(asked, num_returns=len(asked), timeout=_ASK_SECONDS)
    return [
        Machine(
            name=str(node["NodeManagerHostname"]),
            cpus=float(node["Resources"].get("CPU", 0)),
            gpus=float(node["Resources"].get("GPU", 0)),
            version=_told(one) if one in ready else "",
        )
        for node, one in zip(nodes, asked, strict=True)
    ]


def _told(answer: Any) -> str:
    try:
        return str(ray.get(answer))
    except RayError:
        return ""


def _on(node: Mapping[str, Any]) -> NodeAffinitySchedulingStrategy:
    return NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=False)


def _version() -> str:
    return __version__
