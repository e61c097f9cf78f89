"""Prove a production consistent: the journal with itself, with its money, with its assets and with its delivery."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from ..core.call import CallReserved, ChargeReconciled
from ..core.canonical import from_json
from ..core.errors import OutputError
from ..core.fact import (
    AnyFact,
    DecisionTaken,
    Entry,
    LeaseTaken,
    MoveChosen,
    TakeJudged,
    TakeMade,
    TakePublished,
    TakeScored,
)
from ..core.history import History
from ..core.money import to_usd
from ..core.thought import AnswerGiven, ThoughtReserved
from . import tables
from .asset_home import open_assets, recorded_in
from .claims import caps_by_scope
from .inventory import RESTORE, Trouble, check_assets, check_delivery
from .ledger import Claim, Purse

__all__ = ["Trouble", "check_production"]


@dataclass(slots=True)
class _Reading:
    """What could be read of a journal, and what was wrong with it."""

    entries: list[Entry]
    history: History
    troubles: list[Trouble]


def check_production(folder: Path, *, sets_aside: bool = False) -> tuple[Trouble, ...]:
    """List everything wrong with the production in a folder; empty is the proof. Reads all.

    Args:
        folder: of the production.
        sets_aside: whether damaged files of its own store are moved out of it, to `quarantine/` beside them; without
            it nothing is changed.

    Raises:
        OutputError: there is no production in the folder.
    """
    inner = folder / ".callsheet"
    path = inner / "journal.db"
    if not path.is_file():
        raise OutputError(str(folder), "there is no production here", "give the folder of one")
    try:
        connection = tables.connect(path, mode="read")
    except OutputError as error:
        return (Trouble(what=error.what, where=error.place, mend=error.fix),)
    try:
        with connection.begin():
            reading, opening = _read(connection), tables.opening_budget(connection)
            troubles = [
                *_check_database(connection, path),
                *reading.troubles,
                *_check_money(reading.entries, opening),
                *_check_tables(connection, reading, opening),
                *_check_sums(connection, reading.entries),
            ]
    except DBAPIError as error:
        return (Trouble(what=f"the journal cannot be read: {error.orig}", where=str(path), mend=RESTORE),)
    finally:
        connection.close()
    troubles += [*_check_order(reading.entries), *_check_decisions(reading.entries)]
    troubles += _check_publishes(reading.entries)
    own = not recorded_in(inner)
    troubles += check_assets(reading.entries, open_assets(inner), is_own=own, sets_aside=sets_aside and own)
    troubles += check_delivery(folder, reading.history)
    return tuple(troubles)


def _check_database(connection: Connection, path: Path) -> Iterator[Trouble]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Trouble(what=f"SQLite says: {row[0]}", where=str(path), mend=RESTORE)


def _read(connection: Connection) -> _Reading:
    reading = _Reading(entries=[], history=History(), troubles=[])
    previous, gone = 0, tables.gone_from(connection)
    for row in connection.execute(select(tables.entry).order_by(tables.entry.c.seq)):
        where, lost, previous = f"entry {row.seq}", set(range(previous + 1, row.seq)) - gone, row.seq
        if lost:
            reading.troubles.append(Trouble(what=f"entries before {row.seq} are missing", where=where, mend=RESTORE))
        try:
            one = Entry(seq=row.seq, at=row.at, fact=from_json(AnyFact, row.body))
        except ValidationError:
            reading.troubles.append(Trouble(what="the entry cannot be read", where=where, mend=RESTORE))
            continue
        reading.entries.append(one)
        if (one.fact.event, getattr(one.fact, "task", "")) != (row.event, row.task):
            reading.troubles.append(
                Trouble(what=f"filed as {row.event} of {row.task!r}, which it is not", where=where, mend=RESTORE)
            )
        try:
            reading.history.add(one)
        except KeyError:
            reading.troubles.append(
                Trouble(what=f"{one.fact.event} of a call nobody reserved", where=where, mend=RESTORE)
            )
    return reading


def _check_money(entries: list[Entry], opening_budget: int) -> Iterator[Trouble]:
    """Follow the money entry by entry: every charge has its reservation, and no step goes beyond the budget."""
    purse, tokens = Purse(budget=opening_budget), dict[str, str]()
    for one in entries:
        where, before = f"entry {one.seq}", purse.settled + purse.reserved
        match one.fact:
            case CallReserved() | ThoughtReserved() as fact:
                tokens[fact.key] = fact.token
            case TakeMade() | AnswerGiven() as fact if fact.key:
                yield from _check_charge(fact, where, purse, tokens.get(fact.key))
            case _:
                pass
        purse.add(one.fact, one.at)
        after = purse.settled + purse.reserved
        if after > max(before, purse.budget):
            over = f"{to_usd(after):.4f} USD settled and reserved, {to_usd(purse.budget):.4f} allowed"
            yield Trouble(what=over, where=where, mend="raise `budget_usd` and report this: it must never happen")


def _check_charge(fact: TakeMade | AnswerGiven, where: str, purse: Purse, token: str | None) -> Iterator[Trouble]:
    what_for = fact.take.id if isinstance(fact, TakeMade) else f"an answer to the {fact.agent}"
    claim = purse.open.get(fact.key)
    what = ""
    if claim is None:
        what = f"{what_for} charges call {fact.key!r}, which was " + ("charged already" if token else "never reserved")
    elif fact.micros > claim.micros:
        what = f"{what_for} settles {fact.micros} micros of {claim.micros} reserved"
    elif fact.token != token:
        what = f"{what_for} was settled under token {fact.token!r}, its call had {token!r}"
    if what:
        yield Trouble(what=what, where=where, mend=RESTORE)


def _check_tables(connection: Connection, reading: _Reading, opening_budget: int) -> Iterator[Trouble]:
    """Compare the tables the journal decides by with what its entries add up to."""
    purse = Purse(budget=opening_budget)
    for one in reading.entries:
        purse.add(one.fact, one.at)
    history, facts = reading.history, [one.fact for one in reading.entries]
    calls = [(c.key, c.task, c.department, c.maker, c.micros, c.token, c.state) for c in history.calls.values()]
    calls += [(t.key, t.task, t.department, t.chat, t.micros, t.token, t.state) for t in history.thoughts.values()]
    decisions: list[tuple[str, int, str, str, str]] = [
        (name, taken.round, taken.digest, taken.action, taken.by)
        for name, record in history.tasks.items()
        for taken in record.decisions
    ]
    decisions += [("", one.number, one.change_digest, "change", one.by) for one in history.changes]
    yield from _compare(connection, tables.call, calls)
    yield from _compare(connection, tables.purse, [(1, purse.budget, purse.settled, purse.reserved)])
    yield from _compare(connection, tables.decision, decisions)
    claims = [(key, purse.tokens[key], *_held(claim), "open") for key, claim in purse.open.items()]
    claims += [(*place, *_held(claim), "unknown") for place, claim in purse.doubts.items()]
    yield from _compare(connection, tables.claim, claims)
    yield from _compare(connection, tables.spent, [one for one in purse.spent.items() if one[1]])
    yield from _compare(connection, tables.cap, list(caps_by_scope(purse.caps).items()))
    takes = [(fact.take.id, fact.task, fact.take.digest) for fact in facts if isinstance(fact, TakeMade)]
    yield from _compare(connection, tables.take, takes)
    publishes = [(fact.task, fact.version, fact.take, fact.digest) for fact in facts if isinstance(fact, TakePublished)]
    yield from _compare(connection, tables.publish, publishes)
    yield from _compare(
        connection, tables.lease, [(fact.epoch, fact.holder) for fact in facts if isinstance(fact, LeaseTaken)]
    )


def _held(claim: Claim) -> tuple[str, str, str, int]:
    return claim.task, claim.department, claim.day, claim.micros


def _compare(connection: Connection, table: Table, told: Sequence[tuple[str | int, ...]]) -> Iterator[Trouble]:
    kept: Counter[tuple[str | int, ...]] = Counter(
        tuple(row) for row in tables.rows_of(connection, table) if table is not tables.spent or row.micros
    )
    entries: Counter[tuple[str | int, ...]] = Counter(told)
    for row in entries - kept:
        yield Trouble(what=f"the entries say {row}, the table does not", where=f"table {table.name}", mend=RESTORE)
    for row in kept - entries:
        yield Trouble(what=f"the table says {row}, the entries do not", where=f"table {table.name}", mend=RESTORE)


def _check_sums(connection: Connection, entries: list[Entry]) -> Iterator[Trouble]:
    """Add the calls up, each by itself: together they are what the purse says."""
    calls = connection.execute(select(tables.call)).all()
    paid = sum(row.micros for row in calls if row.state == "settled")
    paid += sum(one.fact.micros for one in entries if isinstance(one.fact, ChargeReconciled))
    held = sum(row.micros for row in calls if row.state in ("reserved", "sent"))
    held += sum(row.micros for row in tables.rows_of(connection, tables.claim) if row.state == "unknown")
    purse = connection.execute(select(tables.purse)).one()
    if (purse.settled, purse.reserved) != (paid, held):
        what = (
            f"the purse says {purse.settled} micros settled and {purse.reserved} reserved, "
            f"the calls add up to {paid} and {held}"
        )
        yield Trouble(what=what, where="table purse", mend=RESTORE)


def _check_order(entries: list[Entry]) -> Iterator[Trouble]:
    """Nothing is said of a take before the take is there: what is made is durable before anybody refers to it."""
    made = set[str]()
    for one in entries:
        match one.fact:
            case TakeMade() as fact:
                made.add(fact.take.id)
                continue
            case TakeScored(take=take) | MoveChosen(take=take) | TakePublished(take=take):
                pass
            case TakeJudged(verdict=verdict):
                take = verdict.take
            case _:
                continue
        if take not in made:
            yield Trouble(
                what=f"{one.fact.event} of {take!r}, which was not made before", where=f"entry {one.seq}", mend=RESTORE
            )


def _check_decisions(entries: list[Entry]) -> Iterator[Trouble]:
    """Of each task and round there is one decision."""
    taken: dict[tuple[str, int], str] = {}
    for one in entries:
        if isinstance(one.fact, DecisionTaken):
            place, by = (one.fact.task, one.fact.decision.round), one.fact.decision.by
            if place in taken:
                what = f"{by} decided about {place[0]} in round {place[1]}, which {taken[place]} had done"
                yield Trouble(what=what, where=f"entry {one.seq}", mend=RESTORE)
            taken.setdefault(place, by)


def _check_publishes(entries: list[Entry]) -> Iterator[Trouble]:
    """Every published take exists, is the picture its publish names, and was charged exactly once or brought in."""
    made = [one.fact for one in entries if isinstance(one.fact, TakeMade)]
    by_id = {fact.take.id: fact for fact in made}
    charges = Counter(fact.key for fact in made if fact.key)
    for one in entries:
        if not isinstance(one.fact, TakePublished):
            continue
        where, take = f"entry {one.seq}", by_id.get(one.fact.take)
        what = ""
        if take is None or take.task != one.fact.task:
            what = f"{one.fact.task} v{one.fact.version:03d} publishes {one.fact.take!r}, and there is no such take"
        elif take.take.digest != one.fact.digest:
            what = (
                f"{one.fact.task} v{one.fact.version:03d} publishes {one.fact.digest}, its take is {take.take.digest}"
            )
        elif take.key and charges[take.key] != 1:
            what = f"{take.take.id} was charged {charges[take.key]} times"
        elif not take.key and take.take.origin != "ingested":
            what = f"{take.take.id} was made by the crew and never charged"
        if what:
            yield Trouble(what=what, where=where, mend=RESTORE)
