"""A hand whose coming and going is told to whoever keeps account of rented machines."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic

from ...core.ports import RentBook
from .hand import A, Hand, Job, Q, Reply
from .pulse import Beating

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(slots=True, kw_only=True, eq=False)
class ToldHand(Generic[Q, A]):
    """Does what the hand does, and tells when it has loaded and when it is gone."""

    hand: Hand[Q, A]
    machine: str
    book: RentBook
    _is_up: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        """The hand's."""
        return self.hand.name

    async def ready(self) -> None:
        """Start and load."""
        now = asyncio.get_running_loop().time
        began = now()
        await self.hand.ready()
        self._is_up = True
        self.book.loaded(self.name, self.machine, now() - began)

    async def do(self, jobs: Sequence[Job[Q]]) -> Sequence[Reply[A]]:
        """Do some jobs in one go."""
        return await self.hand.do(jobs)

    async def pulse(self) -> None:
        """Ask it for a sign of life; one that gives none lives as long as this process."""
        if isinstance(self.hand, Beating):
            await self.hand.pulse()

    def dismiss(self) -> None:
        """End its process now; told once."""
        if self._is_up:
            self._is_up = False
            self.book.sent_home(self.name, self.machine)
        self.hand.dismiss()


def this_machine() -> str:
    """Name the machine we run on as long as it is not started anew; where that cannot be told, for ever."""
    try:
        since = _BOOT_ID.read_text().strip()[:8]
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}-{since}"
