"""An event loop whose time leaps: hours of waiting pass as soon as nobody has anything left to do."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Final, TypeVar

T = TypeVar("T")
_REAL_WAIT_SECONDS: Final = 0.5
"""How long threads are waited for at a time; whoever finishes wakes the loop at once."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Where every coroutine is asleep, the clock goes to the first one's alarm.

    A program without threads runs the same way every time; threads may end in any order. Their work takes no virtual
    time: the clock stands while a thread of `run_in_executor` runs, or while something that `wait_for_real` was told of
    says it is at work.
    """

    def __init__(self) -> None:
        super().__init__(_Leaping(self))
        self._now = 0.0
        self._on_threads = 0
        self._others: list[Callable[[], bool]] = []

    def time(self) -> float:
        """Give the virtual seconds since the loop was made."""
        return self._now

    def leap(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def wait_for_real(self, is_at_work: Callable[[], bool]) -> None:
        """Have the clock stand while `is_at_work` says so."""
        self._others.append(is_at_work)

    @property
    def is_at_work(self) -> bool:
        """Whether anything happens outside this loop's own thread."""
        return self._on_threads > 0 or any(one() for one in self._others)

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """Run on a thread, in no time."""
        future = super().run_in_executor(executor, func, *args)
        self._on_threads += 1
        future.add_done_callback(self._leave_thread)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncio's own
        """Wait for the threads, in no time."""
        self._on_threads += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._on_threads -= 1

    def _leave_thread(self, _: object) -> None:
        """Let time go on once the answer is here; before that, its reader would wake too late."""
        self._on_threads -= 1


class _Leaping(selectors.DefaultSelector):
    """Waits for threads in real time, and for everything else not at all."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give what is ready; where nothing is and no thread is at work, let the time pass that was to be waited."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self._loop.is_at_work:
            return super().select(_REAL_WAIT_SECONDS)
        self._loop.leap(timeout)
        return []


def run_virtually(program: Callable[[VirtualLoop], Coroutine[object, object, T]]) -> tuple[T, float]:
    """Run a program to its end on a loop of its own.

    Args:
        program: is given the loop, to tell it of real work.

    Returns:
        Its result, and the virtual seconds it took.
    """
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(program(loop)), loop.time()
