"""Ray actors: what runs in a worker's process, and the handle by which it is called and ended.

Ray never retries a call here: its retries repeat and reorder paid work. Bytes come back through Ray and nothing else
is kept there, so a lost cluster loses only what was in flight.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import ray
from ray.exceptions import RayError, RayTaskError

from ...core.crew import CriticSpec, MakerSpec
from ...core.errors import CallsheetError, WorkerLost
from ...core.plan import Requirement
from ...core.take import Made, Opinion, Recipe
from ..hosting import build_maker, build_panel, make_with
from ..line import Reply
from .cluster import CLUSTER
from .freight import FREIGHT, Parcel, WeightsAbsent, folders_of, unpack, with_folder, without_folder

_Trouble = tuple[CallsheetError | None]
"""In a tuple, for Ray's client would raise an error it is handed by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One Ray actor, under a name for people."""

    name: str
    handle: Any
    weights: Mapping[str, Path] = field(default_factory=dict)
    """Where this machine has the checkpoints another may have to be sent, by digest."""

    @classmethod
    def start(
        cls, name: str, worker: type, spec: MakerSpec | tuple[CriticSpec, ...], *, cpus: float, gpus: float
    ) -> Self:
        """Ask Ray for an actor; it loads in its constructor, in its own time.

        On one machine actors claim no CPUs: the crew's own slots bound what runs at once, and a claim could leave the
        last pool waiting for ever.
        """
        CLUSTER.check()
        specs = spec if isinstance(spec, tuple) else (spec,)
        weights = folders_of(specs) if CLUSTER.is_elsewhere else {}
        if weights:
            spec = tuple(map(without_folder, spec)) if isinstance(spec, tuple) else without_folder(spec)
        options = {"num_cpus": cpus, "num_gpus": gpus, "max_restarts": 0, "max_task_retries": 0}
        try:
            return cls(name, ray.remote(worker).options(**options).remote(spec), weights)
        except (RayError, RuntimeError, ValueError, TypeError) as error:
            raise WorkerLost(name, f"Ray would not start it: {error}"[:300]) from error

    async def ready(self) -> None:
        """Wait for the constructor, and send what it lacks."""
        (trouble,) = cast("_Trouble", await self.call("ready"))
        while isinstance(trouble, WeightsAbsent):
            parcel = await asyncio.to_thread(FREIGHT.pack, trouble.digest, self.weights[trouble.digest])
            (trouble,) = cast("_Trouble", await self.call("receive", parcel))
        if trouble is not None:
            raise trouble

    async def call(self, method: str, *args: object) -> object:
        """Call a method and wait; raises `WorkerLost` when the process is gone, `ClusterLost` when all are."""
        CLUSTER.check()
        try:
            return await CLUSTER.answer(getattr(self.handle, method).remote(*args))
        except RayTaskError as error:
            raise WorkerLost(self.name, f"it broke: {error.cause!r}"[:300]) from error
        except RayError as error:
            raise WorkerLost(self.name, f"{type(error).__name__}: {error}"[:300]) from error

    def dismiss(self) -> None:
        """Kill the process, if Ray is still there."""
        if ray.is_initialized():
            ray.kill(self.handle)


class MakerWorker:
    """What runs in a maker's process."""

    def __init__(self, spec: MakerSpec) -> None:
        self._spec = spec
        self.trouble = self._load()

    def _load(self) -> CallsheetError | None:
        try:
            self._maker = build_maker(with_folder(self._spec))
        except CallsheetError as error:
            return error
        return None

    def ready(self) -> "_Trouble":
        """Give what kept it from loading, if anything did."""
        return (self.trouble,)

    def receive(self, parcel: Parcel) -> "_Trouble":
        """Take in weights this node lacks and load again; give what kept it from loading, if anything did."""
        self.trouble = _received(parcel) or self._load()
        return (self.trouble,)

    def make(self, token: str, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Reply[Made]:
        """Make a picture; refusals are answers, so that they keep their types."""
        try:
            return token, make_with(self._maker, recipe, ingredients)
        except CallsheetError as error:
            return token, error


class PanelWorker:
    """What runs in the panel's process."""

    def __init__(self, specs: tuple[CriticSpec, ...]) -> None:
        self._specs = specs
        self.trouble = self._load()

    def _load(self) -> CallsheetError | None:
        try:
            self._panel = build_panel(tuple(map(with_folder, self._specs)))
        except CallsheetError as error:
            return error
        return None

    def ready(self) -> "_Trouble":
        """Give what kept it from loading, if anything did."""
        return (self.trouble,)

    def receive(self, parcel: Parcel) -> "_Trouble":
        """Take in weights this node lacks and load again; give what kept it from loading, if anything did."""
        self.trouble = _received(parcel) or self._load()
        return (self.trouble,)

    def look(
        self,
        token: str,
        picture: bytes,
        requirements: tuple[Requirement, ...],
        earlier: tuple[str, ...],
        references: Mapping[str, bytes],
    ) -> Reply[tuple[Opinion, ...]]:
        """Have the panel look."""
        return token, self._panel.look(picture, requirements, earlier, references)


def _received(parcel: Parcel) -> CallsheetError | None:
    try:
        unpack(parcel)
    except CallsheetError as error:
        return error
    return None
