"""Workers without a cluster: makers and critics in this process, on threads. Nothing restarts a thread that hangs."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.errors import UnknownName
from ..core.plan import Requirement
from ..core.ports import Maker, RentBook
from ..core.take import Made, Opinion, Recipe
from .calling import ServiceLine
from .hosting import Panel, build_maker, build_panel, make_with
from .lines.told import this_machine
from .turns import Turns

T = TypeVar("T")


class InProcessWorkers:
    """One copy of each maker, loaded on its first call; as many calls at once as the crew has cores, one per maker.

    Calls to services are bounded by their makers' `replicas_max` alone.
    """

    def __init__(self, crew: Crew, *, makers: Mapping[str, Maker] | None = None, panel: Panel | None = None) -> None:
        self._crew = crew
        self._makers = dict(makers or {})
        self._panel = panel
        self._slots = Turns(crew.cores)
        names = [*(spec.name for spec in crew.makers), *self._makers]
        self._turns = {name: Turns(1) for name in names}
        self._services = {
            spec.name: ServiceLine(spec) for spec in crew.makers if spec.is_service and spec.name not in self._makers
        }
        self._panel_turn = Turns(1)
        self._book: RentBook | None = None

    def report_to(self, book: RentBook) -> None:
        """Tell a book of the one machine there is."""
        self._book = book

    async def start(self, makers: Sequence[str]) -> None:
        """Load nothing yet: here a first call costs no more than a start would. Only see that services can be called.

        Raises:
            CrewError: one cannot: it has no key, or an address that makes no sense.
        """
        if self._book:
            self._book.machines([this_machine()])
        for name in makers:
            if line := self._services.get(name):
                await line.open(1)

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        """Have a named maker make one picture; `token` is not needed where nothing can answer late."""
        if maker not in self._turns:
            raise UnknownName("maker", maker, list(self._turns))
        if line := self._services.get(maker):
            return await line.call((recipe, ingredients), token=token, urgency=urgency, task=digest_of(recipe))
        made = await self._run(self._turns[maker], lambda: make_with(self._maker(maker), recipe, ingredients), urgency)
        return replace(made, worker=f"{maker}/1")

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        """Have the whole panel look."""
        return await self._run(
            self._panel_turn, lambda: self._critics().look(picture, requirements, earlier, references), urgency
        )

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Give calls that wait for a service another urgency, higher or lower, by their tokens."""
        for line in self._services.values():
            line.hurry(urgencies)

    def withdraw(self, tokens: Collection[str], why: str) -> None:
        """Take calls back that wait for a service, by their tokens."""
        for line in self._services.values():
            line.withdraw(tokens, why)

    async def close(self) -> None:
        """Forget the loaded models and hang up on services."""
        for line in self._services.values():
            line.close()
        self._makers.clear()
        self._panel = None

    def describe(self) -> dict[str, int]:
        """Say how many copies of each maker are loaded."""
        return {name: int(name in self._makers) for name in self._turns}

    def away(self) -> dict[str, str]:
        """Name the makers whose services cannot be reached now, each with what was said."""
        return {name: line.away for name, line in self._services.items() if line.away}

    async def _run(self, turn: Turns, work: Callable[[], T], urgency: float) -> T:
        async with turn.taken(urgency), self._slots.taken(urgency):
            return await asyncio.to_thread(work)

    def _maker(self, name: str) -> Maker:
        if name not in self._makers:
            self._makers[name] = build_maker(self._crew.maker(name))
        return self._makers[name]

    def _critics(self) -> Panel:
        self._panel = self._panel or build_panel(self._crew.critics)
        return self._panel
