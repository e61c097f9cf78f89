"""The commands that decide: approve, reject, retake, ingest."""

import asyncio
from pathlib import Path

from ..core.canonical import to_plain
from ..graphs import desk
from .door import OK, say


def decide(folder: Path, task: str, action: str, *, by: str, take: str | None, note: str, as_json: bool) -> int:
    """Record a decision and say what it was about."""
    decision = asyncio.run(desk.decide(folder, task, action, by=by, take=take, note=note))
    if as_json:
        say({"event": "decision_taken", "task": task, "decision": to_plain(decision)})
    else:
        about = f" ({decision.digest[:19]})" if decision.digest else ""
        print(f"{action}: {task}{about}, decided by {by}. Run its brief again with --out {folder} to carry it out.")
    return OK


def ingest_file(folder: Path, file: Path, task: str, *, as_json: bool) -> int:
    """Bring a file in and say as which take."""
    take = asyncio.run(desk.ingest(folder, file, task))
    if as_json:
        say({"event": "take_made", "task": task, "take": to_plain(take)})
    else:
        print(f"{file} is now {take.id}. Run its brief again with --out {folder} to have it judged and published.")
    return OK
