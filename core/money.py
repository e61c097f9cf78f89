"""Money, counted in whole millionths of a US dollar so that sums are exact."""

from collections.abc import Mapping
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


def shared_out(micros: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Divide an amount by weights, so that the parts add up to the whole; where nothing weighs, nobody gets a part.

    >>> shared_out(100, {"sets": 1.0, "cast": 2.0})
    {'sets': 33, 'cast': 67}
    """
    total, given, so_far, parts = sum(weights.values()), 0, 0.0, dict[str, int]()
    for name, weight in weights.items():
        so_far += weight
        upto = round(micros * min(1.0, so_far / total)) if total else given
        parts[name], given = upto - given, upto
    return parts


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
