"""The provider's own book: one line of JSON for each thing that happened, on disk before anybody is answered."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

PICTURE_MICROS: Final = 40_000
"""What the provider charges for one picture, in micro-dollars."""

What = Literal["asked", "sold", "answered"]


class Line(BaseModel):
    """One line of the meter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: What
    call: int
    """From 1, in the order the requests came in."""
    key: str
    """The `Idempotency-Key` it came with."""
    micros: int = 0
    is_delivered: bool = False
    is_replayed: bool = False
    """Whether it was answered from an earlier request with the same key, and sold nothing."""


@dataclass(slots=True)
class Meter:
    """Appends to the book, from any thread; every line is durable when `write` returns."""

    path: Path
    _lock: Lock = field(default_factory=Lock)

    def write(self, line: Line) -> None:
        """Write one line down."""
        data = (json.dumps(line.model_dump()) + "\n").encode()
        with self._lock:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)


def read_meter(path: Path) -> Sequence[Line]:
    """Give every line of a book that was written whole; none where nothing was asked yet."""
    if not path.exists():
        return ()
    whole, _, _ = path.read_text().rpartition("\n")
    return [Line.model_validate_json(line) for line in whole.splitlines()]
