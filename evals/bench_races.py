"""Have many contenders claim, reserve, decide, settle and reconcile at once, and count what took effect twice.

Every contender has its own connection to one journal on disk; they sit in several processes. A round is a new journal
and five races, each begun by all at one barrier. While they race, an eye of its own reads the purse, again and again.
Afterwards the entries are added up here, not by the journal's own books, at every single entry.

`python -m callsheet.evals.bench_races --rounds 1000 --contenders 32 [--json] [--quick]`
"""

import asyncio
import multiprocessing
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, fields
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from ..core.call import CallReserved, CallUnknown, ChargeReconciled
from ..core.canonical import from_json, to_json
from ..core.errors import BudgetExceeded, LeaseLost, StaleDecision
from ..core.fact import AnyFact, Fact, ProductionPlanned, TakeMade
from ..core.money import to_micros, to_usd
from ..core.thought import ThoughtReserved
from ..tools.clock import SystemClock
from ..tools.journal import SqliteJournal
from .conformance import FIRST, PRICE, decided, made, planned, reserved, sent
from .reporting import bench_parser, report, tell

AFFORDED: Final = 5
"""Questions the budget pays for beside what is set aside already; every contender asks one."""
_PAID, _DOUBTED = 900, 901
"""Numbers of the calls that all of them settle, and reconcile."""
_SET_ASIDE: Final = 2
_ROUND_SECONDS: Final = 120.0

Contest = Coroutine[object, object, str]
"""One contender's try; says what came of it."""


@dataclass(slots=True)
class Tally:
    """What came of one round, or of all."""

    claims: int = 0
    """Leases taken: one a round."""
    reservations: int = 0
    refused: int = 0
    """For want of budget."""
    decisions: int = 0
    settled: int = 0
    reconciled: int = 0
    dropped: int = 0
    """Second results, which changed nothing."""
    double_effects: int = 0
    over_budget: int = 0
    """Entries after which settled and reserved were more than the budget."""
    looks: int = 0
    """Times the eye read the purse."""
    looks_over_budget: int = 0

    def add(self, other: "Tally") -> None:
        """Count another in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(slots=True)
class Eye:
    """Reads the purse of a journal from outside for as long as it is told to."""

    path: Path
    tally: Tally
    _is_closed: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Look until closed."""
        with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as purse:
            while not self._is_closed.is_set():
                budget, held = purse.execute("SELECT budget, settled + reserved FROM purse").fetchone()
                self.tally.looks += 1
                self.tally.looks_over_budget += held > budget
                time.sleep(0.001)

    def close(self) -> None:
        """Have it look no more."""
        self._is_closed.set()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--contenders", type=int, default=32)
    parser.add_argument("--processes", type=int, default=4)
    told = parser.parse_args(arguments)
    rounds, contenders = (5, 8) if told.quick else (told.rounds, told.contenders)
    processes = min(told.processes, contenders)
    if contenders <= AFFORDED:
        raise SystemExit(f"{contenders} contenders do not race for {AFFORDED} places: give more with --contenders")
    began, sum_of_all = time.perf_counter(), Tally()
    with tempfile.TemporaryDirectory() as scratch, closing(Arena(contenders, processes)) as arena:
        for number in range(rounds):
            sum_of_all.add(arena.race(Path(scratch) / f"round{number}" / "journal.db"))
            if (number + 1) % max(1, rounds // 10) == 0:
                tell(f"{number + 1} rounds, {sum_of_all.double_effects} double effects")
    counts = {one.name: getattr(sum_of_all, one.name) for one in fields(sum_of_all)}
    seconds = round(time.perf_counter() - began, 1)
    report("races", {"rounds": rounds, "contenders": contenders, "processes": processes, **counts, "seconds": seconds})


class Arena:
    """Processes full of contenders, kept for all rounds."""

    def __init__(self, contenders: int, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._contenders = contenders
        self._barrier = context.Barrier(processes)
        self._lines: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        for number in range(processes):
            ours, theirs = context.Pipe()
            names = [f"contender {one}" for one in range(number, contenders, processes)]
            process = context.Process(target=_contend, args=(theirs, self._barrier, names), daemon=True)
            process.start()
            self._lines.append(ours)
            self._processes.append(process)

    def race(self, path: Path) -> Tally:
        """Hold one round in a new journal and say what came of it."""
        asyncio.run(_prepare(path))
        tally = Tally()
        eye = Eye(path, tally)
        watch = threading.Thread(target=eye.look)
        watch.start()
        try:
            for line in self._lines:
                line.send(str(path))
            told = Counter[str]()
            for line in self._lines:
                if not line.poll(_ROUND_SECONDS):
                    raise SystemExit(f"a process of contenders did not end its round within {_ROUND_SECONDS:g} s")
                told.update(line.recv())
        finally:
            eye.close()
            watch.join()
        add_up(path, tally, told, contenders=self._contenders)
        return tally

    def close(self) -> None:
        """Send everybody home."""
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.join(10)
            process.kill()


async def _prepare(path: Path) -> None:
    """Write what all races begin from: a budget, a call that is out, and one that nobody knows the end of."""
    journal = SqliteJournal.open(path, clock=SystemClock())
    await journal.take_lease("the one before")
    budget = to_usd((_SET_ASIDE + AFFORDED) * PRICE)
    await journal.record(planned(budget), reserved(1, micros=0), sent(1))
    await journal.record(made(1, micros=0), reserved(_DOUBTED), sent(_DOUBTED))
    await journal.record(CallUnknown(key=f"call{_DOUBTED}", task=f"task{_DOUBTED}", token=FIRST, why="no answer"))
    await journal.record(reserved(_PAID), sent(_PAID))
    await journal.close()


def _contend(line: Connection, barrier: Barrier, names: Sequence[str]) -> None:
    """Be some of the contenders, round after round, until nobody asks any more."""
    with suppress(EOFError):
        while True:
            line.send(asyncio.run(_round(Path(line.recv()), barrier, names)))


async def _round(path: Path, barrier: Barrier, names: Sequence[str]) -> Counter[str]:
    told = Counter[str]()
    mine = {name: SqliteJournal.open(path, clock=SystemClock(), mode="write") for name in names}
    drivers: list[SqliteJournal] = []

    async def claim(name: str) -> str:
        try:
            await mine[name].take_lease(name)
        except LeaseLost:
            return "not_claimed"
        drivers.append(mine[name])
        return "claimed"

    races: list[Callable[[], list[Contest]]] = [
        lambda: [claim(name) for name in names],
        lambda: [_asked(mine[name], _question(name)) for name in names],
        lambda: [_asked(mine[name], decided(name)) for name in names],
        lambda: [_asked(mine[name], _found_out(name)) for name in names],
        lambda: [_asked(one, made(_PAID)) for one in mine.values() for _ in (names if one in drivers else [""])],
    ]
    for race in races:
        await asyncio.to_thread(barrier.wait, _ROUND_SECONDS)
        told.update(await _all(race()))
    for journal in mine.values():
        await journal.close()
    return told


async def _all(contests: Sequence[Contest]) -> list[str]:
    async with asyncio.TaskGroup() as group:
        started = [group.create_task(one) for one in contests]
    return [one.result() for one in started]


async def _asked(journal: SqliteJournal, fact: Fact) -> str:
    """Have a fact recorded; say what the journal answered."""
    try:
        written = await journal.record(fact)
    except (BudgetExceeded, LeaseLost, StaleDecision) as refusal:
        return type(refusal).__name__
    return written[-1].fact.event


def _question(name: str) -> ThoughtReserved:
    """Set money aside as anybody may, also who does not drive."""
    return ThoughtReserved(
        key=name, agent="director", chat="fake", micros=PRICE, token=name, prompt="", ask=name, seconds=1.0
    )


def _found_out(name: str) -> ChargeReconciled:
    micros = PRICE * (int(name.rsplit(maxsplit=1)[-1]) % 2)
    key, task = f"call{_DOUBTED}", f"task{_DOUBTED}"
    return ChargeReconciled(key=key, task=task, token=FIRST, micros=micros, by=name, why="its meter")


def add_up(path: Path, tally: Tally, told: Counter[str], *, contenders: int) -> None:
    """Add the entries up, one by one, and compare what they say with what the contenders were told."""
    with closing(sqlite3.connect(path)) as journal:
        facts: list[Fact] = [
            from_json(AnyFact, body) for (body,) in journal.execute("SELECT body FROM entry ORDER BY seq")
        ]
        purse = journal.execute("SELECT settled, reserved FROM purse").fetchone()
    books = Books()
    for fact in facts:
        books.add(fact)
        tally.over_budget += books.settled + books.reserved > books.budget
    tally.claims += books.count["lease_taken"] - 1
    tally.reservations += books.count["thought_reserved"]
    tally.refused += told["BudgetExceeded"]
    tally.decisions += books.count["decision_taken"]
    tally.settled += books.count["take_made"] - 1
    tally.reconciled += books.count["charge_reconciled"]
    tally.dropped += books.count["result_dropped"]
    once = {
        "claimed": (books.count["lease_taken"] - 1, 1),
        "decision_taken": (books.count["decision_taken"], 1),
        "take_made": (books.count["take_made"] - 1, 1),
        "charge_reconciled": (books.count["charge_reconciled"], 1),
        "thought_reserved": (books.count["thought_reserved"], told["thought_reserved"]),
        "BudgetExceeded": (told["BudgetExceeded"], contenders - AFFORDED),
        "StaleDecision": (told["StaleDecision"], contenders - 1),
        "result_dropped": (books.count["result_dropped"], told["result_dropped"]),
        "purse": (int((books.settled, books.reserved) == tuple(purse)), 1),
        "keys": (len(books.keys), books.count["thought_reserved"]),
    }
    wrong = {name: pair for name, pair in once.items() if pair[0] != pair[1]}
    wrong |= {name: (told[name], 1) for name in ("claimed", "decision_taken", "take_made") if told[name] != 1}
    for name, (found, due) in wrong.items():
        tell(f"{path}: {name}: {found} in place of {due}: {to_json(dict(told))}")
    tally.double_effects += len(wrong)


@dataclass(slots=True)
class Books:
    """The money as this bench counts it, knowing nothing of how the journal does."""

    budget: int = 0
    settled: int = 0
    reserved: int = 0
    held: dict[str, int] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    count: Counter[str] = field(default_factory=Counter)

    def add(self, fact: Fact) -> None:
        """Count one more fact."""
        self.count[fact.event] += 1
        match fact:
            case ProductionPlanned(budget_usd=usd):
                self.budget = to_micros(usd)
            case CallReserved(key=key, micros=micros) | ThoughtReserved(key=key, micros=micros):
                if isinstance(fact, ThoughtReserved):
                    self.keys.add(key)
                self.held[key] = self.held.get(key, 0) + micros
                self.reserved += micros
            case TakeMade(key=key, micros=micros) | ChargeReconciled(key=key, micros=micros):
                self.reserved -= self.held.pop(key, 0)
                self.settled += micros
            case _:
                pass  # no money in it


if __name__ == "__main__":
    main()
