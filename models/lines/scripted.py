"""A hand that does as it is told and makes nothing: for tests of lines."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.errors import CallsheetError, MakerFailed, OutOfMemory, WorkerLost
from .hand import Job, Reply


@dataclass(frozen=True)
class Work:
    """What to do."""

    seconds: float = 0.0
    echo: str | None = None
    """Another token to answer with."""
    refusal: MakerFailed | None = None
    breaks: bool = False
    """Whether the worker dies of it."""


@dataclass(eq=False)
class ScriptedHand:
    """Answers with its name; several jobs in one go take as long as the longest."""

    name: str = ""
    trouble: Exception | None = None
    """What keeps it from loading."""
    load_seconds: float = 0.0
    speed: float = 1.0
    memory: int | None = None
    """How many jobs fit in one go."""
    is_gone: bool = False
    did: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    async def ready(self) -> None:
        """Load."""
        await asyncio.sleep(self.load_seconds)
        if self.trouble:
            raise self.trouble

    async def do(self, jobs: Sequence[Job[Work]]) -> Sequence[Reply[str]]:
        """Take the time asked for."""
        self.did.extend(job.token for job in jobs)
        self.batches.append(len(jobs))
        await asyncio.sleep(max(job.asked.seconds for job in jobs) / self.speed)
        if any(job.asked.breaks for job in jobs):
            raise WorkerLost(self.name, "it was told to break")
        if self.memory is not None and len(jobs) > self.memory:
            return [(job.token, OutOfMemory("scripted", f"{len(jobs)} at once do not fit")) for job in jobs]
        return [(job.asked.echo or job.token, self._answer(job.asked)) for job in jobs]

    def dismiss(self) -> None:
        """Note it."""
        self.is_gone = True

    def _answer(self, work: Work) -> str | CallsheetError:
        return work.refusal or self.name
