"""The production as a session sees it: one open journal, read on as it grows, and the plan as it is by now."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ...core.brief import Brief
from ...core.crew import Crew
from ...core.history import History
from ...core.money import Bill
from ...core.plan import Outlook, Plan, Task
from ...core.take import Take
from ...tools.asset_home import Assets
from ...tools.journal import SqliteJournal
from ..board import Board, board_of
from ..changing import brief_of
from ..deciding import Standing, standing_of
from ..folder import Folder
from ..forecast import outlook
from ..standing import Step, step_of

T = TypeVar("T")

_PlanKey = tuple[str, int, int]


@dataclass(slots=True, kw_only=True)
class View:
    """What is known now; `refresh` brings it up to date."""

    folder: Folder
    journal: SqliteJournal
    crew: Crew
    standing: Standing = field(init=False)
    brief: Brief = field(init=False)
    _key: _PlanKey | None = field(init=False, default=None)
    _outlook: Outlook | None = field(init=False, default=None)
    _still: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    """Held while somebody looks in another thread, or reads on: what is looked at must not change in between."""

    async def refresh(self) -> None:
        """Read what was written since, by whomever."""
        async with self._still:
            await self.journal.refresh()
            await asyncio.to_thread(self._read_plan)

    async def catch_up(self) -> None:
        """Read what happened since; the plan stays as it was read last."""
        async with self._still:
            await self.journal.refresh()

    async def aside(self, look: Callable[[], T]) -> T:
        """Look into it for as long as that takes, off the event loop; nothing new is read meanwhile."""
        async with self._still:
            return await asyncio.to_thread(look)

    def _read_plan(self) -> None:
        """Read the plan again where it is another one; a plan of a thousand tasks takes a while."""
        history = self.journal.history
        key = (history.planned.plan_digest if history.planned else "", len(history.additions), len(history.changes))
        if key != self._key:
            self.standing = standing_of(self.folder, self.journal)
            self.brief = brief_of(self.standing)
            self._key, self._outlook = key, None
        else:
            self.standing = Standing(
                folder=self.folder.root, plan=self.standing.plan, history=history, bill=self.journal.bill()
            )

    @property
    def plan(self) -> Plan:
        """The plan with all that joined and changed."""
        return self.standing.plan

    @property
    def history(self) -> History:
        """What happened."""
        return self.journal.history

    @property
    def bill(self) -> Bill:
        """Where the money stands."""
        return self.journal.bill()

    @property
    def store(self) -> Assets:
        """Where pictures are kept."""
        return self.standing.store

    def outlook(self) -> Outlook:
        """Say what the whole plan was expected to take: as it was greenlit, else played through once. Blocking."""
        greenlit = self.history.greenlit
        if greenlit and greenlit.outlook and self.history.is_greenlit:
            return greenlit.outlook
        if self._outlook is None:
            self._outlook = outlook(self.plan, self.crew)
        return self._outlook

    def board(self) -> Board:
        """Put up where every task stands."""
        return board_of(self.plan, self.history)

    def tasks(self, names: tuple[str, ...]) -> list[Task]:
        """Find tasks by name; unknown ones are left out."""
        wanted = set(names)
        return [task for task in self.plan.tasks if task.name in wanted]

    def step(self, task: Task) -> Step:
        """Say what is due for a task."""
        return step_of(task, self.history)

    def picture_of(self, take: Take) -> Path:
        """Give a file to look at a take in: `takes/keep_t02.png`, written when somebody first asks. Blocking."""
        path = self.folder.root / "takes" / f"{take.id.replace('/', '_')}.png"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(self.store.get(take.digest))
        return path
