"""Signs of life: a worker that gives none for three heartbeats is lost; its work goes on once it cannot come back."""

import asyncio
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

from ...core.errors import WorkerLost, WorldError

T = TypeVar("T")

BEATS: Final = 3
"""So many heartbeats without a sign of life, and a worker is lost. Each sign renews its lease for as long."""

_ROUNDING: Final = 0.001
"""Of a beat: a timer set for the end of a lease may ring a rounding before it."""

_OWN_ABSENCE_SECONDS: Final = 5.0
"""A timer that rings that much late says that this process stood still."""


@runtime_checkable
class Beating(Protocol):
    """A hand whose process can be asked for a sign of life while it works."""

    @property
    def name(self) -> str:
        """Name it for people."""
        ...

    async def pulse(self) -> None:
        """Come back as soon as its process has answered; raises `WorkerLost` or `ClusterLost` where it is gone."""
        ...


async def until_lost(hand: Beating, beat_seconds: float) -> WorldError:
    """Ask for a sign of life once a heartbeat, and give how the worker was lost when it was; runs until cancelled.

    Time that passed while this process itself stood still is nobody's silence.
    """
    heard = _now()
    while True:
        asked = _now()
        due = min(heard + BEATS * beat_seconds, asked + beat_seconds)
        try:
            async with asyncio.timeout_at(due):
                await hand.pulse()
                heard = _now()
        except TimeoutError:
            pass
        except WorldError as error:
            return error
        heard += _late(due, beat_seconds)
        if _now() - heard >= (BEATS - _ROUNDING) * beat_seconds:
            silence = f"no sign of life for {BEATS * beat_seconds:g} s"
            return WorkerLost(hand.name, f"{silence}: it hangs or is paused (setting `heartbeat_seconds`)")
        due = max(_now(), min(asked + beat_seconds, heard + BEATS * beat_seconds))
        await asyncio.sleep(due - _now())
        heard += _late(due, beat_seconds)


def _late(due: float, beat_seconds: float) -> float:
    """Give how late we are ourselves, where that is more than a busy moment."""
    late = _now() - due
    return late if late > beat_seconds / 2 else 0.0


async def until_gone(hand: Beating, margin_seconds: float) -> bool:
    """Wait until a worker that was dismissed is known to be dead, or for the margin; say which it was."""
    try:
        async with asyncio.timeout(margin_seconds):
            while True:
                await hand.pulse()
                await asyncio.sleep(min(0.05, margin_seconds / 10))
    except TimeoutError:
        return False
    except WorldError:
        return True


async def answer_in_time(work: asyncio.Future[T], lost: asyncio.Future[WorldError], seconds: float) -> T:
    """Wait for an answer, until the worker is known to be lost or a deadline is over; what is not done is cancelled.

    Raises:
        TimeoutError: the deadline is over; a time in which this process itself stood still is added to it.
        WorldError: how the worker was lost.
    """
    due, either = _now() + seconds, cast("set[asyncio.Future[object]]", {work, lost})
    try:
        while not work.done() and not lost.done():
            await asyncio.wait(either, timeout=max(0.0, due - _now()), return_when=asyncio.FIRST_COMPLETED)
            late = _now() - due
            if late < 0 or work.done() or lost.done():
                continue
            if late < _OWN_ABSENCE_SECONDS:
                raise TimeoutError
            due = _now() + min(late, seconds)
        if work.done():
            return work.result()
        raise lost.result()
    finally:
        work.add_done_callback(_hear_out)
        work.cancel()


def _hear_out(work: asyncio.Future[T]) -> None:
    """Take note of how something ended that nobody waits for any more."""
    if not work.cancelled():
        work.exception()


def _now() -> float:
    return asyncio.get_running_loop().time()
