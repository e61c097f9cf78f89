"""The workers of one line: hired into places, idle or busy, sent home when nobody needs them. Knows no calls."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final, Generic

import structlog

from ...core.errors import WorkerLost, WorldError
from .hand import A, Hand, Place, Q
from .queue import Call
from .room import Room
from .speeds import Meter
from .terms import Terms

log = structlog.get_logger()

_TICK_SECONDS: Final = 0.01
"""A timer may ring that much early."""

_LONGEST_REST: Final = 6
"""Doublings of the rest after failed starts."""


@dataclass(slots=True, kw_only=True, eq=False)
class Post(Generic[Q, A]):
    """A worker in its place."""

    hand: Hand[Q, A]
    place: Place
    expected_speed: float
    speed: float
    since: float
    """When it fell idle, or began what it does."""
    doing: Sequence[Call[Q, A]] = ()
    is_fresh: bool = True
    """Whether it has done nothing yet."""
    is_gone: bool = False
    lost: asyncio.Future[WorldError] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Is told how it was lost, by whoever notices that it gives no sign of life."""
    _meter: Meter = field(default_factory=Meter)

    def note(self, work_seconds: float, seconds: float, take_seconds: float) -> None:
        """Count what it did."""
        self._meter.note(work_seconds, seconds)
        self.speed = self._meter.speed(self.expected_speed, take_seconds)

    def seconds_left(self, now: float, take_seconds: float) -> float:
        """Guess when it is through; what is overdue is taken to need as long again as it is overdue."""
        return abs(len(self.doing) * take_seconds / self.speed - (now - self.since)) if self.doing else 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class Staff(Generic[Q, A]):
    """Who works in a line, and who is about to."""

    name: str
    hire: Callable[[str, Place], Hand[Q, A]]
    """Name a worker and its place; it starts when it is asked to get `ready`."""
    room: Room
    terms: Terms
    load_seconds: float
    """Of one worker: nominal at first, then as measured."""
    loads: list[float] = field(default_factory=list)
    """Seconds of every load so far."""
    posts: list[Post[Q, A]] = field(default_factory=list)
    idle: list[Post[Q, A]] = field(default_factory=list)
    """The one who fell idle last is the last."""
    loading: int = 0
    speed: float = 0.0
    """Of all together, those that load counted in as fast as they are expected to be."""
    running: int = 0
    """How many calls are being done."""
    without_since: float = -inf
    """When somebody was last sent home; while nobody is here, since when that is so."""
    is_closed: bool = False
    _hired: int = 0
    _resting_until: float = -inf
    _failed_starts: int = 0
    _closing_time: asyncio.TimerHandle | None = None

    @property
    def may_grow(self) -> bool:
        """Whether another may be hired: there are not too many, and it has not just failed."""
        is_full = len(self.posts) + self.loading >= self.terms.at_most
        has_others = bool(self.posts) or self.loading > 0
        return not self.is_closed and not is_full and (not has_others or _now() >= self._resting_until)

    def spare(self, *, is_called: bool) -> Sequence[Post[Q, A]]:
        """Give those who are idle and may be sent home: while calls wait, not who has loaded and done nothing yet."""
        return [post for post in self.idle if not (is_called and post.is_fresh)]

    def expect(self, place: Place) -> float:
        """Reserve a place for a worker that is about to `start`; gives how fast it is expected to be."""
        self.loading += 1
        self.room.occupy(place, self.terms.needs)
        expected = self.room.speeds.expected(self.name, place.kind)
        self.speed += expected
        return expected

    async def start(self, place: Place, expected: float) -> Post[Q, A]:
        """Have an expected worker load; it is idle when this returns.

        Raises:
            WorkerLost: it died, or did not load in time.
            CallsheetError: what kept it from loading.
        """
        self._hired += 1
        name, hand, post, began = f"{self.name}/{self._hired}", None, None, _now()
        try:
            hand = self.hire(name, place)
            async with asyncio.timeout(self.terms.start_seconds):
                await hand.ready()
            if self.is_closed:
                raise WorkerLost(name, "the workers were sent home")
            post = Post(hand=hand, place=place, expected_speed=expected, speed=expected, since=_now())
        except TimeoutError:
            what = f"it did not load within {self.terms.start_seconds:g} s (setting `start_seconds`)"
            raise WorkerLost(name, what) from None
        finally:
            self.loading -= 1
            if post is None:
                self.speed -= expected
                self._failed(place, hand)
        self._failed_starts = 0
        self.loads.append(_now() - began)
        self.load_seconds += (self.loads[-1] - self.load_seconds) / 2
        self.posts.append(post)
        self.rest(post)
        return post

    def rest(self, post: Post[Q, A]) -> None:
        """Have a worker wait for its next call; nothing happens when it has gone."""
        self.running -= len(post.doing)
        post.doing, post.since = (), _now()
        if not post.is_gone:
            self.idle.append(post)
            self._set_closing_time()

    def note(self, post: Post[Q, A], take_seconds: float) -> None:
        """Measure how fast a worker was that has just done what it did."""
        work, seconds = len(post.doing) * take_seconds, _now() - post.since
        self.speed -= post.speed
        post.note(work, seconds, take_seconds)
        self.speed += post.speed
        self.room.speeds.note(self.name, post.place.kind, work, seconds, take_seconds=take_seconds)

    def set_to(self, post: Post[Q, A], calls: Sequence[Call[Q, A]]) -> None:
        """Have an idle worker do something."""
        self.idle.remove(post)
        self.running += len(calls)
        post.doing, post.since, post.is_fresh = calls, _now(), False

    def dismiss(self, post: Post[Q, A]) -> None:
        """Send a worker home and free its place; idempotent."""
        if not post.is_gone:
            post.is_gone = True
            self.posts.remove(post)
            if post in self.idle:
                self.idle.remove(post)
            self.speed -= post.speed
            self.running -= len(post.doing)
            post.doing = ()
            self.without_since = _now()
            self.room.leave(post.place, self.terms.needs)
            post.hand.dismiss()

    def close(self) -> None:
        """Send everybody home."""
        self.is_closed = True
        if self._closing_time:
            self._closing_time.cancel()
        for post in list(self.posts):
            self.dismiss(post)

    def _failed(self, place: Place, hand: Hand[Q, A] | None) -> None:
        """Wait longer after each failure before the next is tried, as long as somebody is there to do the work."""
        self._failed_starts += 1
        self._resting_until = _now() + self.load_seconds * 2 ** min(self._failed_starts, _LONGEST_REST)
        self.room.leave(place, self.terms.needs)
        if hand is not None:
            hand.dismiss()

    def _set_closing_time(self) -> None:
        if self._closing_time is None and len(self.posts) > self.terms.at_least and self.idle:
            loop = asyncio.get_running_loop()
            self._closing_time = loop.call_at(self.idle[0].since + self.terms.idle_seconds, self._send_home)

    def _send_home(self) -> None:
        """Send home who has been idle for too long, as far as there are more than must stay."""
        self._closing_time = None
        due = _now() + _TICK_SECONDS
        long_idle = [post for post in self.idle if post.since + self.terms.idle_seconds <= due]
        for post in long_idle[: max(0, len(self.posts) - self.terms.at_least)]:
            log.info("worker_idle", worker=post.hand.name, seconds=self.terms.idle_seconds)
            self.dismiss(post)
        self._set_closing_time()
        self.room.settle()


def _now() -> float:
    return asyncio.get_running_loop().time()
