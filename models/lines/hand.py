"""What a line knows of its workers: a place to sit, and a hand there that takes calls."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, Protocol, TypeVar

from ...core.errors import CallsheetError, WorkerLost, WorldError
from .pulse import answer_in_time

Q = TypeVar("Q")
A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

Reply = tuple[str, A | CallsheetError]
"""The token of the call it answers, and the answer or the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere workers can live: a machine of the cluster."""

    name: str = ""
    """The machine's id; empty where it cannot be told or does not matter."""
    kind: str = ""
    """What sort of machine: those of one sort are taken to be equally fast until they show otherwise."""
    size: float = inf
    """How much of the scarce thing it has: GPUs, or CPUs."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Q]):
    """One call as a hand is given it."""

    token: str
    asked: Q


class Hand(Protocol[Q, A_co]):
    """One running copy, somewhere."""

    @property
    def name(self) -> str:
        """Name it for people: `sketch-s/2`."""
        ...

    async def ready(self) -> None:
        """Start and load; raises what went wrong, `WorkerLost` when it died of it."""
        ...

    async def do(self, jobs: Sequence[Job[Q]]) -> Sequence[Reply[A_co]]:
        """Do some jobs in one go and answer each, in order; raises `WorkerLost` when it died of them."""
        ...

    def dismiss(self) -> None:
        """End its process now; idempotent."""
        ...


async def ask(
    hand: Hand[Q, A], jobs: Sequence[Job[Q]], seconds_each: float, lost: asyncio.Future[WorldError]
) -> Sequence[Reply[A]]:
    """Have a hand do some jobs, within a deadline; its answers are those of these very jobs.

    Args:
        hand: whom to ask.
        jobs: what to do in one go.
        seconds_each: the deadline, for each of them.
        lost: is told how the hand was lost, by whoever notices.

    Raises:
        WorkerLost: it died, hung, or answered other jobs; it must be dismissed.
    """
    deadline = seconds_each * len(jobs)
    try:
        replies = await answer_in_time(asyncio.ensure_future(hand.do(jobs)), lost, deadline)
    except TimeoutError:
        raise WorkerLost(hand.name, f"no answer within {deadline:g} s (setting `call_seconds`)") from None
    if [token for token, _ in replies] != [job.token for job in jobs]:
        raise WorkerLost(hand.name, "it answered with another call's token")
    return replies
