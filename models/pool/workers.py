"""The crew on Ray: a line of actors per maker and one for the panel."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...core.canonical import digest_of
from ...core.crew import Crew, MakerSpec
from ...core.errors import WorkerLost
from ...core.plan import Requirement
from ...core.ports import RentBook
from ...core.progress import Lineup
from ...core.take import Made, Opinion, Recipe
from ..calling import Order, ServiceLine
from ..lines.hand import A, Hand, Place, Q
from ..lines.line import Line
from ..lines.lined import Lined
from ..lines.room import Room
from ..lines.terms import Terms
from ..lines.told import ToldHand, this_machine
from .actors import Actor, MakerWorker, PanelWorker, Sight
from .cluster import CLUSTER, Cluster
from .machines import Resource, follow, here

_PANEL = "panel"
_CORES_PER_PANEL = 4
"""Looking takes a small part of the time of making: one panel keeps up with this many makers."""


class RayWorkers(Lined[Order, Made]):
    """The crew as Ray actors, here or on a cluster; started by the first call, or by `start`."""

    def __init__(
        self,
        crew: Crew,
        *,
        call_seconds: float,
        start_seconds: float,
        idle_seconds: float = 300.0,
        beat_seconds: float = 10.0,
        address: str = "",
    ) -> None:
        self._crew, self._address = crew, address
        self._terms = Terms(
            at_most=1,
            call_seconds=call_seconds,
            start_seconds=start_seconds,
            idle_seconds=idle_seconds,
            beat_seconds=beat_seconds,
        )
        self._cluster: Cluster | None = None
        self._joining = asyncio.Lock()
        self._is_closed = False
        self._following: asyncio.Task[None] | None = None
        self._book: RentBook | None = None
        self._rooms: dict[Resource, Room] = {
            "CPU": Room(slots=crew.cores, may_grow=bool(address)),
            "GPU": Room(of="GPUs", may_grow=bool(address)),
        }
        self._lines = {spec.name: self._maker_line(spec) for spec in crew.makers}
        self._panel = self._panel_line()

    def report_to(self, book: RentBook) -> None:
        """Tell a book what becomes of the machines."""
        self._book = book

    @property
    def workers(self) -> int:
        """How many workers are up, the panel's counted in."""
        return sum(self.describe().values())

    def describe(self) -> dict[str, int]:
        """Say how many workers of each maker are up, and of the panel."""
        return {name: line.size for name, line in self._lines.items()} | {_PANEL: self._panel.size}

    def roll_call(self) -> tuple[Lineup, ...]:
        """Say who works and what waits in line."""
        return (*(line.lineup for line in self._lines.values()), self._panel.lineup)

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
        lines = [(self._line_of(name), self._crew.maker(name).replicas_min) for name in names]
        openings = [line.open(max(1, at_least)) for line, at_least in lines] + [self._panel.open(1)]
        failures = [one for one in await asyncio.gather(*openings, return_exceptions=True) if one is not None]
        if failures:
            raise failures[0].exceptions[0] if isinstance(failures[0], BaseExceptionGroup) else failures[0]

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have the next free worker of a maker make one picture."""
        line = self._line_of(maker)
        await self._join()
        return await line.call(
            (recipe, dict(ingredients)),
            token=token,
            urgency=urgency,
            task=digest_of(recipe),
            alike=None if ingredients else (recipe.width, recipe.height, recipe.steps, recipe.guidance),
        )

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
        sight = Sight(
            picture=picture, requirements=tuple(requirements), earlier=tuple(earlier), references=dict(references)
        )
        return await self._panel.call(sight, token=secrets.token_hex(8), urgency=urgency)

    async def close(self) -> None:
        """End every worker and leave the cluster; one that was started here stays a little, for the next production."""
        self._is_closed = True
        if self._following:
            self._following.cancel()
        for line in self._lines.values():
            line.close()
        self._panel.close()
        async with self._joining:
            cluster, self._cluster = self._cluster, None
            if cluster is not None:
                await asyncio.to_thread(cluster.leave)

    def _maker_line(self, spec: MakerSpec) -> Line[Order, Made]:
        if spec.is_service:
            return ServiceLine(spec)
        is_on_cores = spec.device == "cpu"
        claims = self._claims() if is_on_cores else {"num_cpus": 0.0, "num_gpus": spec.gpus}

        def hire(name: str, place: Place) -> Hand[Order, Made]:
            return self._told(Actor(name=name, worker=MakerWorker, spec=spec, place=place, claims=claims), place)

        terms = replace(
            self._terms,
            at_least=spec.replicas_min,
            at_most=min(spec.replicas_max, self._crew.cores) if is_on_cores else spec.replicas_max,
            needs=claims["num_cpus"] if is_on_cores else spec.gpus,
            take_seconds=spec.seconds,
            load_seconds=spec.load_seconds,
            batch=1 if is_on_cores else spec.batch,
        )
        return Line(spec.name, hire, self._rooms["CPU" if is_on_cores else "GPU"], terms)

    def _panel_line(self) -> Line[Sight, tuple[Opinion, ...]]:
        def hire(name: str, place: Place) -> Hand[Sight, tuple[Opinion, ...]]:
            critics, claims = self._crew.critics, self._claims()
            return self._told(Actor(name=name, worker=PanelWorker, spec=critics, place=place, claims=claims), place)

        at_most = max(1, self._crew.cores // _CORES_PER_PANEL)
        terms = replace(self._terms, at_least=1, at_most=at_most, needs=self._claims()["num_cpus"])
        return Line(_PANEL, hire, self._rooms["CPU"], terms)

    def _told(self, hand: Hand[Q, A], place: Place) -> Hand[Q, A]:
        """Have a hand's coming and going told where somebody keeps account of machines."""
        return ToldHand(hand=hand, machine=place.name or this_machine(), book=self._book) if self._book else hand

    def _claims(self) -> dict[str, float]:
        """On one machine nobody claims CPUs: slots bound what runs, and the last line could wait for ever for a CPU."""
        return {"num_cpus": 1.0 if self._address else 0.0, "num_gpus": 0.0}

    async def _join(self) -> None:
        async with self._joining:
            if self._cluster is None and not self._is_closed:
                try:
                    async with asyncio.timeout(self._terms.start_seconds):
                        self._cluster = await asyncio.to_thread(CLUSTER.join, self._crew.cores, self._address)
                    await self._move_in()
                except TimeoutError:
                    what = f"it did not start within {self._terms.start_seconds:g} s (setting `start_seconds`)"
                    raise WorkerLost("ray", what) from None

    async def _move_in(self) -> None:
        if not CLUSTER.is_elsewhere:
            for resource, room in self._rooms.items():
                room.furnish(await asyncio.to_thread(here, resource))
            self._tell_machines()
            return
        moved = asyncio.Event()

        def looked() -> None:
            self._tell_machines()
            moved.set()

        self._following = asyncio.create_task(follow(self._rooms, looked))
        await moved.wait()

    def _tell_machines(self) -> None:
        """Say which machines there are; one without room for any worker, such as a head, is not one of ours."""
        if self._book:
            names = {place.name for room in self._rooms.values() for place in room.places}
            self._book.machines(names if self._address else {this_machine()})
