"""The command that calibrates a gate."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from ..core.canonical import to_json, to_plain
from ..core.errors import BriefError, OutputError
from ..graphs import desk
from .door import ERROR, OK, say


def show_calibration(
    folders: Sequence[Path],
    *,
    promise: float,
    confidence: float,
    crew: Path | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Print the certificate, and write it where asked; exit 1 when there is no floor that keeps the promise."""
    for name, value in (("promise", promise), ("confidence", confidence)):
        if not 0 < value < 1:
            raise BriefError(f"--{name}", f"{value:g} is no share", "give a number between 0 and 1")
    found = asyncio.run(desk.calibrate(folders, promise=promise, confidence=confidence, crew=crew))
    if out is not None:
        try:
            out.write_text(to_json(found), encoding="utf-8")
        except OSError as error:
            raise OutputError(str(out), f"cannot be written ({error.strerror})", "name another file") from None
    if as_json:
        say({"event": "gate_calibrated", "certificate": to_plain(found)})
    else:
        print(found.says)
        if out is not None and found.floor is not None:
            print(f"Use it: callsheet run BRIEF --certificate {out}")
    return OK if found.floor is not None else ERROR
