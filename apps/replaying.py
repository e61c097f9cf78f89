"""`callsheet replay`: a take made again from its record, and how far it drifted."""

import asyncio
from pathlib import Path

from ..core.canonical import to_plain
from ..graphs.replaying import Replay, replay
from .door import OK, UNFINISHED, say


def show_replay(folder: Path, task: str, take: str | None, *, crew: Path | None, as_json: bool) -> int:
    """Make a take again and print what came of it; exit 0 for the same bytes, 3 for anything else."""
    told = asyncio.run(replay(folder, task, take, crew=crew))
    if as_json:
        plain = to_plain(told)
        assert isinstance(plain, dict)
        say({"event": "replayed", **plain})
    else:
        print(in_words(told))
        for cause in told.causes:
            print(f"  {cause}")
    return OK if told.drift and told.drift.kind == "same" else UNFINISHED


def in_words(told: Replay) -> str:
    """Say what came of it in one sentence."""
    if told.drift is None:
        why = "was not made again" if not told.made_digest else "came out in other bytes, and the take itself is lost"
        return f"{told.take}: {why}"
    mended = "; the store has it again" if told.is_mended else ""
    match told.drift.kind:
        case "same":
            return f"{told.take}: the same bytes{mended}"
        case "near":
            what = "near"
        case "different":
            what = "different"
    levels = f"mean difference {told.drift.mean_levels:.2f} of 255, at most {told.drift.largest_levels}"
    return f"{told.take}: {what} (SSIM {told.drift.ssim:.4f}, {levels})"
