"""Who waits for something scarce, and who gets it: the most urgent first."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Turns:
    """A semaphore whose waiters are served by urgency, highest first; equals in the order they came."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._heap: list[tuple[float, int, asyncio.Future[None]]] = []
        self._came = count()

    async def acquire(self, urgency: float = 0.0) -> None:
        """Wait for a place; whoever is cancelled meanwhile holds none."""
        if self._free > 0:
            self._free -= 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._heap, (-urgency, next(self._came), place))
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
        """Give a place to the most urgent who still waits, or back."""
        while self._heap:
            _, _, place = heapq.heappop(self._heap)
            if not place.done():
                place.set_result(None)
                return
        self._free += 1
