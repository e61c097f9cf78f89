"""What a journal and a store must keep to, as checks anybody can run against their own.

    await check_store(lambda: MyStore("somewhere"))
    await check_journal(my_journal)          # async def my_journal() -> Journal: new, empty, allowed to drive

The facts they play with are public, for tests that want more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ..core.call import CallReserved, CallSent, CallVoided
from ..core.canonical import digest_of_bytes
from ..core.decision import Decision
from ..core.errors import AssetMissing, BudgetExceeded, Bug, StaleDecision
from ..core.fact import DecisionTaken, Entry, ProductionPlanned, TakeMade
from ..core.money import to_micros, to_usd
from ..core.ports import Journal, Store
from ..core.take import Recipe, Take
from ..core.task_record import AsSeen

MakeStore = Callable[[], Store]
MakeJournal = Callable[[], Awaitable[Journal]]

PRICE = 1000
"""Micro-dollars of every call played here."""
FIRST = "first"
"""The token of a call's first try."""


class NotKept(AssertionError):
    """A promise of a port was not kept."""


def planned(budget_usd: float) -> ProductionPlanned:
    """Open a production with a budget."""
    return ProductionPlanned(
        title="conformance",
        brief_digest="",
        plan_digest="",
        crew_digest="",
        seed=7,
        budget_usd=budget_usd,
        tasks=1,
    )


def recipe(number: int) -> Recipe:
    """Describe the work of call `number`."""
    return Recipe(
        maker="sketch",
        kind="fake",
        make="still",
        source="",
        revision="",
        weights_digest="",
        prompt=f"picture {number}",
        negative="",
        seed=number,
        width=8,
        height=8,
        steps=1,
        guidance=1.0,
    )


def reserved(number: int, *, micros: int = PRICE, token: str = FIRST) -> CallReserved:
    """Set money aside for call `number`."""
    return CallReserved(
        key=f"call{number}",
        task=f"task{number}",
        department="art",
        maker="sketch",
        micros=micros,
        token=token,
        recipe=recipe(number),
    )


def sent(number: int, *, token: str = FIRST) -> CallSent:
    """Send call `number`."""
    return CallSent(key=f"call{number}", task=f"task{number}", token=token)


def voided(number: int, *, token: str = FIRST) -> CallVoided:
    """Give the money of call `number` back."""
    return CallVoided(key=f"call{number}", task=f"task{number}", token=token, why="the worker was lost")


def made(number: int, *, micros: int = PRICE, token: str = FIRST, picture: bytes = b"picture") -> TakeMade:
    """Settle call `number` with its take."""
    task = f"task{number}"
    take = Take(
        id=f"{task}/t01",
        task=task,
        number=1,
        recipe=recipe(number),
        digest=digest_of_bytes(picture),
        width=8,
        height=8,
        usd=to_usd(micros),
        seconds=0.5,
        worker="sketch/0",
    )
    return TakeMade(task=task, key=f"call{number}", token=token, micros=micros, take=take)


def decided(by: str, *, task: str = "task1", nth: int = 0) -> DecisionTaken:
    """Approve a task's picture."""
    decision = Decision(task=task, digest=digest_of_bytes(b"picture"), round=nth, action="approve", by=by)
    return DecisionTaken(task=task, decision=decision)


async def check_store(make_store: MakeStore) -> None:
    """Check a store's promises; raises `NotKept` with the first that is not kept.

    Args:
        make_store: gives a store; what it held before does not matter.
    """
    store = make_store()
    for data in (b"", b"a picture", bytes(range(256)) * 4096):
        digest = await asyncio.to_thread(store.put, data)
        _hold(digest == digest_of_bytes(data), "put gives the sha256 of the bytes")
        _hold(await asyncio.to_thread(store.put, data) == digest, "put is idempotent")
        _hold(await _get(store, digest) == data, "get gives the bytes back")
    digests = await asyncio.gather(*(asyncio.to_thread(store.put, b"the same for all") for _ in range(32)))
    _hold(len(set(digests)) == 1, "32 writers of the same bytes agree")
    _hold(await _get(store, digests[0]) == b"the same for all", "and the bytes are whole")
    for digest in (digest_of_bytes(b"never put"), "sha256:../../etc/passwd", "/etc/passwd", ""):
        _hold(await _get(store, digest) is None, f"get({digest!r}) raises AssetMissing")


async def _get(store: Store, digest: str) -> bytes | None:
    try:
        return await asyncio.to_thread(store.get, digest)
    except AssetMissing:
        return None


async def check_journal(make_journal: MakeJournal) -> None:
    """Check a journal's promises; raises `NotKept` with the first that is not kept.

    Args:
        make_journal: gives a new, empty journal that may record facts about work. Closing it is the caller's.
    """
    for check in (_keeps_order, _keeps_the_budget, _writes_all_or_nothing, _settles_once, _frees_what_is_voided):
        await check(await make_journal())
    await _lets_recovery_take_a_call_over(await make_journal())
    await _takes_one_decision_a_round(await make_journal())
    await _refuses_what_was_overtaken(await make_journal())


async def _keeps_order(journal: Journal) -> None:
    first = await journal.record(planned(1.0), reserved(1))
    _hold([one.fact for one in first] == [planned(1.0), reserved(1)], "record returns what it wrote, in order")
    more = await asyncio.gather(*(journal.record(reserved(number)) for number in range(2, 34)))
    numbers = [one.seq for one in first] + sorted(one.seq for entries in more for one in entries)
    start = numbers[0]
    _hold(numbers == list(range(start, start + 34)), "sequence numbers have no gaps and no doubles")
    told = [one.seq for one in journal.history.entries]
    _hold(told == sorted(told) and told[-1] == numbers[-1], "history holds what was recorded, in order")
    _hold(await journal.refresh() == (), "refresh gives only what others wrote")


async def _keeps_the_budget(journal: Journal) -> None:
    await journal.record(planned(to_usd(10 * PRICE)))
    outcomes = await asyncio.gather(*(_try(journal, reserved(number)) for number in range(40)))
    _hold(sum(isinstance(one, BudgetExceeded) for one in outcomes) == 30, "40 callers of 10 units: 30 are refused")
    bill = journal.bill()
    _hold(to_micros(bill.reserved_usd) == 10 * PRICE and bill.left_usd == 0, "the bill says so")
    await journal.record(planned(to_usd(11 * PRICE)))
    _hold(await _try(journal, reserved(99)) is None, "a raised budget can be spent")


async def _writes_all_or_nothing(journal: Journal) -> None:
    await journal.record(planned(to_usd(PRICE)))
    before = journal.history.entries[-1].seq
    refused = await _try(journal, reserved(1), reserved(2))
    _hold(isinstance(refused, BudgetExceeded), "a request beyond the budget is refused")
    fits = await _try(journal, reserved(3)) is None
    _hold(fits and journal.history.entries[-1].seq == before + 1, "and nothing of it was written")


async def _settles_once(journal: Journal) -> None:
    await journal.record(planned(1.0), reserved(1), sent(1))
    _hold(_events(await journal.record(made(1, token="foreign"))) == ["result_dropped"], "a foreign result is dropped")
    _hold(_events(await journal.record(made(1))) == ["take_made"], "a result settles its call")
    _hold(_events(await journal.record(made(1))) == ["result_dropped"], "the same result again is dropped")
    _hold(_events(await journal.record(voided(1))) == ["result_dropped"], "a paid call cannot be voided")
    bill = journal.bill()
    _hold((to_micros(bill.settled_usd), to_micros(bill.reserved_usd)) == (PRICE, 0), "it was charged once")
    _hold(isinstance(await _try(journal, reserved(1, token="again")), Bug), "a paid call cannot be reserved again")


async def _frees_what_is_voided(journal: Journal) -> None:
    await journal.record(planned(to_usd(PRICE)), reserved(1), sent(1))
    _hold(_events(await journal.record(voided(1, token="foreign"))) == ["result_dropped"], "a foreign void is dropped")
    await journal.record(voided(1))
    _hold(to_micros(journal.bill().left_usd) == PRICE, "a void gives the money back")
    await journal.record(reserved(1, token="second"))
    _hold(to_micros(journal.bill().reserved_usd) == PRICE, "a voided call can be reserved again")


async def _lets_recovery_take_a_call_over(journal: Journal) -> None:
    await journal.record(planned(to_usd(PRICE)), reserved(1), sent(1))
    await journal.record(reserved(1, token="second"))
    _hold(to_micros(journal.bill().reserved_usd) == PRICE, "taking an open call over reserves nothing twice")
    _hold(_events(await journal.record(made(1))) == ["result_dropped"], "the first try's late result is dropped")
    _hold(_events(await journal.record(made(1, token="second"))) == ["take_made"], "the second try's counts")


async def _takes_one_decision_a_round(journal: Journal) -> None:
    await journal.record(planned(1.0), reserved(1), made(1))
    outcomes = await asyncio.gather(*(_try(journal, decided(f"person {number}")) for number in range(32)))
    stale = [one for one in outcomes if isinstance(one, StaleDecision)]
    _hold(len(stale) == 31, "of 32 people deciding at once, one decides")
    winner = journal.history.tasks["task1"].decisions[0].by
    _hold(all(winner in str(one) for one in stale), "and the others are told who")


async def _refuses_what_was_overtaken(journal: Journal) -> None:
    at_first = journal.history.tasks["task1"].as_seen("task1")
    await journal.record(planned(to_usd(2 * PRICE)), reserved(1), sent(1), made(1), seen=[at_first])
    _hold(bool(await _try(journal, reserved(2), seen=[at_first])), "what was concluded before a take came is refused")
    at_last = journal.history.tasks["task1"].as_seen("task1")
    await journal.record(decided("Ada"))
    _hold(bool(await _try(journal, reserved(2), seen=[at_last])), "what was concluded before a decision is refused")
    _hold(journal.bill().reserved_usd == 0, "and costs nothing")
    now = journal.history.tasks["task1"].as_seen("task1")
    _hold(not await _try(journal, reserved(2), seen=[now]), "what was concluded after it is written")


async def _try(journal: Journal, *facts: CallReserved | DecisionTaken, seen: Sequence[AsSeen] = ()) -> Exception | None:
    try:
        await journal.record(*facts, seen=seen)
    except (BudgetExceeded, StaleDecision, Bug) as refusal:
        return refusal
    return None


def _events(entries: tuple[Entry, ...]) -> list[str]:
    return [one.fact.event for one in entries]


def _hold(kept: bool, promise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not kept:
        raise NotKept(promise)
