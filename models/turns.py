"""Who waits for something scarce, and who gets it: the most urgent first."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Waiting(Generic[T]):
    """Those who wait for a thing, served by urgency, highest first; equals in the order they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, asyncio.Future[T]]] = []
        self._came = count()

    def __len__(self) -> int:
        """How many still wait."""
        return sum(not place.done() for _, _, place in self._heap)

    def join(self, urgency: float) -> asyncio.Future[T]:
        """Give a place to await; whoever is cancelled there is passed over."""
        place: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._heap, (-urgency, next(self._came), place))
        return place

    def serve(self, thing: T) -> bool:
        """Hand the thing to the most urgent; False when nobody waits."""
        place = self._next()
        if place is None:
            return False
        place.set_result(thing)
        return True

    def fail(self, error: BaseException) -> None:
        """Tell everybody who waits that there is nothing to wait for."""
        while place := self._next():
            place.set_exception(error)

    def _next(self) -> asyncio.Future[T] | None:
        while self._heap:
            _, _, place = heapq.heappop(self._heap)
            if not place.done():
                return place
        return None


class Turns:
    """A semaphore whose waiters are served by urgency."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._waiting: Waiting[None] = Waiting()

    async def acquire(self, urgency: float = 0.0) -> None:
        """Wait for a place; whoever is cancelled meanwhile holds none."""
        if self._free > 0:
            self._free -= 1
            return
        place = self._waiting.join(urgency)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.release()
            raise

    @asynccontextmanager
    async def taken(self, urgency: float = 0.0) -> AsyncIterator[None]:
        """Hold a place."""
        await self.acquire(urgency)
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        """Give a place back."""
        if not self._waiting.serve(None):
            self._free += 1
