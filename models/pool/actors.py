"""Ray actors: what runs in a worker's process, and the handle by which it is called and ended.

Ray never retries a call here: its retries repeat and reorder paid work. Bytes come back through Ray and nothing else
is kept there, so a lost cluster loses only what was in flight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import ray
from ray.exceptions import RayError, RayTaskError

from ...core.crew import CriticSpec, MakerSpec
from ...core.errors import CallsheetError, WorkerLost
from ...core.plan import Requirement
from ...core.take import Made, Opinion, Recipe
from ..hosting import build_maker, build_panel, make_with
from ..line import Reply


@dataclass(frozen=True, slots=True)
class Actor:
    """One Ray actor, under a name for people."""

    name: str
    handle: Any

    @classmethod
    def start(cls, name: str, worker: type, spec: object, *, cpus: float, gpus: float) -> Self:
        """Ask Ray for an actor; it loads in its constructor, in its own time.

        On one machine actors claim no CPUs: the crew's own slots bound what runs at once, and a claim could leave the
        last pool waiting for ever.
        """
        options = {"num_cpus": cpus, "num_gpus": gpus, "max_restarts": 0, "max_task_retries": 0}
        try:
            return cls(name, ray.remote(worker).options(**options).remote(spec))
        except (RayError, RuntimeError, ValueError, TypeError) as error:
            raise WorkerLost(name, f"Ray would not start it: {error}"[:300]) from error

    async def ready(self) -> None:
        """Wait for the constructor."""
        trouble = await self.call("ready")
        if isinstance(trouble, CallsheetError):
            raise trouble

    async def call(self, method: str, *args: object) -> object:
        """Call a method and wait; raises `WorkerLost` when the process is gone."""
        try:
            return await getattr(self.handle, method).remote(*args)
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
        self.trouble: CallsheetError | None = None
        try:
            self._maker = build_maker(spec)
        except CallsheetError as error:
            self.trouble = error

    def ready(self) -> CallsheetError | None:
        """Give what kept it from loading, if anything did."""
        return self.trouble

    def make(self, token: str, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Reply[Made]:
        """Make a picture; refusals are answers, so that they keep their types."""
        try:
            return token, make_with(self._maker, recipe, ingredients)
        except CallsheetError as error:
            return token, error


class PanelWorker:
    """What runs in the panel's process."""

    def __init__(self, specs: tuple[CriticSpec, ...]) -> None:
        self.trouble: CallsheetError | None = None
        try:
            self._panel = build_panel(specs)
        except CallsheetError as error:
            self.trouble = error

    def ready(self) -> CallsheetError | None:
        """Give what kept it from loading, if anything did."""
        return self.trouble

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
