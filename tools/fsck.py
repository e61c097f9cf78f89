"""Prove a production consistent: the journal with itself, with its money, with its assets and with its delivery."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from ..core.call import CallReserved
from ..core.canonical import digest_of_bytes, from_json
from ..core.decision import Repair
from ..core.delivery import Manifest
from ..core.errors import AssetDamaged, AssetMissing, OutputError
from ..core.fact import (
    AnyFact,
    Entry,
    LeaseTaken,
    MoveChosen,
    PlanChanged,
    ProductionPlanned,
    TakeMade,
    TakePublished,
    TasksAdded,
)
from ..core.history import History
from ..core.money import to_usd
from ..core.plan import Plan
from ..core.thought import AnswerGiven, ThoughtReserved
from . import tables
from .asset_home import Assets, open_assets, recorded_in
from .ledger import Purse

_RESTORE = "restore the journal from a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is not as it must be."""

    what: str
    where: str
    mend: str


@dataclass(slots=True)
class _Reading:
    """What could be read of a journal, and what was wrong with it."""

    entries: list[Entry]
    history: History
    troubles: list[Trouble]


def check_production(folder: Path) -> tuple[Trouble, ...]:
    """List everything wrong with the production in a folder; empty is the proof. Reads all, changes nothing.

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
        return (Trouble(what=error.what, where=error.folder, mend=error.fix),)
    try:
        with connection.begin():
            reading, opening = _read(connection), tables.opening_budget(connection)
            troubles = [
                *_check_database(connection, path),
                *reading.troubles,
                *_check_money(reading.entries, opening),
                *_check_tables(connection, reading, opening),
            ]
    except DBAPIError as error:
        return (Trouble(what=f"the journal cannot be read: {error.orig}", where=str(path), mend=_RESTORE),)
    finally:
        connection.close()
    troubles += _check_publishes(reading.entries)
    troubles += _check_assets(reading.entries, open_assets(inner), is_own=not recorded_in(inner))
    troubles += _check_delivery(folder, reading.history)
    return tuple(troubles)


def _check_database(connection: Connection, path: Path) -> Iterator[Trouble]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Trouble(what=f"SQLite says: {row[0]}", where=str(path), mend=_RESTORE)


def _read(connection: Connection) -> _Reading:
    reading = _Reading(entries=[], history=History(), troubles=[])
    previous = 0
    for row in connection.execute(select(tables.entry).order_by(tables.entry.c.seq)):
        where, expected, previous = f"entry {row.seq}", previous + 1, row.seq
        if row.seq != expected:
            reading.troubles.append(Trouble(what=f"entries before {row.seq} are missing", where=where, mend=_RESTORE))
        try:
            one = Entry(seq=row.seq, at=row.at, fact=from_json(AnyFact, row.body))
        except ValidationError:
            reading.troubles.append(Trouble(what="the entry cannot be read", where=where, mend=_RESTORE))
            continue
        reading.entries.append(one)
        if (one.fact.event, getattr(one.fact, "task", "")) != (row.event, row.task):
            reading.troubles.append(
                Trouble(what=f"filed as {row.event} of {row.task!r}, which it is not", where=where, mend=_RESTORE)
            )
        try:
            reading.history.add(one)
        except KeyError:
            reading.troubles.append(
                Trouble(what=f"{one.fact.event} of a call nobody reserved", where=where, mend=_RESTORE)
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
        purse.add(one.fact)
        after = purse.settled + purse.reserved
        if after > max(before, purse.budget):
            over = f"{to_usd(after):.4f} USD settled and reserved, {to_usd(purse.budget):.4f} allowed"
            yield Trouble(what=over, where=where, mend="raise `budget_usd` and report this: it must never happen")


def _check_charge(fact: TakeMade | AnswerGiven, where: str, purse: Purse, token: str | None) -> Iterator[Trouble]:
    what_for = fact.take.id if isinstance(fact, TakeMade) else f"an answer to the {fact.agent}"
    reserved = purse.open.get(fact.key)
    what = ""
    if reserved is None:
        what = f"{what_for} charges call {fact.key!r}, which was " + ("charged already" if token else "never reserved")
    elif fact.micros > reserved:
        what = f"{what_for} settles {fact.micros} micros of {reserved} reserved"
    elif fact.token != token:
        what = f"{what_for} was settled under token {fact.token!r}, its call had {token!r}"
    if what:
        yield Trouble(what=what, where=where, mend=_RESTORE)


def _check_tables(connection: Connection, reading: _Reading, opening_budget: int) -> Iterator[Trouble]:
    """Compare the tables the journal decides by with what its entries add up to."""
    purse = Purse(budget=opening_budget)
    for one in reading.entries:
        purse.add(one.fact)
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
    takes = [(fact.take.id, fact.task, fact.take.digest) for fact in facts if isinstance(fact, TakeMade)]
    yield from _compare(connection, tables.take, takes)
    publishes = [(fact.task, fact.version, fact.take, fact.digest) for fact in facts if isinstance(fact, TakePublished)]
    yield from _compare(connection, tables.publish, publishes)
    yield from _compare(
        connection, tables.lease, [(fact.epoch, fact.holder) for fact in facts if isinstance(fact, LeaseTaken)]
    )


def _compare(connection: Connection, table: Table, told: Sequence[tuple[str | int, ...]]) -> Iterator[Trouble]:
    kept: Counter[tuple[str | int, ...]] = Counter(tuple(row) for row in connection.execute(select(table)))
    entries: Counter[tuple[str | int, ...]] = Counter(told)
    for row in entries - kept:
        yield Trouble(what=f"the entries say {row}, the table does not", where=f"table {table.name}", mend=_RESTORE)
    for row in kept - entries:
        yield Trouble(what=f"the table says {row}, the entries do not", where=f"table {table.name}", mend=_RESTORE)


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
            yield Trouble(what=what, where=where, mend=_RESTORE)


def _check_assets(entries: list[Entry], store: Assets, *, is_own: bool) -> Iterator[Trouble]:
    """Read every asset the journal refers to, the brief its plans refer to, and what else its own folder keeps.

    What else lies in a store shared with other productions is theirs to check.
    """
    pictures = _references(entries)
    for digest, where in pictures.items():
        yield from _check_asset(store, digest, where, mend=f"restore {digest} from a backup, or retake {where}")
    documents = {one.fact.plan_digest: "the plan" for one in entries if isinstance(one.fact, ProductionPlanned)}
    documents.pop("", None)
    for digest in tuple(documents):
        named = _named_in(store, digest)
        if named is not None and not named:
            yield Trouble(what=f"asset {digest} is no plan", where="the plan", mend=f"restore {digest} from a backup")
        documents |= named or {}
    documents |= {one.fact.addition_digest: "an addition" for one in entries if isinstance(one.fact, TasksAdded)}
    answers = (one.fact for one in entries if isinstance(one.fact, AnswerGiven))
    documents |= {fact.exchange: f"what the {fact.agent} was told" for fact in answers if fact.exchange}
    documents |= {one.fact.change_digest: "a change" for one in entries if isinstance(one.fact, PlanChanged)}
    for digest, where in documents.items():
        yield from _check_asset(store, digest, where, mend=f"restore {digest} from a backup")
    for digest in store.digests() if is_own else ():
        if digest not in pictures and digest not in documents:
            yield from _check_asset(store, digest, "the store", mend=f"restore {digest} from a backup, or delete it")


def _named_in(store: Assets, digest: str) -> dict[str, str] | None:
    """Map what a plan names to what it is: its brief and its look's references; nothing for what is no plan."""
    try:
        plan: Plan = from_json(Plan, store.get(digest))
    except (AssetMissing, AssetDamaged):
        return None
    except ValidationError:
        return {}
    asked = (one for task in plan.tasks for one in task.requirements if one.id == "style:references")
    references = {one: "a reference of the look" for each in asked for one in each.value.split(",")}
    return {plan.brief_digest: "the brief", **references}


def _check_asset(store: Assets, digest: str, where: str, *, mend: str) -> Iterator[Trouble]:
    try:
        store.get(digest)
    except AssetMissing:
        yield Trouble(what=f"asset {digest} is missing", where=where, mend=mend)
    except AssetDamaged:
        yield Trouble(what=f"asset {digest} is damaged", where=where, mend=mend)


def _references(entries: list[Entry]) -> dict[str, str]:
    """Map each picture the journal refers to, to the first thing that does."""
    found: dict[str, str] = {}
    for one in entries:
        match one.fact:
            case TakeMade() as fact:
                recipe = fact.take.recipe
                named = [(fact.take.id, fact.take.digest)]
                named += [(fact.take.id, part.digest) for part in (recipe.ingredients if recipe else ())]
            case TakePublished() as fact:
                named = [(f"{fact.task} v{fact.version:03d}", fact.digest)]
            case MoveChosen(move=Repair() as move, take=take):
                named = [(f"the repair after {take}", move.mask)]
            case _:
                continue
        for where, digest in named:
            found.setdefault(digest, where)
    return found


def _check_delivery(folder: Path, history: History) -> Iterator[Trouble]:
    """Compare the manifest with the journal, and the delivered files with the manifest."""
    path, mend = folder / "manifest.json", "run the brief again: it writes the delivery anew and makes nothing twice"
    if not path.is_file():
        if history.delivery:
            yield Trouble(what="the manifest of the delivery is missing", where=str(path), mend=mend)
        return
    text = path.read_bytes()
    try:
        manifest: Manifest = from_json(Manifest, text)
    except ValidationError:
        yield Trouble(what="the manifest cannot be read", where=str(path), mend=mend)
        return
    if history.delivery and digest_of_bytes(text) != history.delivery.manifest_digest:
        yield Trouble(what="the manifest is not the one the journal says was written", where=str(path), mend=mend)
    known = {take.digest for record in history.tasks.values() for take in record.takes}
    for asset in manifest.assets:
        what = _fault_of_file(folder, asset.path, asset.digest)
        if not what and asset.asset_digest not in known:
            what = f"delivers {asset.asset_digest}, which no take has"
        if what:
            yield Trouble(what=what, where=asset.path, mend=mend)
    for name, digest in manifest.files.items():
        if what := _fault_of_file(folder, name, digest):
            yield Trouble(what=what, where=name, mend=mend)


def _fault_of_file(folder: Path, name: str, digest: str) -> str:
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        return "points out of the delivery"
    try:
        data = place.read_bytes()
    except OSError as error:
        return f"the delivered file cannot be read ({error.strerror})"
    return "" if digest_of_bytes(data) == digest else "the delivered file is not the one in the manifest"
