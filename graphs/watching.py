"""Watches a production that runs and tells a listener, now and then, how far it is. Nothing depends on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog

from ..core.plan import Outlook, Plan
from ..core.ports import Countable
from ..core.progress import Lineup, Progress, TimeLeft
from .board import DONE, HELD, OPEN, Board
from .forecast import outlook
from .imagining import SoFar
from .pace import seconds_left
from .stage import Stage
from .waits import waits_of

log = structlog.get_logger()

ProgressListener = Callable[[Progress], None]

EVERY_SECONDS: Final = 1.0

WORTH_PLAYING_SECONDS: Final = 60.0
"""Less than that by the pace is not worth playing the rest through."""
_PLAYED_EVERY_SECONDS: Final = 30.0
_MOST_SHARE: Final = 0.01
"""Of the time that playing through may take: a long one is repeated the more seldom."""


@asynccontextmanager
async def watched(stage: Stage, plan: Plan, listener: ProgressListener | None) -> AsyncIterator[None]:
    """Tell the listener how far a production is for as long as the block lasts, and once more at its end."""
    if listener is None:
        yield
        return
    watch = Watch(stage, plan)
    telling = asyncio.ensure_future(_tell(watch, listener))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])
        if telling.cancelled():
            listener(watch.progress())
        else:
            log.warning("progress_listener_failed", why=repr(telling.exception()))


async def _tell(watch: "Watch", listener: ProgressListener) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            listener(watch.progress())
            if watch.is_worth_playing:
                watch.playing = group.create_task(watch.play())


class Watch:
    """What is known of a production that runs."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        """Begin to watch; what happened before is known but sets no pace."""
        self._stage, self._plan = stage, plan
        self._board = Board(
            stage.tasks, plan.departments, stage.journal.history, lambda task: stage.expected(task).seconds
        )
        self._began = asyncio.get_running_loop().time()
        self._working_since: float | None = None
        """When the first take of this run was asked for: loading the crew is no pace."""
        self._pace: float | None = None
        """Seconds left by the pace so far."""
        self._outlook: tuple[float, Outlook] | None = None
        self._next_play = 0.0
        self.playing: asyncio.Task[None] | None = None

    @property
    def is_worth_playing(self) -> bool:
        """Whether there is enough left, and the last time is long enough ago, to play the rest through."""
        is_idle = self.playing is None or self.playing.done()
        return is_idle and _now() >= self._next_play and self._pace is not None and self._pace > WORTH_PLAYING_SECONDS

    def progress(self) -> Progress:
        """Sum it up as it is now: costs what changed since the last time, and a glance at what is in the works."""
        self._board.refresh()
        if self._working_since is None and self._board.by_state["making"]:
            self._working_since = _now()
        self._pace = self._by_pace()
        lineups, in_line = self._crew()
        history, world = self._stage.journal.history, self._stage.supervisor.waits
        return Progress(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            elapsed_seconds=round(_now() - self._began, 1),
            teams=self._board.teams(),
            lineups=lineups,
            bill=self._stage.journal.bill(),
            left=self._left(),
            waits=waits_of(self._board, lineups, in_line, is_greenlit=history.is_greenlit, world=world),
        )

    async def play(self) -> None:
        """Play the rest of the plan through, on a thread; the answer is used until the next one is there."""
        began = _now()
        plan = replace(self._plan, tasks=tuple(self._stage.tasks.values()))
        try:
            found = await asyncio.to_thread(outlook, plan, self._stage.crew, so_far=self._so_far())
            self._outlook = (began, found)
        except Exception as error:  # noqa: BLE001 - what breaks while guessing must not end what it guesses about
            log.warning("forecast_failed", why=repr(error))
        self._next_play = began + max(_PLAYED_EVERY_SECONDS, (_now() - began) / _MOST_SHARE)

    def _so_far(self) -> SoFar:
        ended = [name for state in (*DONE, *HELD) for name in self._board.by_state[state]]
        failed = {name: card.refused for state in OPEN for name, card in self._board.by_state[state].items()}
        failures = {name: count for name, count in failed.items() if count}
        return SoFar(ended=frozenset(ended), failed=failures, is_warm=True)

    def _crew(self) -> tuple[tuple[Lineup, ...], frozenset[str] | None]:
        workers = self._stage.workers
        return (workers.roll_call(), workers.in_line()) if isinstance(workers, Countable) else ((), None)

    def _left(self) -> TimeLeft | None:
        pace = self._pace
        if pace is None or pace <= WORTH_PLAYING_SECONDS or self._outlook is None:
            return None if pace is None else TimeLeft(seconds=round(pace, 1))
        began, found = self._outlook
        low, middle, high = (
            round(max(0.0, began + seconds - _now()), 1)
            for seconds in (found.seconds.low, found.seconds.middle, found.seconds.high)
        )
        return TimeLeft(seconds=middle, low=low, high=high, basis="forecast")

    def _by_pace(self) -> float | None:
        since = self._working_since
        return None if since is None else seconds_left(self._board, _now() - since)


def _now() -> float:
    return asyncio.get_running_loop().time()
