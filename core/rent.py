"""What rented machines cost, from boot to teardown: a fold over the journal, as `History` is.

A machine's price is shared out among the departments by the seconds its workers spent on their takes, so its boot, its
loading and its idle time go to those who worked on it. What nobody worked on goes to all by what they did elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .call import CallReserved
from .fact import Entry, LeaseTaken, TakeMade
from .machines import MachineCame, MachineLeft, WorkerLeft, WorkerLoaded
from .money import shared_out, to_micros, to_usd

NOBODY = ""
"""Whose time it was while no department had made anything."""


@dataclass(slots=True, kw_only=True, eq=False)
class Stay:
    """One machine from its boot until it was given back."""

    machine: str
    usd_per_hour: float
    boot_seconds: float
    idle_seconds: float
    since: datetime
    """When it was up; its boot came before."""
    left: datetime | None = None
    """None while it is up, as far as anybody knows."""
    forgotten_seconds: float = 0.0
    """How long it was up after it should have been given back."""
    load_seconds: float = 0.0
    most_workers: int = 0
    """At once."""
    workers: set[str] = field(default_factory=set)
    busy: dict[str, float] = field(default_factory=dict)
    """Seconds of takes, by department."""

    def seconds(self, now: datetime) -> float:
        """Give how long it is paid for so far."""
        return self.boot_seconds + max(0.0, ((self.left or now) - self.since).total_seconds())

    def micros(self, now: datetime) -> int:
        """Give what it costs so far."""
        return to_micros(self.usd_per_hour * self.seconds(now) / 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """What machines cost up to a moment."""

    usd: float
    machine_seconds: float
    busy: float
    """Share of the workers' time in which takes were made, in [0, 1]."""
    loading: float
    """Share of it in which models were loaded."""
    usd_by_department: dict[str, float]
    machines: int
    """How many there were."""

    @property
    def idle(self) -> float:
        """Share of it in which machines booted, waited, or looked at takes."""
        return max(0.0, 1.0 - self.busy - self.loading)


@dataclass(slots=True)
class Meter:
    """Machines and their workers as the journal tells them; feed it every entry, in order."""

    stays: list[Stay] = field(default_factory=list)
    _newest: dict[str, Stay] = field(default_factory=dict)
    _at: dict[str, Stay] = field(default_factory=dict)
    """Where each worker sits."""
    _departments: dict[str, str] = field(default_factory=dict)
    """By call."""
    _elsewhere: dict[str, float] = field(default_factory=dict)
    """Seconds of takes whose worker's machine nobody told, by department."""
    _last: datetime | None = None
    """When anything was written."""
    _seen: datetime | None = None
    """When whoever drove before the present driver last wrote anything."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Meter":
        """Fold entries, in order."""
        meter = cls()
        for entry in entries:
            meter.add(entry)
        return meter

    def add(self, entry: Entry) -> None:
        """Fold one more entry in."""
        at = datetime.fromisoformat(entry.at)
        match entry.fact:
            case LeaseTaken():
                self._change_hands()
            case MachineCame() as fact:
                self._come(fact, at)
            case MachineLeft() as fact:
                self._leave(fact, at)
            case WorkerLoaded() as fact:
                self._load(fact)
            case WorkerLeft() as fact if fact.machine in self._newest:
                self._newest[fact.machine].workers.discard(fact.worker)
            case CallReserved(key=key, department=department):
                self._departments[key] = department
            case TakeMade(key=key) as fact if key and self._newest:
                self._work(fact)
        self._last = at

    @property
    def up(self) -> tuple[Stay, ...]:
        """The machines that were never given back, as far as the journal knows."""
        return tuple(stay for stay in self._newest.values() if stay.left is None)

    def forgotten_usd(self) -> dict[str, float]:
        """Give what each machine cost after it should have been given back; only those that were up so long."""
        found: dict[str, float] = {}
        for stay in self.stays:
            if stay.forgotten_seconds:
                usd = stay.usd_per_hour * stay.forgotten_seconds / 3600
                found[stay.machine] = round(found.get(stay.machine, 0.0) + usd, 6)
        return found

    def usd(self, now: datetime, *, is_over: bool = False) -> float:
        """Give what all machines have cost so far; with the last idle time of what is up where it `is_over`."""
        return to_usd(sum(stay.micros(_until(stay, now, is_over=is_over)) for stay in self.stays))

    def rent(self, now: datetime, *, is_over: bool = False) -> Rent | None:
        """Sum it up; None where no machine was ever rented.

        Args:
            now: until when; the journal's own clock.
            is_over: whether what is up is given back now: its last idle time is counted in.
        """
        if not self.stays:
            return None
        parts: dict[str, int] = {}
        for stay in self.stays:
            for name, micros in self._shared(stay, _until(stay, now, is_over=is_over)).items():
                parts[name] = parts.get(name, 0) + micros
        each = [(stay, stay.seconds(_until(stay, now, is_over=is_over))) for stay in self.stays]
        working = sum(max(1, stay.most_workers) * seconds for stay, seconds in each)
        busy = sum(self._everybody().values())
        loading = sum(stay.load_seconds for stay in self.stays)
        whole = max(working, busy + loading) or 1.0
        return Rent(
            usd=to_usd(sum(parts.values())),
            machine_seconds=round(sum(seconds for _, seconds in each), 3),
            busy=round(busy / whole, 4),
            loading=round(loading / whole, 4),
            usd_by_department={name: to_usd(micros) for name, micros in sorted(parts.items())},
            machines=len({stay.machine for stay in self.stays}),
        )

    def _shared(self, stay: Stay, now: datetime) -> dict[str, int]:
        micros = stay.micros(now)
        weights = stay.busy or self._everybody()
        return shared_out(micros, dict(sorted(weights.items()))) if sum(weights.values()) else {NOBODY: micros}

    def _everybody(self) -> dict[str, float]:
        found = dict(self._elsewhere)
        for stay in self.stays:
            for name, seconds in stay.busy.items():
                found[name] = found.get(name, 0.0) + seconds
        return found

    def _change_hands(self) -> None:
        self._seen = self._last
        for stay in self.stays:  # whoever drove before took them along
            stay.workers.clear()

    def _load(self, fact: WorkerLoaded) -> None:
        if stay := self._newest.get(fact.machine):
            stay.workers.add(fact.worker)
            stay.load_seconds += fact.seconds
            stay.most_workers = max(stay.most_workers, len(stay.workers))
            self._at[fact.worker] = stay

    def _work(self, fact: TakeMade) -> None:
        stay, team = self._at.get(fact.take.worker), self._departments.get(fact.key, NOBODY)
        busy = self._elsewhere if stay is None else stay.busy
        busy[team] = busy.get(team, 0.0) + fact.take.seconds

    def _come(self, fact: MachineCame, at: datetime) -> None:
        known = self._newest.get(fact.machine)
        if known and fact.was_there:
            since = known.left or (self._seen or at) + timedelta(seconds=known.idle_seconds)
            known.forgotten_seconds += max(0.0, (at - since).total_seconds())
        if known and fact.was_there and known.usd_per_hour == fact.usd_per_hour:
            known.left = None
            return
        if known and (known.left is None or fact.was_there):
            known.left = at
        stay = Stay(
            machine=fact.machine,
            usd_per_hour=fact.usd_per_hour,
            boot_seconds=0.0 if fact.was_there else fact.boot_seconds,
            idle_seconds=fact.idle_seconds,
            since=at,
        )
        self.stays.append(stay)
        self._newest[fact.machine] = stay

    def _leave(self, fact: MachineLeft, at: datetime) -> None:
        stay = self._newest.get(fact.machine)
        if stay is None:
            return
        idle = timedelta(seconds=stay.idle_seconds)
        match fact.how:
            case "gone":
                # It may have been released before and been seen to go only now.
                stay.left = at if stay.left is None else min(stay.left, at)
            case "released":
                stay.left = at + idle
            case "lost":
                stay.left = min(at, max(stay.since, (self._seen or at) + idle))
        stay.workers.clear()


def _until(stay: Stay, now: datetime, *, is_over: bool) -> datetime:
    return now + timedelta(seconds=stay.idle_seconds) if is_over and stay.left is None else now
