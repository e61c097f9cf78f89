"""The small production that is broken: a still that fails its gate at first, a grade of it, a retake, a package."""

import asyncio
import json
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...core.call import CallSent
from ...core.errors import CallsheetError, DiskBroken, DiskFull
from ...core.fact import Entry, TakeMade
from ...core.settings import Settings
from ...graphs import desk
from ...tools.clock import SystemClock
from ...tools.journal import SqliteJournal

BRIEF: Final = """
title: Small Keep
budget_usd: 1
quality: {gate: 0.5, rounds: 2}
departments: {sets: {workers: 1}, post: {workers: 1}}
tasks:
  keep: {department: sets, prompt: one large red castle on a plain backdrop}
  graded: {department: post, make: grade, input: keep}
deliver: [stills]
"""

CREW: Final = """
schema = "crew/1"
name = "fake"
[[makers]]
name = "small"
kind = "fake"
makes = ["still"]
usd = 0.002
width = 64
height = 64
[[makers]]
name = "post"
kind = "post"
makes = ["grade"]
usd = 0.0005
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence"]
settings = { pass_from = 2 }
"""

ENDED, CLEAN, OTHER, UNFORESEEN = 0, 75, 76, 77
"""How a run may end: at its end, at a disk that failed, at another error of ours, at one that nobody foresaw."""

SETTINGS: Final = Settings(home="inprocess", learn=False, patience_seconds=0.001)
"""Whoever finds the disk full ends at once."""
PATIENT: Final = Settings(home="inprocess", learn=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a production came to."""

    accepted: tuple[tuple[str, str], ...]
    settled_usd: float
    reserved_usd: float
    sent_again: int
    """Calls that left the house once more after their take was made and paid."""
    decisions: int


def prepare(place: Path) -> None:
    """Write the brief and the crew, and make the folder that is the disk."""
    (place / "disk").mkdir(parents=True)
    (place / "brief.yaml").write_text(BRIEF)
    (place / "crew.toml").write_text(CREW)


def perform(place: Path, *, has_retake: bool, settings: Settings = SETTINGS) -> int:
    """Run the production, ask for a retake, run it again; whatever is done is not done twice.

    Args:
        place: as `prepare` left it; the production is made in its `disk/film`. `told` hears every entry that was
            acknowledged, one a line, and `said` why it ended before its end.
        has_retake: whether a person asks for one.
        settings: how long a full disk is waited for, among others.
    """
    told, said = place / "told", place / "said"
    try:
        asyncio.run(_perform(place, told, has_retake=has_retake, settings=settings))
    except BaseException as error:  # noqa: BLE001 - told to whoever counts
        first = error
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        said.write_text("".join(traceback.format_exception(error))[-4000:])
        return (
            CLEAN
            if isinstance(first, DiskFull | DiskBroken)
            else OTHER
            if isinstance(first, CallsheetError)
            else UNFORESEEN
        )
    return ENDED


async def _perform(place: Path, told: Path, *, has_retake: bool, settings: Settings) -> None:
    folder = place / "disk" / "film"
    with told.open("a", encoding="utf-8") as file:

        def hear(entry: Entry) -> None:
            print(json.dumps([entry.seq, entry.fact.event]), file=file, flush=True)

        for _ in range(2):
            await desk.produce(
                place / "brief.yaml", out=folder, crew=place / "crew.toml", seed=7, settings=settings, on_event=hear
            )
            if not has_retake:
                break
            standing = await desk.look(folder, SETTINGS)
            if standing.history.tasks["keep"].decisions:
                break
            await desk.decide(folder, "keep", "retake", by="ada", settings=SETTINGS)
            print(json.dumps([0, "decision_taken"]), file=file, flush=True)


def ending_of(place: Path) -> Ending:
    """Read what a production came to."""
    standing = asyncio.run(desk.look(place / "disk" / "film", SETTINGS))
    history, paid, sent_again = standing.history, set[str](), 0
    for entry in history.entries:
        if isinstance(entry.fact, TakeMade):
            paid.add(entry.fact.key)
        sent_again += isinstance(entry.fact, CallSent) and entry.fact.key in paid
    accepted = [(name, one.accepted.digest) for name, one in history.tasks.items() if one.accepted]
    return Ending(
        accepted=tuple(sorted(accepted)),
        settled_usd=standing.bill.settled_usd,
        reserved_usd=standing.bill.reserved_usd,
        sent_again=sent_again,
        decisions=sum(len(one.decisions) for one in history.tasks.values()),
    )


def lost(place: Path) -> Iterator[str]:
    """List what was acknowledged and is not there, and what is there and cannot be trusted; a package may be stale."""
    folder, told = place / "disk" / "film", place / "told"
    said = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    if not (folder / ".callsheet" / "journal.db").exists():
        if said:
            yield "the journal is gone"
        return
    try:
        entries = asyncio.run(_entries(folder))
    except CallsheetError as error:  # nothing was acknowledged before it had its tables
        if said:
            yield f"the journal cannot be read: {error}"
        return
    yield from (f"{one.where}: {one.what}" for one in desk.check_production(folder) if "run the brief" not in one.mend)
    kept = {(entry.seq, entry.fact.event) for entry in entries} | {(0, entry.fact.event) for entry in entries}
    yield from (f"lost: {event} at {seq}" for seq, event in said if (seq, event) not in kept)


async def _entries(folder: Path) -> Sequence[Entry]:
    """Read a journal that need not have a plan yet."""
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=SystemClock(), mode="read")
    await journal.close()
    return journal.history.entries
