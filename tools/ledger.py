"""Money, read off the journal: the purse at any moment."""

from dataclasses import dataclass, field

from ..core.call import CallReserved, CallSent, CallVoided
from ..core.fact import Fact, LeaseTaken, ProductionPlanned, TakeMade
from ..core.money import Bill, to_micros, to_usd
from ..core.thought import AnswerGiven, ThoughtReserved, ThoughtVoided


@dataclass(slots=True)
class Purse:
    """The money as a fold over facts, in micro-dollars; feed it every fact in the journal's order."""

    budget: int = 0
    settled: int = 0
    reserved: int = 0
    charged: int = 0
    """Calls paid for, questions to language models among them."""
    open: dict[str, int] = field(default_factory=dict)
    """Reserved, by key."""
    sent: set[str] = field(default_factory=set)
    """Open calls that left the house since the wheel last changed hands."""
    unknown: set[str] = field(default_factory=set)
    """Open calls whose driver is gone: nobody told us how they ended."""

    def add(self, fact: Fact) -> None:
        """Fold one more fact in; facts without money change nothing."""
        match fact:
            case ProductionPlanned():
                self.budget = to_micros(fact.budget_usd)
            case LeaseTaken():
                self.unknown |= self.sent
                self.sent.clear()
            case CallReserved() | ThoughtReserved():
                self._close(fact.key)
                self.open[fact.key] = fact.micros
                self.reserved += fact.micros
                if isinstance(fact, ThoughtReserved):
                    self.sent.add(fact.key)
            case CallSent():
                self.sent.add(fact.key)
            case CallVoided() | ThoughtVoided():
                self._close(fact.key)
            case TakeMade() | AnswerGiven() if fact.key:
                self._close(fact.key)
                self.settled += fact.micros
                self.charged += 1

    def bill(self) -> Bill:
        """Say where the money stands."""
        return Bill(
            budget_usd=to_usd(self.budget),
            settled_usd=to_usd(self.settled),
            reserved_usd=to_usd(self.reserved),
            unknown_usd=to_usd(sum(self.open.get(key, 0) for key in self.unknown)),
            calls=self.charged,
        )

    def _close(self, key: str) -> None:
        self.reserved -= self.open.pop(key, 0)
        self.sent.discard(key)
        self.unknown.discard(key)
