"""Looking on while a production runs, from any process: what changed for which task, entry by entry."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ..core.fact import DecisionTaken, DeliveryWritten, NoteMade, PlanChanged, ProductionPlanned, TakeScored, TasksAdded
from ..core.settings import Settings
from ..tools.journal import SqliteJournal
from .board import Board, board_of
from .deciding import Standing, opened, standing_of
from .driver import Driver, driver_of
from .folder import Folder
from .pace import seconds_left

_REPLANS = (ProductionPlanned, TasksAdded, PlanChanged)


class Onlooker:
    """A production as its folder tells it, kept up to date; writes nothing. Any number of readers may share one."""

    def __init__(self, standing: Standing, journal: SqliteJournal) -> None:
        self._journal = journal
        self._turn = asyncio.Lock()
        self.standing = standing
        self.board: Board = board_of(standing.plan, standing.history)
        self.revision = len(standing.history.entries)
        """How much of the journal is known; grows."""
        self.planned_at = self.revision
        """The revision at which the plan became what it is."""
        self.delivered_at = self.revision
        """The revision at which the package in the folder became what it is."""
        self._changed_at = dict.fromkeys(self.board.cards, self.revision)
        self._shown = self._all_shown()
        self._began = asyncio.get_running_loop().time()

    async def refresh(self) -> None:
        """Take in what others wrote since the last time."""
        async with self._turn:
            await self._journal.refresh()
            entries = self.standing.history.entries
            if len(entries) > self.revision:
                await self._take_in()

    def changed_since(self, revision: int) -> list[str]:
        """List the tasks about which something changed after a revision, in the plan's order."""
        return [name for name, at in self._changed_at.items() if at > revision]

    def driver(self) -> Driver | None:
        """Say who drives, or drove last."""
        return driver_of(self.standing.history, datetime.now(UTC))

    def seconds_left(self) -> float | None:
        """Say how long it will still take by the pace since this began; None while nothing tells."""
        return seconds_left(self.board, asyncio.get_running_loop().time() - self._began)

    async def _take_in(self) -> None:
        history, known = self.standing.history, self.revision
        news = [entry.fact for entry in history.entries[known:]]
        self.revision = len(history.entries)
        if any(isinstance(fact, DeliveryWritten) for fact in news):
            self.delivered_at = self.revision
        if any(isinstance(fact, _REPLANS) for fact in news):
            place = Folder(self.standing.folder)
            self.standing = await asyncio.to_thread(standing_of, place, self._journal)
            self.board = board_of(self.standing.plan, history)
            self.planned_at = self.revision
        else:
            self.standing = replace(self.standing, bill=self._journal.bill())
            self.board.refresh()
        shown = self._all_shown()
        about = {_task_of(fact) for fact in news}
        for name, state in shown.items():
            if name in about or self._shown.get(name) != state:
                self._changed_at[name] = self.revision
        self._shown = shown

    def _all_shown(self) -> dict[str, tuple[object, ...]]:
        """Give what a person sees of each task at a glance."""
        return {name: self._glance(name) for name in self.board.cards}

    def _glance(self, name: str) -> tuple[object, ...]:
        card, record = self.board.cards[name], self.standing.history.tasks[name]
        take = record.standing_take
        judged = len(record.verdicts)
        return card.state, card.takes, judged, len(record.decisions), take.digest if take else "", record.approval


def _task_of(fact: object) -> str:
    """Name the task whose page a fact belongs on, where the board would not tell; empty for other facts."""
    if isinstance(fact, NoteMade):
        return fact.note.about
    return str(fact.task) if isinstance(fact, (DecisionTaken, TakeScored)) else ""


@asynccontextmanager
async def look_on(folder: str | Path, settings: Settings | None = None) -> AsyncIterator[Onlooker]:
    """Look on at a production for as long as the block lasts, beside whoever drives it.

    Raises:
        OutputError: the folder holds no production.
    """
    async with opened(folder, settings, mode="read") as (standing, journal):
        yield Onlooker(standing, journal)
