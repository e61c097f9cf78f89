"""The clock on the wall and the clock that never jumps."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_step_seconds: list[float] = []


def step_wall_clock(seconds: float) -> None:
    """Put this process's wall clock off for good, so that a test sees that nothing rests on it.

    A door does it from the environment: `CALLSHEET_CLOCK_STEP_SECONDS=-3600` lives an hour ago.
    """
    _step_seconds.append(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClock:
    """Time as this machine tells it."""

    def now(self) -> str:
        """Give the wall clock in UTC, ISO 8601 with milliseconds."""
        now = datetime.now(UTC) + timedelta(seconds=sum(_step_seconds))
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def seconds(self) -> float:
        """Give seconds since some moment; they only ever grow."""
        return time.monotonic()
