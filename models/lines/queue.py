"""The calls that wait in one line: the most urgent first, and those that can be done in one go together."""

import asyncio
import heapq
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Generic

from .hand import A, Job, Q


@dataclass(slots=True, kw_only=True, eq=False)
class Call(Generic[Q, A]):
    """One call, from when it is asked until it is answered."""

    job: Job[Q]
    urgency: float
    task: str
    """Whose work it is, however often it is tried."""
    alike: Hashable
    """Calls that are equal in this may be done in one go; None: it goes alone."""
    came: float
    """When, by the loop's clock."""
    answer: asyncio.Future[A]
    refusals: int = 0
    """How often it found too little memory, alone."""
    avoids: frozenset[str] = frozenset()
    """Workers that had too little memory for it, and workers and places that spoilt it."""

    def give(self, answer: A) -> None:
        """Answer it, unless nobody listens any more."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: BaseException) -> None:
        """Refuse it, unless nobody listens any more."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(slots=True)
class Queue(Generic[Q, A]):
    """Calls by urgency, highest first; equals in the order they came."""

    _heaps: dict[Hashable, list[tuple[float, int, Call[Q, A]]]] = field(default_factory=dict)
    _came: "count[int]" = field(default_factory=count)
    _waiting: set[Call[Q, A]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Call[Q, A]]:
        """Give those that wait, in no order."""
        return iter(self._waiting)

    @property
    def tokens(self) -> list[str]:
        """Name those that wait, in no order."""
        return [call.job.token for call in self._waiting]

    def push(self, call: Call[Q, A]) -> None:
        """Have a call wait."""
        self._waiting.add(call)
        heapq.heappush(self._heaps.setdefault(call.alike, []), (-call.urgency, next(self._came), call))

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Give calls another urgency, higher or lower, by their jobs' tokens; equals stay in the order they came."""
        for call in self._waiting:
            call.urgency = urgencies.get(call.job.token, call.urgency)
        for heap in self._heaps.values():
            heap[:] = [(-call.urgency, came, call) for _, came, call in heap if call in self._waiting]
            heapq.heapify(heap)

    def withdraw(self, tokens: Collection[str]) -> list[Call[Q, A]]:
        """Take calls out, by their jobs' tokens."""
        found = [call for call in self._waiting if call.job.token in tokens]
        self._waiting.difference_update(found)
        return found

    def discard(self, call: Call[Q, A]) -> None:
        """Let go of a call whose caller has gone; nothing happens when it does not wait."""
        self._waiting.discard(call)

    def peek(self) -> Call[Q, A] | None:
        """Give the most urgent call."""
        for alike in [alike for alike, heap in self._heaps.items() if not self._tidied(heap)]:
            del self._heaps[alike]
        return min((heap[0] for heap in self._heaps.values()), default=(0, 0, None))[2]

    def count_alike(self, call: Call[Q, A]) -> int:
        """Say about how many calls could be done in one go with that one, itself counted in; some may have gone."""
        return 1 if call.alike is None else len(self._heaps.get(call.alike, ()))

    def pop(self, most: int) -> list[Call[Q, A]]:
        """Take the most urgent call out and, up to `most` in all, the most urgent of those alike."""
        first = self.peek()
        if first is None:
            return []
        heap, taken = self._heaps[first.alike], list[Call[Q, A]]()
        while self._tidied(heap) and len(taken) < (1 if first.alike is None else most):
            call = heapq.heappop(heap)[2]
            self._waiting.discard(call)
            taken.append(call)
        return taken

    def empty(self) -> list[Call[Q, A]]:
        """Take everything out."""
        waiting, self._waiting = list(self._waiting), set()
        self._heaps.clear()
        return waiting

    def _tidied(self, heap: list[tuple[float, int, Call[Q, A]]]) -> bool:
        """Drop those from the top that no longer wait; say whether any do."""
        while heap and heap[0][2] not in self._waiting:
            heapq.heappop(heap)
        return bool(heap)
