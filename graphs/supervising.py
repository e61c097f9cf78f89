"""Waits out what the world does to a production: a full disk, a store that is away, a service nobody can reach.

Whatever was made meanwhile is kept in memory and written once that is possible; no attempt of any task is used up, and
nothing new is paid for. What is waited for is shown, and journalled as soon as the journal takes it.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import structlog

from ..core.call import CallReserved
from ..core.errors import DiskFull, StoreAway
from ..core.fact import Entry, Fact
from ..core.history import History
from ..core.money import Bill
from ..core.outage import OutageBegan, OutageCause, OutageEnded
from ..core.ports import Journal, Reachable, Store, Workers
from ..core.progress import Wait
from ..core.task_record import AsSeen
from ..core.thought import ThoughtReserved

log = structlog.get_logger()

T = TypeVar("T")
S = TypeVar("S", bound=Store)

Away = DiskFull | StoreAway

PATIENCE_SECONDS: Final = 86_400.0
FIRST_LOOK_SECONDS: Final = 0.5
LONGEST_LOOK_SECONDS: Final = 10.0
"""Between two tries whether it is back."""
_MINUTES_EVERY_SECONDS: Final = 0.5


@dataclass(slots=True, kw_only=True)
class _Outage:
    began: OutageBegan
    since: float
    """Monotonic."""
    waiting: int = 0
    """Who waits for it; it is over when nobody does."""


class Supervisor:
    """Knows what is away, and has everybody who needs it wait. Safe for threads."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare to wait.

        Args:
            patience_seconds: so long a single step waits; then it fails as it would have at once.
            clock: monotonic.
        """
        self._patience, self._clock = patience_seconds, clock
        self._outages: dict[tuple[OutageCause, str], _Outage] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._news: list[OutageBegan | OutageEnded] = []

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Say what is away, and for how long already."""
        with self._lock:
            outages = list(self._outages.values())
        return tuple(
            Wait(kind="world", tasks=one.waiting, whom="", says=f"{one.began.says} ({self._clock() - one.since:.0f} s)")
            for one in outages
        )

    async def clear(self) -> None:
        """Wait until disk and store are there, as far as anybody knows: before something new is paid for."""
        while any(cause != "network" for cause, _ in self._outages):  # noqa: ASYNC110 - threads end outages too
            await asyncio.sleep(FIRST_LOOK_SECONDS)

    async def through(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something; while disk or store are away, again and again.

        Raises:
            DiskFull, StoreAway: our patience is over.
        """
        try:
            return await work()
        except (DiskFull, StoreAway) as error:
            with self._waiting(error) as looks:
                for seconds in looks:
                    await asyncio.sleep(seconds)
                    try:
                        return await work()
                    except type(error):
                        continue
            raise

    def through_here(self, work: Callable[[], T]) -> T:
        """Do something on a thread that may be held up; as `through`, and over at once when the production ends."""
        try:
            return work()
        except (DiskFull, StoreAway) as error:
            if _is_on_a_loop():  # holding that up would hold up whoever could tell
                raise
            with self._waiting(error) as looks:
                for seconds in looks:
                    if self._closing.wait(seconds):
                        break
                    try:
                        return work()
                    except type(error):
                        continue
            raise

    def look_at(self, away: Mapping[str, str]) -> None:
        """Take in which makers' services cannot be reached now, and what was said."""
        with self._lock:
            known = {place for cause, place in self._outages if cause == "network"}
        for maker in away.keys() - known:
            self._begin("network", maker, f"maker {maker!r}: {away[maker]}")
        for maker in known - away.keys():
            self._end(("network", maker))

    def close(self) -> None:
        """Hold nobody up any longer."""
        self._closing.set()

    def news(self) -> list[OutageBegan | OutageEnded]:
        """Hand over what began and ended since the last time."""
        with self._lock:
            news, self._news = self._news, []
        return news

    def take_back(self, news: Sequence[OutageBegan | OutageEnded]) -> None:
        """Keep what could not be written for the next time."""
        with self._lock:
            self._news[:0] = news

    @contextmanager
    def _waiting(self, error: Away) -> Iterator[Iterator[float]]:
        """Count somebody as waiting; gives the seconds between looks until patience is over."""
        cause: OutageCause = "disk" if isinstance(error, DiskFull) else "store"
        key = self._begin(cause, error.place, str(error))
        try:
            yield self._looks()
        finally:
            self._end(key)

    def _looks(self) -> Iterator[float]:
        until, seconds = self._clock() + self._patience, FIRST_LOOK_SECONDS
        while (left := until - self._clock()) > 0:
            yield min(seconds, left)
            seconds = min(1.5 * seconds, LONGEST_LOOK_SECONDS)

    def _begin(self, cause: OutageCause, place: str, what: str) -> tuple[OutageCause, str]:
        key = (cause, place)
        with self._lock:
            if key not in self._outages:
                began = OutageBegan(cause=cause, what=what)
                self._outages[key] = _Outage(began=began, since=self._clock())
                self._news.append(began)
                log.warning("outage_began", cause=cause, what=what)
            self._outages[key].waiting += 1
        return key

    def _end(self, key: tuple[OutageCause, str]) -> None:
        with self._lock:
            outage = self._outages[key]
            outage.waiting -= 1
            if outage.waiting > 0:
                return
            del self._outages[key]
            seconds = round(self._clock() - outage.since, 3)
            self._news.append(OutageEnded(cause=key[0], what=outage.began.what, seconds=seconds))
            log.warning("outage_ended", cause=key[0], seconds=seconds)


@dataclass(slots=True, kw_only=True)
class PatientJournal:
    """Wraps a journal; itself one. Reserves nothing while disk or store are away."""

    journal: Journal
    supervisor: Supervisor

    @property
    def history(self) -> History:
        """What the recorded facts add up to."""
        return self.journal.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        """Record as soon as there is room."""
        if any(isinstance(fact, CallReserved | ThoughtReserved) for fact in facts):
            await self.supervisor.clear()
        return await self.supervisor.through(lambda: self.journal.record(*facts, seen=seen))

    async def refresh(self) -> tuple[Entry, ...]:
        """Read what other processes wrote."""
        return await self.supervisor.through(self.journal.refresh)

    def bill(self) -> Bill:
        """Say where the money stands."""
        return self.journal.bill()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStore(Generic[S]):
    """Wraps a store; itself one. Its callers' threads are held up while it is away."""

    store: S
    supervisor: Supervisor

    def put(self, data: bytes) -> str:
        """Keep bytes as soon as there is room."""
        return self.supervisor.through_here(lambda: self.store.put(data))

    def get(self, digest: str) -> bytes:
        """Read bytes back as soon as they can be had."""
        return self.supervisor.through_here(lambda: self.store.get(digest))


@dataclass(slots=True, kw_only=True)
class Supervised:
    """A production's parts, held by somebody who waits for the world."""

    supervisor: Supervisor
    journal: Journal
    store: Store
    workers: Workers | None = field(default=None)
    """Asked whom they cannot reach, once they are hired."""


@asynccontextmanager
async def supervised(
    journal: Journal, store: Store, patience_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Supervised]:
    """Supervise a production for as long as the block lasts, and keep minutes of what was waited for."""
    supervisor = Supervisor(patience_seconds)
    parts = Supervised(
        supervisor=supervisor,
        journal=PatientJournal(journal=journal, supervisor=supervisor),
        store=PatientStore(store=store, supervisor=supervisor),
    )
    minutes = asyncio.ensure_future(_keep_minutes(parts, journal))
    try:
        yield parts
    finally:
        supervisor.close()
        minutes.cancel()
        await asyncio.wait([minutes])
        if not minutes.cancelled() and (trouble := minutes.exception()):
            log.warning("minutes_failed", why=repr(trouble))
        await _write(supervisor, journal)


async def _keep_minutes(parts: Supervised, journal: Journal) -> None:
    while True:
        await asyncio.sleep(_MINUTES_EVERY_SECONDS)
        if isinstance(parts.workers, Reachable):
            parts.supervisor.look_at(parts.workers.away())
        await _write(parts.supervisor, journal)


async def _write(supervisor: Supervisor, journal: Journal) -> None:
    """Journal what is new; what the journal has no room for yet is new the next time."""
    if news := supervisor.news():
        try:
            await journal.record(*news)
        except (DiskFull, StoreAway):
            supervisor.take_back(news)


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
