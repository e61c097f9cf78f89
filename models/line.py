"""One line of equal workers and the calls that wait for them: deadlines, replacement, growth. Knows no cluster."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog

from ..core.errors import CallsheetError, WorkerLost
from .turns import Turns, Waiting

log = structlog.get_logger()


class Hand(Protocol):
    """One running copy, somewhere."""

    @property
    def name(self) -> str:
        """Name it for people: `sketch-s/2`."""
        ...

    async def ready(self) -> None:
        """Wait until it has loaded; raises what went wrong, `WorkerLost` when it died of it."""
        ...

    def dismiss(self) -> None:
        """End its process now; idempotent."""
        ...


H = TypeVar("H", bound=Hand)
T = TypeVar("T")

Reply = tuple[str, T | CallsheetError]
"""The token of the call it answers, and the answer or the refusal."""


@dataclass(slots=True, kw_only=True)
class Line(Generic[H]):
    """Workers of one kind, hired on demand, one call each at a time; the most urgent call is served first."""

    name: str
    hire: Callable[[str], H]
    """Start a worker under a name; blocking, so called on a thread."""
    at_most: int
    call_seconds: float
    start_seconds: float
    slots: Turns
    """The machine's cores, shared with the other lines; a call holds one while it runs."""
    _hired: int = 0
    _starting: int = 0
    _staff: list[H] = field(default_factory=list)
    _idle: deque[H] = field(default_factory=deque)
    _waiting: Waiting[H] = field(default_factory=Waiting)
    _chores: set[asyncio.Task[object]] = field(default_factory=set)
    _is_closed: bool = False

    @property
    def size(self) -> int:
        """How many workers are up."""
        return len(self._staff)

    async def open(self, at_least: int) -> None:
        """Bring workers up, together, before the first call; raises what kept one from loading."""
        missing = max(0, min(at_least, self.at_most) - len(self._staff) - self._starting)
        self._starting += missing
        async with asyncio.TaskGroup() as group:
            for _ in range(missing):
                group.create_task(self._start())

    async def call(self, ask: Callable[[H], Awaitable[Reply[T]]], *, token: str, urgency: float = 0.0) -> T:
        """Have the next free worker do something, the most urgent call first.

        Once a worker has the call, cancelling the caller does not free the worker: the work runs on, and its result
        is dropped.

        Raises:
            WorkerLost: the worker died, hung or answered another call; a new one takes its place.
            CallsheetError: the refusal it answered with, or what kept every worker from loading.
        """
        hand = await self._next(urgency)
        try:
            await self.slots.acquire(urgency)
        except asyncio.CancelledError:
            self._free(hand)
            raise
        if hand not in self._staff:
            self.slots.release()
            raise WorkerLost(hand.name, "the workers were sent home")
        chore = self._chore(self._attend(hand, ask, token))
        try:
            return await asyncio.shield(chore)
        except asyncio.CancelledError:
            if chore.cancelled():
                raise WorkerLost(hand.name, "the workers were sent home") from None
            raise

    def close(self) -> None:
        """Send everybody home; whoever waits hears `WorkerLost`."""
        self._is_closed = True
        for chore in list(self._chores):
            chore.cancel()
        for hand in self._staff:
            hand.dismiss()
        self._staff.clear()
        self._idle.clear()
        self._waiting.fail(WorkerLost(self.name, "the workers were sent home"))

    async def _next(self, urgency: float) -> H:
        if self._is_closed:
            raise WorkerLost(self.name, "the workers were sent home")
        if self._idle:
            return self._idle.popleft()
        place = self._waiting.join(urgency)
        self._grow()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and not place.exception():
                self._free(place.result())
            raise

    def _grow(self) -> None:
        """Hire one more when more calls wait than workers are up; one start at a time, for a start is dear."""
        is_full = len(self._staff) + self._starting >= self.at_most
        if not self._is_closed and not is_full and not self._starting and len(self._waiting) > len(self._staff):
            self._starting += 1
            self._chore(self._start_for_waiting())

    async def _start_for_waiting(self) -> None:
        try:
            await self._start()
        except CallsheetError as error:
            log.warning("worker_start_failed", line=self.name, why=str(error))
            if not self._staff:
                self._waiting.fail(error)

    async def _start(self) -> None:
        """Hire one worker; the caller has counted it in `_starting` already."""
        self._hired += 1
        name, hand = f"{self.name}/{self._hired}", None
        try:
            hand = await asyncio.to_thread(self.hire, name)
            async with asyncio.timeout(self.start_seconds):
                await hand.ready()
            self._staff.append(hand)
        except TimeoutError:
            raise WorkerLost(
                name, f"it did not load within {self.start_seconds:g} s (setting `start_seconds`)"
            ) from None
        finally:
            self._starting -= 1
            if hand is not None and hand not in self._staff:
                hand.dismiss()
        self._free(hand)
        self._grow()

    async def _attend(self, hand: H, ask: Callable[[H], Awaitable[Reply[T]]], token: str) -> T:
        try:
            async with asyncio.timeout(self.call_seconds):
                echoed, answer = await ask(hand)
            if echoed != token:
                raise WorkerLost(hand.name, "it answered with another call's token")
        except TimeoutError:
            self._lose(hand)
            what = f"no answer within {self.call_seconds:g} s (setting `call_seconds`)"
            raise WorkerLost(hand.name, what) from None
        except WorkerLost:
            self._lose(hand)
            raise
        finally:
            self.slots.release()
        self._free(hand)
        if isinstance(answer, CallsheetError):
            raise answer
        return answer

    def _free(self, hand: H) -> None:
        if hand in self._staff and not self._waiting.serve(hand):
            self._idle.append(hand)

    def _lose(self, hand: H) -> None:
        log.warning("worker_lost", worker=hand.name)
        if hand in self._staff:
            self._staff.remove(hand)
        hand.dismiss()
        self._grow()

    def _chore(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        """Run something that outlives its caller's cancellation; a failure nobody waits for any more is dropped."""
        chore = asyncio.get_running_loop().create_task(work)
        self._chores.add(chore)

        def done(ended: asyncio.Task[T]) -> None:
            self._chores.discard(ended)
            if not ended.cancelled():
                ended.exception()

        chore.add_done_callback(done)
        return chore
