"""A journal that tells a listener what was written, by this process or another, after it is durable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..core.fact import Entry, Fact
from ..core.history import History
from ..core.money import Bill
from ..core.ports import Journal
from ..core.task_record import AsSeen

Listener = Callable[[Entry], None]


@dataclass(slots=True, kw_only=True)
class Broadcast:
    """Wraps a journal; itself one."""

    journal: Journal
    listener: Listener
    _told: int = field(init=False)

    def __post_init__(self) -> None:
        self._told = len(self.journal.history.entries)

    @property
    def history(self) -> History:
        """What the recorded facts add up to."""
        return self.journal.history

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        """Record, then tell, with what others wrote before it."""
        entries = await self.journal.record(*facts, seen=seen)
        self._tell()
        return entries

    async def refresh(self) -> tuple[Entry, ...]:
        """Read what other processes wrote, and tell."""
        entries = await self.journal.refresh()
        self._tell()
        return entries

    def bill(self) -> Bill:
        """Say where the money stands."""
        return self.journal.bill()

    def _tell(self) -> None:
        entries = self.journal.history.entries
        while self._told < len(entries):
            self._told += 1
            self.listener(entries[self._told - 1])
