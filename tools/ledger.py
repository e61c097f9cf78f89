"""Money, read off the journal: the purse at any moment."""

from dataclasses import dataclass, field
from typing import Final

from ..core.call import CallReserved, CallSent, CallUnknown, CallVoided, ChargeReconciled
from ..core.fact import Fact, LeaseTaken, ProductionPlanned, TakeMade
from ..core.limits import CapsSet
from ..core.money import Bill, Caps, to_micros, to_usd
from ..core.thought import AnswerGiven, ThoughtReserved, ThoughtUnknown, ThoughtVoided

_DAY_LETTERS: Final = len("2026-11-21")


def day_of(at: str) -> str:
    """Name the day of an entry, in UTC; nothing but the name of a day is ever taken from the wall clock.

    >>> day_of("2026-11-21T22:45:06.120Z")
    '2026-11-21'
    """
    return at[:_DAY_LETTERS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Money that one try at a call holds: reserved for it, or unknown."""

    task: str
    department: str
    day: str
    """On which it was reserved."""
    micros: int

    @property
    def scopes(self) -> tuple[str, str]:
        """Name what it counts towards, beside the whole."""
        return f"department:{self.department}", f"day:{self.day}"


@dataclass(slots=True)
class Purse:
    """The money as a fold over facts, in micro-dollars; feed it every fact in the journal's order, with its time."""

    budget: int = 0
    settled: int = 0
    reserved: int = 0
    """For calls that are open, and for those nobody knows the end of."""
    charged: int = 0
    """Calls paid for, questions to language models among them."""
    caps: Caps = field(default_factory=Caps)
    spent: dict[str, int] = field(default_factory=dict)
    """Settled and reserved, by department and by day."""
    open: dict[str, Claim] = field(default_factory=dict)
    """Reserved, by key."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Of the open calls, by key."""
    doubts: dict[tuple[str, str], Claim] = field(default_factory=dict)
    """Unknown, by key and token."""
    sent: set[str] = field(default_factory=set)
    """Open calls that left the house since the wheel last changed hands."""
    left: set[str] = field(default_factory=set)
    """Open calls whose driver is gone: nobody told us how they ended."""

    def add(self, fact: Fact, at: str = "") -> None:
        """Fold one more fact in; facts without money change nothing.

        Args:
            fact: in the journal's order.
            at: its time, whose day it counts towards; whoever asks for no day's sum need not give it.
        """
        match fact:
            case CallReserved() | ThoughtReserved():
                self._reserve(fact, day_of(at))
            case CallSent():
                self.sent.add(fact.key)
            case CallVoided() | ThoughtVoided():
                self._close(fact.key)
            case TakeMade() | AnswerGiven() if fact.key:
                self._pay(self._close(fact.key), fact.micros)
            case CallUnknown() | ThoughtUnknown() | ChargeReconciled():
                self._doubt(fact)
            case ProductionPlanned():
                self.budget = to_micros(fact.budget_usd)
            case CapsSet():
                self.caps = fact.caps
            case LeaseTaken():
                self.left |= self.sent
                self.sent.clear()

    def bill(self) -> Bill:
        """Say where the money stands."""
        unknown = [*self.doubts.values(), *(self.open[key] for key in self.left if key in self.open)]
        return Bill(
            budget_usd=to_usd(self.budget),
            settled_usd=to_usd(self.settled),
            reserved_usd=to_usd(self.reserved),
            unknown_usd=to_usd(sum(one.micros for one in unknown)),
            calls=self.charged,
        )

    def _reserve(self, fact: CallReserved | ThoughtReserved, day: str) -> None:
        self._close(fact.key)
        claim = Claim(task=fact.task, department=fact.department, day=day, micros=fact.micros)
        self.open[fact.key], self.tokens[fact.key] = claim, fact.token
        self.reserved += claim.micros
        self._count(claim, claim.micros)
        if isinstance(fact, ThoughtReserved):
            self.sent.add(fact.key)

    def _close(self, key: str) -> Claim | None:
        """Free what an open call holds."""
        claim = self.open.pop(key, None)
        self.tokens.pop(key, None)
        self.sent.discard(key)
        self.left.discard(key)
        if claim:
            self._free(claim)
        return claim

    def _free(self, claim: Claim) -> None:
        self.reserved -= claim.micros
        self._count(claim, -claim.micros)

    def _pay(self, claim: Claim | None, micros: int) -> None:
        self.settled += micros
        self.charged += 1
        if claim:
            self._count(claim, micros)

    def _doubt(self, fact: CallUnknown | ThoughtUnknown | ChargeReconciled) -> None:
        place = (fact.key, fact.token)
        if isinstance(fact, CallUnknown | ThoughtUnknown):
            if claim := self._close(fact.key):
                self.doubts[place] = claim
                self.reserved += claim.micros
                self._count(claim, claim.micros)
        elif claim := self.doubts.pop(place, None):
            self._free(claim)
            if fact.micros:
                self._pay(claim, fact.micros)

    def _count(self, claim: Claim, micros: int) -> None:
        for scope in claim.scopes:
            self.spent[scope] = self.spent.get(scope, 0) + micros
            if not self.spent[scope]:
                del self.spent[scope]
