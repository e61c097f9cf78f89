"""`callsheet fsck`: a production proven consistent, or what is wrong with it and what to do."""

import asyncio
from pathlib import Path

from ..core.canonical import to_plain
from ..graphs.desk import check_production, look
from .door import ERROR, OK, say


def show_fsck(folder: Path, *, looks_only: bool, as_json: bool) -> int:
    """Print what is wrong, or that nothing is; exit 1 when something is."""
    troubles = check_production(folder, sets_aside=not looks_only)
    for trouble in troubles:
        if as_json:
            plain = to_plain(trouble)
            assert isinstance(plain, dict)
            say({"event": "trouble", **plain})
        else:
            aside = f" (moved to {trouble.set_aside})" if trouble.set_aside else ""
            print(f"{trouble.where}: {trouble.what}{aside}; {trouble.mend}")
    if troubles:
        if as_json:
            moved = sum(bool(trouble.set_aside) for trouble in troubles)
            say({"event": "fsck_ended", "troubles": len(troubles), "set_aside": moved})
        return ERROR
    history = asyncio.run(look(folder)).history
    entries, calls = len(history.entries), sum(call.state == "settled" for call in history.calls.values())
    if as_json:
        say({"event": "fsck_ended", "troubles": 0, "set_aside": 0, "entries": entries, "calls": calls})
    else:
        print(f"sound: {entries} journal entries and {calls} paid calls agree with the assets on disk")
    return OK
