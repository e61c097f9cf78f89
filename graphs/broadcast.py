"""A journal that tells a listener what was written, after it is durable."""

from collections.abc import Callable
from dataclasses import dataclass

from ..core.fact import Entry, Fact
from ..core.history import History
from ..core.money import Bill
from ..core.ports import Journal

Listener = Callable[[Entry], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """Wraps a journal; itself one."""

    journal: Journal
    listener: Listener

    @property
    def history(self) -> History:
        """What the recorded facts add up to."""
        return self.journal.history

    async def record(self, *facts: Fact) -> tuple[Entry, ...]:
        """Record, then tell."""
        entries = await self.journal.record(*facts)
        for entry in entries:
            self.listener(entry)
        return entries

    async def refresh(self) -> tuple[Entry, ...]:
        """Read what other processes wrote, and tell."""
        entries = await self.journal.refresh()
        for entry in entries:
            self.listener(entry)
        return entries

    def bill(self) -> Bill:
        """Say where the money stands."""
        return self.journal.bill()
