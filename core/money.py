"""Money, counted in whole millionths of a US dollar so that sums are exact."""

from dataclasses import dataclass


def to_micros(usd: float) -> int:
    """Turn dollars into whole micro-dollars, rounded half to even.

    >>> to_micros(0.0015)
    1500
    """
    return round(usd * 1_000_000)


def to_usd(micros: int) -> float:
    """Turn micro-dollars back into dollars.

    >>> to_usd(1500)
    0.0015
    """
    return micros / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Where the money stands: settled + reserved never exceeds the budget."""

    budget_usd: float
    settled_usd: float
    reserved_usd: float
    unknown_usd: float
    """Reserved for calls whose outcome nobody told us."""
    calls: int

    @property
    def left_usd(self) -> float:
        """What can still be reserved."""
        return to_usd(to_micros(self.budget_usd) - to_micros(self.settled_usd) - to_micros(self.reserved_usd))
