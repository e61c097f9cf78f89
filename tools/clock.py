"""The clock on the wall and the clock that never jumps."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClock:
    """Time as this machine tells it."""

    def now(self) -> str:
        """Give the wall clock in UTC, ISO 8601 with milliseconds."""
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def seconds(self) -> float:
        """Give seconds since some moment; they only ever grow."""
        return time.monotonic()
