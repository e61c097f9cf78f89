"""On what terms a line hires."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many workers, how large, how long they may take, and what to expect of them."""

    at_most: int
    at_least: int = 0
    """How many stay, however long they are idle; only a swap goes below."""
    needs: float = 0.0
    """How much of a place one worker takes up."""
    call_seconds: float
    """Deadline of one call."""
    start_seconds: float
    """Deadline of one load."""
    beat_seconds: float = inf
    """How often a worker is asked for a sign of life; three missed, and it is lost."""
    idle_seconds: float = 300.0
    """After how long an idle worker is sent home."""
    take_seconds: float = 1.0
    """Of one call, nominal."""
    load_seconds: float = 10.0
    """Of one load, nominal."""
    patience_seconds: float = 600.0
    """For how long in all a call may wait for a service that turns it away."""
    away_seconds: float = 86_400.0
    """For how long in all a call may wait for a service that cannot be reached."""
    batch: int = 1
    """How many calls one worker can be given in one go."""
