"""The crew on Ray: a line of actors per maker and one for the panel."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from ...core.crew import Crew, MakerSpec
from ...core.errors import UnknownName, WorkerLost
from ...core.plan import Requirement
from ...core.take import Made, Opinion, Recipe
from ..line import Line, Reply
from ..turns import Turns
from .actors import Actor, MakerWorker, PanelWorker
from .cluster import CLUSTER, Cluster

_PANEL = "panel"
_CORES_PER_PANEL = 4
"""Looking takes a small part of the time of making: one panel keeps up with this many makers."""


class RayWorkers:
    """The crew as Ray actors, here or on a cluster; started by the first call, or by `start`."""

    def __init__(self, crew: Crew, *, call_seconds: float, start_seconds: float, address: str = "") -> None:
        self._crew, self._address = crew, address
        self._start_seconds = start_seconds
        self._cores = Turns(crew.cores)
        self._cluster: Cluster | None = None
        self._joining = asyncio.Lock()
        self._is_closed = False
        self._share = 1.0 if address else 0.0
        self._lines = {spec.name: self._maker_line(spec, call_seconds) for spec in crew.makers}
        self._panel = Line(
            name=_PANEL,
            hire=lambda name: Actor.start(name, PanelWorker, crew.critics, cpus=self._share, gpus=0.0),
            at_most=max(1, crew.cores // _CORES_PER_PANEL),
            call_seconds=call_seconds,
            start_seconds=start_seconds,
            slots=self._cores,
        )

    @property
    def workers(self) -> int:
        """How many workers are up, the panel's counted in."""
        return sum(self.describe().values())

    def describe(self) -> dict[str, int]:
        """Say how many workers of each maker are up, and of the panel."""
        return {line.name: line.size for line in [*self._lines.values(), self._panel]}

    async def start(self, makers: Sequence[str] | None = None) -> None:
        """Join the cluster and load the first workers side by side; idempotent.

        Args:
            makers: whom to load now, with the panel; None is everybody whose `replicas_min` asks for it. The others
                load on their first call.

        Raises:
            CallsheetError: somebody could not load.
        """
        await self._join()
        names = [spec.name for spec in self._crew.makers if spec.replicas_min] if makers is None else makers
        lines = [(self._line(name), self._crew.maker(name).replicas_min) for name in names]
        openings = [line.open(max(1, at_least)) for line, at_least in lines] + [self._panel.open(1)]
        failures = [one for one in await asyncio.gather(*openings, return_exceptions=True) if one is not None]
        if failures:
            raise failures[0].exceptions[0] if isinstance(failures[0], BaseExceptionGroup) else failures[0]

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have the next free worker of a maker make one picture."""
        line = self._line(maker)
        await self._join()

        async def ask(actor: "Actor") -> Reply[Made]:
            echoed, answer = cast("Reply[Made]", await actor.call("make", token, recipe, dict(ingredients)))
            return echoed, replace(answer, worker=actor.name) if isinstance(answer, Made) else answer

        return await line.call(ask, token=token, urgency=urgency)

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        """Have the panel look."""
        await self._join()
        token = secrets.token_hex(8)

        async def ask(actor: "Actor") -> Reply[tuple[Opinion, ...]]:
            answer = await actor.call("look", token, picture, tuple(requirements), tuple(earlier), dict(references))
            return cast("Reply[tuple[Opinion, ...]]", answer)

        return await self._panel.call(ask, token=token, urgency=urgency)

    async def close(self) -> None:
        """End every worker and leave the cluster; a cluster that was started here ends with its last user."""
        self._is_closed = True
        for line in [*self._lines.values(), self._panel]:
            line.close()
        async with self._joining:
            cluster, self._cluster = self._cluster, None
            if cluster is not None:
                await asyncio.to_thread(cluster.leave)

    def _maker_line(self, spec: MakerSpec, call_seconds: float) -> "Line[Actor]":
        is_on_cores = spec.device == "cpu"
        return Line(
            name=spec.name,
            hire=lambda name: Actor.start(name, MakerWorker, spec, cpus=self._share, gpus=spec.gpus),
            at_most=min(spec.replicas_max, self._crew.cores) if is_on_cores else spec.replicas_max,
            call_seconds=call_seconds,
            start_seconds=self._start_seconds,
            slots=self._cores if is_on_cores else Turns(spec.replicas_max),
        )

    def _line(self, maker: str) -> "Line[Actor]":
        if maker not in self._lines:
            raise UnknownName("maker", maker, list(self._lines))
        return self._lines[maker]

    async def _join(self) -> None:
        async with self._joining:
            if self._cluster is None and not self._is_closed:
                try:
                    async with asyncio.timeout(self._start_seconds):
                        self._cluster = await asyncio.to_thread(CLUSTER.join, self._crew.cores, self._address)
                except TimeoutError:
                    what = f"it did not start within {self._start_seconds:g} s (setting `start_seconds`)"
                    raise WorkerLost("ray", what) from None
