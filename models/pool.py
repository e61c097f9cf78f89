"""Workers on Ray: a line of actors per maker and one for the panel. The only file that knows Ray.

Ray never retries a call here: its retries repeat and reorder paid work. Bytes come back through Ray and nothing else
is kept there, so a lost cluster loses only what was in flight.
"""

import asyncio
import atexit
import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import structlog

from ..core.crew import Crew, CriticSpec, MakerSpec
from ..core.errors import CallsheetError, CrewError, UnknownName, WorkerLost
from ..core.plan import Requirement
from ..core.take import Made, Opinion, Recipe
from .hosting import build_maker, build_panel, make_with
from .line import Line, Reply
from .turns import Turns

_ENVIRONMENT = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_worker_niceness": "0",
}
if "ray" not in sys.modules:
    # Ray reads these once, while it is imported.
    for _name, _value in _ENVIRONMENT.items():
        os.environ.setdefault(_name, _value)

import ray  # noqa: E402 - after its environment
from ray.exceptions import RayError, RayTaskError  # noqa: E402

log = structlog.get_logger()
T = TypeVar("T")

_PANEL = "panel"
_CORES_PER_PANEL = 4
"""Looking takes a small part of the time of making: one panel keeps up with this many makers."""

_KNOCK_SECONDS = 10.0
_OBJECT_STORE_BYTES = 256 * 2**20


class RayWorkers:
    """The crew as Ray actors, here or on a cluster; started by the first call, or by `start`."""

    def __init__(self, crew: Crew, *, call_seconds: float, start_seconds: float, address: str = "") -> None:
        self._crew, self._address = crew, address
        self._start_seconds = start_seconds
        self._cores = Turns(crew.cores)
        self._cluster: _Cluster | None = None
        self._joining = asyncio.Lock()
        self._is_closed = False
        self._share = 1.0 if address else 0.0
        self._lines = {spec.name: self._maker_line(spec, call_seconds) for spec in crew.makers}
        self._panel = Line(
            name=_PANEL,
            hire=lambda name: _Actor.start(name, _PanelWorker, crew.critics, cpus=self._share, gpus=0.0),
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

        async def ask(actor: "_Actor") -> Reply[Made]:
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

        async def ask(actor: "_Actor") -> Reply[tuple[Opinion, ...]]:
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

    def _maker_line(self, spec: MakerSpec, call_seconds: float) -> "Line[_Actor]":
        is_on_cores = spec.device == "cpu"
        return Line(
            name=spec.name,
            hire=lambda name: _Actor.start(name, _MakerWorker, spec, cpus=self._share, gpus=spec.gpus),
            at_most=min(spec.replicas_max, self._crew.cores) if is_on_cores else spec.replicas_max,
            call_seconds=call_seconds,
            start_seconds=self._start_seconds,
            slots=self._cores if is_on_cores else Turns(spec.replicas_max),
        )

    def _line(self, maker: str) -> "Line[_Actor]":
        if maker not in self._lines:
            raise UnknownName("maker", maker, list(self._lines))
        return self._lines[maker]

    async def _join(self) -> None:
        async with self._joining:
            if self._cluster is None and not self._is_closed:
                try:
                    async with asyncio.timeout(self._start_seconds):
                        self._cluster = await asyncio.to_thread(_CLUSTER.join, self._crew.cores, self._address)
                except TimeoutError:
                    what = f"it did not start within {self._start_seconds:g} s (setting `start_seconds`)"
                    raise WorkerLost("ray", what) from None


class _MakerWorker:
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


class _PanelWorker:
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


@dataclass(frozen=True, slots=True)
class _Actor:
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


@dataclass(slots=True)
class _Cluster:
    """This process's connection to Ray, shared by everybody who joined; the last to leave ends it."""

    _users: int = 0
    _is_ours: bool = False
    _home: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, cores: int, address: str) -> Self:
        """Start Ray here, or connect to a cluster; blocking."""
        with self._lock:
            if self._users == 0 and not ray.is_initialized():
                try:
                    self._begin(cores, address)
                except (RayError, RuntimeError, ValueError, OSError) as error:
                    place, what = f"Ray at {address!r}" if address else "Ray", f"would not start: {error}"[:500]
                    fix = 'mend the setting `ray_address`, or set `home = "inprocess"`'
                    raise CrewError(place, what, fix) from error
            self._users += 1
        return self

    def leave(self) -> None:
        """Disconnect; blocking."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if self._users == 0 and self._is_ours:
                self.end()

    def end(self) -> None:
        """Stop Ray and remove its files."""
        ray.shutdown()
        self._is_ours = False
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def _begin(self, cores: int, address: str) -> None:
        logging.getLogger("ray").setLevel(logging.ERROR)
        # Ray prints the deaths of workers on standard output, whatever `log_to_driver` says; ours goes to programs.
        # We raise them as `WorkerLost`. Remove when Ray has a public switch for it.
        ray._private.worker._worker_logs_enabled = False
        quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR}
        if address:
            _knock(address)
            ray.init(address=address, namespace="callsheet", **quiet)
        else:
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
            # Ray's sockets live below this folder, and a socket's path may have 107 characters at most.
            short = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes it private
            self._home = Path(tempfile.mkdtemp(prefix="callsheet-ray-", dir=short))
            ray.init(
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                _temp_dir=str(self._home),
                **quiet,
            )
        self._is_ours = True


def _knock(address: str) -> None:
    """Fail at once where nobody listens; Ray itself would wait for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


_CLUSTER = _Cluster()
atexit.register(_CLUSTER.end)
