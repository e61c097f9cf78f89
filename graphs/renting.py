"""The account of rented machines: the workers tell what becomes of them, the journal keeps it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from ..core.crew import Crew, MachineSpec
from ..core.fact import Fact
from ..core.machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from ..core.ports import Clock, Journal, Rented, Workers
from ..core.rent import Meter

log = structlog.get_logger()

RentSoFar = Callable[[], float]
"""Gives US dollars."""


@asynccontextmanager
async def renting(workers: Workers, crew: Crew, journal: Journal, clock: Clock) -> AsyncIterator[RentSoFar]:
    """Keep account of the machines for as long as the block lasts, and send the workers home at its end.

    Where the crew file prices no machines, or the workers cannot tell, nothing is written and nothing costs anything.
    """
    if crew.machines is None or not isinstance(workers, Rented):
        try:
            yield lambda: 0.0
        finally:
            await workers.close()
        return
    book = Book(journal, clock, crew.machines)
    workers.report_to(book)
    writing = asyncio.ensure_future(book.write())
    try:
        yield book.usd
    finally:
        await workers.close()
        book.close()
        await asyncio.wait([writing])
    writing.result()


class Book:
    """Turns what workers tell into facts; a machine that an earlier driver left up is noticed and named."""

    def __init__(self, journal: Journal, clock: Clock, terms: MachineSpec) -> None:
        self._journal, self._clock, self._terms = journal, clock, terms
        self._queue: asyncio.Queue[Fact | None] = asyncio.Queue()
        self._meter, self._read = Meter(), 0
        self._up: set[str] | None = None
        """None until the workers have said what there is."""

    def usd(self) -> float:
        """Give what all machines of this production cost if they are given back now: their last idle time counts."""
        self._catch_up()
        return self._meter.usd(datetime.fromisoformat(self._clock.now()), is_over=True)

    def machines(self, names: Collection[str]) -> None:
        """Take in which machines there are now."""
        now = set(names)
        if self._up is None:
            self._catch_up()
            self._begin(now)
        else:
            for name in sorted(now - self._up):
                self._tell(self._came(name, was_there=False))
            for name in sorted(self._up - now):
                self._tell(MachineLeft(machine=name, how="gone"))
        self._up = now

    def loaded(self, worker: str, machine: str, seconds: float) -> None:
        """Take in that a worker has loaded."""
        self._tell(WorkerLoaded(worker=worker, machine=machine, seconds=round(seconds, 3)))

    def sent_home(self, worker: str, machine: str) -> None:
        """Take in that a worker is gone."""
        self._tell(WorkerLeft(worker=worker, machine=machine))

    def close(self) -> None:
        """Leave every machine to its cluster, which gives it back once it was idle for long enough."""
        for name in sorted(self._up or ()):
            self._tell(MachineLeft(machine=name, how="released"))
        self._queue.put_nowait(None)

    async def write(self) -> None:
        """Journal what is told, until closed."""
        is_open = True
        while is_open:
            facts = [await self._queue.get()]
            while not self._queue.empty():
                facts.append(self._queue.get_nowait())
            is_open = None not in facts
            if known := [fact for fact in facts if fact is not None]:
                await self._journal.record(*known)

    def _begin(self, now: set[str]) -> None:
        up = {stay.machine for stay in self._meter.up}
        for name in sorted(now):
            if name in up:
                log.warning("machine_was_not_given_back", machine=name)
            self._tell(self._came(name, was_there=True))
        for name in sorted(up - now):
            log.warning("machine_was_lost", machine=name)
            self._tell(MachineLeft(machine=name, how="lost"))

    def _came(self, name: str, *, was_there: bool) -> MachineCame:
        terms = self._terms
        return MachineCame(
            machine=name,
            usd_per_hour=terms.usd_per_hour,
            boot_seconds=0.0 if was_there else terms.boot_seconds,
            idle_seconds=terms.idle_seconds,
            was_there=was_there,
        )

    def _tell(self, fact: Fact) -> None:
        self._queue.put_nowait(fact)

    def _catch_up(self) -> None:
        entries = self._journal.history.entries
        for entry in entries[self._read :]:
            self._meter.add(entry)
        self._read = len(entries)
