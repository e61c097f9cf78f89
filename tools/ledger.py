"""Money, read off the journal: the purse at any moment, and where it went by department, task, maker and asset."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from ..core.fact import CallReserved, CallSent, CallVoided, Fact, LeaseTaken, ProductionPlanned, TakeMade, TakePublished
from ..core.history import Call, History, TaskRecord
from ..core.money import Bill, to_micros, to_usd


@dataclass(slots=True)
class Purse:
    """The money as a fold over facts, in micro-dollars; feed it every fact in the journal's order."""

    budget: int = 0
    settled: int = 0
    reserved: int = 0
    charged: int = 0
    """Calls paid for."""
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
            case CallReserved():
                self._close(fact.key)
                self.open[fact.key] = fact.micros
                self.reserved += fact.micros
            case CallSent():
                self.sent.add(fact.key)
            case CallVoided():
                self._close(fact.key)
            case TakeMade() if fact.key:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one department, task or maker cost."""

    name: str
    calls: int
    """Paid for."""
    settled_usd: float
    reserved_usd: float
    accepted: int
    """Tasks of its whose published take stands."""

    @property
    def usd_per_accepted(self) -> float | None:
        """The headline figure, refused takes paid for included; None when nothing was accepted."""
        return self.settled_usd / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetCost:
    """What one accepted asset cost."""

    task: str
    version: int
    digest: str
    accepted_by: str
    usd: float
    """Of the take that was accepted."""
    usd_all: float
    """Of every take its task paid for, this one included."""
    takes: int


def by_department(history: History) -> tuple[Line, ...]:
    """List what each department spent, in the order of its first call."""
    return _lines(history, lambda call: call.department)


def by_task(history: History) -> tuple[Line, ...]:
    """List what each task spent, in the order of its first call."""
    return _lines(history, lambda call: call.task)


def by_maker(history: History) -> tuple[Line, ...]:
    """List what each maker was paid, first call first; an escalated task counts for each of its makers."""
    return _lines(history, lambda call: call.maker)


def by_asset(history: History) -> tuple[AssetCost, ...]:
    """List what each accepted asset cost: the publish that stands in each task, in the tasks' order."""
    settled = {line.name: line.settled_usd for line in by_task(history)}
    return tuple(
        _asset_cost(record, record.accepted, settled.get(name, 0.0))
        for name, record in history.tasks.items()
        if record.accepted
    )


def _asset_cost(record: TaskRecord, published: TakePublished, usd_all: float) -> AssetCost:
    take = record.take(published.take)
    return AssetCost(
        task=published.task,
        version=published.version,
        digest=published.digest,
        accepted_by=published.accepted_by,
        usd=take.usd if take else 0.0,
        usd_all=usd_all,
        takes=len(record.takes),
    )


def _lines(history: History, name_of: Callable[[Call], str]) -> tuple[Line, ...]:
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in history.calls.values():
        calls[name_of(call)].append(call)
    accepted = {name for name, record in history.tasks.items() if record.accepted}
    return tuple(_line(name, some, accepted) for name, some in calls.items())


def _line(name: str, calls: list[Call], accepted: set[str]) -> Line:
    settled = [call for call in calls if call.state == "settled"]
    waiting = [call for call in calls if call.state in ("reserved", "sent")]
    return Line(
        name=name,
        calls=len(settled),
        settled_usd=to_usd(sum(call.micros for call in settled)),
        reserved_usd=to_usd(sum(call.micros for call in waiting)),
        accepted=len({call.task for call in calls} & accepted),
    )
