"""The conformance kit must be able to fail: each broken double is caught at the promise it breaks."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from callsheet.core.call import CallReserved
from callsheet.core.canonical import digest_of_bytes
from callsheet.core.errors import AssetMissing
from callsheet.core.fact import Entry, Fact, TakeMade
from callsheet.core.history import History
from callsheet.core.money import Bill
from callsheet.core.ports import Journal, Store
from callsheet.core.task_record import AsSeen
from callsheet.evals.conformance import NotKept, check_journal, check_store
from callsheet.graphs.broadcast import Broadcast
from callsheet.graphs.supervising import PatientJournal, Supervisor
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal


class Forgetful:
    """Keeps nothing."""

    def put(self, data: bytes) -> str:
        return digest_of_bytes(data)

    def get(self, digest: str) -> bytes:
        raise AssetMissing(digest)


class Numbered:
    """Names what it keeps by number."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def put(self, data: bytes) -> str:
        self.kept.append(data)
        return str(len(self.kept) - 1)

    def get(self, digest: str) -> bytes:
        return self.kept[int(digest)]


class Obliging(MemoryStore):
    """Has something for every digest."""

    def get(self, digest: str) -> bytes:
        return self.kept.get(digest, b"")


@pytest.mark.parametrize(
    ("make", "promise"), [(Forgetful, "gives the bytes back"), (Numbered, "sha256"), (Obliging, "raises AssetMissing")]
)
async def test_a_store_that_breaks_a_promise_is_caught(make: Callable[[], Store], promise: str) -> None:
    with pytest.raises(NotKept, match=promise):
        await check_store(make)


class Wrapped:
    """A journal with one promise taken away by a subclass."""

    def __init__(self) -> None:
        self.inner = SqliteJournal.open(None, clock=SystemClock())

    @property
    def history(self) -> History:
        return self.inner.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        return await self.inner.record(*facts, seen=seen)

    async def refresh(self) -> tuple[Entry, ...]:
        return await self.inner.refresh()

    def bill(self) -> Bill:
        return self.inner.bill()


class Generous(Wrapped):
    """Charges nothing for reservations."""

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        free = [
            CallReserved(**{name: getattr(one, name) for name in one.__slots__} | {"micros": 0})
            if isinstance(one, CallReserved)
            else one
            for one in facts
        ]
        return await self.inner.record(*free, seen=seen)


class Piecemeal(Wrapped):
    """Writes each fact by itself."""

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        return tuple([entry for one in facts for entry in await self.inner.record(one, seen=seen)])


class Gullible(Wrapped):
    """Takes every result, whatever its token."""

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        believed = [
            TakeMade(**{name: getattr(one, name) for name in one.__slots__} | {"token": "first"})
            if isinstance(one, TakeMade)
            else one
            for one in facts
        ]
        return await self.inner.record(*believed, seen=seen)


async def test_those_who_wrap_a_journal_keep_its_promises() -> None:
    opened: list[SqliteJournal] = []

    def inner() -> SqliteJournal:
        opened.append(SqliteJournal.open(None, clock=SystemClock()))
        return opened[-1]

    async def broadcast() -> Journal:
        return Broadcast(journal=inner(), listener=lambda _: None)

    async def patient() -> Journal:
        return PatientJournal(journal=inner(), supervisor=Supervisor(patience_seconds=1.0))

    for make in (broadcast, patient):
        await check_journal(make)
    await asyncio.gather(*(one.close() for one in opened))


class Headstrong(Wrapped):
    """Writes what was concluded, whatever has happened since."""

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        return await self.inner.record(*facts)


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Generous, "in order"),
        (Piecemeal, "nothing of it was written"),
        (Gullible, "a foreign result is dropped"),
        (Headstrong, "before a take came is refused"),
    ],
)
async def test_a_journal_that_breaks_a_promise_is_caught(kind: type[Wrapped], promise: str) -> None:
    opened: list[Wrapped] = []

    async def make() -> Journal:
        opened.append(kind())
        return opened[-1]

    with pytest.raises(NotKept, match=promise):
        await check_journal(make)
    await asyncio.gather(*(one.inner.close() for one in opened))
