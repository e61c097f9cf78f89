"""The command that stops all spending at once."""

import asyncio
from pathlib import Path

from ..core.canonical import to_plain
from ..graphs import desk
from .door import OK, say
from .ordering import give_order


def stop(folder: Path | None, *, is_lifted: bool, by: str, note: str, as_json: bool) -> int:
    """Stop the spending of one production, or of all on this machine, or have it go on."""
    if folder is None:
        return _all(is_lifted=is_lifted, by=by, note=note, as_json=as_json)
    if is_lifted:
        return give_order(folder, "resume", "", by=by, note=note, as_json=as_json)
    halted = asyncio.run(desk.stop(folder, by=by, note=note))
    if as_json:
        say(to_plain(halted))
    else:
        print("Spending is stopped: nothing that costs begins from now on; what is out ends and is paid for.")
        print(f"`callsheet resume {folder}` has it go on.")
    return OK


def _all(*, is_lifted: bool, by: str, note: str, as_json: bool) -> int:
    place = desk.allow_all() if is_lifted else desk.stop_all(by=by, note=note)
    event = "machine_allowed" if is_lifted else "machine_stopped"
    if as_json:
        say({"event": event, "by": by, "note": note, "file": str(place)})
    elif is_lifted:
        print(f"Spending goes on: {place} is gone. Run again what ended without it.")
    else:
        print("Spending is stopped for every production of this machine; what is out ends and is paid for.")
        print(f"`callsheet stop --lift`, or removing {place}, has it go on.")
    return OK
