"""The crew at work while the talk goes on: one production driven in the background, its workers kept hired."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from ...core.brief import Brief
from ...core.errors import CallsheetError, LeaseLost
from ...core.plan import Plan
from ...core.settings import Settings
from ..running import Production, produce

HasWork = Callable[[], Awaitable[bool]]
Told = Callable[[str], None]


class CrewRoom:
    """Drives one production whenever there is something to do; nobody is sent home in between."""

    def __init__(
        self, folder: Path, brief: Brief, seed: int, *, by: str, settings: Settings, has_work: HasWork, tell: Told
    ) -> None:
        """Prepare to drive.

        Args:
            folder: of the production.
            brief: what it is made from.
            seed: the production's.
            by: in whose name it is greenlit.
            settings: as in `produce`.
            has_work: looks whether anything is due.
            tell: hears, in words, what the director should know.
        """
        self._folder, self._brief, self._seed, self._by = folder, brief, seed, by
        self._settings, self._has_work, self._tell = settings, has_work, tell
        self._run: asyncio.Task[Production] | None = None
        self._stirred, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._is_closing = self._packs = False
        self.is_shut_out = False
        """Another process drove the production when work was last begun here; it hears what is decided."""
        self.fault = ""
        """Why work that was last begun here stopped, in words; empty where it did not."""

    @property
    def is_hired(self) -> bool:
        """Whether the crew is there, at work or waiting for work."""
        return self._run is not None and not self._run.done()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being done."""
        return not self._idle.is_set()

    async def plan(self) -> Production:
        """Write the plan down, with nothing spent; raises as `produce`."""
        return await self._produce(greenlight=False)

    def work(self, *, packs: bool = False) -> None:
        """Do what is due; with `packs`, write the package even if nothing is."""
        self._packs = self._packs or packs
        self.is_shut_out, self.fault = False, ""
        self._idle.clear()
        if self.is_hired:
            self._stirred.set()
            return
        self._is_closing = False
        self._run = asyncio.get_running_loop().create_task(self._produce(greenlight=True))
        self._run.add_done_callback(self._ended)

    async def set_budget(self, usd: float) -> None:
        """Go on with another budget: planned again with it, and what is made stays made."""
        was_hired = self.is_hired
        await self.close()
        self._brief = replace(self._brief, budget_usd=usd)
        await self._produce(greenlight=False)
        if was_hired:
            self.work()

    async def idle(self) -> None:
        """Wait until nothing is left to do, or the run has failed."""
        await self._idle.wait()

    async def close(self) -> None:
        """Let the crew end: what is being made is lost and not charged; the next run goes on from there."""
        self._is_closing = True
        self._stirred.set()
        if self._run and not self._run.done():
            if self.is_busy:
                self._run.cancel()
            await asyncio.wait([self._run])
        self._run = None

    async def _produce(self, *, greenlight: bool) -> Production:
        async def agreed(_: Plan) -> bool:
            return True

        return await produce(
            self._brief,
            out=self._folder,
            crew=self._settings.crew,
            seed=self._seed,
            greenlight=agreed if greenlight else False,
            go_on=self._wait if greenlight else None,
            by=self._by,
            settings=self._settings,
        )

    async def _wait(self, production: Production) -> bool:
        """Wait, nothing being left to do, until something is."""
        self._packs = False
        while not self._is_closing:
            if self._stirred.is_set():  # also while the package was written
                self._stirred.clear()
                if self._packs or await self._has_work():
                    self._idle.clear()
                    return True
            if not self._idle.is_set():
                self._idle.set()
                self._tell(_ending(production))
            await self._stirred.wait()
        return False

    def _ended(self, run: "asyncio.Task[Production]") -> None:
        self._idle.set()
        if run.cancelled():
            return
        error = run.exception()
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, LeaseLost):
            self.is_shut_out = True
            self._tell("another process drives this production: what you decide is carried out there")
        elif error:
            is_known = isinstance(error, CallsheetError)
            self.fault = f"the run stopped: {error}" if is_known else f"the run stopped by a fault of ours: {error!r}"
            self._tell(self.fault)


def _ending(production: Production) -> str:
    history, names = production.history, [task.name for task in production.plan.tasks]
    accepted = sum(history.tasks[name].accepted is not None for name in names)
    spent = f"{accepted} of {len(names)} tasks accepted, {production.bill.settled_usd:.4f} USD spent"
    ends = {"waiting": "something waits for you", "paused": "what is not paused is done"}
    index = f"; the package: {production.delivery.index}" if production.delivery else ""
    return f"{ends.get(production.status, 'nothing is left to do')}; {spent}{index}"
