"""Ray actors: what runs in a worker's process, and the handle by which it is started, called and ended.

Ray never retries a call here: its retries repeat and reorder paid work. Bytes come back through Ray and nothing else
is kept there, so a lost cluster loses only what was in flight.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Generic, cast

import ray
from ray.exceptions import RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from ...core.crew import CriticSpec, MakerSpec
from ...core.errors import CallsheetError, WorkerLost
from ...core.plan import Requirement
from ...core.take import Made, Opinion
from ..calling import Order
from ..hosting import build_maker, build_panel, make_all
from ..lines.hand import A, Job, Place, Q, Reply
from ..lines.told import this_machine
from .cluster import CLUSTER
from .freight import FREIGHT, Parcel, WeightsAbsent, folders_of, unpack, with_folder, without_folder

_PULSE: Final = "pulse"
"""A method, and the group of threads it runs on: none but its own."""

_Trouble = tuple[CallsheetError | None]
"""In a tuple, for Ray's client would raise an error it is handed by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a panel is asked to look at."""

    picture: bytes
    requirements: tuple[Requirement, ...]
    earlier: tuple[str, ...]
    references: Mapping[str, bytes]


@dataclass(slots=True, kw_only=True, eq=False)
class Actor(Generic[Q, A]):
    """One Ray actor, under a name for people."""

    name: str
    worker: type
    spec: MakerSpec | tuple[CriticSpec, ...]
    place: Place
    claims: Mapping[str, float]
    """Ray's options: `num_cpus`, `num_gpus`."""
    _handle: Any = None
    _weights: Mapping[str, Path] = field(default_factory=dict)
    """Where this machine has the checkpoints another may have to be sent, by digest."""

    _process: int | None = None
    """A handle on its process, where that is on this machine."""

    async def ready(self) -> None:
        """Start it, wait for its constructor, and send what it lacks."""
        await CLUSTER.aside(self._start)
        (trouble,) = cast("_Trouble", await self._call("ready"))
        while isinstance(trouble, WeightsAbsent):
            parcel = await asyncio.to_thread(FREIGHT.pack, trouble.digest, self._weights[trouble.digest])
            (trouble,) = cast("_Trouble", await self._call("receive", parcel))
        if trouble is not None:
            raise trouble
        machine, pid = cast("tuple[str, int]", await self._call(_PULSE))
        if machine == this_machine() and hasattr(os, "pidfd_open"):
            with suppress(ProcessLookupError):
                self._process = os.pidfd_open(pid)

    async def do(self, jobs: Sequence[Job[Q]]) -> Sequence[Reply[A]]:
        """Have it do some jobs; raises `WorkerLost` when the process is gone, `ClusterLost` when all are."""
        replies = cast("Sequence[Reply[A]]", await self._call("do", list(jobs)))
        return [
            (token, cast("A", replace(answer, worker=self.name)) if isinstance(answer, Made) else answer)
            for token, answer in replies
        ]

    async def pulse(self) -> None:
        """Come back as soon as the process has answered, whatever it works at."""
        await self._call(_PULSE)

    def dismiss(self) -> None:
        """Kill the process, if Ray is still there; Ray leaves one alive that is paused, so here we end it ourselves."""
        if self._handle is not None:
            CLUSTER.kill(self._handle)
        if self._process is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = None

    def _start(self) -> None:
        """Ask Ray for an actor; it loads in its constructor, in its own time. Blocking."""
        CLUSTER.check()
        spec = self.spec
        specs = spec if isinstance(spec, tuple) else (spec,)
        self._weights = folders_of(specs) if CLUSTER.is_elsewhere else {}
        if self._weights:
            spec = tuple(map(without_folder, spec)) if isinstance(spec, tuple) else without_folder(spec)
        options: dict[str, object] = {**self.claims, "max_restarts": 0, "max_task_retries": 0}
        if self.place.name:
            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(node_id=self.place.name, soft=False)
        try:
            self._handle = _remote(self.worker).options(**options).remote(spec)
        except (RayError, RuntimeError, ValueError, TypeError) as error:
            raise WorkerLost(self.name, f"Ray would not start it: {error}"[:300]) from error

    async def _call(self, method: str, *args: object) -> object:
        CLUSTER.check()
        try:
            asked = getattr(self._handle, method)
            if method == _PULSE:
                asked = asked.options(concurrency_group=_PULSE)
            return await CLUSTER.answer(asked.remote(*args))
        except RayTaskError as error:
            raise WorkerLost(self.name, f"it broke: {error.cause!r}"[:300]) from error
        except RayError as error:
            raise WorkerLost(self.name, f"{type(error).__name__}: {error}"[:300]) from error


class _Resident:
    """What runs in a worker's process: it loads in its constructor, and again once it was sent the weights it lacks."""

    def __init__(self, load: Callable[[], None]) -> None:
        self._load = load
        self._trouble = self._loaded()

    def pulse(self) -> tuple[str, int]:
        """Answer, on a thread of its own: on which machine it runs, and as which process."""
        return this_machine(), os.getpid()

    def ready(self) -> _Trouble:
        """Give what kept it from loading, if anything did."""
        return (self._trouble,)

    def receive(self, parcel: Parcel) -> _Trouble:
        """Take in weights this node lacks and load again; give what kept it from loading, if anything did."""
        self._trouble = _received(parcel) or self._loaded()
        return (self._trouble,)

    def _loaded(self) -> CallsheetError | None:
        try:
            self._load()
        except CallsheetError as error:
            return error
        return None


class MakerWorker(_Resident):
    """What runs in a maker's process."""

    def __init__(self, spec: MakerSpec) -> None:
        def load() -> None:
            self._maker = build_maker(with_folder(spec))

        super().__init__(load)

    def do(self, jobs: Sequence[Job[Order]]) -> list[Reply[Made]]:
        """Make the pictures; refusals are answers, so that they keep their types."""
        answers = make_all(self._maker, [job.asked[0] for job in jobs], [job.asked[1] for job in jobs])
        return [(job.token, answer) for job, answer in zip(jobs, answers, strict=True)]


class PanelWorker(_Resident):
    """What runs in the panel's process."""

    def __init__(self, specs: tuple[CriticSpec, ...]) -> None:
        def load() -> None:
            self._panel = build_panel(tuple(map(with_folder, specs)))

        super().__init__(load)

    def do(self, jobs: Sequence[Job[Sight]]) -> list[Reply[tuple[Opinion, ...]]]:
        """Have the panel look."""
        return [
            (job.token, self._panel.look(sight.picture, sight.requirements, sight.earlier, sight.references))
            for job in jobs
            for sight in [job.asked]
        ]


@cache
def _remote(worker: type) -> Any:
    """Give Ray's form of a worker's class; Ray makes new classes each time it is asked, and keeps them all."""
    return ray.remote(concurrency_groups={_PULSE: 1})(worker)


def _received(parcel: Parcel) -> CallsheetError | None:
    try:
        unpack(parcel)
    except CallsheetError as error:
        return error
    return None
