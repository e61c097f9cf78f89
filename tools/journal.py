"""The truth of a production: an append-only journal in SQLite, its money included.

One thread per journal writes. It takes every request that waits, writes them in one transaction with a savepoint each,
commits once, and only then answers: a hundred callers share one wait for the disk, and a refused request harms no
other. Entries are folded into `history` by the callers, never behind their back.
"""

import asyncio
import queue
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import IO

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ..core.canonical import first_fault, from_json, to_json
from ..core.crash import Point, passing
from ..core.errors import Bug, CallsheetError, LeaseLost
from ..core.fact import AnyFact, Entry, Fact, LeaseTaken
from ..core.history import History
from ..core.money import Bill
from ..core.ports import Clock
from ..core.task_record import AsSeen
from . import tables
from .compacting import compact, is_worthwhile, may_be_worthwhile, superseded
from .ledger import Purse
from .overtaken import refuse_overtaken
from .posting import Standing, newest_lease, post, write_entries
from .turns import is_free, lock_file, turn
from .upgrading import bring_up_to_date

log = structlog.get_logger()

_BURST = 256

_BEFORE: dict[str, Point] = {"call_reserved": "before_reserve", "take_made": "before_settle"}
"""Points passed once for each fact, inside the transaction: what is killed here was never written."""
_AFTER: dict[str, Point] = {
    "call_reserved": "after_reserve",
    "take_made": "after_settle",
    "take_scored": "after_score",
    "take_judged": "after_judge",
    "move_chosen": "after_move",
    "take_published": "after_publish",
    "money_moved": "after_money_move",
    "decision_taken": "after_decision",
}
"""Points passed once for each fact, after the commit and before anybody is told."""


_Outcome = tuple[Entry, ...] | BaseException


@dataclass(frozen=True, slots=True)
class _Anew:
    """All the entries that a compaction left."""

    entries: tuple[Entry, ...]
    opening_budget: int


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """What one caller wants written; with a holder's name, the lease as well, and then what is superseded removed."""

    answer: asyncio.Future[tuple[Entry, ...]]
    facts: tuple[Fact, ...] = ()
    seen: Sequence[AsSeen] = ()
    holder: str = ""


class SqliteJournal:
    """A `Journal` in one SQLite file, or in memory.

    Any number of processes may have the same file open. One of them drives (`take_lease`) and alone writes facts about
    work; the others may write decisions, notes and files brought in, or only read. Call it from any event loop; read
    `history` from one thread at a time.
    """

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        clock: Clock,
        budget_usd: float = 0.0,
        mode: tables.Mode = "create",
        stop_file: Path | None = None,
    ) -> "SqliteJournal":
        """Open a journal and fold what it holds.

        Args:
            path: the file; None keeps it in memory, where this object holds the lease by itself.
            clock: stamps the entries.
            budget_usd: what a new journal may spend before a `ProductionPlanned` says otherwise.
            mode: `create` makes what is missing, `write` wants it there, `read` never writes.
            stop_file: as long as it is there, nothing that costs is reserved.

        Raises:
            OutputError: the file is missing, damaged, of a newer version, or its folder cannot be used.
            LeaseLost: it is of an older version, and the Callsheet that wrote it still drives it.
            DiskFull: no room to make it.
        """
        connection = tables.connect(path, mode=mode, budget_usd=budget_usd)
        try:
            if path and mode != "read":
                bring_up_to_date(connection, path)
            return cls(connection, path=path, clock=clock, mode=mode, stop_file=stop_file)
        except CallsheetError:
            connection.close()
            raise

    def __init__(
        self, connection: Connection, *, path: Path | None, clock: Clock, mode: tables.Mode, stop_file: Path | None
    ) -> None:
        self._connection, self._path, self._clock, self._mode = connection, path, clock, mode
        self._stop_file = stop_file
        self._epoch = 0
        self._lease_lock: IO[bytes] | None = None
        self._turn_lock = lock_file(path, ".turn") if path and mode != "read" else None
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._committed: deque[Entry | _Anew] = deque()
        self._news: deque[Entry] = deque()
        self._lock = Lock()
        self._broken: CallsheetError | None = None
        self._closed = False
        self._asked = 0
        with connection.begin():
            entries = tables.read_entries(connection, after=0, path=path)
            self._purse = Purse(budget=tables.opening_budget(connection))
        self._seq = entries[-1].seq if entries else 0
        self._is_long = may_be_worthwhile(entries)
        self._history = History()
        self._committed.extend(entries)
        self._fold()
        self._writer = Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    @property
    def history(self) -> History:
        """What the entries add up to: as new as the newest `record` or `refresh` of this object that has returned."""
        return self._history

    @property
    def epoch(self) -> int:
        """The epoch of the lease this object took; 0 when it took none."""
        return self._epoch

    @property
    def is_writing(self) -> bool:
        """Whether anybody waits for a commit."""
        return self._asked > 0

    def bill(self) -> Bill:
        """Say where the money stands, as far as `history` goes."""
        return self._purse.bill()

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> tuple[Entry, ...]:
        """Append facts in one transaction and return when they are durable.

        A cancelled `record` may or may not have been written; `history` tells after the next `record` or `refresh`.

        Returns:
            The entries really written. A `TakeMade` or `CallVoided` whose token is no longer its call's is not: in
            place of all the facts of this request there is then one `ResultDropped`, which says why.

        Raises:
            BudgetExceeded: settled + reserved would exceed the budget.
            StaleDecision: the task has a decision for that round, another take got this one's id, or a task has a
                decision or a take that was not there when it was seen.
            LeaseLost: another process drives.
            DiskFull: no room left.
            Bug: a fact that contradicts the journal, such as settling more than was reserved.
            In all these cases nothing was written.
        """
        if self._mode == "read":
            raise Bug("a journal opened for reading was told to record")
        if any(isinstance(fact, LeaseTaken) for fact in facts):
            raise Bug("a lease is taken by `take_lease`, not recorded")
        return await self._ask(tuple(_as_read_back(fact) for fact in facts), seen)

    async def refresh(self) -> tuple[Entry, ...]:
        """Fold what other processes wrote, and return those of their entries no `refresh` returned before."""
        await self._ask()
        return tuple(self._news.popleft() for _ in range(len(self._news)))

    async def take_lease(self, holder: str) -> int:
        """Become the one that drives, until `close` or the end of the process, and return the new epoch.

        Where much of the journal is superseded it is compacted, before anybody could hold on to an entry's place.

        Args:
            holder: who takes it, in words a person at another door will read: `pid 4711 on studio`.

        Raises:
            LeaseLost: a living process holds it.
        """
        if self._mode == "read":
            raise Bug("a journal opened for reading was told to take the lease")
        if self._path and not self._lease_lock:
            lock = lock_file(self._path, ".lease")
            if not is_free(lock):
                lock.close()
                raise LeaseLost(tables.production_of(self._path), await self._holder())
            self._lease_lock = lock
        await self._ask(holder=holder)
        return self._epoch

    async def close(self) -> None:
        """Write what waits, let go of the lease and the file; idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._requests.put(None)
        await asyncio.to_thread(self._writer.join)

    async def _holder(self) -> str:
        await self.refresh()
        leases = (one.fact.holder for one in reversed(self._history.entries) if isinstance(one.fact, LeaseTaken))
        return next(leases, "another process")

    async def _ask(
        self, facts: tuple[Fact, ...] = (), seen: Sequence[AsSeen] = (), holder: str = ""
    ) -> tuple[Entry, ...]:
        answer = asyncio.get_running_loop().create_future()
        request = _Request(answer=answer, facts=facts, seen=seen, holder=holder)
        with self._lock:  # so that nothing is queued behind the word to stop, and waits for ever
            if self._closed:
                raise Bug("the journal is closed")
            self._requests.put(request)
        self._asked += 1
        try:
            return await request.answer
        finally:
            self._asked -= 1
            self._fold()  # also what others wrote that made it refuse

    def _fold(self) -> None:
        with self._lock:
            while self._committed:
                match self._committed.popleft():
                    case _Anew(entries=entries, opening_budget=budget):
                        self._history, self._purse = History(), Purse(budget=budget)
                        self._committed.extendleft(reversed(entries))
                    case one:
                        self._history.add(one)
                        self._purse.add(one.fact, one.at)

    # Everything below runs on the writer's thread.

    def _write(self) -> None:
        is_open = True
        while is_open:
            burst: list[_Request] = []
            request = self._requests.get()
            while request is not None:
                burst.append(request)
                if len(burst) == _BURST or self._requests.empty():
                    break
                request = self._requests.get()
            is_open = request is not None
            # A caller that gave up before its turn gets nothing written.
            self._serve([one for one in burst if not one.answer.cancelled()])
        try:
            with turn(self._turn_lock, self._path):  # the last one out empties the write-ahead log
                self._connection.close()
        finally:
            for lock in (self._lease_lock, self._turn_lock):
                if lock:
                    lock.close()

    def _serve(self, burst: list[_Request]) -> None:
        try:
            if self._broken:
                raise self._broken
            with turn(self._turn_lock, self._path):
                outcomes = self._commit(burst)
                if self._is_long and any(request.holder for request in burst):
                    self._compact()
        except DBAPIError as error:
            fault = tables.named_fault(error, self._path)
            if tables.is_broken(error):
                self._broken = fault
            outcomes = [fault for _ in burst]
        except BaseException as error:  # noqa: BLE001 - handed to everybody who waits, who would wait for ever otherwise
            outcomes = [error for _ in burst]
        _tell_all(burst, outcomes)

    def _commit(self, burst: list[_Request]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        with self._connection.begin():
            foreign = tables.read_entries(self._connection, after=self._seq, path=self._path)
            written = list(foreign)
            epoch, _ = newest_lease(self._connection)
            at = self._clock.now()
            for request in burst:
                try:
                    after = written[-1].seq if written else self._seq
                    entries = self._post(request, after=after, at=at, epoch=epoch)
                except CallsheetError as refusal:
                    outcomes.append(refusal)
                    continue
                written += entries
                outcomes.append(entries)
                epoch += bool(request.holder)
            own = written[len(foreign) :]
            write_entries(self._connection, own)
            _pass(own, _BEFORE)
        self._committed.extend(written)
        self._news.extend(foreign)
        self._seq = written[-1].seq if written else self._seq
        if any(request.holder for request in burst):
            self._epoch = epoch
        _pass(own, _AFTER)
        return outcomes

    def _compact(self) -> None:
        """Forget what is superseded, where that is much; on a full disk another time."""
        try:
            with self._connection.begin():
                entries = tables.read_entries(self._connection, after=0, path=self._path)
                if not is_worthwhile(len(superseded(entries)), len(entries)):
                    return
                left = compact(self._connection, entries)
                anew = _Anew(left, tables.opening_budget(self._connection))
        except DBAPIError as error:
            if tables.is_broken(error):
                raise
            log.warning("journal_not_compacted", why=str(error.orig))
            return
        log.info("journal_compacted", entries=len(left), forgotten=len(entries) - len(left))
        self._committed.append(anew)
        passing("after_compaction")

    def _post(self, request: _Request, *, after: int, at: str, epoch: int) -> tuple[Entry, ...]:
        facts: tuple[Fact, ...] = request.facts
        if request.holder:
            facts = (LeaseTaken(epoch=epoch + 1, holder=request.holder),)
        if not facts:
            return ()
        drives = self._path is None or 0 < self._epoch == epoch
        stop = str(self._stop_file) if self._stop_file and self._stop_file.exists() else ""
        standing = Standing(drives=drives, production=tables.production_of(self._path), stop=stop)
        refuse_overtaken(self._connection, request.seen)
        return post(self._connection, facts, after=after, at=at, standing=standing)


def _tell_all(burst: list[_Request], outcomes: Sequence[_Outcome]) -> None:
    """Answer a burst; each event loop is woken once, for waking it costs more than the answer."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Request, _Outcome]]] = defaultdict(list)
    for request, outcome in zip(burst, outcomes, strict=True):
        by_loop[request.answer.get_loop()].append((request, outcome))
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed has nobody left to tell
            loop.call_soon_threadsafe(_tell, told)


def _tell(told: list[tuple[_Request, _Outcome]]) -> None:
    for request, outcome in told:
        if request.answer.done():
            continue
        if isinstance(outcome, BaseException):
            request.answer.set_exception(outcome)
        else:
            request.answer.set_result(outcome)


def _pass(entries: list[Entry], points: dict[str, Point]) -> None:
    for one in entries:
        if one.fact.event in points:
            passing(points[one.fact.event])


def _as_read_back(fact: Fact) -> Fact:
    """Give the fact as a restart will read it, so that nothing is written that could not be read.

    Where that is the very same, the fact itself: it shares its recipe and its names with others, a copy shares nothing.
    """
    try:
        read: Fact = from_json(AnyFact, to_json(fact))
    except (ValidationError, ValueError) as error:
        says = ": ".join(first_fault(error)) if isinstance(error, ValidationError) else str(error)
        raise Bug(f"a {fact.event} could not be read back: {says}") from error
    return fact if read == fact else read
