"""What was said in a session, as a page a person keeps."""

from collections.abc import Sequence
from pathlib import Path

from ..core.fact import TurnTaken


def write_transcript(folder: Path, turns: Sequence[TurnTaken]) -> Path | None:
    """Write all turns of a production's sessions to `transcript.md`; None where there is no production to keep it."""
    if not turns or not folder.is_dir():
        return None
    path = folder / "transcript.md"
    path.write_text("\n".join(_told(turn) for turn in turns), encoding="utf-8")
    return path


def _told(turn: TurnTaken) -> str:
    said = f"**{turn.by}:** {turn.text}" if turn.text else f"**{turn.by}** (from a program)"
    note = f"\n\n*{turn.degraded}*" if turn.degraded else ""
    answer = "\n".join(f"> {line}" for line in turn.reply.splitlines())
    return f"{said}{note}\n\n{answer}\n"
