"""Work that outlives the call that began it and is no part of it: a loop of its own in a thread of its own.

A node of somebody's graph that begins a production must not pass its own run on to the graphs within: they would take
themselves for parts of it. And a server's loop must not wait while a plan is made.
"""

import asyncio
import atexit
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from contextvars import Context
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")

_CLOSES_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Begun:
    thread: Thread
    loop: asyncio.AbstractEventLoop
    stop: asyncio.Event


async def _nothing() -> None:
    """Have nothing to put away."""


class Offstage:
    """Runs coroutines for any loop of the process; its thread begins with the first, and ends with that one's loop."""

    def __init__(self, put_away: Callable[[], Coroutine[None, None, None]] = _nothing) -> None:
        """Prepare; no thread is begun yet.

        Args:
            put_away: is run, offstage, before the thread ends.
        """
        self._put_away = put_away
        self._lock = Lock()
        self._begun: _Begun | None = None
        self._tie: AsyncGenerator[None, None] | None = None

    async def run(self, make: Callable[[], Coroutine[None, None, T]], *, to_the_end: bool = False) -> T:
        """Run a coroutine offstage and give what it gives.

        Args:
            make: makes the coroutine; it sees nothing of the caller's context.
            to_the_end: who cancels the wait does not cancel what is waited for.
        """
        begun, is_new = self._begin()
        if is_new:
            self._tie = self._until_loop_ends(begun)
            await anext(self._tie)
        waiting = asyncio.wrap_future(Context().run(asyncio.run_coroutine_threadsafe, make(), begun.loop))
        return await (asyncio.shield(waiting) if to_the_end else waiting)

    def close(self) -> None:
        """Put things away, cancel what still runs and end the thread; idempotent. Blocking."""
        if begun := self._begun:
            self._end(begun)

    def _begin(self) -> tuple[_Begun, bool]:
        with self._lock:
            if self._begun:
                return self._begun, False
            ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
            thread = Thread(target=lambda: asyncio.run(_until_stopped(ready)), name="offstage", daemon=True)
            thread.start()
            loop, stop = ready.result()
            self._begun = _Begun(thread=thread, loop=loop, stop=stop)
            atexit.register(self.close)
            return self._begun, True

    async def _until_loop_ends(self, begun: _Begun) -> AsyncGenerator[None, None]:
        """Wait for the end of the caller's loop, which ends its open generators while threads can still be used."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._end, begun)

    def _end(self, begun: _Begun) -> None:
        with self._lock:
            if self._begun is not begun:
                return
            self._begun = None
        atexit.unregister(self.close)
        try:
            asyncio.run_coroutine_threadsafe(self._put_away(), begun.loop).result(_CLOSES_WITHIN_SECONDS)
        finally:
            begun.loop.call_soon_threadsafe(begun.stop.set)
            begun.thread.join(_CLOSES_WITHIN_SECONDS)


async def _until_stopped(ready: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
    stop = asyncio.Event()
    ready.set_result((asyncio.get_running_loop(), stop))
    await stop.wait()
