"""The crew's work during one session: begun when something is due, and told while the talk goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from ...core.brief import Brief
from ...core.canonical import from_json
from ...core.errors import Bug, StaleDecision
from ...core.fact import Greenlit
from ...core.plan import Plan
from ...core.proposal import Pack, Roll, SetBudget
from ...core.settings import Settings
from ..driver import is_driven
from ..folder import Folder
from ..standing import ENDED, step_of
from .acting import RunAct
from .crew_room import CrewRoom
from .news import News, asks_for_work, marks_passed, news_of
from .view import View

_LOOKS_EVERY_SECONDS = 0.5


class Shift:
    """Has one production planned and worked on, and hears what happens to it, whoever drives."""

    def __init__(self, folder: Folder, *, by: str, settings: Settings) -> None:
        """Prepare; nobody is hired yet.

        Args:
            folder: of the production.
            by: in whose name it is greenlit.
            settings: as in `produce`.
        """
        self._folder, self._by, self._settings = folder, by, settings
        self.view: View | None = None
        """The production as it stands; None before there is one."""
        self._room: CrewRoom | None = None
        self._news: asyncio.Queue[News | None] = asyncio.Queue()
        self._ear: asyncio.Task[None] | None = None
        self._told = 0
        self._mark = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether the crew is at work."""
        return self._room is not None and self._room.is_busy

    @property
    def fault(self) -> str:
        """Why the crew's work stopped, in words; empty where it did not."""
        return self._room.fault if self._room else ""

    async def idle(self) -> None:
        """Wait until the crew has nothing left to do."""
        if self._room:
            await self._room.idle()

    async def close(self) -> None:
        """Send the crew home, and end the news."""
        if self._ear:
            self._ear.cancel()
            with suppress(asyncio.CancelledError):
                await self._ear
        if self._room:
            await self._room.close()
        if self.view:
            await self.view.journal.close()
        self._news.put_nowait(None)

    async def plan(self, brief: Brief, seed: int) -> Plan:
        """Write the plan of a new production down, with nothing spent; raises as `produce`."""
        self._room = self._room_for(brief, seed)
        return (await self._room.plan()).plan

    async def follow(self, view: View) -> None:
        """Tell from now on what happens to a production."""
        self.view = view
        self._told = len(view.history.entries)
        self._mark = marks_passed(view.bill, 0.0)[1]
        if view.history.is_greenlit and not is_driven(view.history) and await self._has_work():
            self._tell("nobody is at work, and something is left to do: say `go`")
        self._ear = asyncio.get_running_loop().create_task(self._listen())

    async def run(self, act: RunAct) -> None:
        """Carry out what concerns the run; raises `StaleDecision` where that was planned again in the meantime."""
        view = self._planned()
        match act:
            case Roll(plan_digest=digest):
                if view.history.planned and view.history.planned.plan_digest != digest:
                    raise StaleDecision("the plan", "it was planned again in the meantime")
                if not view.history.is_greenlit:
                    await self._greenlight(view, digest)
                self._the_room(view).work()
            case Pack():
                self._the_room(view).work(packs=True)
            case SetBudget(usd=usd):
                await self._the_room(view).set_budget(usd)

    async def go_on(self) -> list[str]:
        """Do what became due; say what is missing where it cannot be begun."""
        view = self._planned()
        if view.history.is_greenlit:
            if await self._has_work():
                self._the_room(view).work()
        elif not (self._room and self._room.is_hired):
            return ["it is made once you say `go`"]
        return []

    async def news(self) -> AsyncIterator[News]:
        """Yield what happens, as it happens, until it is closed."""
        while (one := await self._news.get()) is not None:
            yield one
            self._news.task_done()

    async def catch_up(self) -> None:
        """Tell what happened by now, whoever drives; what others decided gives the crew work here as well."""
        view = self.view
        if view is None:
            return
        await view.catch_up()
        entries = view.history.entries[self._told :]
        self._told += len(entries)
        for one in news_of(entries):
            self._news.put_nowait(one)
        told, self._mark = marks_passed(view.bill, self._mark)
        if told:
            self._news.put_nowait(told)
        room = self._room
        if room and room.is_hired and any(map(asks_for_work, entries)):
            room.work()
        elif room and room.is_shut_out and not is_driven(view.history) and await self._has_work():
            room.work()  # whoever drove has ended, and left something that was decided meanwhile

    async def heard(self) -> None:
        """Wait until whoever follows the news has heard all that happened by now; somebody must be following."""
        await self.catch_up()
        await self._news.join()

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            await self.catch_up()

    async def _greenlight(self, view: View, plan_digest: str) -> None:
        """Write the greenlight down at once: whoever leaves now has given it."""
        weak = tuple(one.task for one in view.plan.degraded)
        found = await view.aside(view.outlook)
        await view.journal.record(Greenlit(plan_digest=plan_digest, by=self._by, degraded=weak, outlook=found))

    async def _has_work(self) -> bool:
        view = self._planned()
        await view.refresh()
        return any(step_of(task, view.history) not in ENDED for task in view.plan.tasks)

    def _planned(self) -> View:
        if self.view is None:
            raise Bug("work on a production that is not planned")
        return self.view

    def _the_room(self, view: View) -> CrewRoom:
        if self._room is None:
            brief: Brief = from_json(Brief, view.store.get(view.plan.brief_digest))
            self._room = self._room_for(brief, view.plan.seed)
        return self._room

    def _room_for(self, brief: Brief, seed: int) -> CrewRoom:
        return CrewRoom(
            self._folder.root, brief, seed, by=self._by, settings=self._settings, has_work=self._has_work,
            tell=self._tell,
        )  # fmt: skip

    def _tell(self, text: str) -> None:
        self._news.put_nowait(News(kind="run", text=text))
